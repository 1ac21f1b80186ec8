"""What counts, what is left out, where a run stops, what it is compared with."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from reference_ws.conformance.commands import commands
from tests.conformance.suite_pages import ROOT, package, rules, suite


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    rules(tmp_path)
    package(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTEST_ADDOPTS", "")
    yield tmp_path
    for name in [name for name in sys.modules if name.partition(".")[0] == "my_package"]:
        del sys.modules[name]


def run(*arguments: str, status: int) -> Result:
    gc.freeze()  # the run collects garbage to the last bit: its own is enough
    done = CliRunner().invoke(commands, arguments)
    gc.unfreeze()
    assert done.exit_code == status, done.output
    return done


PAGES = ["--pages", "rules.md", "--backend", "asyncio", "--json", "r.json"]


def check(*arguments: str, status: int) -> Result:
    """Play the rules with a package that fails `closes` and lacks two names."""
    return run("check", "my_package", *PAGES, *arguments, status=status)


def outcomes() -> dict[str, str]:
    return {one["id"]: one["outcome"] for one in data()["results"]}


def data() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path("r.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (["-s", "closes"], 1),
        (["-s", "iterates"], 0),
        (["-s", "iterates", "--strict"], 1),
        (["-s", "iterates", "--fail-on", "unsupported"], 1),
        (["-s", "iterates", "--fail-on", "should"], 0),
        (["-s", "by-name", "--fail-on", "unsupported"], 0),
        (["-s", "by-name", "--fail-on", "should", "--fail-on", "unsupported"], 1),
        (["-s", "by-name", "--strict"], 1),
        (["-s", "closes", "--fail-on", "must"], 1),
    ],
)
def test_what_counts_is_must_unless_more_is_asked_for(
    folder: Path, options: list[str], status: int
) -> None:
    check(*options, status=status)


def test_what_is_excluded_is_not_played(folder: Path) -> None:
    check("--exclude", "clos", "--exclude", "*-name", status=0)
    assert outcomes().keys() == {"greets", "iterates", "client"}
    assert data()["exclude"] == ["clos", "*-name"]
    check("--select", "*e*", "--exclude", "closes", status=0)
    assert outcomes().keys() == {"greets", "iterates", "by-name", "client"}


def test_it_stops_at_the_first_that_counts(folder: Path) -> None:
    done = check("-x", status=1)
    assert outcomes() == {
        "greets": "pass",
        "iterates": "unsupported",  # which does not count
        "closes": "fail",
        "by-name": "not-run",
        "client": "not-run",
    }
    assert data()["stopped"] is True and data()["complete"] is False
    assert done.stdout.splitlines()[-1].startswith(
        "failed, stopped at the first failure: 1 of 5 results"
    )
    run("baseline", "--from", "r.json", "-o", "known.toml", status=3)
    check("-x", "--strict", status=1)
    assert outcomes()["iterates"] == "unsupported" and outcomes()["closes"] == "not-run"
    check("-x", "-s", "greets", status=0)
    assert "stopped" not in data()


def test_a_requirement_that_is_new_since_the_compared_run_makes_none_fail(folder: Path) -> None:
    page = folder / "rules.md"
    whole = page.read_text("utf-8")
    start, end = whole.index("## It closes"), whole.index("## It by-name")
    page.write_text(whole[:start] + whole[end:], "utf-8")
    check(status=0)
    Path("r.json").rename("earlier.json")
    page.write_text(whole, "utf-8")
    check(status=1)
    done = check("--compare", "earlier.json", "--markdown", "r.md", status=0)
    assert "   +  new     closes: requirement, MUST, fail" in done.stdout.splitlines()
    assert data()["news"] == ["closes"]
    assert "- new: `closes` requirement, MUST, fail" in Path("r.md").read_text("utf-8")
    # What the earlier suite had is not news: there it passed, here it fails.
    sockets = folder / "my_package" / "websockets.py"
    text = sockets.read_text("utf-8")
    sockets.write_text(text.replace('"accept", ', ""), "utf-8")
    for name in [name for name in sys.modules if name.startswith("my_package")]:
        del sys.modules[name]
    done = check("--compare", "earlier.json", "--strict", status=1)
    assert "   ✗  worse   greets: pass → unsupported" in done.stdout.splitlines()


def test_a_run_without_results_is_nothing_to_compare_with(folder: Path) -> None:
    check("-s", "greets", status=0)
    empty = data() | {"results": []}
    Path("empty.json").write_text(json.dumps(empty), "utf-8")
    done = check("--compare", "empty.json", status=2)
    assert "expected a run with results to compare with" in " ".join(done.stderr.split())


def test_a_known_pattern_spares_what_fails_and_is_told_once_it_is_not_needed(
    folder: Path,
) -> None:
    text = "[[known]]\nid = '*e*s'\nreason = 'all of them'\nlink = 'https://example.org/1'\n"
    Path("known.toml").write_text(text, "utf-8")
    check("--known", "known.toml", status=0)
    known = {one["id"] for one in data()["results"] if "known" in one}
    assert known == {"closes", "iterates"}  # not `greets`, which passes
    done = check("--known", "known.toml", "-s", "greets", status=1)
    assert data()["stale"] == ["*e*s"]
    assert "stale: *e*s" in done.stdout.splitlines()[1]
    options = ["--pages", "rules.md", "--known", "known.toml", "-o", "again.toml"]
    run("baseline", "my_package", *options, status=0)
    again = Path("again.toml").read_text("utf-8")
    assert again.count("[[known]]") == 1 and 'link = "https://example.org/1"' in again


def test_everything_is_shown_with_v(folder: Path) -> None:
    lines = check("-v", status=1).stdout.splitlines()
    assert '      closes: < close 4000 "bye" → < close 4000' in lines


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (["--level", "info"], lambda one: one["level"] == "info"),
        (["--page", "closing"], lambda one: one["page"] == "closing"),
        (["--source", "6455"], lambda one: "6455" in one["source"]),
        (["twice"], lambda one: "twice" in one["id"] + one["title"]),
        (
            ["--level", "must", "--page", "closing", "CODE"],
            lambda one: (
                (one["level"], one["page"]) == ("must", "closing")
                and "code" in f"{one['id']} {one['title']}".casefold()
            ),
        ),
    ],
)
def test_a_list_is_filtered_for_people_and_programs(options: list[str], wanted: Any) -> None:
    everything = json.loads(run("list", "--json", status=0).stdout)
    expected = [one["id"] for one in everything if wanted(one)]
    assert 0 < len(expected) < len(everything)
    found = json.loads(run("list", "--json", *options, status=0).stdout)
    assert [one["id"] for one in found] == expected
    lines = run("list", *options, status=0).stdout.splitlines()
    assert [line.split()[1] for line in lines] == expected


def test_a_wrong_known_file_is_wrong_usage_also_where_nothing_is_run(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("x = 1\n", "utf-8")
    published = str(ROOT / "docs" / "results" / "starlette.json")
    arguments = ["--from", published, "--known", "bad.toml", "-o", "known.toml"]
    done = suite("baseline", *arguments, cwd=tmp_path, status=2)
    assert "expected tables [[known]]" in done.stderr and not (tmp_path / "known.toml").exists()
