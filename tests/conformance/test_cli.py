"""The command line: what each command says, and with which status it ends."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from click.testing import CliRunner

from reference_ws.conformance.commands import commands
from reference_ws.conformance.report import results
from tests.conformance.suite_pages import environment, package, rules, suite, suite_process

SCHEMA = json.loads(Path(results.__file__).with_name("results.schema.json").read_text("utf-8"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rules(tmp_path)
    return tmp_path


def check(
    folder: Path,
    *arguments: str,
    status: int,
    run: Callable[..., subprocess.CompletedProcess[str]] = suite,
) -> tuple[str, dict[tuple[str, str], str]]:
    """Play the rules; give what was printed, and the outcomes by example and tier."""
    options = ["--pages", "rules.md", "--json", "r.json"]
    done = run("check", *arguments, *options, cwd=folder, status=status)
    data = json.loads((folder / "r.json").read_text("utf-8"))
    jsonschema.validate(data, SCHEMA)
    return done.stdout, {(one["id"], one["tier"]): one["outcome"] for one in data["results"]}


def test_the_reference_passes_and_every_report_is_written(folder: Path) -> None:
    reports = ["--junit", "r.xml", "--markdown", "r.md", "--badge", "b.json"]
    output, found = check(folder, *reports, status=0)
    assert "memory (asyncio, trio)" in output
    assert output.splitlines()[-1] == "passed: 9 results"
    assert set(found.values()) == {"pass"}
    assert found.keys() >= {("greets", "asyncio"), ("greets", "trio"), ("client", "memory")}
    cases = ElementTree.parse(folder / "r.xml").iter("testcase")
    assert "greets[trio]" in {case.get("name") for case in cases}
    assert "**MUST 4/4 · SHOULD 1/1**" in (folder / "r.md").read_text("utf-8")
    badge = json.loads((folder / "b.json").read_text("utf-8"))
    assert badge["message"] == "MUST 4/4 · SHOULD 1/1"


def test_a_target_gets_a_verdict_on_each_example(folder: Path) -> None:
    package(folder)
    output, found = check(folder, "my_package", "-v", status=1)
    assert {id: outcome for (id, tier), outcome in found.items() if tier != "trio"} == {
        "greets": "pass",
        "iterates": "unsupported",
        "closes": "fail",
        "by-name": "unsupported",
        "client": "not-applicable",
    }
    assert "expected 'iter_text' on 'Socket', it has no such attribute" in output
    assert "expected a module 'my_package.constants'" in output
    assert '< close 4000 "bye" → < close 4000' in output and "closes" in output
    assert str(folder) not in (folder / "r.json").read_text("utf-8")


def test_one_class_is_tested_without_anything_of_the_reference(folder: Path) -> None:
    package(folder)
    ids = ["-s", "greets", "-s", "by-", "-s", "client"]
    _, found = check(folder, "my_package.websockets:Socket", *ids, status=0)
    assert found == {
        ("greets", "asyncio"): "pass",
        ("greets", "trio"): "pass",
        ("by-name", "asyncio"): "not-applicable",
        ("by-name", "trio"): "not-applicable",
        ("client", "memory"): "not-applicable",
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["check", "no_such_package"],
            "expected to import 'no_such_package', found no such module",
        ),
        (["check", "broken"], "expected to import the target 'broken', got ZeroDivisionError"),
        (["check", "a/b"], "expected a package, 'module:Class' or an adapter"),
        (["check", "--server", "nonsense"], "expected a name (uvicorn,"),
        (["check", "--server", "no-such-program {app} {port}"], "got 'no-such-program'"),
        (["check", "--no-memory"], "expected a server for a run without memory"),
        (["check", "-s", "nothing-like-it"], "expected the beginning of an id"),
        (["check", "--known", "bad.toml"], "expected tables [[known]]"),
        (["check", "--json", "no/such/folder.json"], "expected a folder"),
        (["show", "nothing-like-it"], "got 'nothing-like-it'; 'reference-ws list WORDS' finds ids"),
        (["show", "accept-twic"], "got 'accept-twic'; did you mean accept-twice?"),
        (["show", "close-code"], "got 'close-code'; did you mean close-code"),
        (["show", "acept-twice"], "got 'acept-twice'; did you mean accept-twice"),
        (
            ["show", "scope-missing-keys", "--server", "uvicorn"],
            "which runs in memory only (changed-scope): leave out the server",
        ),
        (["show", "accept-default", "--target", "broken"], "ZeroDivisionError"),
        (["check", "--compare", "bad.toml"], "expected a results file"),
        (["check", "--exclude", "nothing-*"], "got 'nothing-*': it matches nothing"),
        (["check", "--fail-on", "may"], "'may' is not one of 'must', 'documented'"),
        (["check", "leaves"], "import the target 'leaves', it called sys.exit('no way')"),
        (["check", "--known", "tier.toml"], "expected a tier (asyncio, trio, memory, uvicorn,"),
        (["list", "--page", "nowhere"], "expected a page ("),
        (["list", "no such words"], "expected at least one matching requirement"),
        (["frobnicate"], "No such command"),
    ],
)
def test_wrong_usage_is_status_2_with_what_was_expected(
    folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(folder)
    package(folder, "broken", "1 / 0\n")
    package(folder, "leaves", "import sys\n\nsys.exit('no way')\n")
    (folder / "bad.toml").write_text("x = 1\n", "utf-8")
    tier = "[[known]]\nid = 'greets'\nreason = 'r'\ntier = 'trio2'\n"
    (folder / "tier.toml").write_text(tier, "utf-8")
    options = ["--pages", "rules.md"] if arguments[0] == "check" else []
    done = CliRunner().invoke(commands, [*arguments, *options])
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())


def test_a_baseline_makes_a_run_green_until_something_passes(folder: Path) -> None:
    where = package(folder)
    pages = ["--pages", "rules.md", "--strict"]
    suite("baseline", "my_package", *pages, "-o", "known.toml", cwd=folder, status=0)
    known = (folder / "known.toml").read_text("utf-8")
    assert [line for line in known.splitlines() if line.startswith("id")] == [
        'id = "by-name"',
        'id = "closes"',
        'id = "iterates"',
    ]
    output, _ = check(folder, "my_package", "--strict", "--known", "known.toml", status=0)
    assert output.splitlines()[-1] == "passed: 9 results, 6 known failures"
    suite("baseline", "--strict", "--from", "r.json", "-o", "again.toml", cwd=folder, status=0)
    assert (folder / "again.toml").read_text("utf-8") == known
    text = (where / "websockets.py").read_text("utf-8")
    mended = text.replace("close(code)", "close(code, reason)")
    (where / "websockets.py").write_text(mended, "utf-8")
    output, _ = check(folder, "my_package", "--known", "known.toml", status=1)
    assert "passes: remove it from the known failures  closes\n" in output


def test_a_mistake_of_the_suite_is_incomplete(folder: Path) -> None:
    broken = "import reference_ws.conformance.memory.run as suite\nsuite.play = None\n"
    package(folder, sockets=broken + "from reference_ws.websockets import WebSocket\n")
    output, found = check(folder, "my_package", "-s", "greets", status=3, run=suite_process)
    assert set(found.values()) == {"error"}
    assert output.splitlines()[-1].startswith("incomplete: ")
    suite(*("baseline", "--from", "r.json", "-o", "known.toml"), cwd=folder, status=3)
    assert not (folder / "known.toml").exists()


def test_a_terminal_shows_the_progress_and_then_the_summary(folder: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "reference_ws.conformance", "check", "--pages", "rules.md"]
    shown = b""
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**environment(TERM="xterm"), "NO_COLOR": ""},
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        with suppress(OSError):  # how a terminal tells its end on Linux
            while said := os.read(ours, 4096):
                shown += said
    os.close(ours)
    assert process.returncode == 0
    assert b"9/9" in shown
    assert b"\x1b[1;32mpassed: 9 results\x1b[0m" in shown


def here(*arguments: str) -> str:
    """Run a command that does not play anything."""
    done = CliRunner().invoke(commands, arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_requirements_are_listed_for_people_and_for_programs() -> None:
    assert any(line.startswith("must       accept-default ") for line in here("list").splitlines())
    listed = {entry["id"]: entry for entry in json.loads(here("list", "--json"))}
    one = listed["accept-default"]
    assert (one["level"], one["page"]) == ("must", "accepting")
    assert "await websocket.accept()" in one["examples"][0]["code"]
    texts = [item["text"] for item in one["examples"][0]["conversations"][0]["items"]]
    assert texts[:2] == ["> connect /", "< accept"]
    assert "ASGI" in one["source"]


def test_a_requirement_is_shown_with_its_examples() -> None:
    shown = here("show", "close-code-and-reason")
    assert shown.startswith("DOCUMENTED ")
    assert "Source: " in shown and "WebSocket(scope, receive, send)" in shown
    assert "< close 4001" in shown
    script = here("show", "close-code-and-reason", "--target", "reference")
    compile(script, "script.py", "exec")
    assert "CONVERSATIONS = " in script
