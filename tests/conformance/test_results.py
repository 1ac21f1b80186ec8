"""Results as data: what they mean, and what is rendered from them without running anything."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from reference_ws.conformance import results
from reference_ws.conformance.matrix import merge, read_matrix, render
from reference_ws.conformance.model import Level
from reference_ws.conformance.report import badge, failures, last_line, markdown, scores, summary
from reference_ws.conformance.results import (
    Result,
    ResultsError,
    Run,
    Subject,
    read_run,
    write_json,
)
from reference_ws.conformance.verdict import OUTCOMES, Outcome

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
        id, requirement, level, tier, outcome, None, "< x", got, "page.md:3", more, 0.5, known
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
    jsonschema.validate(json.loads(json.dumps(made.as_json())), SCHEMA)
    file = tmp_path / "results.json"
    write_json(made.as_json(), file)
    assert read_run(file) == made


@pytest.mark.parametrize(
    ("key", "value"),
    [("format", 2), ("tiers", 1), ("results", [{"id": "a"}]), ("target", None), ("extra", 1)],
)
def test_another_file_is_refused(tmp_path: Path, key: str, value: object) -> None:
    file = tmp_path / "results.json"
    data = json.loads(json.dumps({**run(result()).as_json(), key: value}))
    write_json(data, file)
    with pytest.raises(ResultsError, match="expected a results file"):
        read_run(file)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, SCHEMA)


def test_an_outcome_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    write_json(run(result(outcome="good")).as_json(), file)  # type: ignore[arg-type]
    with pytest.raises(ResultsError, match="expected an outcome, got 'good'"):
        read_run(file)


@pytest.mark.parametrize(
    ("one", "status"),
    [
        (result(), 0),
        (result(outcome="pass-variant"), 0),
        (result(outcome="fail"), 1),
        (result(outcome="timeout"), 1),
        (result(outcome="unsupported"), 1),
        (result(outcome="fail", level="should"), 1),
        (result(outcome="fail", level="may"), 0),
        (result(outcome="unsupported", level="info"), 0),
        (result(outcome="observed", level="info"), 0),
        (result(outcome="not-applicable"), 0),
        (result(outcome="fail", known="since ever"), 0),
        (result(outcome="pass", known="since ever"), 1),
        (result(outcome="not-applicable", known="since ever"), 0),
    ],
)
def test_the_exit_status_is_the_must_and_the_should(one: Result, status: int) -> None:
    assert run(result(), one).status == status
    assert run(result(), one, complete=False).status == 3


def test_a_summary_counts_and_lists_what_differs_once() -> None:
    made = run(
        result("a", "fail", got="! KeyError", more="Traceback\nKeyError: 'text'\n"),
        result("a", "fail", tier="trio", got="! KeyError", more="Traceback\nKeyError: 'text'\n"),
        result("b", "fail", "may"),
        result("c", "pass", known="why"),
        result("d"),
    )
    assert [(one.id, tiers, told) for one, tiers, told in failures(made)] == [
        ("a", "asyncio, trio", "< x → ! KeyError: 'text'"),
        ("c", "asyncio", "passes, but the known failures list it"),
    ]
    lines = [line.split() for line in summary(made)]
    assert lines == [["pass", "fail"], ["MUST", "2", "2"], ["MAY", "1"]]
    assert last_line(made) == ("failed: 2 of 5 results differ at MUST or SHOULD, 1 unexpected pass")
    assert last_line(run(result("a", "fail", known="y"))) == "passed: 1 results, 1 known failure"


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
    assert "**MUST 0/1 · SHOULD 0/0**" in text


def test_runs_become_a_matrix_and_a_table(tmp_path: Path) -> None:
    first = run(
        result("a", tier="asyncio"),
        result("a", "fail", tier="uvicorn"),
        result("b", "not-applicable", tier="asyncio", requirement="other", level="should"),
    )
    second = run(result("a", "unsupported", tier="memory"), target="other")
    file = tmp_path / "matrix.json"
    write_json(merge([first, second], {"rule": "A rule"}), file)
    matrix = read_matrix(file)
    assert [column["key"] for column in matrix["columns"]] == [
        "their @ memory",
        "their @ uvicorn",
        "other @ memory",
        "other @ uvicorn",
    ]
    assert [row["id"] for row in matrix["rows"]] == ["rule", "other"]
    assert matrix["rows"][0]["title"] == "A rule"
    assert render(matrix).splitlines()[-2:] == [
        "| `rule` | must | ✓ pass | ✗ fail | – unsupported | ? not-run |",
        "| `other` | should | · not-applicable | ? not-run | ? not-run | ? not-run |",
    ]


def test_a_column_comes_from_one_run_and_a_requirement_has_one_level() -> None:
    with pytest.raises(ResultsError, match="got 'their @ memory' twice"):
        merge([run(result()), run(result())], {})
    with pytest.raises(ResultsError, match="expected one level for 'rule'"):
        merge([run(result()), run(result(level="may"), target="other")], {})


def test_something_else_is_no_matrix(tmp_path: Path) -> None:
    file = tmp_path / "matrix.json"
    wrong: list[object] = [[], {"format": 9, "rows": []}, {"format": 1}]
    for data in wrong:
        write_json(data, file)
        with pytest.raises(ResultsError, match="expected a matrix"):
            read_matrix(file)
