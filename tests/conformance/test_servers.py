"""Starting, watching and ending a server, whatever it does."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reference_ws.conformance.wire.process import (
    KNOWN,
    ServerError,
    ServerProcess,
    free_port,
    known_as,
)
from tests.conformance.suite_pages import LIMIT

LISTEN = """
import signal, socket, subprocess, sys
{first}
listening = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("listening", flush=True)
while True:
    listening.accept()
"""

RUN_UNTIL_TOLD = """
import sys
from pathlib import Path
from reference_ws.conformance.wire.server import WireServer

with WireServer("uvicorn", log_dir=Path(sys.argv[1])) as server:
    print(server._process._process.pid, flush=True)
    sys.stdin.read()
"""


def server(tmp_path: Path, code: str) -> ServerProcess:
    """A server that is this script; its first argument is the port."""
    script = tmp_path / "server.py"
    script.write_text(code, "utf-8")
    command = f"{sys.executable} {script} {{port}} {{app}}"
    return ServerProcess(command, log=tmp_path / "log", environment={})


def group_of(process: ServerProcess) -> int:
    assert process._process is not None
    return process._process.pid


@contextmanager
def ends(pid: int) -> Iterator[None]:
    """See a process end in the block, or soon after it; a zombie has ended."""
    watch = os.pidfd_open(pid)
    try:
        yield
        assert select.select([watch], [], [], 10)[0], f"process {pid} lives on"
    finally:
        os.close(watch)


def test_a_free_port_is_free() -> None:
    with socket.create_server(("127.0.0.1", free_port())):
        pass


def test_names_and_versions() -> None:
    name, version = known_as("uvicorn")
    assert name == "uvicorn" and version is not None and version[0].isdecimal()
    assert known_as("uvicorn-wsproto") == ("uvicorn-wsproto", version)
    assert known_as("/usr/bin/my-server {app} {port}") == ("my-server", None)


@pytest.mark.parametrize("name", KNOWN)
def test_a_known_server_has_a_place_for_application_and_port(name: str) -> None:
    assert "{app}" in KNOWN[name] and "{port}" in KNOWN[name] and "{host}" in KNOWN[name]


def test_a_known_server_that_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ServerError, match=r"'daphne' to be installed \(pip install daphne\)"):
        ServerProcess("daphne", log=tmp_path / "log", environment={})


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("unicorn", "in it, got 'unicorn' without {app} and {port}"),
        ("serve --port {port}", "without {app}"),
        ("serve '{app} {port}", "No closing quotation"),
        ("", "got ''"),
    ],
)
def test_what_is_no_server(tmp_path: Path, command: str, said: str) -> None:
    with pytest.raises(ServerError) as caught:
        ServerProcess(command, log=tmp_path / "log", environment={})
    assert said in str(caught.value)


def test_a_program_that_does_not_exist(tmp_path: Path) -> None:
    process = ServerProcess("/nowhere/serve {app} {port}", log=tmp_path / "log", environment={})
    with pytest.raises(ServerError, match="expected a program in the command '/nowhere/serve"):
        process.start()


def test_a_server_listens_once_it_has_started(tmp_path: Path) -> None:
    process = server(tmp_path, LISTEN.format(first=""))
    assert not process.alive
    process.start()
    try:
        assert process.alive
        socket.create_connection(("127.0.0.1", process.port), timeout=LIMIT).close()
        assert process.last_words() == "listening"
        with ends(group_of(process)):
            process.end()
    finally:
        process.end()
    assert not process.alive


def test_a_server_that_ends_at_once_is_quoted(tmp_path: Path) -> None:
    process = server(tmp_path, "raise SystemExit('no licence')")
    with pytest.raises(ServerError, match=r"ended with status 1\nno licence") as caught:
        process.start()
    assert f"to listen on port {process.port}" in str(caught.value)


def test_a_command_that_never_listens_is_ended(tmp_path: Path) -> None:
    process = server(tmp_path, "import threading; threading.Event().wait()")
    with pytest.raises(ServerError, match=r"did not within 0.2 s\n\(it wrote no output\)"):
        process.start(0.2)
    assert not process.alive


def test_a_server_that_will_not_end_is_ended(tmp_path: Path) -> None:
    """Neither it nor the worker that it has started heeds a polite request."""
    first = (
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "worker = [sys.executable, '-c', 'import threading; threading.Event().wait()']\n"
        "print(subprocess.Popen(worker).pid, flush=True)"
    )
    process = server(tmp_path, LISTEN.format(first=first))
    process.start()
    worker = int(process.last_words().split()[0])
    with ends(group_of(process)), ends(worker):
        process.end(0.1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_server_outlives_its_suite(tmp_path: Path, number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", RUN_UNTIL_TOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as suite:
        assert suite.stdout is not None
        with ends(int(suite.stdout.readline())):
            suite.send_signal(number)
            suite.wait(LIMIT)
