"""Several runs side by side: requirements in rows, what was tested in columns."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..pages.model import LEVELS
from .results import Result, ResultsError, Run
from .standing import deciding, score
from .text import SYMBOLS, cell

__all__ = ["MATRIX_FORMAT", "merge", "read_matrix", "render"]

MATRIX_FORMAT = 1

_KEPT = ("id", "outcome", "variant", "wanted", "got", "where", "tier", "known")


def merge(runs: Sequence[Run], titles: Mapping[str, str]) -> dict[str, Any]:
    """Make one matrix of several runs; each of their tiers becomes a column.

    Args:
        runs: The runs.
        titles: The titles of the requirements that are known.

    Returns:
        The matrix, for JSON.

    Raises:
        ResultsError: Two columns would be the same, or two runs disagree about a level.
    """
    columns: dict[str, dict[str, Any]] = {}
    rows: dict[str, dict[str, Any]] = {}
    for run in runs:
        for tier in run.tiers:
            results = [one for one in run.results if _in_tier(one, tier, run)]
            column = _column(run, tier)
            if column["key"] in columns:
                raise ResultsError(f"expected one run for each column, got {column['key']!r} twice")
            column["scores"] = {level: score(results, level) for level in LEVELS}
            columns[column["key"]] = column
            for requirement, result in deciding(results).items():
                new = {"id": requirement, "level": result.level, "title": titles.get(requirement)}
                row = rows.setdefault(requirement, {**new, "cells": {}})
                if row["level"] != result.level:
                    levels = f"{row['level']!r} and {result.level!r}"
                    raise ResultsError(f"expected one level for {requirement!r}, got {levels}")
                row["cells"][column["key"]] = {key: getattr(result, key) for key in _KEPT}
    return {
        "format": MATRIX_FORMAT,
        "columns": list(columns.values()),
        "rows": sorted(rows.values(), key=lambda row: LEVELS.index(row["level"])),
    }


def _in_tier(result: Result, tier: str, run: Run) -> bool:
    servers = {one.tier for one in run.servers}
    return result.tier not in servers if tier == "memory" else result.tier == tier


def _column(run: Run, tier: str) -> dict[str, Any]:
    server = next((one for one in run.servers if one.tier == tier), None)
    return {
        "key": f"{run.target.name} @ {server.tier if server else 'memory'}",
        "target": asdict(run.target),
        "server": asdict(server) if server else None,
        "python": run.python,
        "platform": run.platform,
        "date": run.date,
        "suite": run.suite,
        "complete": run.complete,
        "requirements_hash": run.requirements_hash,
        "examples_hash": run.examples_hash,
    }


def read_matrix(file: Path) -> dict[str, Any]:
    """Read a matrix.

    Raises:
        ResultsError: It cannot be read, or is something else.
    """
    try:
        data = json.loads(file.read_text("utf-8"))
        if data["format"] != MATRIX_FORMAT or not isinstance(data["rows"], list):
            raise ValueError(f"expected format {MATRIX_FORMAT}")
        return dict(data)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ResultsError(
            f"expected a matrix, got {type(error).__name__}: {error} from {str(file)!r}"
        ) from None


def render(matrix: Mapping[str, Any]) -> str:
    """Write a matrix as Markdown.

    Args:
        matrix: What `merge` gave.
    """
    columns = matrix["columns"]
    lines = []
    for column in columns:
        told = ", ".join(
            f"{level.upper()} {met}/{all}"
            for level, (met, all) in column["scores"].items()
            if level in ("must", "should")
        )
        open_ = "" if column["complete"] else " (incomplete)"
        lines.append(f"- **{_title(column)}**: {told}{open_}, {column['date'][:10]}")
    lines += ["", "| requirement | level | " + " | ".join(map(_title, columns)) + " |"]
    lines += ["|---|---|" + "---|" * len(columns)]
    for row in matrix["rows"]:
        cells = (_cell(row["cells"].get(column["key"])) for column in columns)
        lines.append(f"| `{row['id']}` | {row['level']} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _title(column: Mapping[str, Any]) -> str:
    parts = [column["target"]]
    if column["server"]:
        parts.append(column["server"])
    names = [" ".join(filter(None, [part["name"], part["version"]])) for part in parts]
    return cell(" on ".join(names) if column["server"] else f"{names[0]} in memory")


def _cell(told: Mapping[str, Any] | None) -> str:
    if told is None:
        return "? not-run"
    variant = f" ({cell(told['variant'])})" if told["variant"] else ""
    known = ", known" if told["known"] else ""
    return f"{SYMBOLS[told['outcome']]} {told['outcome']}{variant}{known}"
