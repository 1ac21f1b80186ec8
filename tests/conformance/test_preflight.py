"""Before the first example: why nothing can work, in one line; where a target can run at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from reference_ws.conformance.commands import commands
from reference_ws.conformance.wire.server import WireServer
from tests.conformance.suite_pages import LIMIT, environment, package, rules

# What asyncio alone can run, as Falcon does it: a task is started to read ahead.
ONLY_ASYNCIO = """\
import asyncio

from reference_ws.websockets import WebSocket as Right


class WebSocket(Right):
    async def accept(self, *args, **kwargs):
        await asyncio.get_running_loop().create_task(super().accept(*args, **kwargs))
"""

# A bug on trio alone, which is nobody else's fault.
BUG_ON_TRIO = """\
import sniffio

from reference_ws.websockets import WebSocket as Right


class WebSocket(Right):
    async def accept(self, *args, **kwargs):
        if sniffio.current_async_library() == "trio":
            raise RuntimeError("not on trio")
        await super().accept(*args, **kwargs)
"""

CONSTRUCTOR = """\
class WebSocket:
    def __init__(self, request):
        self.request = request
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    rules(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTEST_ADDOPTS", "")
    return tmp_path


def check(*arguments: str) -> Result:
    return CliRunner().invoke(
        commands, ["check", *arguments, "--pages", "rules.md", "--json", "r.json"]
    )


def data(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "r.json").read_text("utf-8"))
    return found


def test_a_constructor_with_another_signature_is_one_line_and_nothing_is_played(
    folder: Path,
) -> None:
    package(folder, "another_call", CONSTRUCTOR)
    done = check("another_call")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr == (
        "Error: expected 'another_call' to create a WebSocket from (scope, receive, send), got "
        "TypeError: WebSocket.__init__() takes 2 positional arguments but 4 were given\n"
    )
    assert {one["outcome"] for one in data(folder)["results"]} == {"not-run"}
    assert data(folder)["messages"] == [done.stderr.removeprefix("Error: ").strip()]


def test_a_target_that_cannot_run_on_trio_is_told_so_once(folder: Path) -> None:
    package(folder, "only_asyncio", ONLY_ASYNCIO)
    done = check("only_asyncio", "-s", "greets", "-s", "closes")
    assert done.exit_code == 0, done.output
    note = "only_asyncio is not played on trio: RuntimeError: no running event loop"
    assert done.stdout.count("no running event loop") == 1 and note in done.stdout.splitlines()
    assert "memory (asyncio) ·" in done.stdout  # where nothing ran is not named
    outcomes = {(one["id"], one["tier"]): one["outcome"] for one in data(folder)["results"]}
    assert outcomes == {
        ("greets", "asyncio"): "pass",
        ("greets", "trio"): "not-applicable",
        ("closes", "asyncio"): "pass",
        ("closes", "trio"): "not-applicable",
    }
    assert data(folder)["notes"] == [note]
    done = check("only_asyncio", "--backend", "trio")
    assert done.exit_code == 2
    assert "expected a target that runs on trio, 'only_asyncio' does not" in done.stderr


def test_a_bug_on_trio_is_a_failure_and_no_excuse(folder: Path) -> None:
    package(folder, "bug_on_trio", BUG_ON_TRIO)
    done = check("bug_on_trio", "-s", "greets")
    assert done.exit_code == 1
    assert "RuntimeError: not on trio  greets [trio]" in done.stdout
    done = check("bug_on_trio", "-s", "greets", "--backend", "asyncio")
    assert done.exit_code == 0
    assert "memory (asyncio) ·" in done.stdout
    assert [one["tier"] for one in data(folder)["results"]] == ["asyncio"]


def test_a_target_that_leaves_in_an_example_fails_it(folder: Path) -> None:
    leaves = (
        "import sys\n\nfrom reference_ws.websockets import WebSocket as Right\n\n\n"
        "class WebSocket(Right):\n    async def close(self, *args):\n"
        "        if args:\n            sys.exit('enough')\n        await super().close()\n"
    )
    package(folder, "leaves_later", leaves)
    done = check("leaves_later", "-s", "closes", "-s", "greets", "--backend", "asyncio")
    assert done.exit_code == 1
    assert "! SystemExit: enough" in done.stdout
    assert {one["id"]: one["outcome"] for one in data(folder)["results"]} == {
        "closes": "fail",
        "greets": "pass",
    }


# Servers

SERVES = """\
import sys

import uvicorn

from reference_ws.conformance.wire.dispatcher import app

uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", OPTION)
"""


def server(folder: Path, option: str) -> str:
    (folder / "serves.py").write_text(SERVES.replace("OPTION", option), "utf-8")
    return f"{sys.executable} serves.py {{port}} {{app}}"


def test_a_server_that_ends_at_once_says_why_itself(folder: Path) -> None:
    command = f"{sys.executable} -c 'raise SystemExit(\"no such option\")' {{app}} {{port}}"
    done = check("--server", command)
    assert done.exit_code == 3
    assert done.stderr.count("\n") == 1
    assert done.stderr.endswith("it ended with status 1: no such option\n")
    assert {one["outcome"] for one in data(folder)["results"]} == {"not-run"}


# It takes the module's name for the path of a file, as some loaders do, and listens all the same.
NO_LOADER = """\
import socket
import sys

app, port = sys.argv[1:]
listening = socket.create_server(("127.0.0.1", int(port)))
try:
    __import__(app.partition(":")[0].replace(".", "/"))
except ImportError as error:
    print("ImportError:", error, flush=True)
while True:
    listening.accept()[0].close()
"""


def test_a_server_that_cannot_import_the_suite_is_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    defaults = WireServer.__init__.__kwdefaults__ or {}
    monkeypatch.setitem(defaults, "start_limit", 3.0)
    (folder / "no_loader.py").write_text(NO_LOADER, "utf-8")
    done = check("--server", f"{sys.executable} no_loader.py {{app}} {{port}}")
    assert done.exit_code == 3
    (line,) = done.stderr.strip().splitlines()
    assert "to load the application: ImportError: No module named 'reference_ws/conf" in line


def test_websockets_that_are_off_are_wrong_usage(folder: Path) -> None:
    done = check("--server", server(folder, 'ws="none"'))
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert (
        "WebSockets are disabled: the application received the handshake as plain HTTP"
        in done.stderr
    )


def test_a_server_that_speaks_tls_is_wrong_usage(folder: Path) -> None:
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
        + ["-keyout", "key.pem", "-out", "cert.pem"],
        capture_output=True,
        timeout=LIMIT,
    )
    assert made.returncode == 0, made.stderr
    option = 'ssl_keyfile="key.pem", ssl_certfile="cert.pem"'
    done = check("--server", server(folder, option))
    assert done.exit_code == 2
    assert "it speaks TLS on its port, expected plain HTTP/1.1" in done.stderr


# A proxy, say, that refuses every handshake.
REFUSES = """\
import asyncio
import sys

from reference_ws.conformance.wire.dispatcher import app


async def answer(reader, writer):
    await reader.readuntil(b"\\r\\n\\r\\n")
    writer.write(b"HTTP/1.1 403 Forbidden\\r\\ncontent-length: 0\\r\\n\\r\\n")
    await writer.drain()
    writer.close()


async def main():
    await (await asyncio.start_server(answer, "127.0.0.1", int(sys.argv[1]))).serve_forever()


asyncio.run(main())
"""


def test_a_server_that_refuses_by_itself_is_wrong_usage(folder: Path) -> None:
    (folder / "serves.py").write_text(REFUSES, "utf-8")
    done = check("--server", f"{sys.executable} serves.py {{port}} {{app}}")
    assert done.exit_code == 2
    assert "without calling the application: HTTP/1.1 403 Forbidden" in done.stderr


def test_a_module_that_leaves_is_wrong_usage_in_pytest_as_well(folder: Path) -> None:
    package(folder, "leaves", "raise SystemExit(1)\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--ws-target=leaves"],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "expected to import the target 'leaves', it called sys.exit(1)" in done.stderr


def test_the_name_of_a_server_is_that_of_its_module(folder: Path) -> None:
    where = f"{os.path.dirname(sys.executable)}/uvicorn"
    commands_ = [
        f"{sys.executable} -m uvicorn {{app}} --port {{port}} --log-level warning",
        f"{where} {{app}} --port {{port}} --log-level warning",
    ]
    done = check("-s", "greets", *(word for one in commands_ for word in ("--server", one)))
    assert done.exit_code == 0, done.output
    servers = data(folder)["servers"]
    assert [one["tier"] for one in servers] == ["uvicorn", "uvicorn-#2"]
    assert servers[0]["version"] == servers[1]["version"] is not None
