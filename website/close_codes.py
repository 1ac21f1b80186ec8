"""The table of close codes, 1000 to 4999: who sends each, and what servers do with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from reference_ws.closing import sendable_code
from reference_ws.conformance.conversation.events import Connect
from reference_ws.conformance.pages.model import Example, Page
from reference_ws.constants import WebSocketCloseEvent

from .results import Column
from .words import Words

__all__ = ["close_codes"]

_NAMES = {one.value: one.name for one in WebSocketCloseEvent} | {
    # Registered by libraries (IANA registry of close codes).
    3000: "Unauthorized",
    3003: "Forbidden",
    3008: "Timeout",
}
_LAST = 4999
_REPORTED = (1005, 1006)
"""No Close frame carries them, and yet an application receives them."""

_FEW = 3  # as many servers are named; of more the number is told

_ASKED = ("server-close-code", "server-close-code-registered", "server-close-code-reserved")
"""The requirements whose examples send the code that stands in the path."""

_SENDS = re.compile(r"< close (\d+)")
_PASSED = ("pass", "pass-variant")

Behaviour = dict[int, dict[str, str]]
"""For each code what each server does: the code that it sends, or `!` if it raises."""


def close_codes(pages: Iterable[Page], columns: Sequence[Column], words: Words) -> list[list[str]]:
    """Give the head and the rows of the table.

    Args:
        pages: The pages, among them that of the servers.
        columns: The results.
        words: The words of the language.
    """
    own = words.codes
    told = _behaviour(pages, [one for one in columns if one.is_server])
    head = [own.code, words.name, own.you_send, own.you_receive, own.who, own.servers]
    starts = sorted(own.meanings)
    rows = [head]
    for first, following in zip(starts, [*starts[1:], _LAST + 1], strict=True):
        last = following - 1
        rows.append(
            [
                f"`{first}`" if first == last else f"`{first}`–`{last}`",
                _breakable(_NAMES.get(first, "")),
                own.yes if _sendable(first) else f"**{own.no}**",
                own.yes if _sendable(first) or first in _REPORTED else own.no,
                own.meanings[first],
                "<br>".join(_servers(told, first, last, words)),
            ]
        )
    return rows if told else [row[:-1] for row in rows]


def _sendable(code: int) -> bool:
    try:
        sendable_code(code)
    except ValueError:
        return False
    return True


def _breakable(name: str) -> str:
    return f"<code>{name.replace('_', '_<wbr>')}</code>" if name else ""


def _servers(told: Behaviour, first: int, last: int, words: Words) -> Iterator[str]:
    own = words.codes
    total = len({server for deeds in told.values() for server in deeds})
    for code in (one for one in told if first <= one <= last):
        by_deed: dict[str, list[str]] = {}
        for server, deed in told[code].items():
            by_deed.setdefault(deed, []).append(server)
        for deed, servers in by_deed.items():
            names = ", ".join(servers)
            if deed == str(code):
                if len(servers) == total > 1:
                    said = own.all_send.format(total)
                elif len(servers) > _FEW:
                    said = own.some_send.format(len(servers), total)
                else:
                    said = own.send.format(names)
            elif deed == "!":
                said = own.raise_.format(names)
            else:
                said = own.send_another.format(names, deed)
            yield said if first == last else own.asked.format(code, said)


def _behaviour(pages: Iterable[Page], servers: Sequence[Column]) -> Behaviour:
    found: Behaviour = {}
    examples = {one.id: one for page in pages for one in page.examples}
    for id in _ASKED:
        if id not in examples:
            continue
        codes = list(_codes(examples[id]))
        for server in servers:
            for code, deed in _deeds(server, id, codes):
                found.setdefault(code, {})[server.name] = deed
    return dict(sorted(found.items()))


def _codes(example: Example) -> Iterator[tuple[int, str]]:
    """Give the code of each conversation, and what happens if it passes as the page says."""
    for talk in example.conversations:
        connect = talk.steps[0].alternatives[0]
        if isinstance(connect, Connect) and connect.path[1:].isdecimal():
            code = int(connect.path[1:])
            yield code, str(code) if _sendable(code) else "1000"


def _deeds(server: Column, id: str, codes: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Give what one server does with each code, as far as its result tells."""
    result = server.standing.get(id)
    if result is None:
        return
    if result.outcome in _PASSED:
        # A variant names for each conversation, in their order, what was done instead.
        others = result.variant.split(", ") if result.variant else [None] * len(codes)
        if len(others) == len(codes):
            for (code, deed), other in zip(codes, others, strict=True):
                yield code, _deed(other) if other else deed
    elif result.got:
        # A failure tells of the conversation that failed, and its code is in what was wanted
        # or, where any of several codes was wanted, in what came.
        known = dict(codes)
        for line in (result.wanted or "", result.got):
            match = _SENDS.fullmatch(line)
            if match and int(match[1]) in known:
                yield int(match[1]), _deed(result.got)
                return


def _deed(line: str) -> str:
    match = _SENDS.search(line)
    return match[1] if match else "!"
