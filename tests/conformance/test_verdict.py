"""From what happened to an outcome."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from reference_ws.conformance.conversation.compare import Difference
from reference_ws.conformance.pages.model import Example, Level
from reference_ws.conformance.report.verdict import (
    OUTCOMES,
    STRICT,
    Outcome,
    counts,
    judge,
    missing_in,
    same_difference,
    without_machine,
)
from reference_ws.conformance.targets.find import Missing
from reference_ws.conformance.targets.limit import LimitReached
from reference_ws.conformance.wire.process import ServerError
from tests.conformance.suite_pages import example


@pytest.fixture
def script(tmp_path: Path) -> Example:
    return example(tmp_path, "print(1)\n#> 1\n")


def difference(**more: object) -> Difference:
    facts = {"path": "page.md", "line": 7, "client": "", "wanted": "< x", "got": "< y", **more}
    return Difference(**facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "level", "outcome"),
    [
        (difference(), "must", "fail"),
        (difference(timeout=True), "must", "timeout"),
        (difference(), "info", "observed"),
        (
            difference(more="Missing: expected 'a' in 'b', it has no such name"),
            "info",
            "unsupported",
        ),
        (Missing("expected 'a' in 'b'"), "must", "unsupported"),
        (LimitReached(20, None), "should", "timeout"),
        (ServerError("expected 'x' to listen\nlast words"), "must", "error"),
    ],
)
def test_each_error_has_its_outcome(
    script: Example, error: BaseException, level: Level, outcome: Outcome
) -> None:
    assert judge(error, script, [], level).outcome == outcome


def test_what_comes_through_the_page_is_the_snippets_and_the_rest_is_ours(script: Example) -> None:
    assert judge(KeyError("x"), script, [5], "must").outcome == "fail"
    ours = judge(KeyError("x"), script, [], "must")
    assert (ours.outcome, ours.got) == ("error", "KeyError: 'x'")


def raised(code: str, file: str) -> str:
    """The traceback of a snippet that a file holds, as text."""
    try:
        exec(compile(code, file, "exec"), {"Socket": type("Socket", (), {})})
    except Exception as error:
        return "".join(traceback.format_exception(error))
    raise AssertionError(code)


@pytest.mark.parametrize(
    ("code", "file", "said"),
    [
        ("Socket().ping", "/a/page.md", "expected 'ping' on 'Socket'"),
        ("Socket.ping", "/a/page.md", "expected 'ping' on 'Socket'"),
        ("Socket().ping", "/their/websockets.py", None),
        ("''.ping", "/a/page.md", None),
        ("{}['ping']", "/a/page.md", None),
        (
            "try:\n    Socket().ping\nexcept AttributeError as error:\n"
            "    raise ValueError from error",
            "/a/page.md",
            "expected 'ping' on 'Socket'",
        ),
        ("raise ExceptionGroup('', [KeyError('a')])", "/a/page.md", None),
    ],
)
def test_what_a_target_lacks_is_read_from_the_traceback(
    code: str, file: str, said: str | None
) -> None:
    found = missing_in(raised(code, file), Path("/a/page.md"))
    assert found == (said and f"{said}, it has no such attribute")


def test_what_is_missing_in_a_group_is_found() -> None:
    code = (
        "try:\n    Socket().ping\nexcept AttributeError as error:\n"
        "    raise ExceptionGroup('', [error]) from None"
    )
    assert missing_in(raised(code, "/a/page.md"), Path("/a/page.md"))


def test_what_makes_a_run_fail_is_must_unless_more_is_asked_for() -> None:
    for outcome in OUTCOMES:
        differs = outcome in ("fail", "timeout", "unsupported")
        assert counts(outcome, "must") is (differs and outcome != "unsupported")
        assert not counts(outcome, "should")
        assert counts(outcome, "must", STRICT) is differs
        assert counts(outcome, "should", STRICT) is differs
        assert counts(outcome, None) is differs
        assert not counts(outcome, "may", STRICT) and not counts(outcome, "info", STRICT)


@pytest.mark.parametrize(
    ("fail_on", "counted"),
    [
        ((), "must documented"),
        (("must",), "must"),
        (("documented",), "must documented"),
        (("should",), "must documented should"),
        (("unsupported",), "must documented"),
        (("must", "unsupported"), "must"),
    ],
)
def test_a_level_that_counts_counts_with_those_above_it(
    fail_on: tuple[str, ...], counted: str
) -> None:
    for level in ("must", "documented", "should", "may", "info", "ours"):
        wanted = level in (*counted.split(), "ours")
        assert counts("fail", level, fail_on) is wanted
        missing = counts("unsupported", level, fail_on)
        assert missing is (wanted and "unsupported" in fail_on)


def test_differences_are_the_same_but_for_what_a_server_adds() -> None:
    one = difference(got="< accept\n  date: Sat, 21 Nov 2026 03:33:21 GMT\n  x: 1")
    assert same_difference(one, difference(got="< accept\n  date: another\n  x: 1"))
    assert not same_difference(one, difference(got="< accept\n  x: 2"))
    assert not same_difference(difference(), difference(line=8))
    assert not same_difference(difference(), difference(timeout=True))


def test_a_text_that_is_published_names_no_place_of_this_machine() -> None:
    text = 'File "/opt/v/lib/python3.11/site-packages/their/a.py", line 1\nFile "/x/y/page.md"'
    assert without_machine(text, [(Path("/x/y"), "")]) == (
        'File "their/a.py", line 1\nFile "page.md"'
    )
    text = 'File "/t/tmphcoc18y2/page_1.py"'
    assert without_machine(text, [(Path("/t"), "…/")]) == 'File "…/page_1.py"'
    assert without_machine("", []) is without_machine(None, []) is None
