"""A server with several workers: all are waited for, and none is blamed for being several."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from pathlib import Path

import pytest

from reference_ws.conformance.pages.model import Example
from reference_ws.conformance.pages.parse import parse_page
from reference_ws.conformance.wire.control import Control
from reference_ws.conformance.wire.process import workers_of
from reference_ws.conformance.wire.server import WireServer
from reference_ws.conformance.wire.shared_state import needs_one_process
from tests.conformance.suite_pages import ROOT, suite

TWO = f"{sys.executable} -m uvicorn {{app}} --port {{port}} --log-level warning --workers 2"


def examples() -> dict[str, Example]:
    pages = sorted((ROOT / "docs").glob("servers*.md"))
    return {one.id: one for path in pages for one in parse_page(path).examples}


@pytest.mark.parametrize(
    ("command", "workers"),
    [
        ("server {app} {port}", 1),
        ("granian", 1),
        ("server {app} {port} --workers 2", 2),
        ("server --workers=3 {app} {port}", 3),
        ("server -w 2 {app} {port}", 2),
        ("server -w2 {app} {port} --workers-kill-timeout 9", 2),
        ("server --window 5 {app} {port}", 1),
    ],
)
def test_the_number_of_workers_is_read_from_the_command(command: str, workers: int) -> None:
    assert workers_of(command) == workers


def test_every_worker_is_waited_for(tmp_path: Path) -> None:
    with WireServer(TWO, log_dir=tmp_path) as server:
        assert server.processes == 2
        assert server.play(examples()["server-receive-text"]).outcome == "pass"


class FakeWorker:
    """A process of a server that has loaded the dispatcher."""

    def __init__(self, control: Control) -> None:
        self.socket = socket.create_connection(("127.0.0.1", control.port), timeout=10)
        self.lines = self.socket.makefile("rb")
        self.tell(event="hello", token=control.token)

    def tell(self, **fact: object) -> None:
        self.socket.sendall(json.dumps(fact).encode() + b"\n")

    def order(self) -> dict[str, object]:
        order: dict[str, object] = json.loads(self.lines.readline())
        return order

    def close(self) -> None:
        self.lines.close()
        self.socket.close()


def test_a_worker_that_comes_late_is_told_what_is_played() -> None:
    control = Control()
    first = FakeWorker(control)
    assert first.order() == {}  # nothing is played yet

    async def play() -> int:
        playing = asyncio.ensure_future(control.begin(examples()["server-receive-text"], None, 10))
        order = await asyncio.to_thread(first.order)
        late = await asyncio.to_thread(FakeWorker, control)
        told = await asyncio.to_thread(late.order)
        assert told == order and "code" in told
        # What the late one answers stands for no other.
        late.tell(event="ready", play=told["play"])
        first.tell(event="ready", play=order["play"])
        ready = (await playing).ready
        late.close()
        return ready

    try:
        assert control.run(play()) == 1
    finally:
        first.close()
        control.close()


def test_what_needs_one_process_is_seen_in_the_code() -> None:
    found = examples()
    apps = {id: one for id, one in found.items() if one.kind == "app"}
    assert {id for id, one in apps.items() if needs_one_process(one, one)} == {"server-ping-busy"}
    clients = [one for one in found.values() if one.kind == "client"]
    assert {one.id for one in clients if needs_one_process(one, apps[one.requirement or ""])} == {
        "server-send-waits-client",
        "server-send-wakes-client",
    }


@pytest.mark.parametrize("id", ["server-ping-busy", "server-send-waits-client"])
def test_what_needs_one_process_is_not_asked_of_several(id: str, tmp_path: Path) -> None:
    suite("check", "--server", TWO, "--select", id, "--json", "r.json", cwd=tmp_path)
    results = json.loads((tmp_path / "r.json").read_text("utf-8"))["results"]
    (result,) = [one for one in results if one["id"] == id]
    assert result["outcome"] == "not-applicable"
    assert "this server has several" in json.dumps(result)
