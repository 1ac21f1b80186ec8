"""The tables of what the recipes do with many clients, from the file that `make rooms` writes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .results import FOLDER, ROOMS
from .words import Words

__all__ = ["FILE", "room_table"]

FILE = Path(__file__).parents[1] / "docs" / FOLDER / ROOMS
MIB = 2**20
WITHOUT_CODE = 1005


def room_table(name: str, words: Words) -> str:
    """Make one of the tables, as Markdown.

    Args:
        name: `broadcast`, `leaving` or `limits`.
        words: The words of the language.

    Raises:
        KeyError: There is no such table.
    """
    measured = json.loads(FILE.read_text("utf-8"))
    head, rows = {"broadcast": _broadcast, "leaving": _leaving, "limits": _limits}[name](
        measured, words.rooms
    )
    rule = "|---" * len(head) + "|"
    return "\n".join([_row(head), rule, *map(_row, rows)])


Table = tuple[Sequence[str], list[list[str]]]


def _broadcast(measured: Any, words: Any) -> Table:
    head = [words[one] for one in ("server", "room", "messages", "seconds", "a second")]
    return head, [
        [_named(server, measured), words[room].format(run["members"]), *_pace(run)]
        for server, room, run in _rooms(measured)
    ]


def _rooms(measured: Any) -> Iterator[tuple[str, str, Any]]:
    for server, runs in measured["stuck member"].items():
        yield server, "all read", runs["all read"]
        yield server, "one does not", runs["one does not"]
    for server, run in measured["large room"].items():
        yield server, "all read", run
    for server, run in measured["two processes"].items():
        yield server, "two processes", run


def _pace(run: Any) -> list[str]:
    delivered = run["members"] * run["messages"]
    cpu = run["server's cpu seconds"]
    return [
        f"{run['messages']} × {run['members']}",
        f"{run['seconds']:.1f}",
        f"{delivered / cpu:.0f}",
    ]


def _leaving(measured: Any, words: Any) -> Table:
    head = [words[one] for one in ("server", "close", "reset")]
    return head, [
        [_named(server, measured), *(f"{run[way]:.2f} s" for way in ("close", "reset"))]
        for server, run in measured["leaving"].items()
    ]


def _limits(measured: Any, words: Any) -> Table:
    head = [words[one] for one in ("server", "longest", "beyond")]
    return head, [
        [_named(server, measured), _size(run, words), _end(run, words)]
        for server, run in measured["limits"].items()
    ]


def _size(run: Any, words: Any) -> str:
    return str(words["no limit"]) if run["bytes"] is None else f"{run['bytes'] // MIB} MiB"


def _end(run: Any, words: Any) -> str:
    if run["bytes"] is None:
        return "–"
    if run["code"] is None:
        return str(words["cut"])
    key = "without code" if run["code"] == WITHOUT_CODE else "code"
    return str(words[key]).format(run["code"])


def _named(server: str, measured: Any) -> str:
    return f"{server} {measured['versions'][server]}"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
