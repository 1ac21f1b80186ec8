"""The summary of a run that a CI system shows on a page."""

from __future__ import annotations

from collections.abc import Iterator

from ..pages.model import LEVELS
from .causes import Cause, causes
from .comparison import changes
from .results import Run
from .text import SYMBOLS, heading, last_line, one_line, scores, shown

__all__ = ["markdown"]

_IDS = 20
"""Ids of one cause that are named; the results file has them all."""


def markdown(run: Run, earlier: Run | None = None) -> str:
    """Write the summary that a CI system shows.

    Args:
        run: The run.
        earlier: A run to compare with.
    """
    outcomes = shown(run)
    lines = [f"### {heading(run)}", "", f"**{scores(run)}** — {last_line(run)}", ""]
    lines += [f"reference-ws {run.suite}, requirements `{run.requirements_hash}`", ""]
    lines += [f"- {cell(note)}" for note in run.notes] + [""] * bool(run.notes)
    lines += ["| level | " + " | ".join(f"{SYMBOLS[one]} {one}" for one in outcomes) + " |"]
    lines += ["|---|" + "---:|" * len(outcomes)]
    for level in LEVELS:
        if count := run.counts(level):
            lines += [f"| {level} | " + " | ".join(str(count[one]) for one in outcomes) + " |"]
    if found := causes(run):
        lines += ["", "<details><summary>What differs</summary>", ""]
        lines += ["| level | outcome | cause | examples |", "|---|---|---|---|", *_rows(found)]
        lines += ["", "</details>"]
    if earlier is not None:
        lines += ["", "**Since the earlier run**", ""]
        lines += [
            f"- {one.kind}: {code(one.requirement)} {cell(one.told)}"
            for one in changes(earlier, run)
        ] or ["Nothing changed."]
    lines += ["", *(f"- {cell(one_line(message))}" for message in run.messages)]
    return "\n".join(lines).rstrip() + "\n"


def _rows(found: list[Cause]) -> Iterator[str]:
    for cause in found:
        ids = ", ".join(map(code, cause.ids[:_IDS]))
        more = f", {len(cause.ids) - _IDS} more" if len(cause.ids) > _IDS else ""
        outcome = f"{cause.outcome}" if cause.counts else f"{cause.outcome}, does not count"
        yield f"| {cause.title} | {outcome} | {code(cause.told)} | {ids}{more} |"


def cell(text: str) -> str:
    """Write a text so that it cannot end a cell of a table."""
    return text.replace("|", "\\|").replace("\n", " ")


def code(text: str) -> str:
    """Write a text as code in a cell of a table."""
    fence = "``" if "`" in text else "`"
    return f"{fence}{cell(text)}{fence}"
