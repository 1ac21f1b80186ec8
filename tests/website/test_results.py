"""The committed results, and what the site makes of such files."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from reference_ws.conformance.pages.catalogue import Catalogue
from reference_ws.conformance.pages.data import examples_hash, requirements_hash
from reference_ws.conformance.pages.model import Level, Page
from reference_ws.conformance.pages.parse import parse_page
from reference_ws.conformance.report.results import Result, Run, Subject, read_run, write_json
from reference_ws.conformance.report.standing import score
from reference_ws.conformance.report.text import SYMBOLS
from tests.website.build import DOCS, ROOT
from website import results as made_of
from website import results_page as shown
from website.later import Later
from website.words import WORDS

SCHEMA = json.loads(
    (ROOT / "reference_ws" / "conformance" / "report" / "results.schema.json").read_text("utf-8")
)
FILES = sorted(
    set((DOCS / "results").glob("*.json"))
    - {DOCS / "results" / name for name in (made_of.SPEED, made_of.ROOMS)}
)
# What no published file may hold: a place on the machine where it was made.
MACHINE = re.compile(r"(?<![\w.…])/(?:home|root|tmp|work|usr|var|opt|Users|private)/|[A-Z]:\\\\")


@pytest.fixture(scope="module")
def pages() -> list[Page]:
    return Catalogue(sorted(DOCS.glob("*.md"))).pages


def faults(file: Path, pages: list[Page]) -> list[str]:
    """What is wrong with a result file that is to be published."""
    text = file.read_text("utf-8")
    data: dict[str, Any] = json.loads(text)
    found = [error.message for error in Draft202012Validator(SCHEMA).iter_errors(data)]
    if found:
        return found
    run = read_run(file)
    hashes = (requirements_hash(pages), examples_hash(pages))
    if (run.requirements_hash, run.examples_hash) != hashes:
        found.append("made with another list: run `make results`")
    if not run.complete or any(one.outcome in ("error", "not-run") for one in run.results):
        found.append("expected a complete run without errors of the suite")
    if run.select:
        found.append(f"expected everything to be played, got {', '.join(run.select)}")
    found += [f"holds a place on a machine: {one}" for one in MACHINE.findall(text)]
    return found


def test_all_that_make_results_makes_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = re.findall(r"^(?:IMPLEMENTATIONS|SERVERS) := (.*)$", makefile, re.MULTILINE)
    assert {path.stem for path in FILES} == set(" ".join(named).split())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_published_file_is_of_today_and_whole(file: Path, pages: list[Page]) -> None:
    assert faults(file, pages) == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"requirements_hash": "0"}, "made with another list: run `make results`"),
        ({"examples_hash": "0"}, "made with another list: run `make results`"),
        ({"complete": False}, "expected a complete run"),
        ({"select": ["close-"]}, "expected everything to be played, got close-"),
        ({"date": "yesterday"}, "'yesterday' does not match"),
        ({"messages": ["it fell in /" + "home/me/app.py"]}, "holds a place on a machine"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_planted_fault_is_found(
    tmp_path: Path, pages: list[Page], changed: dict[str, Any], told: str
) -> None:
    data = json.loads(FILES[0].read_text("utf-8")) | {
        "requirements_hash": requirements_hash(pages),
        "examples_hash": examples_hash(pages),
    }
    write_json(data | changed, tmp_path / "planted.json")
    assert any(told in one for one in faults(tmp_path / "planted.json", pages))


# What the site makes of files that are planted

PAGES = {
    "page": """# A page

## It <holds> { #holds .must }

Source: RFC 6455.

```python
print(1)
#> 1
```

## It is nice { #nice .should }

Source: RFC 6455.

```python
print(1)
#> 1
```

## It is seen { #seen .info }

Source: RFC 6455.

```python
print(1)
#> 1
```
""",
    "servers": """# Servers

## It serves { #serves .must }

Source: RFC 6455.

```python
print(1)
#> 1
```
""",
}


def planted(target: str, server: str | None, *results: Result) -> Run:
    subjects = (Subject(server, "2.0", server),) if server else ()
    return Run(
        suite="0.1",
        target=Subject(target, "1.0"),
        servers=subjects,
        python="3.11.7",
        platform="Linux",
        date="2026-01-02T03:04:05Z",
        requirements_hash="",
        examples_hash="",
        tiers=(server or "memory",),
        results=list(results),
    )


def result(id: str, level: Any, outcome: Any, tier: str = "asyncio", **more: Any) -> Result:
    return Result(id, id, level, tier, outcome, **more)


FAILS = result(
    "nice", "should", "fail", wanted="> a\n  b: <c>", got="! KeyError", more="KeyError: 7"
)
GOOD = (
    result("holds", "must", "pass"),
    result("nice", "should", "pass"),
    result("seen", "info", "observed"),
)
RUNS = (
    planted("reference", None, *GOOD, result("serves", "must", "pass")),
    planted(
        "other",
        None,
        result("holds", "must", "pass-variant", variant="< close 1000, < close 1000"),
        FAILS,
        replace(FAILS, tier="trio"),
        result("seen", "info", "unsupported", wanted="it", got="no <it>"),
        result("serves", "must", "not-applicable"),
    ),
    planted("reference", "one", *GOOD, result("serves", "must", "pass")),
    planted(
        "reference",
        "two",
        *GOOD,
        result("serves", "must", "timeout", wanted="an answer", got="nothing", known="it sleeps"),
    ),
)


@pytest.fixture
def page_results(tmp_path: Path) -> Any:
    (tmp_path / "results").mkdir()
    for number, run in enumerate(RUNS):
        run.write(tmp_path / "results" / f"{number}.json")
    parsed = []
    for name, text in PAGES.items():
        (tmp_path / f"{name}.md").write_text(text, "utf-8")
        parsed.append(parse_page(tmp_path / f"{name}.md"))
    return shown.PageResults(
        columns=made_of.read_columns(tmp_path),
        pages=parsed,
        words=WORDS["en"],
        link=lambda page: f"../{page.name}/",
        file=lambda name: f"./{name}",
    )


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_reference_and_the_implementations_come_before_the_servers(page_results: Any) -> None:
    assert [one.name for one in page_results.columns] == ["reference", "other", "one", "two"]


def test_the_line_names_who_fails_with_what_was_wanted_and_got(page_results: Any) -> None:
    later = Later()
    html = later.fill(f"<p>before</p>{later.mark(page_results.line('nice'))}<p>after</p>")
    assert html.startswith("<p>before</p><details") and html.endswith("</details><p>after</p>")
    assert "✓ Verified on reference 1.0, all 2 servers ✗ Fails on other 1.0" in text_of(html)
    assert "Verified on reference 1.0, one 2.0, two 2.0" in text_of(html)
    assert '<b id="nice--other">other 1.0</b>' in html
    # Once for both backends, with its lines kept and nothing of it taken for HTML.
    assert html.count("&gt; a&#10;  b: &lt;c&gt;") == 1
    assert "! KeyError: 7" in html
    assert '<a href="#nice"><code>nice</code></a>' in html


def test_the_line_tells_outcomes_apart(page_results: Any) -> None:
    seen = text_of(page_results.line("seen"))
    assert "○ Observed on reference 1.0, all 2 servers – Unsupported by other 1.0" in seen
    holds = text_of(page_results.line("holds"))
    assert "✓ Verified on reference 1.0, other 1.0, all 2 servers" in holds
    assert "Permitted variant – other 1.0: &lt; close 1000" in holds


def test_a_requirement_on_servers_is_asked_of_servers_only(page_results: Any) -> None:
    told = text_of(page_results.line("serves"))
    assert told.startswith("✓ Verified on one 2.0 ✗ Fails on two 2.0")
    assert "✗ timeout two 2.0 serves Wanted an answer Got nothing Known it sleeps" in told


def test_what_no_file_tells_is_not_shown(page_results: Any) -> None:
    assert dataclasses.replace(page_results, columns=()).line("holds") == ""


def cells(html: str) -> dict[str, list[str]]:
    rows = re.findall(r'<tr><th scope="row">.*?</tr>', html, re.DOTALL)
    return {
        re.findall(r'href="([^"]+)"', row)[0]: [
            text_of(cell) for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)
        ]
        for row in rows
    }


def test_a_cell_has_the_sign_and_the_word_and_leads_to_the_difference(page_results: Any) -> None:
    html = page_results.table("implementations")
    assert cells(html) == {
        "../page/#holds": ["✓ pass", "✓ variant &lt; close 1000"],
        "../page/#nice": ["✓ pass", "✗ fail"],
        "../page/#seen": ["○ observed", "– unsupported"],
    }
    assert '<a href="../page/#nice--other">✗ fail</a>' in html
    assert "other 1/3" in text_of(html)


def test_servers_are_shown_with_what_they_break(page_results: Any) -> None:
    html = page_results.table("servers")
    assert cells(html) == {"../servers/#serves": ["✓ pass", "✗ timeout known"]}
    assert "A page 3 requirements, kept by all 2" in text_of(html)


def test_a_requirement_without_a_result_says_so(page_results: Any) -> None:
    reference, other = page_results.columns[:2]
    left = replace(other.run, results=[one for one in other.run.results if one.id != "nice"])
    some = dataclasses.replace(
        page_results, columns=[reference, made_of.Column("other.json", left)]
    )
    assert cells(some.table("implementations"))["../page/#nice"] == [
        "✓ pass",
        "? not run",
    ]


def test_the_summary_counts_as_a_run_does(pages: list[Page]) -> None:
    columns = made_of.read_columns(DOCS)
    page_results = shown.PageResults(
        columns, pages, WORDS["en"], lambda page: page.name, lambda name: name
    )
    html = page_results.table("summary")
    own = {one.id for page in pages if page.name.startswith("servers") for one in page.requirements}
    wanted = {}
    for column in columns:
        asked = [
            one for one in column.run.results if column.is_server or one.requirement not in own
        ]
        levels: tuple[Level, ...] = ("must", "documented", "should")
        scores = {level: score(asked, level) for level in levels}
        if column.is_server or not scores["documented"][1]:
            del scores["documented"]
        wanted[column.title] = [
            f"{level.upper()} {met}/{all}" for level, (met, all) in scores.items()
        ]
    items = (re.sub(r"\s+", " ", text_of(one)) for one in re.findall(r"<li>.*?</li>", html, re.S))
    got = {}
    for item in items:
        title, *numbers = re.split(r" (?=MUST |DOCUMENTED |SHOULD )", item)
        got[title] = numbers
    assert got == wanted
    count = sum(len(page.requirements) for page in pages)
    assert f"{count} requirements" in html


@pytest.mark.parametrize("language", WORDS)
def test_every_language_has_a_word_for_everything(page_results: Any, language: str) -> None:
    words = WORDS[language]
    assert words.results.outcomes.keys() == words.results.meanings.keys() == SYMBOLS.keys()
    theirs = dataclasses.replace(page_results, words=words)
    html = "".join([*map(theirs.table, shown.TABLES), *map(theirs.line, ("nice", "seen"))])
    assert "<!--" not in html and "{" not in html
    said = {word for word in words.results.outcomes.values() if word in html}
    assert len(said) >= 5


def test_an_unknown_table_is_a_fault_of_the_page(page_results: Any) -> None:
    with pytest.raises(ValueError, match="expected results of summary, .*, got 'all'"):
        page_results.table("all")
