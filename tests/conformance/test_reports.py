"""What a run shows: causes in place of results, on one screen, and what changed since another."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reference_ws.conformance.pages.catalogue import Catalogue
from reference_ws.conformance.report.causes import causes
from reference_ws.conformance.report.comparison import changes, news
from reference_ws.conformance.report.markdown import markdown
from reference_ws.conformance.report.results import Result, Run
from reference_ws.conformance.report.terminal import LINES, PIPE, show
from tests.conformance.suite_pages import rules
from tests.conformance.test_results import result, run


def told(made: Run) -> list[tuple[str, int, str]]:
    return [(cause.title, len(cause.ids), cause.told) for cause in causes(made)]


def test_results_with_one_cause_are_one_line_must_first_and_the_most_first() -> None:
    missing = "expected 'x' on 'Y', it has no such attribute"
    made = run(
        result("a", "unsupported", "should", got=missing),
        result("b", "fail", got="< y"),
        result("c", "unsupported", got=missing),
        result("c", "unsupported", tier="trio", got=missing),
        result("d", "unsupported", got=missing),
        result("e", "fail", "may", got="< y"),
        result("f", "fail", got="< z", known="why"),
        result("g", "error", "should", got="KeyError: 1"),
        result("h", "pass", known="why"),
    )
    assert told(made) == [
        ("error", 1, "KeyError: 1"),
        ("known", 1, "passes: remove it from the known failures"),
        ("must", 1, "< x → < y"),
        ("must", 2, missing),
        ("should", 1, missing),
    ]
    assert [cause.counts for cause in causes(made)] == [False, True, True, False, False]


def test_what_an_exception_says_is_the_cause_wherever_it_came() -> None:
    """One wrong constructor is one line, though each page wanted something else."""
    more = "Traceback\nTypeError: __init__() takes 1 argument\n"
    some = [
        Result(f"a{n}", "r", "must", "asyncio", "fail", None, f"< {n}", "! TypeError", more=more)
        for n in range(3)
    ]
    assert told(run(*some)) == [("must", 3, "! TypeError: __init__() takes 1 argument")]
    assert told(run(some[0])) == [("must", 1, "< 0 → ! TypeError: __init__() takes 1 argument")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<Socket object at 0x7f3a2b1c4d>", "<Socket object at 0x7f3a2bffff>"),
        ("no listener on port 40001", "no listener on port 51234"),
    ],
)
def test_a_difference_is_the_same_up_to_ids(one: str, other: str) -> None:
    assert len(causes(run(result("a", "fail", got=one), result("b", "fail", got=other)))) == 1


def test_a_breach_is_told_once_whatever_was_sent_against_the_rule() -> None:
    rule = "a breach of the specification: ASGI WebSocket, Accept: expected one of these"
    made = run(
        result("a", "fail", got=f"{rule} (x, y), got 'z'"),
        result("b", "fail", got=f"{rule} (u), got 1"),
    )
    assert told(made) == [("must", 2, "a breach of ASGI WebSocket, Accept: expected one of these")]


MANY = run(
    *(result(f"must-{n}", "fail", got=f"< {n} " + "much " * 99) for n in range(40)),
    *(result(f"should-{n}", "fail", "should", got=f"< s{n}") for n in range(40)),
)


def shown(capsys: pytest.CaptureFixture[str], made: Run, **more: object) -> list[str]:
    show(made, **more)  # type: ignore[arg-type]
    return capsys.readouterr().out.splitlines()


def test_by_default_it_is_one_screen_and_says_what_is_left_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    lines = shown(capsys, MANY)
    assert len(lines) <= LINES
    assert all(len(line) <= PIPE for line in lines)
    assert "\x1b" not in "".join(lines)
    numbers = [sum(f" {level}-" in line for line in lines) for level in ("must", "should")]
    assert numbers[0] > numbers[1] == 3
    (left,) = [line for line in lines if line.startswith("…")]
    hidden = [40 - number for number in numbers]
    assert left == (
        f"… not shown: causes {hidden[0]} at MUST, {hidden[1]} at SHOULD "
        f"({sum(hidden)} examples); see all with -v or --json"
    )


def test_lines_are_cut_to_the_width_and_verbose_has_everything(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    causes = [line for line in shown(capsys, MANY) if re.match(r" +1  fail", line)]
    assert causes and all(len(line) <= 60 for line in causes)
    lines = "\n".join(shown(capsys, MANY, verbose=True))
    assert all(f"must-{n}: " in lines and f"should-{n}: " in lines for n in range(40))
    assert "much " * 98 in lines and "not shown" not in lines


def test_a_terminal_gets_colours(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in "".join(shown(capsys, MANY))


def test_where_it_failed_is_said_if_it_was_not_everywhere(
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = run(
        result("a", "fail", tier="asyncio"),
        result("a", "pass", tier="trio"),
        result("b", "fail", tier="asyncio", got="< z"),
        result("b", "fail", tier="trio", got="< z"),
    )
    lines = "\n".join(shown(capsys, made))
    assert "a [asyncio]\n" in lines and "b\n" in lines


def test_notes_and_stale_patterns_are_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    made = run(result())
    made.notes, made.stale = ("not on trio: why",), ("a-*",)
    assert shown(capsys, made)[1:3] == ["not on trio: why", "stale: a-*"]
    assert "- not on trio: why" in markdown(made)


# Two runs


def test_what_changed_is_told_by_requirement_and_worse_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    earlier = run(
        result("same", "fail", requirement="same", got="< y"),
        result("worse", requirement="one"),
        result("worse-2", requirement="one"),
        result("better", "fail", requirement="two"),
        result("other", "fail", requirement="three", got="< y"),
        result("gone", requirement="four"),
        result("level", "fail", "should", requirement="five"),
        result("elsewhere", tier="granian"),
    )
    later = run(
        result("same", "fail", requirement="same", got="< y"),
        result("worse", "fail", requirement="one"),
        result("worse-2", "fail", requirement="one"),
        result("better", requirement="two"),
        result("other", "fail", requirement="three", got="< z"),
        result("level", "fail", "must", requirement="five"),
        result("new", "fail", requirement="six"),
        result("better-2", requirement="two"),
        result("elsewhere", "fail"),
    )
    assert [(one.kind, one.requirement, one.ids, one.told) for one in changes(earlier, later)] == [
        ("worse", "five", ("level",), "fail, SHOULD → MUST"),
        ("worse", "one", ("worse", "worse-2"), "pass → fail"),
        ("better", "two", ("better",), "fail → pass"),
        ("other", "three", ("other",), "fail, another difference"),
        ("new", "six", ("new",), "requirement, MUST, fail"),
        ("new", "two", ("better-2",), "example, MUST, pass"),
        ("gone", "four", ("gone",), "requirement, MUST"),
    ]
    lines = shown(capsys, later, earlier=earlier)
    assert "SINCE THE EARLIER RUN: 2 worse, 1 better, 1 other, 2 new, 1 gone" in lines
    assert "   ✗  worse   one (worse, worse-2): pass → fail" in lines
    assert len(lines) <= LINES
    assert "- worse: `one` pass → fail" in markdown(later, earlier)
    later.select = ("worse",)
    assert not [one for one in changes(earlier, later) if one.kind == "gone"]


def test_a_requirement_that_the_earlier_suite_did_not_have_is_news(tmp_path: Path) -> None:
    rules(tmp_path)
    pages = Catalogue([tmp_path]).pages
    earlier = run(result("greets", requirement="greets"), result("closes", requirement="closes"))
    assert list(news(earlier, pages)) == ["iterates", "by-name", "client"]
    earlier.exclude = ("by-*",)
    assert list(news(earlier, pages)) == ["iterates", "client"]
    earlier.select = ("greets", "closes", "cli")  # the rest was not asked for, and may be old
    assert list(news(earlier, pages)) == ["client"]
