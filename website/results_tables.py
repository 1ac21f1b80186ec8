"""The page of the results: a summary, implementations × requirements, servers × requirements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from reference_ws.conformance.pages.model import Level, Page, Requirement
from reference_ws.conformance.report.results import Result
from reference_ws.conformance.report.standing import score
from reference_ws.conformance.report.text import SCORED, SYMBOLS
from reference_ws.conformance.report.verdict import OUTCOMES, PASSED, SILENT, Outcome

from .render import render
from .results import Column, differs, on_servers, questions
from .results_line import anchor, variant
from .words import Words

__all__ = ["implementations", "legend", "servers", "summary"]

Link = Callable[[Page], str]
File = Callable[[str], str]


def summary(
    columns: Sequence[Column], pages: Sequence[Page], words: Words, link: Link, file: File
) -> str:
    """Write the three lines at the top."""
    runs = [one.run for one in columns]
    return render(
        "results_summary",
        lines=[
            (
                words.results.implementations,
                words.results.in_memory,
                _scored(columns, pages, False),
            ),
            (words.results.servers, words.results.over_servers, _scored(columns, pages, True)),
        ],
        suite=_several(f"reference-ws {one.suite}" for one in runs),
        requirements=sum(len(page.requirements) for page in pages),
        dates=_span(one.date[:10] for one in runs),
        python=_several(f"Python {one.python}" for one in runs),
        file=file,
        words=words.results,
    )


def _scored(
    columns: Sequence[Column], pages: Sequence[Page], servers: bool
) -> list[tuple[Column, list[tuple[Level, str, int, int]]]]:
    found = []
    for column in columns:
        if column.is_server == servers:
            asked = {one.id for one in questions(pages, column)}
            results = [one for one in column.run.results if one.requirement in asked]
            # No server promises what frameworks document.
            levels = [one for one in SCORED if not (servers and one == "documented")]
            scores = [(one, one.upper(), *score(results, one)) for one in levels]
            found.append((column, [one for one in scores if one[3]]))
    return found


def _several(texts: Iterator[str]) -> str:
    return ", ".join(dict.fromkeys(texts))


def _span(dates: Iterator[str]) -> str:
    ends = sorted(dates)
    return " – ".join(dict.fromkeys(ends[:1] + ends[-1:]))


def legend(
    columns: Sequence[Column], pages: Sequence[Page], words: Words, link: Link, file: File
) -> str:
    """Say what each outcome that there is means."""
    there = {one.outcome for column in columns for one in column.standing.values()}
    outcomes = [(one, SYMBOLS[one]) for one in OUTCOMES if one in there]
    return render("results_legend", outcomes=outcomes, words=words.results)


@dataclass(frozen=True)
class _Cell:
    """How a requirement stands in one column; `anchor` leads to the difference, if there is one."""

    outcome: Outcome
    sign: str
    word: str
    variant: str
    known: bool
    anchor: str


@dataclass(frozen=True)
class _Row:
    requirement: Requirement
    cells: list[_Cell]


@dataclass(frozen=True)
class _Group:
    """The requirements of one page; `kept` of them are not shown, for nobody breaks them."""

    title: str
    href: str
    rows: list[_Row]
    kept: int
    counts: list[tuple[str, int, int]]


def implementations(
    columns: Sequence[Column], pages: Sequence[Page], words: Words, link: Link, file: File
) -> str:
    """Write the table of implementations: every requirement on them."""
    shown = [one for one in columns if not one.is_server]
    asked = [page for page in pages if not on_servers(page)]
    label = words.results.implementations
    return _table(label, shown, asked, words, link, everything=lambda page: True)


def servers(
    columns: Sequence[Column], pages: Sequence[Page], words: Words, link: Link, file: File
) -> str:
    """Write the table of servers: their own requirements, elsewhere those in which one differs."""
    shown = [one for one in columns if one.is_server]
    own = [page for page in pages if on_servers(page)]
    others = [page for page in pages if not on_servers(page)]
    return _table(words.results.servers, shown, own + others, words, link, everything=on_servers)


def _table(
    label: str,
    columns: Sequence[Column],
    pages: Sequence[Page],
    words: Words,
    link: Link,
    everything: Callable[[Page], bool],
) -> str:
    groups = [
        (group, on_servers(page))
        for page in pages
        if (group := _group(page, columns, words, link, everything(page)))
    ]
    return render(
        "results_table",
        columns=columns,
        groups=groups,
        label=label,
        requirement=words.requirement,
        words=words.results,
    )


def _group(
    page: Page, columns: Sequence[Column], words: Words, link: Link, everything: bool
) -> _Group | None:
    first: list[_Row] = []
    others: list[_Row] = []
    for requirement in page.requirements:
        results = [one.standing.get(requirement.id) for one in columns]
        if all(one is not None and one.outcome in SILENT for one in results):
            continue
        cells = [_cell(requirement, *pair, words) for pair in zip(columns, results, strict=True)]
        (first if differs(results) else others).append(_Row(requirement, cells))
    if not first and not others:
        return None
    rows = first + others if everything else first
    counts = [
        (column.name, met, asked)
        for number, column in enumerate(columns)
        for met, asked in [_count([row.cells[number] for row in first + others])]
        if met < asked
    ]
    kept = len(first) + len(others) - len(rows)
    return _Group(page.title, link(page), rows, kept, counts)


def _count(cells: Sequence[_Cell]) -> tuple[int, int]:
    """Count those that are met, and those that say anything, as a run's score does."""
    asked = [one for one in cells if one.outcome not in SILENT]
    return sum(one.outcome in PASSED for one in asked), len(asked)


def _cell(requirement: Requirement, column: Column, result: Result | None, words: Words) -> _Cell:
    outcome: Outcome = result.outcome if result else "not-run"
    return _Cell(
        outcome=outcome,
        sign=SYMBOLS[outcome],
        word=words.results.outcomes[outcome],
        variant=variant(result) if result else "",
        known=bool(result and result.known),
        anchor=anchor(requirement.id, column) if requirement.id in column.differing else "",
    )
