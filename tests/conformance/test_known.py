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
    stale,
    write_known,
)
from reference_ws.conformance.report.results import Result
from reference_ws.conformance.report.verdict import STRICT, Outcome

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
        ],
        fail_on=STRICT,
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


def test_a_pattern_means_several_and_an_id_of_its_own_goes_before_it(tmp_path: Path) -> None:
    file = tmp_path / "known.toml"
    file.write_text(
        "[[known]]\nid = 'close-*'\nreason = 'all'\n\n"
        "[[known]]\nid = 'close-twice'\nreason = 'one'\n"
    )
    known = read_known(file, {"close-twice", "close-code", "accept"})
    found = {id: known_for(known, id, "trio") for id in ("close-twice", "close-code", "accept")}
    assert {id: one and one.reason for id, one in found.items()} == {
        "close-twice": "one",
        "close-code": "all",
        "accept": None,
    }
    with pytest.raises(KnownError, match=r"expected a pattern that matches an id, got 'close-\*'"):
        read_known(file, {"accept"})


def test_a_pattern_is_stale_once_all_that_it_means_passes() -> None:
    known = (Known("a-*", None, "r"), Known("b", None, "r"))
    passes, fails = result("a-1", "trio", "pass"), result("a-2", "trio", "fail")
    assert stale(known, [passes, fails]) == ()
    assert stale(known, [passes, result("a-2", "trio", "not-applicable")]) == ("a-*",)
    assert stale(known, [result("a-2", "trio", "not-run")]) == ()
    assert stale(known, [result("b", "trio", "pass")]) == ()  # its result says so itself


def test_a_tier_must_be_known(tmp_path: Path) -> None:
    file = tmp_path / "known.toml"
    file.write_text("[[known]]\nid = 'a'\ntier = 'trio2'\nreason = 'r'\n")
    said = r"expected a tier \(asyncio, trio, memory, mine\), got 'trio2': .*known.toml, entry 1"
    with pytest.raises(KnownError, match=said):
        read_known(file, IDS, ["mine"])
    file.write_text("[[known]]\nid = 'a'\ntier = 'mine'\nreason = 'r'\n")
    assert read_known(file, IDS, ["mine"])[0].tier == "mine"


def test_a_baseline_keeps_the_links_and_patterns_of_the_former_one() -> None:
    known = (
        Known("a", None, "because", "https://example.org/1"),
        Known("b-*", "memory", "all of them", "https://example.org/2"),
        Known("gone", None, "mended", "https://example.org/3"),
    )
    results = [
        result("a", "asyncio", "fail", known="because"),
        result("a", "trio", "pass"),
        result("b-1", "asyncio", "fail", known="all of them"),
        result("b-2", "asyncio", "fail", known="all of them"),
        Result("c", "c", "should", "asyncio", "fail", known="listed on purpose"),
        result("gone", "asyncio", "pass"),
    ]
    found = baseline_of(results, known)
    assert [(one.id, one.tier, one.link) for one in found] == [
        ("a", "asyncio", "https://example.org/1"),
        ("b-*", "memory", "https://example.org/2"),
        ("c", None, ""),
    ]
