"""A run that is interrupted: at whatever moment, the status is 3 and nothing is left in pieces."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from reference_ws.conformance.report import results
from tests.conformance.suite_pages import LIMIT, environment, package, rules

SCHEMA = json.loads(Path(results.__file__).with_name("results.schema.json").read_text("utf-8"))
INCOMPLETE = 3

CHECK = ["check", "my_package", "--pages", "rules.md", "--json", "r.json"]
BOTH = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])

Outcomes = dict[tuple[str, str], str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rules(tmp_path)
    return tmp_path


def read(folder: Path) -> tuple[dict[str, Any], Outcomes]:
    """Give the results file, and the outcomes by example and tier."""
    data = json.loads((folder / "r.json").read_text("utf-8"))
    jsonschema.validate(data, SCHEMA)
    return data, {(one["id"], one["tier"]): one["outcome"] for one in data["results"]}


def interrupted(folder: Path, number: int, *command: str) -> subprocess.CompletedProcess[str]:
    """Run the command line, and send it a signal once one byte has come through HERE."""
    reader, writer = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-m", "reference_ws.conformance", *command],
        cwd=folder,
        env=environment(HERE=str(writer)),
        pass_fds=[writer],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        os.close(writer)
        assert os.read(reader, 1) == b"x"
        process.send_signal(number)
        output, errors = process.communicate(timeout=LIMIT)
    os.close(reader)
    return subprocess.CompletedProcess(command, process.returncode, output, errors)


WAITS = """\
import os
import threading

os.write(int(os.environ["HERE"]), b"x")
threading.Event().wait()
"""

CLOSE_WAITS = """\
import os

import anyio

from reference_ws.websockets import WebSocket as Right


class WebSocket(Right):
    async def close(self, code=1000, reason=None):
        os.write(int(os.environ["HERE"]), b"x")
        await anyio.sleep_forever()
"""


@BOTH
def test_a_run_keeps_what_it_has(folder: Path, number: int) -> None:
    package(folder, sockets=CLOSE_WAITS)
    done = interrupted(folder, number, *CHECK)
    assert done.returncode == INCOMPLETE, done
    assert done.stdout.splitlines()[-1].startswith("incomplete: interrupted")
    data, outcomes = read(folder)
    assert data["complete"] is False
    assert outcomes["greets", "trio"] == "pass"
    assert outcomes["closes", "asyncio"] == outcomes["by-name", "trio"] == "not-run"


@BOTH
def test_imports_can_be_interrupted(folder: Path, number: int) -> None:
    (folder / "click.py").write_text(WAITS, "utf-8")  # found before the real one
    done = interrupted(folder, number, *CHECK)
    assert (done.returncode, done.stderr) == (INCOMPLETE, "interrupted\n")


def test_the_first_imports_can_be_interrupted_as_well(folder: Path) -> None:
    code = (
        "import sys\n\n\nclass Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.endswith('.interruption'):\n            raise KeyboardInterrupt\n\n\n"
        "sys.meta_path.insert(0, Finder())\nimport reference_ws.conformance.cli\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )
    assert (done.returncode, done.stderr) == (INCOMPLETE, "interrupted\n")


@BOTH
def test_the_import_of_a_target_can_be_interrupted(folder: Path, number: int) -> None:
    package(folder, sockets=WAITS)
    done = interrupted(folder, number, *CHECK)
    assert (done.returncode, done.stderr.strip()) == (INCOMPLETE, "interrupted")
    assert not (folder / "r.json").exists()


# Sends the signal to itself before or after a function runs.
AT_A_MOMENT = """\
import pkgutil
import signal
import sys
from functools import wraps
from unittest.mock import patch

from reference_ws.conformance import cli
from reference_ws.conformance.wire.process import ServerProcess

place, when, number, *sys.argv[1:] = sys.argv[1:]
processes = []
spawn = ServerProcess._spawn


def spawned(*args):
    processes.append(spawn(*args))
    return processes[-1]


ServerProcess._spawn = spawned
function = pkgutil.resolve_name(place)


@wraps(function)
def at_this_moment(*args, **kwargs):
    if when == "before":
        signal.raise_signal(int(number))
    try:
        return function(*args, **kwargs)
    finally:
        if when == "after":
            signal.raise_signal(int(number))


try:
    with patch(place.replace(":", "."), at_this_moment):
        cli.main()
finally:
    left = [one for one in processes if one.poll() is None]
    print("left behind:", [one.pid for one in left])
    for one in left:
        one.kill()
        one.wait()
"""


def at(
    folder: Path, place: str, number: int, *more: str, when: str = "before"
) -> subprocess.CompletedProcess[str]:
    """Run the command line, which is interrupted whenever it calls what stands in a place."""
    done = subprocess.run(
        [sys.executable, "-c", AT_A_MOMENT, place, when, str(int(number)), *CHECK, *more],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )
    assert done.stdout.endswith("left behind: []\n"), done
    return done


SUITE = "reference_ws.conformance"


@BOTH
@pytest.mark.parametrize(
    "place",
    [
        f"{SUITE}.runner.run:Suite",
        f"{SUITE}.runner.suite:Suite.page",
        f"{SUITE}.runner.recorder:Recorder.pytest_collection_finish",
    ],
)
def test_what_is_interrupted_before_the_first_example_knows_all_of_them(
    folder: Path, number: int, place: str
) -> None:
    package(folder)
    assert at(folder, place, number).returncode == INCOMPLETE
    data, outcomes = read(folder)
    assert data["messages"] == ["interrupted"]
    assert len(outcomes) == 9 and set(outcomes.values()) == {"not-run"}


@BOTH
@pytest.mark.parametrize(
    "place", [f"{SUITE}.report.results:Run.write", f"{SUITE}.commands:markdown"]
)
def test_what_has_its_verdicts_is_written_to_the_end(folder: Path, number: int, place: str) -> None:
    package(folder)
    done = at(folder, place, number, "--markdown", "r.md", "--junit", "r.xml")
    assert done.returncode == 1  # as without an interruption
    data, outcomes = read(folder)
    assert data["complete"] is True and outcomes["closes", "trio"] == "fail"
    assert "</details>" in (folder / "r.md").read_text("utf-8")
    assert (folder / "r.xml").read_text("utf-8").endswith("</testsuites>")


@BOTH
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("place", ["start", "end"])
def test_a_server_does_not_outlive_the_run(
    folder: Path, number: int, place: str, when: str
) -> None:
    package(folder)
    place = f"{SUITE}.wire.process:ServerProcess.{place}"
    done = at(folder, place, number, "--server", "uvicorn", "-s", "greets", when=when)
    data, outcomes = read(folder)
    verdict = "pass" if place.endswith("end") else "not-run"
    assert outcomes == {("greets", "uvicorn"): verdict}
    assert done.returncode == (0 if data["complete"] else INCOMPLETE)


@BOTH
@pytest.mark.parametrize("place", ["_spawn", "_listens"])
def test_a_server_that_never_serves_does_not_outlive_the_run(
    folder: Path, number: int, place: str
) -> None:
    package(folder)
    command = f"{sys.executable} -c 'import threading; threading.Event().wait()' {{app}} {{port}}"
    place = f"{SUITE}.wire.process:ServerProcess.{place}"
    done = at(folder, place, number, "--server", command, "-s", "greets", when="after")
    assert done.returncode == INCOMPLETE
    _, outcomes = read(folder)
    assert set(outcomes.values()) == {"not-run"}


# However the application takes it, and in whichever part of an event loop it comes.
SWALLOWS = """\
import signal

from reference_ws.websockets import WebSocket as Right


class WebSocket(Right):
    async def close(self, code=1000, reason=None):
        try:
            signal.raise_signal({number})
        except BaseException:
            pass
        await super().close(code, reason)
"""


@BOTH
def test_an_application_cannot_swallow_an_interruption(folder: Path, number: int) -> None:
    package(folder, sockets=SWALLOWS.format(number=int(number)))
    done = at(folder, f"{SUITE}.report.text:badge", number)  # which is not called
    assert done.returncode == INCOMPLETE
    _, outcomes = read(folder)
    assert outcomes["greets", "trio"] == "pass"
    assert outcomes["closes", "asyncio"] == "not-run"


def test_pytest_alone_is_interrupted_as_well(folder: Path) -> None:
    package(folder, sockets=SWALLOWS.format(number=int(signal.SIGINT)))
    command = ["--ws-pages=rules.md", "--ws-target=my_package", "--ws-results=r.json"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *command],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )
    assert done.returncode == pytest.ExitCode.INTERRUPTED, done
    data, outcomes = read(folder)
    assert data["messages"] == ["interrupted"]
    assert outcomes["closes", "asyncio"] == "not-run"
