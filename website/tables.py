"""The tables that a page asks for with a comment such as `<!-- state-table: send -->`.

They are made from what the code itself uses, so a page cannot say anything else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from reference_ws.conformance.pages.model import LEVELS, Page
from reference_ws.state import RECEIVE, SEND, Table

from .class_speed import speed_table
from .close_codes import close_codes
from .results import Column
from .rooms import room_table
from .words import Words

__all__ = ["Placeholder", "placeholder", "table"]

Placeholder = tuple[str, str | None]

_PLACEHOLDER = re.compile(r"<!--\s*(?P<name>[a-z-]+)(?:\s*:\s*(?P<argument>[a-z-]+))?\s*-->")
_KNOWN = (
    "state-table or state-diagram: receive or send, diagram: handshake or life, "
    "close-codes, speed, room-table: broadcast, leaving or limits, requirements, moved: … or "
    "results: …"
)


def placeholder(html: str) -> Placeholder | None:
    """Give the name and the argument of a placeholder; None for any other HTML."""
    match = _PLACEHOLDER.fullmatch(html.strip())
    return (match["name"], match["argument"]) if match else None


def table(
    wanted: Placeholder, pages: Iterable[Page], columns: Sequence[Column], words: Words
) -> str:
    """Make the table that a placeholder stands for, as Markdown; those of the results are others.

    Args:
        wanted: The name and the argument.
        pages: The pages of the language, for the requirements.
        columns: The results, for what servers do with a close code.
        words: The words of the language.

    Raises:
        ValueError: There is no such table.
    """
    match wanted:
        case ("close-codes", None):
            head, *rows = close_codes(pages, columns, words)
            return f'<div class="ws-codes" markdown="1">\n\n{_markdown(head, rows)}\n\n</div>'
        case ("speed", None):
            return speed_table(words)
        case ("room-table", "broadcast" | "leaving" | "limits" as name):
            return room_table(name, words)
        case ("requirements", None):
            return _requirements(pages, words)
        case ("state-table", "receive"):
            return _states(RECEIVE, words)
        case ("state-table", "send"):
            return _states(SEND, words)
    got = ": ".join(filter(None, wanted))
    raise ValueError(f"expected the name of a table ({_KNOWN}), got {got!r}")


def _states(states: Table, words: Words) -> str:
    types = list(dict.fromkeys(one for row in states.values() for one in row))
    refused = f'<span class="ws-refused">{words.refused}</span>'
    rows = [
        [_code(state.name)] + [_code(row[one].name) if one in row else refused for one in types]
        for state, row in states.items()
    ]
    made = _markdown([words.state, *map(_type, types)], rows)
    return f'<div class="ws-states" markdown="1">\n\n{made}\n\n</div>'


def _requirements(pages: Iterable[Page], words: Words) -> str:
    found = [(page, one) for page in pages for one in page.requirements]
    counts = Counter(one.level for _, one in found)
    total = [f"**{words.total}**", f"**{len(found)}**"]
    summary = _markdown(
        [words.level, words.count],
        [*([_level(level), str(counts[level])] for level in LEVELS), total],
    )
    rows = [
        [
            f"[`{one.id}`]({page.path.name}#{one.id})<br>{_escape(one.title)}",
            _level(one.level),
            f"[{_escape(page.title)}]({page.path.name})",
        ]
        for page, one in found
    ]
    return f"{summary}\n\n{_markdown([words.requirement, words.level, words.page], rows)}"


def _level(level: str) -> str:
    return f'<span class="ws-level ws-level--{level}">{level.upper()}</span>'


def _code(text: str) -> str:
    return f"`{text}`"


def _breakable(name: str) -> str:
    """Let a long name break at its dots and underscores."""
    parts = re.sub(r"([._])", r"\1<wbr>", name)
    return f"<code>{parts}</code>"


def _type(name: str) -> str:
    """Write a message type; what follows it is a word, and a key of the message."""
    message, *others = name.split(" ")
    return " ".join([_breakable(message), *others[:-1], *map(_breakable, others[-1:])])


def _escape(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|{}])", r"\\\1", text)


def _markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
