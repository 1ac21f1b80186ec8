"""Results as data: what they mean, and what is rendered from them without running anything."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from reference_ws.conformance.pages.model import Level
from reference_ws.conformance.report import results
from reference_ws.conformance.report.markdown import markdown
from reference_ws.conformance.report.results import (
    Result,
    ResultsError,
    Run,
    Subject,
    read_run,
    schema,
    write_json,
)
from reference_ws.conformance.report.text import (
    badge,
    last_line,
    scores,
    summary,
)
from reference_ws.conformance.report.verdict import OUTCOMES, Outcome

SCHEMA = json.loads(Path(results.__file__).with_name("results.schema.json").read_text("utf-8"))


def result(
    id: str = "a",
    outcome: Outcome = "pass",
    level: Level | None = "must",
    tier: str = "asyncio",
    requirement: str | None = "rule",
    known: str | None = None,
    got: str | None = None,
    more: str | None = None,
) -> Result:
    return Result(
        id, requirement, level, tier, outcome, None, "< x", got, "page.md", 3, more, known
    )


def run(*found: Result, complete: bool = True, target: str = "their") -> Run:
    return Run(
        suite="1.0",
        target=Subject(target, "2.0"),
        servers=(Subject("uvicorn", "0.1", "uvicorn"),),
        python="3.11.0",
        platform="Linux x86_64",
        date="2026-01-02T03:04:05Z",
        requirements_hash="abc",
        examples_hash="def",
        tiers=("memory", "uvicorn"),
        complete=complete,
        results=list(found),
    )


def test_a_file_follows_the_schema_and_is_read_again(tmp_path: Path) -> None:
    made = run(*(result(outcome=outcome, level="info") for outcome in OUTCOMES), result(level=None))
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    file = tmp_path / "results.json"
    made.write(file)
    jsonschema.validate(json.loads(file.read_text("utf-8")), SCHEMA)
    assert read_run(file) == made


def test_the_published_schema_is_that_of_the_form() -> None:
    assert SCHEMA == schema()


def test_a_new_run_changes_only_what_changed(tmp_path: Path) -> None:
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    run(result("b"), result("a"), result("a", tier="trio")).write(one)
    run(result("a", tier="trio"), result("a", "fail"), result("b")).write(other)
    lines, others = (file.read_text("utf-8").splitlines() for file in (one, other))
    assert len(lines) == len(others)
    changed = [line for line, now in zip(lines, others, strict=True) if line != now]
    assert len(changed) == 1 and '"a", "requirement": "rule", "level": "must"' in changed[0]


@pytest.mark.parametrize(
    ("key", "value"),
    [("format", 1), ("tiers", 1), ("results", [{"id": "a"}]), ("target", None), ("extra", 1)],
)
def test_another_file_is_refused(tmp_path: Path, key: str, value: object) -> None:
    file = tmp_path / "results.json"
    run(result()).write(file)
    data = json.loads(file.read_text("utf-8")) | {key: value}
    write_json(data, file)
    with pytest.raises(ResultsError, match="expected a results file"):
        read_run(file)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, SCHEMA)


def test_an_outcome_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    run(result(outcome="good")).write(file)  # type: ignore[arg-type]
    with pytest.raises(ResultsError, match="Invalid enum value 'good'"):
        read_run(file)


@pytest.mark.parametrize(
    ("one", "status", "strictly"),
    [
        (result(), 0, 0),
        (result(outcome="pass-variant"), 0, 0),
        (result(outcome="fail"), 1, 1),
        (result(outcome="timeout"), 1, 1),
        (result(outcome="unsupported"), 0, 1),
        (result(outcome="fail", level="should"), 0, 1),
        (result(outcome="unsupported", level="should"), 0, 1),
        (result(outcome="fail", level="may"), 0, 0),
        (result(outcome="unsupported", level="info"), 0, 0),
        (result(outcome="observed", level="info"), 0, 0),
        (result(outcome="not-applicable"), 0, 0),
        (result(outcome="fail", known="since ever"), 0, 0),
        (result(outcome="pass", known="since ever"), 1, 1),
        (result(outcome="not-applicable", known="since ever"), 0, 0),
    ],
)
def test_the_exit_status_is_the_must_and_strictly_the_should(
    one: Result, status: int, strictly: int
) -> None:
    assert run(result(), one).status == status
    strict = run(result(), one)
    strict.fail_on = ("should", "unsupported")
    assert strict.status == strictly
    assert run(result(), one, complete=False).status == 3


def test_a_pattern_that_no_failure_needs_makes_a_run_fail_and_news_do_not() -> None:
    made = run(result("a", "fail"))
    made.news = ("rule",)
    assert made.status == 0
    made.stale = ("b-*",)
    assert made.status == 1


def test_a_run_that_was_stopped_has_the_status_of_what_stopped_it() -> None:
    made = run(result("a", "fail"), result("b", "not-run"), complete=False)
    made.stopped = True
    assert made.status == 1
    assert last_line(made) == (
        "failed, stopped at the first failure: 1 of 2 results differ at MUST or what is documented"
    )


def test_a_summary_counts() -> None:
    made = run(
        result("a", "fail", got="! KeyError", more="Traceback\nKeyError: 'text'\n"),
        result("a", "fail", tier="trio", got="! KeyError", more="Traceback\nKeyError: 'text'\n"),
        result("b", "fail", "may"),
        result("c", "pass", known="why"),
        result("d"),
    )
    lines = [line.split() for line in summary(made)]
    assert lines == [["pass", "fail"], ["MUST", "2", "2"], ["MAY", "1"]]
    assert last_line(made) == (
        "failed: 2 of 5 results differ at MUST or what is documented, 1 unexpected pass"
    )
    assert last_line(run(result("a", "fail", known="y"))) == "passed: 1 results, 1 known failure"
    assert last_line(run(result("a", "fail", "should"))) == (
        "passed: 1 results, 1 differ but do not count (--strict)"
    )


def test_an_incomplete_run_says_so() -> None:
    made = run(result(), result(outcome="not-run"), complete=False)
    assert last_line(made) == "incomplete: not everything has a verdict, 1 of 2 results open"
    made.messages = ("interrupted",)
    assert last_line(made).startswith("incomplete: interrupted")
    assert badge(made)["message"] == "incomplete"


def test_a_badge_counts_requirements_by_their_worst_example() -> None:
    made = run(
        result("a"),
        result("a-2", "fail"),
        result("b", requirement="other"),
        result("b-2", "not-applicable", requirement="other"),
        result("c", "not-applicable", requirement="elsewhere"),
        result("d", "pass-variant", "should", requirement="wish"),
        result("e", "fail", None, requirement=None),
    )
    assert scores(made) == "MUST 1/2 · SHOULD 1/1"
    assert badge(made)["message"] == "MUST 1/2 · SHOULD 1/1"
    assert "%" not in json.dumps(badge(made))


def test_markdown_cannot_be_broken_by_what_a_target_says() -> None:
    text = markdown(run(result("a", "fail", got='< "a|b`c"\n  x: 1')))
    (row,) = (line for line in text.splitlines() if "`a`" in line)
    assert row.count("|") - row.count("\\|") == 5
    assert "reference-ws 1.0, requirements `abc`" in text
    assert "**MUST 0/1 · SHOULD 0/0**" in text
