"""The text of a ``ws`` fence, read into steps: what the client does, what the application does.

Text in, frozen dataclasses out; every mistake of a fence is found in one go.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from .events import Conversation, Direction, End, Event, Note, Step
from .faults import PageFault, PageFaults
from .notation import Line, Mistake, expected, read_end, read_event, with_fields
from .order import check_exchange, check_websocket, form_of

_LINE = re.compile(r"(?P<client>[a-z]*)(?P<direction>[<>!])(?: (?P<rest>.*))?")
# Literals are skipped whole, so that a separator inside of one does not count.
_SEPARATOR = re.compile(r'"(?:[^"\\]|\\.)*"|b\'(?:[^\'\\]|\\.)*\'|(?P<separator> \| | ! )')


def parse_conversation(text: str, *, path: str | Path, line: int) -> Conversation:
    """Read the text of a ``ws`` fence.

    Args:
        text: What stands between the fences.
        path: The page, for messages.
        line: The 1-based line of the opening fence: the text starts on the next one.

    Returns:
        The conversation.

    Raises:
        PageFaults: Something in the text is not of the notation, or the lines make no sense in
            this order. Holds every fault.
    """
    faults: list[PageFault] = []
    steps: list[Step] = []
    notes: list[Note] = []
    for first, *below in _groups(text, line + 1, notes, lambda *at: faults.append(_at(path, *at))):
        try:
            steps.append(_step(*first, below))
        except Mistake as mistake:
            faults.append(PageFault(path, mistake.line or first[0], str(mistake)))
    if not steps and not faults:
        faults.append(PageFault(path, line, "expected at least one line that starts with '>'"))
    if faults:
        raise PageFaults(faults)
    form = form_of(steps[0])
    check = check_websocket if form == "websocket" else check_exchange
    if found := [PageFault(path, *fault) for fault in check(steps)]:
        raise PageFaults(found)
    return Conversation(tuple(steps), tuple(notes), line, form)


def _at(path: str | Path, line: int, message: str) -> PageFault:
    return PageFault(path, line, message)


def _groups(
    text: str, first_line: int, notes: list[Note], fault: Callable[[int, str], None]
) -> list[list[Line]]:
    """Put every step's line together with the indented lines below it; set notes aside."""
    groups: list[list[Line]] = []
    attachable = False
    for number, line in enumerate(text.split("\n"), first_line):
        if not line.strip():
            continue
        if line.startswith("#"):
            notes.append(Note(line.removeprefix("#").strip(), number))
            attachable = False
        elif not line[0].isspace():
            groups.append([(number, line.rstrip())])
            attachable = True
        elif attachable:
            groups[-1].append((number, line.strip()))
        else:
            fault(number, f"expected a line above to which {line.strip()!r} belongs, got none")
    return groups


def _step(line: int, text: str, below: Sequence[Line]) -> Step:
    match = _LINE.fullmatch(text)
    if match is None:
        expected("a line that starts with '>', '<', '!' or '#' (a name may come before)", text)
    direction = cast("Direction", match["direction"])
    rest = (match["rest"] or "").strip()
    refused = None
    if direction == "!":
        alternatives = [cast("Event", read_end(rest))]
    elif direction == "<":
        pieces, refused = _split(rest)
        alternatives = [_alternative(piece) for piece in pieces]
        if isinstance(alternatives[0], End):
            expected("an event before '| !', or a line that starts with '!'", text)
    else:
        alternatives = [read_event(">", rest)]
    alternatives[0] = with_fields(alternatives[0], direction, below)
    fields = tuple(field for _, field in below)
    return Step(direction, match["client"], tuple(alternatives), line, text, refused, fields)


def _split(text: str) -> tuple[list[str], str | None]:
    """Cut at `` | `` and at `` ! ``, the latter being followed by a server's exception."""
    pieces, start, refused = [], 0, None
    for match in _SEPARATOR.finditer(text):
        if match["separator"] == " | ":
            pieces.append(text[start : match.start()])
            start = match.end()
        elif match["separator"] == " ! ":
            refused = _server_exception(text[match.end() :].strip())
            text = text[: match.start()]
            break
    pieces.append(text[start:])
    if refused and len(pieces) > 1:
        raise Mistake("expected either alternatives or a refused send, got both")
    return [piece.strip() for piece in pieces], refused


def _server_exception(name: str) -> str:
    found = getattr(builtins, name, None)
    if not (isinstance(found, type) and issubclass(found, Exception)):
        expected("a builtin exception after '!', such as OSError", name)
    return name


def _alternative(text: str) -> Event:
    return read_end(text[1:].strip()) if text.startswith("!") else read_event("<", text)
