"""The run under load: it passes a sound application, and fails one that loses or keeps anything."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from benchmarks.load.__main__ import main
from benchmarks.load.counts import Result as Counts
from benchmarks.load.counts import left_over
from benchmarks.load.hostile import ATTACKS, ROUNDS
from benchmarks.load.known import load_known
from benchmarks.load.router import add_routes
from benchmarks.load.well_behaved import room_losses
from reference_ws.conformance.wire.process import KNOWN
from reference_ws.routing import WebSocketRouter
from reference_ws.websockets import WebSocket
from tests.conformance.suite_pages import LIMIT

ROOT = Path(__file__).parents[2]
WATCHER = "LOAD_TEST_WATCHER"
QUICK = ["--messages", "3", "--patience", "1.5", "--settle", "1.5", "--pace", "0.1"]
IN_MEMORY = ["--on", "memory-asyncio", "--on", "memory-trio", "--sockets", "150", *QUICK]
ON_UVICORN = ["--on", "uvicorn", "--clients", "20", *QUICK]

# Applications that are broken on purpose; the run imports them from here by their names.


async def _drop(websocket: WebSocket) -> None:
    await websocket.accept()
    async for text in websocket.iter_text():
        if not text.startswith("3-1"):
            await websocket.send_text(text)


async def _double(websocket: WebSocket) -> None:
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)
        if text.startswith("3-1"):
            await websocket.send_text(text)


_leaked: set[Any] = set()


async def _leak(websocket: WebSocket) -> None:
    if "trio" in sys.modules and sys.modules["trio"].lowlevel.in_trio_run():
        trio = sys.modules["trio"]
        _leaked.add(trio.lowlevel.spawn_system_task(trio.sleep_forever))
    else:
        _leaked.add(asyncio.create_task(asyncio.Event().wait()))
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)


async def _keep_descriptor(websocket: WebSocket) -> None:
    _leaked.add(os.dup(2))
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)


async def _stay(websocket: WebSocket) -> None:
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)
    await asyncio.Event().wait()


async def _all_at_once(websocket: WebSocket) -> None:
    _leaked.add(os.dup(2))
    _leaked.add(asyncio.create_task(asyncio.Event().wait()))
    await websocket.accept()
    async for text in websocket.iter_text():
        for _ in range(0 if text.startswith("3-2") else 2 if text.startswith("2-1") else 1):
            await websocket.send_text(text)
    await asyncio.Event().wait()


def _broken(endpoint: Any) -> WebSocketRouter:
    router = WebSocketRouter()
    router.add_websocket_route("/echo", endpoint)
    add_routes(router)
    return router


drops, doubles, leaks = _broken(_drop), _broken(_double), _broken(_leak)
keeps_descriptors, stays, all_at_once = map(_broken, (_keep_descriptor, _stay, _all_at_once))
sound = WebSocketRouter()
add_routes(sound)

if WATCHER in os.environ:  # this is a server: whoever listens there sees that it lives
    watched = socket.create_connection(("127.0.0.1", int(os.environ[WATCHER])))


def run(tmp_path: Path, *arguments: str) -> tuple[Result, dict[str, Any]]:
    file = tmp_path / "load.json"
    done = CliRunner().invoke(main, [*arguments, "--json", str(file)])
    results = json.loads(file.read_text("utf-8"))["results"] if file.exists() else []
    return done, {one["target"]: one for one in results}


def found(facts: dict[str, Any]) -> dict[str, set[str]]:
    return {
        target: {finding["what"] for finding in one["findings"]} for target, one in facts.items()
    }


def test_a_sound_application_passes_in_memory_and_on_a_server(tmp_path: Path) -> None:
    patient = ["--patience", str(LIMIT), "--settle", str(LIMIT)]
    done, facts = run(tmp_path, *IN_MEMORY, *ON_UVICORN, *patient)
    assert done.exit_code == 0, done.output
    assert found(facts) == {"memory-asyncio": set(), "memory-trio": set(), "uvicorn": set()}
    for target in ("memory-asyncio", "memory-trio"):
        assert facts[target]["most_at_once"] == 150
    for one in facts.values():
        assert one["received"] >= one["sent"] > 100
        assert one["longest_hostile"] > 0
        assert one["peak_memory"] > 10
    assert facts["uvicorn"]["connections"] > 40


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("drops", {"losses", "failures"}),
        ("doubles", {"doubles"}),
        ("leaks", {"tasks"}),
        ("keeps_descriptors", {"descriptors"}),
    ],
)
def test_a_broken_application_fails_in_memory(tmp_path: Path, name: str, what: set[str]) -> None:
    done, facts = run(tmp_path, *IN_MEMORY, "--app", f"tests.project.test_load:{name}")
    assert done.exit_code == 1, done.output
    assert found(facts) == {"memory-asyncio": what, "memory-trio": what}


def test_an_endpoint_that_does_not_end_fails(tmp_path: Path) -> None:
    arguments = ["--on", "memory-asyncio", "--sockets", "20", *QUICK]
    done, facts = run(tmp_path, *arguments, "--app", "tests.project.test_load:stays")
    assert done.exit_code == 1, done.output
    assert "failures" in found(facts)["memory-asyncio"]


def test_a_broken_application_fails_on_a_server(tmp_path: Path) -> None:
    done, facts = run(tmp_path, *ON_UVICORN, "--app", "tests.project.test_load:all_at_once")
    assert done.exit_code == 1, done.output
    wanted = {"losses", "doubles", "tasks", "descriptors", "endpoints"}
    assert wanted <= found(facts)["uvicorn"]
    assert facts["uvicorn"]["endpoints"].keys() == {"/echo busy"}
    assert facts["uvicorn"]["tasks"]["Event.wait"] >= 10


def test_what_is_listed_as_a_servers_own_does_not_fail(tmp_path: Path) -> None:
    table = tmp_path / "known.toml"
    entry = '[[known]]\nserver = "{}"\nwhat = "doubles"\ndetail = "ec*"\nreason = "it stutters"\n'
    arguments = ["--on", "memory-trio", "--sockets", "20", *QUICK]
    arguments += ["--app", "tests.project.test_load:doubles", "--known", str(table)]
    table.write_text(entry.format("memory-trio"), "utf-8")
    done, facts = run(tmp_path, *arguments)
    assert done.exit_code == 0, done.output
    assert "doubles 1: echo (known: it stutters)" in done.output
    assert [one["known"] for one in facts["memory-trio"]["findings"]] == ["it stutters"]
    table.write_text(entry.format("uvicorn"), "utf-8")
    assert run(tmp_path, *arguments)[0].exit_code == 1


def test_the_committed_table_can_be_read() -> None:
    known = load_known()
    assert {one.server for one in known} <= {*KNOWN}
    assert {one.detail for one in known if one.what == "spared"} <= {*ATTACKS}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--on", "nginx"], "nginx"),
        (["--clients", "1"], "1 is not in the range"),
        (["--known", "no/such/table.toml"], "expected a table in no/such/table.toml"),
    ],
)
def test_wrong_usage_is_status_2(tmp_path: Path, arguments: list[str], told: str) -> None:
    done, _ = run(tmp_path, *arguments)
    assert done.exit_code == 2
    assert told in done.output


def test_a_wrong_table_names_its_entry(tmp_path: Path) -> None:
    table = tmp_path / "known.toml"
    table.write_text('[[known]]\nserver = "uvicorn"\nwhat = "tasks"\ndetail = "*"\n', "utf-8")
    done, _ = run(tmp_path, "--known", str(table))
    assert done.exit_code == 2
    assert "reason in entry 1" in done.output


def test_a_hard_limit_that_is_too_low_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (256, 1024))
    done, _ = run(tmp_path, "--on", "uvicorn", "--clients", "1000")
    assert done.exit_code == 2
    # The message is wrapped for a terminal, and framed by nothing that matters.
    assert "open files for 1000 clients, got 1024" in " ".join(done.output.split())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("target", ["uvicorn", "memory-asyncio"])
def test_nothing_outlives_a_run_that_is_stopped(target: str, number: signal.Signals) -> None:
    with socket.create_server(("127.0.0.1", 0)) as watcher:
        watcher.settimeout(LIMIT)
        load = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.load", "--on", target, "--app"]
            + ["tests.project.test_load:sound", "--clients", "200", "--sockets", "2000"],
            cwd=ROOT,
            env={**os.environ, WATCHER: str(watcher.getsockname()[1])},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            child, _ = watcher.accept()  # the child is there, and in the midst of its work
            with child:
                load.send_signal(number)
                status = load.wait(LIMIT)
                child.settimeout(LIMIT)
                assert child.recv(1) == b""  # it has ended
        finally:
            load.kill()
            load.wait()
    assert status == (-number if number == signal.SIGKILL else 130)


def test_a_gap_in_what_a_member_heard_is_a_loss() -> None:
    counts = Counts("x")
    room_losses(counts, "7.0", ["7.0:0", "7.0:1"], ["8.0:2", "7.0:0", "8.0:4", "7.0:1"])
    assert (counts.losses.total(), counts.doubles.total()) == (1, 0)
    room_losses(counts, "7.0", ["7.0:0"], ["8.0:2", "7.0:0", "8.0:2", "8.0:3"])
    assert (counts.losses.total(), counts.doubles.total()) == (1, 1)
    room_losses(counts, "7.0", ["7.0:0", "7.0:1"], ["7.0:0"])
    assert (counts.losses.total(), counts.doubles.total()) == (2, 1)


def test_a_descriptor_that_changes_its_state_is_not_left_over() -> None:
    assert not left_over({"socket LISTEN": 1, "pipe": 2}, {"socket CLOSE": 1, "pipe": 2})
    assert left_over({"pipe": 2}, {"pipe": 2, "socket CLOSE_WAIT": 3}) == {"socket CLOSE_WAIT": 3}


def test_few_clients_try_all_attacks() -> None:
    turns = range(-(-len(ATTACKS) // ROUNDS) * ROUNDS)
    assert {ATTACKS[turn * 31 % len(ATTACKS)] for turn in turns} == set(ATTACKS)
