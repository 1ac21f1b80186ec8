"""What a person reads of a run: in a terminal, on a page of CI, on a badge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..pages.model import LEVELS, Level
from .results import Result, Run, Subject
from .standing import score
from .verdict import OUTCOMES, Outcome

__all__ = [
    "SCORED",
    "SYMBOLS",
    "badge",
    "failures",
    "happened",
    "heading",
    "last_line",
    "markdown",
    "one_line",
    "scores",
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
    tiers = ", ".join(names.get(tier) or "memory (asyncio, trio)" for tier in run.tiers)
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


def failures(run: Run) -> Iterator[tuple[Result, str, str]]:
    """Give what makes the run fail or leaves it incomplete.

    Args:
        run: The run.

    Returns:
        A result, the tiers in which it was the same, and how it differs.
    """
    tiers: dict[tuple[str, str], list[str]] = {}
    first: dict[tuple[str, str], Result] = {}
    for result in run.results:
        if result.unexpected or result.blocks or result.outcome == "error":
            key = (result.id, result.outcome + _difference(result))
            tiers.setdefault(key, []).append(result.tier)
            first.setdefault(key, result)
    for key, result in first.items():
        yield result, ", ".join(tiers[key]), _difference(result)


def _difference(result: Result) -> str:
    if result.unexpected:
        return "passes, but the known failures list it"
    return f"{one_line(result.wanted)} → {one_line(happened(result))}"


def summary(run: Run) -> Iterator[str]:
    """Give a table of levels and outcomes, as lines."""
    rows: list[Level | None] = [*LEVELS, None]
    counted = {level: run.counts(level) for level in rows}
    shown = _shown(run)
    if not shown:
        yield "no results"
        return
    yield " " * 12 + "  ".join(f"{outcome:>{max(6, len(outcome))}}" for outcome in shown)
    for level in rows:
        if count := counted[level]:
            cells = (f"{count[one] or '':>{max(6, len(one))}}" for one in shown)
            yield f"{(level or 'other').upper():<12}" + "  ".join(cells).rstrip()


def _shown(run: Run) -> list[Outcome]:
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
    if not run.complete:
        open_ = sum(one.outcome in ("error", "not-run") for one in run.results)
        why = "interrupted" if "interrupted" in run.messages else "not everything has a verdict"
        return f"incomplete: {why}, {open_} of {len(run.results)} results open{told}"
    gone = sum(one.unexpected for one in run.results)
    told += f", {gone} unexpected pass{'es' * (gone != 1)}" if gone else ""
    if run.status:
        found = sum(one.blocks for one in run.results)
        return f"failed: {found} of {len(run.results)} results differ at MUST or SHOULD{told}"
    return f"passed: {len(run.results)} results{told}"


def markdown(run: Run) -> str:
    """Write the summary that a CI system shows."""
    shown = _shown(run)
    lines = [f"### {heading(run)}", "", f"**{scores(run)}** — {last_line(run)}", ""]
    lines += ["| level | " + " | ".join(f"{SYMBOLS[one]} {one}" for one in shown) + " |"]
    lines += ["|---|" + "---:|" * len(shown)]
    for level in LEVELS:
        if count := run.counts(level):
            lines += [f"| {level} | " + " | ".join(str(count[one]) for one in shown) + " |"]
    found = list(failures(run))
    if found:
        lines += ["", "<details><summary>What differs</summary>", ""]
        lines += ["| outcome | level | example | difference |", "|---|---|---|---|"]
        lines += [
            f"| {SYMBOLS[result.outcome]} {result.outcome} | {result.level or ''} "
            f"| {code(result.id)} ({cell(tiers)}) | {code(told)} |"
            for result, tiers, told in found
        ]
        lines += ["", "</details>"]
    lines += ["", *(f"- {cell(one_line(message))}" for message in run.messages)]
    return "\n".join(lines).rstrip() + "\n"


def cell(text: str) -> str:
    """Write a text so that it cannot end a cell of a table."""
    return text.replace("|", "\\|").replace("\n", " ")


def code(text: str) -> str:
    """Write a text as code in a cell of a table."""
    fence = "``" if "`" in text else "`"
    return f"{fence}{cell(text)}{fence}"


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
