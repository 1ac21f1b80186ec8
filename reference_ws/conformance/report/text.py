"""What a person reads of a run: in a terminal, on a page of CI, on a badge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..pages.model import LEVELS, Level
from .results import Result, Run, Subject
from .standing import score
from .verdict import OUTCOMES, SILENT, Outcome

__all__ = [
    "SCORED",
    "SYMBOLS",
    "badge",
    "happened",
    "heading",
    "last_line",
    "one_line",
    "scores",
    "shown",
    "summary",
    "title",
]

SCORED: tuple[Level, ...] = ("must", "documented", "should")
"""The levels that are counted."""

SYMBOLS: dict[Outcome, str] = {
    "pass": "✓",
    "pass-variant": "✓",
    "observed": "○",
    "fail": "✗",
    "unsupported": "–",
    "not-asked": "·",
    "not-applicable": "·",
    "timeout": "✗",
    "error": "!",
    "not-run": "?",
}
"""A sign for each outcome; it never stands without the word."""


def title(tested: Subject) -> str:
    """Write a target's or server's name with its version."""
    return f"{tested.name} {tested.version}" if tested.version else tested.name


def heading(run: Run) -> str:
    """Say what was tested, where, with what."""
    names = {one.tier: title(one) for one in run.servers}
    played = {one.tier for one in run.results if one.outcome not in SILENT}
    loops = [loop for loop in ("asyncio", "trio") if loop in played]
    memory = f"memory ({', '.join(loops)})" if loops else "memory"
    tiers = ", ".join(names.get(tier) or memory for tier in run.tiers)
    return f"{title(run.target)} · {tiers} · Python {run.python} · reference-ws {run.suite}"


def happened(result: Result) -> str:
    """Write what was seen, with an exception's own words where a page holds its name alone."""
    got = (result.got or "").strip()
    if not got.startswith("! "):
        return got
    # The frame is that of exception groups.
    lines = [line.strip(" |+-") for line in (result.more or "").splitlines()]
    return "! " + next(filter(None, reversed(lines)), got[2:])


def one_line(text: str | None) -> str:
    """Write a text on one line."""
    return " / ".join(filter(None, map(str.strip, (text or "").splitlines())))


def summary(run: Run) -> Iterator[str]:
    """Give a table of levels and outcomes, as lines."""
    rows: list[Level | None] = [*LEVELS, None]
    counted = {level: run.counts(level) for level in rows}
    outcomes = shown(run)
    if not outcomes:
        yield "no results"
        return
    yield " " * 12 + "  ".join(f"{outcome:>{max(6, len(outcome))}}" for outcome in outcomes)
    for level in rows:
        if count := counted[level]:
            cells = (f"{count[one] or '':>{max(6, len(one))}}" for one in outcomes)
            yield f"{(level or 'other').upper():<12}" + "  ".join(cells).rstrip()


def shown(run: Run) -> list[Outcome]:
    """Give the outcomes that there are, in their order."""
    there = {result.outcome for result in run.results}
    return [one for one in OUTCOMES if one in there]


def scores(run: Run) -> str:
    """Say how many of the requirements are met; `MUST 142/142 · SHOULD 31/35`."""
    counted = {level: score(run.results, level) for level in SCORED}
    # A target that documents nothing of the interface is not asked what others promise.
    return " · ".join(
        f"{level.upper()} {met}/{all}"
        for level, (met, all) in counted.items()
        if all or level != "documented"
    )


def last_line(run: Run) -> str:
    """Say in one line how the run ended."""
    known = sum(one.known is not None and one.differs for one in run.results)
    told = f", {known} known failure{'s' * (known != 1)}" if known else ""
    if not run.complete and not run.stopped:
        open_ = sum(one.outcome in ("error", "not-run") for one in run.results)
        why = "interrupted" if "interrupted" in run.messages else "not everything has a verdict"
        return f"incomplete: {why}, {open_} of {len(run.results)} results open{told}"
    gone = sum(one.unexpected for one in run.results) + len(run.stale)
    told += f", {gone} unexpected pass{'es' * (gone != 1)}" if gone else ""
    if run.status:
        found = sum(map(run.blocks, run.results))
        what = f"{found} of {len(run.results)} results differ {counting(run)}"
        return f"failed{', stopped at the first failure' * run.stopped}: {what}{told}"
    asked = [one for one in run.results if one.level not in ("may", "info")]
    differ = sum(one.differs and one.known is None for one in asked)
    more = f", {differ} differ but do not count (--strict)" if differ else ""
    return f"passed: {len(run.results)} results{more}{told}"


def counting(run: Run) -> str:
    """Say at what the run fails, as in `at MUST or what is documented`."""
    asked = set(run.fail_on)
    words = "at MUST"
    if "should" in asked:
        words = "at MUST, SHOULD or what is documented"
    elif asked != {"must"} and asked != {"must", "unsupported"}:
        words = "at MUST or what is documented"
    return words


def badge(run: Run) -> dict[str, Any]:
    """Give what shields.io draws a badge from: counts, never one percentage."""
    met, all = score(run.results, "must")
    colour = "lightgrey" if not run.complete else "brightgreen" if met == all else "orange"
    return {
        "schemaVersion": 1,
        "label": "reference-ws",
        "message": scores(run) if run.complete else "incomplete",
        "color": colour,
    }
