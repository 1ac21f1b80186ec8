"""Known failures: what a file of them may say, what it means, and how it is first written."""

from __future__ import annotations

from pathlib import Path

import pytest

from reference_ws.conformance.report.known_failures import (
    Known,
    KnownError,
    baseline_of,
    known_for,
    read_known,
    write_known,
)
from reference_ws.conformance.report.results import Result
from reference_ws.conformance.report.verdict import Outcome

IDS = {"a", "b", "c"}


def result(id: str, tier: str, outcome: Outcome, **more: object) -> Result:
    return Result(id, id, "must", tier, outcome, wanted="< x", got="< y", **more)  # type: ignore[arg-type]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    known = (
        Known("a", None, 'says "no"\n\\ and \x7f 안녕', "https://example.org/1"),
        Known("b", "uvicorn", "another"),
    )
    file = tmp_path / "known.toml"
    file.write_text(write_known(known, "Two lines\nof comment."), "utf-8")
    assert read_known(file, IDS) == known
    assert file.read_text("utf-8").startswith("# Two lines\n# of comment.\n")


def test_a_tier_narrows_an_entry() -> None:
    known = (Known("a", "memory", "1"), Known("b", "trio", "2"), Known("c", None, "3"))
    for id, tier, reason in [
        ("a", "asyncio", "1"),
        ("a", "memory", "1"),
        ("a", "uvicorn", None),
        ("b", "trio", "2"),
        ("b", "asyncio", None),
        ("c", "granian", "3"),
    ]:
        found = known_for(known, id, tier)
        assert (found.reason if found else None) == reason


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[known", "expected a TOML file"),
        ("other = 1", r"expected tables \[\[known\]\] and nothing else"),
        ("known = 1", r"expected tables \[\[known\]\] and nothing else"),
        ("known = [1]", "expected id, reason, and perhaps tier and link, got 1"),
        ("[[known]]\nid = 'a'", r"got \['id'\]: .*known.toml, entry 1"),
        ("[[known]]\nid = 'a'\nreason = 'r'\nwhy = 'w'", "got .*'why'"),
        ("[[known]]\nid = 'a'\nreason = 1", "expected a string for 'reason'"),
        ("[[known]]\nid = 'a'\nreason = ' '", "expected a reason for 'a', got none"),
        ("[[known]]\nid = 'gone'\nreason = 'r'", "expected the id of an example, got 'gone'"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused(
    tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "known.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(KnownError, match=said):
        read_known(file, IDS)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="expected a TOML file"):
        read_known(tmp_path / "none.toml", IDS)


def test_a_baseline_has_what_fails_with_the_widest_tier() -> None:
    known = baseline_of(
        [
            result("everywhere", "asyncio", "fail"),
            result("everywhere", "uvicorn", "timeout"),
            result("everywhere", "granian", "not-applicable"),
            result("in-memory", "asyncio", "unsupported"),
            result("in-memory", "trio", "fail"),
            result("in-memory", "uvicorn", "pass"),
            result("on-trio", "asyncio", "pass"),
            result("on-trio", "trio", "fail"),
            result("passes", "asyncio", "pass"),
        ]
    )
    assert [(one.id, one.tier) for one in known] == [
        ("everywhere", None),
        ("in-memory", "memory"),
        ("on-trio", "trio"),
    ]
    assert known[0].reason == "fail: < x → < y"


def test_a_baseline_keeps_reasons_and_leaves_out_what_only_may_be() -> None:
    listed = result("a", "asyncio", "fail", known="because")
    may = Result("b", "b", "may", "asyncio", "fail")
    assert [one.reason for one in baseline_of([listed, may])] == ["because"]
