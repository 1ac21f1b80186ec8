"""The line under a requirement: who keeps it, who does not, and in what way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup, escape

from reference_ws.conformance.report.results import Result
from reference_ws.conformance.report.text import SYMBOLS, happened
from reference_ws.conformance.report.verdict import SILENT, Outcome

from .render import render
from .results import Column
from .words import Words

__all__ = ["anchor", "line", "variant"]

Kind = Literal["kept", "observed", "broken", "missing", "open"]

_KINDS: dict[Outcome, Kind] = {
    "pass": "kept",
    "pass-variant": "kept",
    "observed": "observed",
    "fail": "broken",
    "timeout": "broken",
    "unsupported": "missing",
    "error": "open",
    "not-run": "open",
}
_SIGNS: dict[Kind, Outcome] = {
    "kept": "pass",
    "observed": "observed",
    "broken": "fail",
    "missing": "unsupported",
    "open": "not-run",
}
# Servers of these are counted, and named only where one looks closer.
_COUNTED: tuple[Kind, ...] = ("kept", "observed")


def anchor(requirement: str, column: Column) -> str:
    """Give the anchor of what one column did otherwise; no id of a page has two hyphens."""
    return f"{requirement}--{column.name}"


def variant(result: Result) -> str:
    """Give the name of a permitted variant, once for all connections."""
    return ", ".join(dict.fromkeys((result.variant or "").split(", ")))


@dataclass(frozen=True)
class _Difference:
    """What one or several columns did otherwise, in the same way."""

    kind: Kind
    sign: str
    id: str
    outcome: str
    wanted: Markup
    got: Markup
    known: str | None


def line(requirement: str, columns: Sequence[Column], words: Words) -> str:
    """Write the line of a requirement.

    Args:
        requirement: Its id.
        columns: Those that can be asked for it.
        words: The words of the language.

    Returns:
        HTML; nothing when no run says anything about it.
    """
    kinds: dict[Kind, list[Column]] = {}
    variants: dict[str, list[str]] = {}
    found: dict[_Difference, list[Column]] = {}
    for column in columns:
        result = column.standing.get(requirement)
        if result is None or result.outcome in SILENT:
            continue
        kinds.setdefault(_KINDS[result.outcome], []).append(column)
        if result.outcome == "pass-variant":
            variants.setdefault(variant(result), []).append(column.title)
        for one in column.differing.get(requirement, ()):
            found.setdefault(_difference(one, words), []).append(column)
    if not kinds:
        return ""
    return render(
        "results_line",
        told=list(_told(kinds, sum(one.is_server for one in columns), words)),
        lists=[
            (words.results.on[kind], _titles(kinds[kind])) for kind in _COUNTED if kind in kinds
        ],
        variants=[(", ".join(titles), name) for name, titles in variants.items()],
        differences=list(_named(found, requirement)),
        words=words.results,
    )


def _told(
    kinds: dict[Kind, list[Column]], servers: int, words: Words
) -> Iterator[tuple[Kind, str, str]]:
    """Say it in a few words: who breaks a rule has a name, servers that keep it are counted."""
    for kind in _SIGNS:
        if columns := kinds.get(kind):
            names = [one.title for one in columns]
            count = sum(one.is_server for one in columns)
            if kind in _COUNTED and count > 1:
                names = [one.title for one in columns if not one.is_server]
                some = words.results.all_servers if count == servers else words.results.some_servers
                names.append(some.format(count, servers))
            yield kind, SYMBOLS[_SIGNS[kind]], words.results.on[kind].format(", ".join(names))


def _titles(columns: Sequence[Column]) -> str:
    return ", ".join(one.title for one in columns)


def _named(
    found: dict[_Difference, list[Column]], requirement: str
) -> Iterator[tuple[_Difference, list[tuple[str, str]]]]:
    """Name who differs in each way; the first mention of each bears the anchor."""
    seen: set[str] = set()
    for difference, columns in found.items():
        names = []
        for column in columns:
            names.append(("" if column.name in seen else anchor(requirement, column), column.title))
            seen.add(column.name)
        yield difference, names


def _difference(result: Result, words: Words) -> _Difference:
    kind = _KINDS[result.outcome]
    return _Difference(
        kind=kind,
        sign=SYMBOLS[result.outcome],
        id=result.id,
        outcome=words.results.outcomes[result.outcome],
        wanted=_lines(result.wanted or ""),
        got=_lines(happened(result)),
        known=result.known,
    )


def _lines(text: str) -> Markup:
    """Keep the lines of a text, and the spaces they begin with, through a template."""
    return Markup(str(escape(text.strip("\n"))).replace("\n", "&#10;"))
