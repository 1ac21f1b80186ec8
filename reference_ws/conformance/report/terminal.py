"""What a run shows in a terminal: what matters, grouped by cause, on one screen."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from .causes import Cause, causes
from .comparison import Change, changes
from .results import Result, Run
from .text import happened, heading, last_line, one_line, summary

__all__ = ["LINES", "PIPE", "show"]

LINES = 24
"""The lines of one screen."""

PIPE = 160
"""Columns where the output is no terminal: a log scrolls sideways, but nobody likes to."""

_TITLES = {"error": "MISTAKES OF THE SUITE, please report them", "known": "KNOWN FAILURES"}
_COLOURS = {"fail": "red", "timeout": "red", "error": "magenta", "unsupported": "yellow"}
_SIGNS = {"worse": "✗", "better": "✓", "other": "≠", "new": "+", "gone": "-"}
_CHANGED = {"worse": "red", "better": "green", "new": "cyan", "gone": "dim"}
_FEW = 3  # causes of each level, however many others there are
_CHANGES = 8  # lines for what changed, of one screen


def show(run: Run, *, verbose: bool = False, earlier: Run | None = None) -> None:
    """Print what came of a run.

    Args:
        run: The run.
        verbose: Whether everything is printed; otherwise it is at most one screen.
        earlier: A run to compare with.
    """
    console = Console(file=sys.stdout, highlight=False, markup=False, soft_wrap=True)
    width = console.width if console.is_terminal or "COLUMNS" in os.environ else PIPE
    for line in _lines(run, width, verbose, earlier):
        console.print(line)


def _lines(run: Run, width: int, verbose: bool, earlier: Run | None) -> Iterator[Text]:
    head = [heading(run), *run.notes, *(f"stale: {one}" for one in run.stale)]
    top = [_cut(Text(line, "bold" if line is head[0] else ""), width) for line in head]
    table = [Text(line) for line in summary(run)]
    changed = changes(earlier, run) if earlier is not None else []
    found = causes(run)
    colour = {0: "green", 1: "red"}.get(run.status, "magenta")
    last = _cut(Text(last_line(run), f"bold {colour}"), width)
    yield from top
    if verbose:
        yield from _everything(run, found)
        yield from (_changed(one, width=None) for one in changed)
    else:
        news = list(_changes(changed, width))
        yield from _causes(found, width, LINES - len(top) - len(table) - len(news) - 4, run)
        yield from news
    yield Text()
    yield from table
    yield last


# Causes


def _causes(found: list[Cause], width: int, room: int, run: Run) -> Iterator[Text]:
    """As many causes as there is room for, and what is left out."""
    shown = _that_fit(found, room)
    played = {result.tier for result in run.results}
    title = None
    for cause in shown:
        if cause.title != title:
            title = cause.title
            yield Text(_TITLES.get(title, title.upper()), "bold")
        yield _cause(cause, width, played)
    if left := [cause for cause in found if cause not in shown]:
        counts = Counter(cause.title for cause in left)
        told = ", ".join(f"{count} at {title.upper()}" for title, count in counts.items())
        examples = sum(len(cause.ids) for cause in left)
        line = f"… not shown: causes {told} ({examples} examples); see all with -v or --json"
        yield _cut(Text(line, "italic"), width)


def _that_fit(found: list[Cause], room: int) -> list[Cause]:
    """The first ones that fit, with a line for each title; each has a few, the first the most."""
    groups: dict[str, list[Cause]] = {}
    for cause in found:
        groups.setdefault(cause.title, []).append(cause)
    left = room - 1 - len(groups)
    number = {}
    for title, group in groups.items():
        number[title] = min(len(group), _FEW, max(left, 0))
        left -= number[title]
    for title, group in groups.items():
        more = min(len(group) - number[title], max(left, 0))
        number[title] += more
        left -= more
    return [cause for title, group in groups.items() for cause in group[: number[title]]]


def _cause(cause: Cause, width: int, played: set[str]) -> Text:
    line = Text(f"{len(cause.ids):>4}  ")
    line.append(f"{cause.outcome:<11} ", _COLOURS.get(cause.outcome, "") if cause.counts else "dim")
    rest = max(30, width - line.cell_len)
    ids = _first_ids(cause, max(18, rest * 2 // 5), played)
    line.append_text(_cut(Text(_short(cause.told, rest)), rest - cell_len(ids) - 2))
    line.append(f"  {ids}", "dim")
    return _cut(line, width)


def _short(told: str, room: int) -> str:
    """A difference of which what happened is seen, however long is what was wanted."""
    wanted, arrow, got = told.partition(" → ")
    if arrow and len(wanted) > room // 4:
        wanted = wanted[: room // 4 - 1] + "…"
    return wanted + arrow + got


def _first_ids(cause: Cause, room: int, played: set[str]) -> str:
    """The first examples, at least one, and how many more there are."""
    where = "" if _everywhere(cause, played) else f" [{', '.join(cause.tiers)}]"
    ids = cause.ids
    told = ids[0]
    number = 1
    while number < len(ids) and len(told) + len(ids[number]) + len(where) + 8 <= room:
        told += f", {ids[number]}"
        number += 1
    more = f" +{len(ids) - number}" if number < len(ids) else ""
    return told + more + where


def _everywhere(cause: Cause, played: set[str]) -> bool:
    """Whether it was the same on each event loop and each server; scripts have neither."""
    return set(cause.tiers) - {"memory"} in ({*played} - {"memory"}, set())


def _everything(run: Run, found: Iterable[Cause]) -> Iterator[Text]:
    played = {result.tier for result in run.results}
    title = None
    for cause in found:
        if cause.title != title:
            title = cause.title
            yield Text()
            yield Text(_TITLES.get(title, title.upper()), "bold")
        line = Text(f"{len(cause.ids):>4}  ")
        line.append(f"{cause.outcome:<11} ", _COLOURS.get(cause.outcome, ""))
        yield line.append(cause.told)
        where = "" if _everywhere(cause, played) else f" [{', '.join(cause.tiers)}]"
        for result in _each_once(cause.results):
            told = f"{one_line(result.wanted)} → {one_line(happened(result))}"
            yield Text(f"      {result.id}{where}: {told}", "dim")
    yield from (Text(one_line(message)) for message in run.messages)


def _each_once(results: Iterable[Result]) -> Iterable[Result]:
    return {result.id: result for result in reversed(list(results))}.values()


# Changes


def _changes(found: list[Change], width: int) -> Iterator[Text]:
    if not found:
        return
    counts = Counter(one.kind for one in found)
    told = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    yield Text(f"SINCE THE EARLIER RUN: {told}", "bold")
    yield from (_changed(one, width) for one in found[:_CHANGES])
    if len(found) > _CHANGES:
        yield Text(f"… {len(found) - _CHANGES} more; see all with -v", "italic")


def _changed(change: Change, width: int | None) -> Text:
    line = Text(f"   {_SIGNS[change.kind]}  ", _CHANGED.get(change.kind, ""))
    others = [id for id in change.ids if id != change.requirement]
    examples = f" ({', '.join(others)})" if others else ""
    line.append(f"{change.kind:<7} {change.requirement}{examples}: {change.told}")
    return line if width is None else _cut(line, width)


def _cut(line: Text, width: int) -> Text:
    line.truncate(max(1, width), overflow="ellipsis")
    return line
