"""Implementations over servers: whose fault a difference is, and servers that do not serve."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import pytest

from reference_ws.conformance.wire.process import ServerProcess
from reference_ws.conformance.wire.server import WireServer
from tests.conformance.suite_pages import package, rules, suite

# A server that loses the reason of every close.
FORGETFUL = """\
import sys

import uvicorn

from reference_ws.conformance.wire.dispatcher import app


async def forgetful(scope, receive, send):
    async def forget(message):
        message.pop("reason", None)
        await send(message)

    await app(scope, receive, forget)


uvicorn.run(forgetful, port=int(sys.argv[1]), log_level="warning", lifespan="off")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rules(tmp_path)
    (tmp_path / "forgetful.py").write_text(FORGETFUL, "utf-8")
    return tmp_path


PAGES = ["--pages", "rules.md", "--json", "r.json"]


def facts(folder: Path) -> dict[tuple[str, str], dict[str, str]]:
    data = json.loads((folder / "r.json").read_text("utf-8"))
    return {(one["id"], one["tier"]): one for one in data["results"]}


def test_a_target_is_played_over_a_server(folder: Path) -> None:
    package(folder)
    done = suite("check", "my_package", "--server", "uvicorn", *PAGES, cwd=folder, status=1)
    found = {key: one["outcome"] for key, one in facts(folder).items()}
    assert found == {
        ("greets", "uvicorn"): "pass",
        ("iterates", "uvicorn"): "unsupported",
        ("closes", "uvicorn"): "fail",
        ("by-name", "uvicorn"): "unsupported",
        ("client", "uvicorn"): "not-applicable",
    }
    assert "my_package · uvicorn " in done.stdout
    assert facts(folder)["iterates", "uvicorn"]["got"] == (
        "expected 'iter_text' on 'Socket', it has no such attribute"
    )
    data = json.loads((folder / "r.json").read_text("utf-8"))
    assert data["tiers"] == ["uvicorn"] and data["servers"][0]["version"]


def test_what_the_reference_shows_as_well_is_the_servers_fault(folder: Path) -> None:
    command = f"{sys.executable} forgetful.py {{port}} {{app}}"
    package(folder, sockets="from reference_ws.websockets import WebSocket\n")
    suite(
        *("check", "my_package", "--server", command, "-s", "closes", "-s", "greets", *PAGES),
        cwd=folder,
        status=0,
    )
    (closes,) = (one for (id, _), one in facts(folder).items() if id == "closes")
    assert closes["outcome"] == "not-applicable"
    assert "the reference differs in the same way on this server: < close 4000" in closes["more"]
    suite("check", "--server", command, "-s", "closes", *PAGES, cwd=folder, status=1)
    (closes,) = facts(folder).values()
    assert closes["outcome"] == "fail"


def test_memory_and_several_servers_are_one_run(folder: Path) -> None:
    command = f"{sys.executable} forgetful.py {{port}} {{app}}"
    servers = ["--server", "uvicorn", "--server", command, "--server", command]
    suite("check", "--memory", *servers, "-s", "closes", *PAGES, cwd=folder, status=1)
    name = os.path.basename(sys.executable)
    assert {tier: one["outcome"] for (_, tier), one in facts(folder).items()} == {
        "asyncio": "pass",
        "trio": "pass",
        "uvicorn": "pass",
        name: "fail",
        f"{name}-#2": "fail",
    }


def test_a_server_that_ends_at_once_leaves_the_run_incomplete(folder: Path) -> None:
    command = f"{sys.executable} -c 'raise SystemExit(\"no way\")' {{app}} {{port}}"
    done = suite("check", "--server", command, *PAGES, cwd=folder, status=3)
    assert {one["outcome"] for one in facts(folder).values()} == {"not-run"}
    assert done.stderr.endswith("it ended with status 1: no way\n")


def test_a_server_that_never_listens_is_waited_for_once(
    folder: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    defaults = WireServer.__init__.__kwdefaults__ or {}
    monkeypatch.setitem(defaults, "start_limit", 0.5)
    spawn = ServerProcess._spawn
    started: list[subprocess.Popen[bytes]] = []

    def spawned(self: ServerProcess, arguments: list[str], log: IO[bytes]) -> Any:
        started.append(spawn(self, arguments, log))
        return started[-1]

    monkeypatch.setattr(ServerProcess, "_spawn", spawned)
    command = f"{sys.executable} -c 'import threading; threading.Event().wait()' {{app}} {{port}}"
    monkeypatch.chdir(folder)
    result = pytester.runpytest_inprocess(
        *("--ws-pages", str(folder / "rules.md"), "--ws-server", command, "--ws-no-memory"),
        *("-p", "no:cacheprovider", str(folder / "rules.md")),
    )
    result.assert_outcomes(failed=4)
    assert "to listen on port" in result.stdout.str()
    assert "it did not within 0.5 s" in result.stdout.str()
    (process,) = started
    assert process.returncode is not None  # it has been ended


def test_pytest_alone_runs_the_suites_own_pages(pytester: pytest.Pytester) -> None:
    package(pytester.path, "its_package")
    pytester.makepyfile("def test_of_the_project(): pass")
    result = pytester.runpytest_subprocess(
        *("--ws-target=its_package", "--ws-select=accept-default", "--ws-results=r.json", "-v"),
        *("-p", "no:cacheprovider", "-k", "asyncio"),
    )
    output = result.stdout.str()
    assert "::accept-default[asyncio] PASSED" in output
    assert "test_of_the_project" not in output and "trio" not in output
    data = json.loads((pytester.path / "r.json").read_text("utf-8"))
    assert (data["target"]["name"], data["complete"]) == ("its_package", True)


def test_pytest_reports_a_wrong_target_as_wrong_usage(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("--ws-target=no_such_package")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "expected to import 'no_such_package', found no such module" in result.stderr.str()


def test_what_is_played_in_part_says_so(folder: Path) -> None:
    code = "async def app(scope, receive, send):\n    await send({'type': 'websocket.close'})\n"
    talks = ["> connect /\n", '> connect /\n  scope: {"path": "/a"}\n', "> connect /\n"]
    fences = "\n".join(f"```ws\n{talk}< close 1000\n```\n" for talk in talks)
    head = "# Rules\n\n## Close { #close .must }\n\nSource: RFC 6455.\n\n"
    (folder / "rules.md").write_text(f"{head}```python\n{code}```\n\n{fences}", "utf-8")
    suite("check", "--memory", "--server", "uvicorn", *PAGES, cwd=folder, status=0)
    assert facts(folder)["close", "uvicorn"]["more"] == (
        "1 of 3 conversations can be played in memory only: changed-scope"
    )
    assert facts(folder)["close", "asyncio"].get("more") is None
