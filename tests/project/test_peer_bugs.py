"""The bugs that users of the documented systems know are each caught by an example."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reference_ws.conformance.report.results import Result, read_run
from reference_ws.conformance.report.verdict import DIFFERED
from tests.conformance.suite_pages import suite
from tests.project.bug_tables import by_example, mistakes, read

FILE = Path(__file__).with_name("peer_bugs.toml")
PEERS = ("starlette", "lilya", "yaat")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Result]]:
    """What comes of each example: some are not asked of other systems, unless one asks for it."""
    folder = tmp_path_factory.mktemp("peers")
    ids = {id for bug in read(FILE)["bug"] for id in bug["ids"]}
    select = [word for id in sorted(ids) for word in ("--select", id)]
    for name in PEERS:
        asked = ("--like", "reference", "--backend", "asyncio", *select)
        suite("check", name, *asked, "--json", f"{name}.json", cwd=folder)
    runs = {name: read_run(folder / f"{name}.json") for name in PEERS}
    for name, run in runs.items():
        assert f"{name} {run.target.version}".title() in FILE.read_text("utf-8").title()
    return {name: by_example(run.results) for name, run in runs.items()}


def test_the_results_bear_the_table_out(results: dict[str, dict[str, Result]]) -> None:
    assert mistakes(read(FILE), results) == []


def test_every_bug_says_how_each_package_stands_and_is_caught_or_gone() -> None:
    for bug in read(FILE)["bug"]:
        assert bug.keys() == {"what", "ids", *PEERS}, bug
        outcomes = {bug[name].partition(": ")[0] for name in PEERS}
        assert outcomes & DIFFERED or "gone" in bug["what"], bug


# Nothing is played for these, in whichever process they are run.
AS_THE_TABLE = {
    name: {
        "close-twice": Result("close-twice", "close-twice", "should", "asyncio", "fail", got=got),
        "accept-headers": Result("accept-headers", "accept-headers", "must", "asyncio", "pass"),
    }
    for name, got in {
        "starlette": "! WebSocketDisconnected",
        "lilya": "! WebSocketRuntimeError",
        "yaat": "! WebSocketException",
    }.items()
}


def test_an_entry_as_the_results_are_is_not_wrong() -> None:
    entry = next(one for one in read(FILE)["bug"] if "close-twice" in one["ids"])
    assert mistakes({"bug": [{**entry, "ids": ["close-twice"]}]}, AS_THE_TABLE) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"starlette": "pass"}, "close-twice on starlette: expected a pass, got fail"),
        ({"yaat": "unsupported"}, "close-twice on yaat: expected unsupported, got fail"),
        ({"lilya": "fail: KeyError"}, "expected 'KeyError' in what it tells"),
        ({"lilya": "failed"}, "expected an outcome, got 'failed'"),
        ({"ids": ["close-thrice"]}, "close-thrice on starlette: no such example"),
        ({"ids": ["accept-headers"], "lilya": "other"}, "expected a difference, got pass"),
        ({"django": "pass"}, "no results of ['django']"),
        ({"ids": []}, "expected what, ids and outcomes"),
    ],
)
def test_a_wrong_entry_is_found(change: dict[str, Any], said: str) -> None:
    entry = next(one for one in read(FILE)["bug"] if "close-twice" in one["ids"])
    wrong = mistakes({"bug": [{**entry, "ids": ["close-twice"], **change}]}, AS_THE_TABLE)
    assert any(said in one for one in wrong), wrong


def test_what_is_left_out_has_a_reason() -> None:
    assert mistakes({"bug": [], "left-out": [{"what": "a bug", "why": ""}]}, {})
    assert mistakes({"bugs": [], "bug": []}, {}) == ["unknown kind 'bugs'"]
