"""Tables of bugs, and whether committed results say the same."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from reference_ws.conformance.report.results import Result
from reference_ws.conformance.report.standing import worst
from reference_ws.conformance.report.verdict import DIFFERED, PASSED

MET = PASSED | {"not-applicable"}
OTHER = "other"

Results = Mapping[str, Mapping[str, Result]]
"""By the name of the run, by the id of the example: the worst of its tiers."""


def by_example(results: Iterable[Result]) -> dict[str, Result]:
    """Give for each example the worst of its results."""
    return worst(results, lambda one: one.id)


def read(file: Path) -> dict[str, list[dict[str, Any]]]:
    """Read a table of bugs."""
    return tomllib.loads(file.read_text("utf-8"))


def mistakes(table: Mapping[str, list[dict[str, Any]]], results: Results) -> list[str]:
    """Compare a table of bugs with results.

    Args:
        table: Its entries `bug` and `left-out`.
        results: Those of every run that entries name.

    Returns:
        What the results do not bear out, and what is amiss with the table itself.
    """
    found = [f"unknown kind {kind!r}" for kind in table.keys() - {"bug", "left-out"}]
    for entry in table.get("left-out", []):
        if entry.keys() != {"what", "why"} or not all(entry.values()):
            found.append(f"expected what and why, got {entry}")
    for entry in table["bug"]:
        runs = {name: said for name, said in entry.items() if name not in ("what", "ids")}
        if not entry.get("what") or not entry.get("ids") or not runs:
            found.append(f"expected what, ids and outcomes, got {entry}")
            continue
        if unknown := runs.keys() - results.keys():
            found.append(f"{entry['what']}: no results of {sorted(unknown)}")
            continue
        for name, said in runs.items():
            found += [
                f"{entry['what']}: {id} on {name}: {wrong}"
                for id in entry["ids"]
                if (wrong := _wrong(said, results[name].get(id)))
            ]
    return found


def _wrong(said: str, result: Result | None) -> str:
    """In what a result is not what the table says; empty when it is."""
    if result is None:
        return "no such example"
    outcome, _, text = said.partition(": ")
    if outcome == OTHER:
        return "" if result.outcome in DIFFERED else f"expected a difference, got {result.outcome}"
    if outcome == "pass":
        return "" if result.outcome in MET else f"expected a pass, got {result.outcome}"
    if outcome not in DIFFERED:
        return f"expected an outcome, got {outcome!r}"
    if result.outcome != outcome:
        return f"expected {outcome}, got {result.outcome}"
    told = f"{result.got}\n{result.more}"
    return "" if text in told else f"expected {text!r} in what it tells, got {result.got!r}"
