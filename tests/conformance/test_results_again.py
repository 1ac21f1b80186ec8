"""What is published of an implementation is what a fresh run of the command gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from reference_ws.conformance.report.results import Run, read_run
from tests.conformance.suite_pages import ROOT, suite

RESULTS = ROOT / "docs" / "results"


def differences(published: Run, fresh: Run) -> list[str]:
    """Say which outcomes of a fresh run are not those that are published."""
    here = {(one.id, one.tier): one.outcome for one in published.results}
    return [
        f"{one.id} on {one.tier}: published {here.get((one.id, one.tier))}, now {one.outcome}"
        for one in fresh.results
        if here.get((one.id, one.tier)) != one.outcome
    ] + [
        f"{id} on {tier}: published, now not played"
        for id, tier in sorted(here.keys() - {(one.id, one.tier) for one in fresh.results})
    ]


@pytest.mark.parametrize(
    ("target", "status"), [("reference", 0), ("starlette", 1), ("lilya", 1), ("yaat", 1)]
)
def test_a_fresh_run_gives_what_is_published(target: str, status: int, tmp_path: Path) -> None:
    suite("check", target, "--json", "fresh.json", cwd=tmp_path, status=status)
    published, fresh = read_run(RESULTS / f"{target}.json"), read_run(tmp_path / "fresh.json")
    assert fresh.complete and fresh.target.version == published.target.version
    assert differences(published, fresh) == []


def test_an_outcome_of_another_day_is_found() -> None:
    published, fresh = (read_run(RESULTS / "starlette.json") for _ in range(2))
    place, *_ = (n for n, one in enumerate(fresh.results) if one.id == "close-twice")
    wrong = replace(fresh.results[place], outcome="timeout")
    fresh.results[place] = wrong
    gone = fresh.results.pop()
    assert differences(published, fresh) == [
        f"close-twice on {wrong.tier}: published fail, now timeout",
        f"{gone.id} on {gone.tier}: published, now not played",
    ]
