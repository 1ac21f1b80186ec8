"""What is known of the servers is each caught by an example."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from reference_ws.conformance.report.results import Result, read_run
from reference_ws.conformance.report.verdict import DIFFERED
from reference_ws.conformance.wire.process import KNOWN
from tests.project.bug_tables import by_example, mistakes, read

FILE = Path(__file__).with_name("server_bugs.toml")
KNOWN_FAILURES = Path(__file__).with_name("known_servers.toml")
RESULTS = Path(__file__).parents[2] / "docs" / "results"
KEYS = {"what", "ids", "crash"}
PUBLISHED = [name for name in KNOWN if (RESULTS / f"{name}.json").exists()]


@pytest.fixture(scope="module")
def results() -> dict[str, dict[str, Result]]:
    return {name: by_example(read_run(RESULTS / f"{name}.json").results) for name in PUBLISHED}


def test_the_results_bear_the_table_out(results: dict[str, dict[str, Result]]) -> None:
    table = read(FILE)
    for bug in table["bug"]:
        bug.pop("crash", None)
    assert mistakes(table, results) == []


def test_every_bug_is_of_some_server_and_caught() -> None:
    for bug in read(FILE)["bug"]:
        servers = bug.keys() - KEYS
        assert servers <= KNOWN.keys() and servers, bug
        assert all(bug[name].partition(": ")[0] in DIFFERED for name in servers), bug


def test_a_server_that_is_not_named_has_not_the_bug(results: dict[str, dict[str, Result]]) -> None:
    named: dict[str, set[str]] = {}
    for bug in read(FILE)["bug"]:
        for id in bug["ids"]:
            named.setdefault(id, set()).update(bug.keys() - KEYS)
    for id, servers in named.items():
        if id.startswith("server-"):
            differ = {name for name in PUBLISHED if results[name][id].outcome in DIFFERED}
            assert differ == servers, id


def test_every_known_failure_of_a_requirement_on_servers_is_in_the_table() -> None:
    table = {(id, name) for bug in read(FILE)["bug"] for id in bug["ids"] for name in bug}
    known = tomllib.loads(KNOWN_FAILURES.read_text("utf-8"))["known"]
    for entry in known:
        if entry["id"].startswith("server-"):
            assert (entry["id"], entry["tier"]) in table, entry


def test_crashes_are_seen_as_such(results: dict[str, dict[str, Result]]) -> None:
    crashes = [bug for bug in read(FILE)["bug"] if bug.get("crash")]
    assert len(crashes) >= 4
    for bug in crashes:
        for name in bug.keys() - KEYS:
            for id in bug["ids"]:
                told = f"{results[name][id].got} {results[name][id].more} {results[name][id].known}"
                assert "the end of the server" in told or "dies" in told, (id, name)


def test_a_wrong_entry_is_found(results: dict[str, dict[str, Result]]) -> None:
    wrong = {"what": "x", "ids": ["server-send-empty"], "daphne": "timeout", "uvicorn": "fail"}
    assert mistakes({"bug": [wrong]}, results) == [
        "x: server-send-empty on daphne: expected timeout, got fail",
        "x: server-send-empty on uvicorn: expected fail, got pass",
    ]
