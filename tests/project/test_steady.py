"""The command that plays examples many times: it counts, goes on, and finds what is unsteady."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any, cast

import click
import pytest
from click.testing import CliRunner
from rich.console import Console

from benchmarks import steady
from benchmarks.steady_counts import Server, WrongFile, load, save
from reference_ws.conformance.pages.catalogue import english
from reference_ws.conformance.report.results import Result
from reference_ws.conformance.report.verdict import Outcome

HASHES = {"accept-twice": "a1", "close-twice": "b1"}
SERVERS = {"uvicorn": "1.0", "daphne": "2.0"}


class Played:
    """Plays nothing, and gives the outcomes that a test wants, one pass after the other."""

    def __init__(self, *passes: dict[str, Outcome]) -> None:
        self.passes = list(passes)
        self.asked: list[list[str]] = []

    def __call__(self, server: str, ids: Sequence[str]) -> list[Result]:
        self.asked.append(sorted(ids))
        outcomes = self.passes.pop(0) if self.passes else {}
        return [
            Result(id, id, "must", server, outcomes.get(id, "pass"), wanted="<", got=">")
            for id in HASHES
        ]


def measure(file: Path, play: Played, hashes: dict[str, str] = HASHES) -> tuple[int, str]:
    servers = load(file, hashes, SERVERS)
    console = Console(file=StringIO(), width=100)
    steady.measure(servers, ["uvicorn"], hashes, times=3, play=play, file=file, console=console)
    told = Console(file=StringIO(), width=100)
    status = steady.report({"uvicorn": servers["uvicorn"]}, hashes, 3, told)
    assert isinstance(told.file, StringIO)
    return status, told.file.getvalue()


def test_each_example_is_played_so_many_times(tmp_path: Path) -> None:
    play = Played()
    status, told = measure(tmp_path / "s.json", play)
    assert play.asked == [sorted(HASHES)] * 3
    assert (status, told) == (0, "uvicorn 1.0: 2 examples, 6 plays, 0 unsteady\n")


def test_an_example_with_two_outcomes_is_named_with_what_was_seen(tmp_path: Path) -> None:
    status, told = measure(tmp_path / "s.json", Played({}, {"close-twice": "timeout"}))
    assert status == steady.UNSTEADY
    assert "close-twice: pass 2, timeout 1\n    timeout: < → >" in told


def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path) -> None:
    file = tmp_path / "s.json"

    class Stopped(Played):
        def __call__(self, server: str, ids: Sequence[str]) -> list[Result]:
            if len(self.asked) == 2:
                raise KeyboardInterrupt
            return super().__call__(server, ids)

    with pytest.raises(KeyboardInterrupt):
        measure(file, Stopped())
    servers = load(file, HASHES, SERVERS)
    console = Console(file=StringIO())
    assert steady.report({"uvicorn": servers["uvicorn"]}, HASHES, 3, console) == steady.OPEN
    play = Played()
    assert measure(file, play)[0] == 0
    assert len(play.asked) == 1


def test_only_a_changed_example_is_played_again(tmp_path: Path) -> None:
    file = tmp_path / "s.json"
    measure(file, Played())
    play = Played()
    assert measure(file, play, HASHES | {"close-twice": "b2"})[0] == 0
    assert play.asked == [["close-twice"]] * 3


def test_a_changed_server_is_played_again_and_the_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "s.json"
    measure(file, Played())
    assert load(file, HASHES, SERVERS | {"uvicorn": "1.1"})["uvicorn"].records == {}
    servers = load(file, HASHES, SERVERS | {"daphne": "2.1"})
    assert servers["uvicorn"].records.keys() == HASHES.keys()


def test_what_has_no_verdict_does_not_count_and_does_not_run_for_ever(tmp_path: Path) -> None:
    play = Played({"accept-twice": "error", "close-twice": "not-run"})
    with pytest.raises(click.ClickException, match="expected results of 2 examples on uvicorn"):
        measure(tmp_path / "s.json", play)


def test_the_old_file_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "s.json"
    measure(file, Played())
    before = file.read_text()
    broken = Server("1.0")
    broken.records = cast(Any, {"x": None})
    with pytest.raises(AttributeError):
        save(file, {"uvicorn": broken}, 3)
    assert file.read_text() == before
    file.write_text('{"format": 7}')
    with pytest.raises(WrongFile, match="expected format 2, got 7"):
        load(file, HASHES, SERVERS)


def test_the_command_plays_a_real_server(tmp_path: Path) -> None:
    file = tmp_path / "s.json"
    arguments = ["--server", "uvicorn", "--times", "2", "--file", str(file)]
    arguments += ["--only", "accept-twice", "--only", "close-twice"]
    done = CliRunner().invoke(steady.main, arguments)
    assert done.exit_code == 0, done.output
    assert "0 unsteady" in done.output
    outcomes = json.loads(file.read_text("utf-8"))["examples"]
    assert outcomes["accept-twice"]["outcomes"] == {"uvicorn": {"pass": 2}}
    only = CliRunner().invoke(steady.main, ["--report", *arguments[:-4]])
    assert only.exit_code == steady.OPEN  # of the other examples nothing is known


def test_no_example_of_the_committed_file_is_unsteady() -> None:
    """What the file knows of examples that are gone or changed since says nothing."""
    hashes = steady.examples(list(english().files))
    data = json.loads(steady.FILE.read_text("utf-8"))
    versions = {name: told["version"] for name, told in data["servers"].items()}
    servers = load(steady.FILE, hashes, versions)
    assert len(servers) == 7
    told = StringIO()
    assert steady.report(servers, hashes, steady.TIMES, Console(file=told)) == 0, told.getvalue()
