"""The table of what the class costs, from the file that `make bench` writes."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from .words import Words

__all__ = ["speed_table"]

FILE = Path(__file__).parents[1] / "docs" / "results" / "speed.json"
WHO = ("raw", "ours", "Starlette", "Lilya", "Yaat")
UNIT = "as fast as Starlette"


def speed_table(words: Words) -> str:
    """Make the table: how many times as fast as Starlette each operation is, as Markdown.

    Args:
        words: The words of the language.
    """
    told = _read()
    versions = told["versions"]
    heads = [words.speed[one] if one in words.speed else one for one in WHO]
    heads = [f"{one} {versions[one.lower()]}" if one.lower() in versions else one for one in heads]
    lines = [
        "| " + " | ".join([words.speed["operation"], *heads]) + " |",
        "|---|" + "---:|" * len(WHO),
    ]
    for name, operation in told["operations"].items():
        cells = [f"{operation[one][UNIT]:.2f}" if one in operation else "–" for one in WHO]
        label = words.speed.get(name, f"`{name}`")
        lines.append("| " + " | ".join([label, *cells]) + " |")
    return "\n".join(lines)


@cache
def _read() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return data
