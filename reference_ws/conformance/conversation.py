"""The text of a ``ws`` fence, read into steps: what the client does, what the application does.

Text in, frozen dataclasses out. Every mistake of a fence is found in one go and carries the page
and the line. The notation is a table of words (`_WORDS`) and a table of what each event does to a
connection (`_next_state`); the rest is reading literals.
"""

from __future__ import annotations

import ast
import builtins
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any, Literal, NoReturn, cast

Headers = tuple[tuple[str, str], ...]
Direction = Literal[">", "<", "!"]
Form = Literal["websocket", "request", "lifespan"]


class PageFault(Exception):
    """A mistake in a page; ``str()`` is ``path:line: message``."""

    def __init__(self, path: str | Path, line: int, message: str) -> None:
        super().__init__(path, line, message)
        self.path = Path(path)
        self.line = line
        self.message = message

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class PageFaults(Exception):
    """Every mistake that was found, in the order of the lines; ``str()`` has one a line."""

    def __init__(self, faults: Iterable[PageFault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (str(fault.path), fault.line)))
        super().__init__(self.faults)

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))


# What the client does


@dataclass(frozen=True, slots=True)
class Connect:
    """The client's handshake; `path` and `query` are percent-encoded, header text is latin-1."""

    path: str
    query: str = ""
    headers: Headers = ()
    subprotocols: tuple[str, ...] = ()
    scope: Mapping[str, Any] | None = None
    without: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        """The request target: the path, and the query when there is one."""
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass(frozen=True, slots=True)
class Disconnect:
    """The client is gone without a Close frame; each code is what a server may report for it."""

    codes: tuple[int, ...] = (1006,)


@dataclass(frozen=True, slots=True)
class Raw:
    """An ASGI message that the server hands over as it is."""

    message: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """A plain HTTP request; `path` is the target, with its query."""

    method: str
    path: str
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class Lifespan:
    """The server starts up or shuts down."""

    phase: Literal["startup", "shutdown"]


# What either side does


@dataclass(frozen=True, slots=True)
class Text:
    """A text message."""

    data: str


@dataclass(frozen=True, slots=True)
class Bytes:
    """A binary message."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Json:
    """A text message that holds JSON; compared by value."""

    value: Any

    @property
    def text(self) -> str:
        """The JSON as it is sent: compact."""
        return json.dumps(self.value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True, slots=True)
class Close:
    """A Close frame; the code None (client only) is a frame without a code."""

    codes: tuple[int | None, ...]
    reason: str = ""


# What the application does


@dataclass(frozen=True, slots=True)
class Accept:
    """The application accepts the handshake."""

    subprotocol: str | None = None
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class Deny:
    """The application denies the handshake; no chunk in `body`: the body is empty."""

    status: int
    headers: Headers = ()
    body: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Response:
    """The answer to a plain HTTP request; no chunk in `body`: the body is empty."""

    status: int
    headers: Headers = ()
    body: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Complete:
    """The application's start-up or shut-down is complete."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The application's start-up or shut-down failed."""

    message: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """The application ends: by an exception of this name (or a subclass), or returns (None)."""

    exception: str | None = None


ClientEvent = Connect | Text | Bytes | Json | Close | Disconnect | Raw | Request | Lifespan
AppEvent = Accept | Text | Bytes | Json | Close | Deny | Response | Complete | Failed | End
Event = ClientEvent | AppEvent


@dataclass(frozen=True, slots=True)
class Note:
    """A line for the reader, without its ``#``."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a conversation, with the indented lines below it.

    `alternatives` holds more than one event only where the application may choose: the first is
    the pass, the others are variants. `refused` names the exception that the server raises
    instead of sending. `fields` are the indented lines as written, for those who show them.
    """

    direction: Direction
    client: str
    alternatives: tuple[Event, ...]
    line: int
    text: str
    refused: str | None = None
    fields: tuple[str, ...] = ()

    @property
    def event(self) -> Event:
        """The first alternative."""
        return self.alternatives[0]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A whole fence; `line` is the line of its opening fence."""

    steps: tuple[Step, ...]
    notes: tuple[Note, ...]
    line: int
    form: Form = "websocket"

    @property
    def clients(self) -> tuple[str, ...]:
        """The names of the clients in the order of their first lines; ("",) when unnamed."""
        return tuple(dict.fromkeys(step.client for step in self.steps))

    @property
    def items(self) -> tuple[Step | Note, ...]:
        """Steps and notes in the order of their lines."""
        return tuple(sorted((*self.steps, *self.notes), key=lambda item: item.line))


class MemoryOnly(Enum):
    """Why an example cannot exist on the wire; the value is a key for the reader's sentence."""

    NO_APP = "no-app"
    HAND_MADE_MESSAGE = "hand-made-message"
    CHANGED_SCOPE = "changed-scope"
    REFUSED_SEND = "refused-send"
    DISCONNECT_CODE = "disconnect-code"
    LIFESPAN = "lifespan"


def memory_only(conversation: Conversation) -> MemoryOnly | None:
    """Tell why a conversation cannot exist on the wire, derived from what it uses.

    Args:
        conversation: The conversation.

    Returns:
        The first reason in the order of the lines, or None when a real client can play it.
    """
    for step in conversation.steps:
        match step.event:
            case Raw():
                return MemoryOnly.HAND_MADE_MESSAGE
            case Connect(scope=scope, without=without) if scope is not None or without:
                return MemoryOnly.CHANGED_SCOPE
            case Disconnect(codes=codes) if not {1005, 1006}.issuperset(codes):
                return MemoryOnly.DISCONNECT_CODE  # it is the server that chooses the code
            case Lifespan():
                return MemoryOnly.LIFESPAN
        if step.refused:
            return MemoryOnly.REFUSED_SEND
    return None


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
        except _Mistake as mistake:
            faults.append(PageFault(path, mistake.line or first[0], str(mistake)))
    if not steps and not faults:
        faults.append(PageFault(path, line, "expected at least one line that starts with '>'"))
    if faults:
        raise PageFaults(faults)
    form = _form(steps[0])
    check = _check_websocket if form == "websocket" else _check_exchange
    if found := [PageFault(path, *fault) for fault in check(steps)]:
        raise PageFaults(found)
    return Conversation(tuple(steps), tuple(notes), line, form)


# Reading lines

_Line = tuple[int, str]  # its number in the page, its text
_LINE = re.compile(r"(?P<client>[a-z]*)(?P<direction>[<>!])(?: (?P<rest>.*))?")
# Literals are skipped whole, so that a separator inside of one does not count.
_SEPARATOR = re.compile(r'"(?:[^"\\]|\\.)*"|b\'(?:[^\'\\]|\\.)*\'|(?P<separator> \| | ! )')


class _Mistake(ValueError):
    """A fault whose page is not known yet; without a line it is that of the step."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def _at(path: str | Path, line: int, message: str) -> PageFault:
    return PageFault(path, line, message)


def _groups(
    text: str, first_line: int, notes: list[Note], fault: Callable[[int, str], None]
) -> list[list[_Line]]:
    """Put every step's line together with the indented lines below it; set notes aside."""
    groups: list[list[_Line]] = []
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


def _step(line: int, text: str, below: Sequence[_Line]) -> Step:
    match = _LINE.fullmatch(text)
    if match is None:
        _expected("a line that starts with '>', '<', '!' or '#' (a name may come before)", text)
    direction = cast("Direction", match["direction"])
    rest = (match["rest"] or "").strip()
    refused = None
    if direction == "!":
        alternatives = [cast("Event", _end(rest))]
    elif direction == "<":
        pieces, refused = _split(rest)
        alternatives = [_alternative(piece) for piece in pieces]
        if isinstance(alternatives[0], End):
            _expected("an event before '| !', or a line that starts with '!'", text)
    else:
        alternatives = [_event(">", rest)]
    alternatives[0] = _with_fields(alternatives[0], direction, below)
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
        raise _Mistake("expected either alternatives or a refused send, got both")
    return [piece.strip() for piece in pieces], refused


def _server_exception(name: str) -> str:
    found = getattr(builtins, name, None)
    if not (isinstance(found, type) and issubclass(found, Exception)):
        _expected("a builtin exception after '!', such as OSError", name)
    return name


def _alternative(text: str) -> Event:
    return _end(text[1:].strip()) if text.startswith("!") else _event("<", text)


def _end(text: str) -> End:
    if text == "return":
        return End()
    if not re.fullmatch(r"[A-Z]\w*", text):
        _expected("'return' or the bare name of an exception after '!'", text)
    return End(text)


def _event(direction: Literal["<", ">"], text: str) -> Event:
    if text[:1] in ("{", "["):
        return _json(text)
    if text.startswith('"'):
        return Text(_string(text))
    if re.match(r"[bB]['\"]", text):
        return Bytes(_bytes(text))
    word, _, rest = text.partition(" ")
    here, there = (_WORDS[direction], _WORDS["<" if direction == ">" else ">"])
    if word in here:
        return here[word](rest.strip())
    if word in there:
        side = "client" if direction == "<" else "application"
        raise _Mistake(f"only the {side} does {word!r}, got it after {direction!r}")
    _expected(f"a literal or one of {', '.join(here)} after {direction!r}", word)


def _expected(wanted: str, got: str, line: int | None = None) -> NoReturn:
    raise _Mistake(f"expected {wanted}, got {got!r}", line)


# Words and literals


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _loads(text: str) -> Any:
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
        json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate cannot be sent
    except (ValueError, RecursionError) as error:
        raise _Mistake(f"expected JSON that can be sent, got {text!r}: {error}") from None
    return value


def _json(text: str) -> Json:
    return Json(_loads(text))


def _string(text: str) -> str:
    value = _loads(text)
    if not isinstance(value, str):
        _expected("a JSON string", text)
    return value


def _literal(text: str, kind: type, name: str) -> Any:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        value = None
    if not isinstance(value, kind):
        _expected(name, text)
    return value


def _bytes(text: str) -> bytes:
    return cast("bytes", _literal(text, bytes, "a Python bytes literal"))


def _mapping(text: str) -> dict[str, Any]:
    value = _literal(text, dict, "a Python dict literal")
    if not all(isinstance(key, str) for key in value):
        _expected("a dict whose keys are strings", text)
    return cast("dict[str, Any]", value)


_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110, section 5.6.2


def _token(text: str, name: str) -> str:
    if not _TOKEN.fullmatch(text):
        _expected(name, text)
    return text


def _target(text: str) -> str:
    if not re.fullmatch(r"/[!-\"$-~]*", text):
        _expected("a path that starts with '/', percent-encoded, without a fragment", text)
    return text


def _connect(text: str) -> Connect:
    path, _, query = _target(text).partition("?")
    return Connect(path, query)


def may_be_sent(code: int) -> bool:
    """Tell whether a Close frame may carry this code (RFC 6455, section 7.4).

    Args:
        code: The close code.

    Returns:
        False also for the codes that only ever are received.
    """
    return 1000 <= code <= 1014 and code not in (1004, 1005, 1006) or 3000 <= code <= 4999


_INSTEAD = {1005: "write '> close' without a code", 1006: "write '> disconnect'"}


def _close(text: str) -> Close:
    match = re.fullmatch(r"(?P<codes>\d+(?:\|\d+)*)(?: +(?P<reason>\".*\"))?", text)
    if match is None:
        _expected("'close CODE' and perhaps a JSON string, the reason", text)
    codes = tuple(int(code) for code in match["codes"].split("|"))
    for code in codes:
        if not may_be_sent(code):
            hint = _INSTEAD.get(code, "1000-1003, 1007-1014 and 3000-4999 may be sent")
            _expected(f"a close code that may be sent ({hint})", str(code))
    reason = _string(match["reason"]) if match["reason"] else ""
    if (size := len(reason.encode())) > 123:
        # RFC 6455, section 5.5: 125 bytes for a control frame, two of them the code.
        raise _Mistake(f"expected a close reason of at most 123 bytes of UTF-8, got {size}")
    return Close(codes, reason)


def _client_close(text: str) -> Close:
    return _close(text) if text else Close((None,))


def _disconnect(text: str) -> Disconnect:
    if not text:
        return Disconnect()
    if not re.fullmatch(r"[1-4]\d{3}(?:\|[1-4]\d{3})*", text):
        _expected("'disconnect', or 'disconnect' and codes from 1000 to 4999", text)
    return Disconnect(tuple(int(code) for code in text.split("|")))


def _raw(text: str) -> Raw:
    return Raw(_mapping(text))


def _request(text: str) -> Request:
    method, _, target = text.partition(" ")
    if not re.fullmatch(r"[A-Z]+", method):
        _expected("'request METHOD /path'", text)
    return Request(method, _target(target.strip()))


def _lifespan(text: str) -> Lifespan:
    if text not in ("startup", "shutdown"):
        _expected("'lifespan startup' or 'lifespan shutdown'", text)
    return Lifespan(cast("Literal['startup', 'shutdown']", text))


def _accept(text: str) -> Accept:
    return Accept(_token(text, "one subprotocol, a token") if text else None)


def _status(text: str) -> int:
    if not re.fullmatch(r"[2-5]\d\d", text):
        _expected("an HTTP status from 200 to 599", text)
    return int(text)


def _complete(text: str) -> Complete:
    if text:
        _expected("nothing after 'complete'", text)
    return Complete()


_WORDS: Mapping[Literal[">", "<"], Mapping[str, Callable[[str], Event]]] = {
    ">": {
        "connect": _connect,
        "json": _json,
        "close": _client_close,
        "disconnect": _disconnect,
        "message": _raw,
        "request": _request,
        "lifespan": _lifespan,
    },
    "<": {
        "accept": _accept,
        "json": _json,
        "close": _close,
        "deny": lambda text: Deny(_status(text)),
        "response": lambda text: Response(_status(text)),
        "complete": _complete,
        "failed": lambda text: Failed(_string(text) if text else ""),
    },
}


# The indented lines


def _with_fields(event: Event, direction: Direction, below: Sequence[_Line]) -> Event:
    for line, text in below:
        try:
            event = _with_field(event, direction, text)
        except _Mistake as mistake:
            raise _Mistake(str(mistake), line) from None
    return event


def _with_field(event: Event, direction: Direction, text: str) -> Event:
    name, colon, value = (part.strip() for part in text.partition(":"))
    match event:
        case Deny() | Response() if text.startswith("body "):
            return replace(event, body=(*event.body, _chunk(text.removeprefix("body ").strip())))
        case Connect() if colon and name in ("subprotocols", "scope", "without"):
            return _changed_connect(event, name, value)
        case Connect() | Request() | Accept() | Deny() | Response():
            if not colon:
                _expected("'name: value'", text)
            return replace(event, headers=(*event.headers, _header(event, direction, name, value)))
    _expected("no indented line here (only a handshake and an HTTP response have them)", text)


def _changed_connect(event: Connect, name: str, value: str) -> Connect:
    if name == "scope":
        changes, before = _mapping(value), event.scope or {}
        if twice := changes.keys() & before.keys():
            _expected("each key of the scope once", min(twice))
        return replace(event, scope={**before, **changes})
    names = tuple(_token(item.strip(), f"names after '{name}:'") for item in value.split(","))
    before_names = event.subprotocols if name == "subprotocols" else event.without
    if len({*before_names, *names}) < len(before_names) + len(names):
        _expected(f"each of the {name} once", value)
    if name == "subprotocols":
        return replace(event, subprotocols=(*before_names, *names))
    return replace(event, without=(*before_names, *names))


def _header(event: Event, direction: Direction, name: str, value: str) -> tuple[str, str]:
    _token(name, "a header name, a token")
    if direction == "<" and name != name.lower():
        _expected("a header name in lower case", name)
    handshake = name.lower().startswith("sec-websocket-") or name.lower() in (
        "connection",
        "upgrade",
    )
    if handshake and isinstance(event, Connect | Accept):
        _expected("no header that belongs to the handshake itself (see 'subprotocols:')", name)
    if not re.fullmatch(r"[\t -~\xa0-\xff]*", value):
        _expected("a header value of printable latin-1", value)
    return name, value


def _chunk(text: str) -> bytes:
    chunk = _string(text).encode() if text.startswith('"') else _bytes(text)
    if not chunk:
        _expected("a body chunk that is not empty", text)
    return chunk


# The order of the lines

_State = Literal["connecting", "open", "ended", "over"]  # over: the application has ended too


def _form(first: Step) -> Form:
    match first.event:
        case Request():
            return "request"
        case Lifespan():
            return "lifespan"
    return "websocket"


def _check_websocket(steps: Sequence[Step]) -> Iterable[tuple[int, str]]:
    states: dict[str, _State] = {}
    starts: dict[str, int] = {}
    sound = True  # what follows from an earlier fault is not reported
    for step in steps:
        who = f" of {step.client!r}" if step.client else ""
        if bool(step.client) != bool(steps[0].client):
            yield step.line, "expected all clients with a name or none, got both"
            return
        if isinstance(step.event, Connect):
            if step.client in states:
                sound = False
                yield step.line, f"expected one connect{who}, got a second"
            else:
                states[step.client], starts[step.client] = "connecting", step.line
            continue
        if step.client not in states:
            yield step.line, f"expected '> connect' as the first line{who}, got {step.text!r}"
            return
        try:
            states[step.client] = _after(states[step.client], step)
        except _Mistake as mistake:
            sound = False
            yield step.line, str(mistake)
    for client, state in states.items():
        if sound and state in ("connecting", "open"):
            who = f" of {client!r}" if client else ""
            yield (
                starts[client],
                f"expected the connection{who} to end (close, disconnect, deny or '!'), "
                f"got the end of the conversation while it is {state}",
            )


def _after(state: _State, step: Step) -> _State:
    """Tell the state after a step; all alternatives must lead to the same one."""
    if state == "over":
        _expected("nothing after the application has ended", step.text)
    if step.refused:
        return state  # nothing was sent
    if step.direction == "!":
        if state == "ended" and cast("End", step.event).exception is None:
            _expected("no '! return' after the end (it is understood)", step.text)
        return "over"
    if state == "ended":
        _expected("only '! ExceptionName' or a refused send after the end", step.text)
    states = {_next_state(state, event, step) for event in step.alternatives}
    if len(states) > 1:
        _expected("alternatives that all end the connection or all go on", step.text)
    return states.pop()


def _next_state(state: _State, event: Event, step: Step) -> _State:
    match event:
        case Accept() if state == "connecting":
            return "open"
        case Accept():
            _expected("one accept", step.text)
        case Deny() if state == "connecting":
            return "ended"
        case Deny():
            _expected("a denial before the handshake is accepted", step.text)
        case Close() if step.direction == ">" and state == "connecting":
            _expected("'> disconnect' (there is no Close frame before '< accept')", step.text)
        case Close() | Disconnect() | End():
            return "ended"
        case Raw(message) if message.get("type") == "websocket.disconnect":
            return "ended"
        case Raw():
            return state
        case Text() | Bytes() | Json() if state == "connecting":
            _expected("'< accept' before the first message", step.text)
        case Text() | Bytes() | Json():
            return state
    _expected("a line of a WebSocket conversation", step.text)


def _check_exchange(steps: Sequence[Step]) -> Iterable[tuple[int, str]]:
    """Check plain HTTP and lifespan: each question has its answer."""
    request = isinstance(steps[0].event, Request)
    ask, answer = ((Request,), (Response,)) if request else ((Lifespan,), (Complete, Failed))
    word = "response" if request else "complete"
    phases = ("startup", "shutdown")
    for index, step in enumerate(steps):
        if step.client:
            yield step.line, f"expected no client's name, got {step.client!r}"
        if step.refused or len(step.alternatives) > 1:
            yield step.line, f"expected one plain event here, got {step.text!r}"
        answered = index % 2 == 1
        if answered and not isinstance(step.event, (*answer, End)):
            yield step.line, f"expected '< {word}' or '!', got {step.text!r}"
            return
        if not answered and (not isinstance(step.event, ask) or index > (0 if request else 2)):
            yield step.line, f"expected nothing more, got {step.text!r}"
            return
        if isinstance(step.event, Lifespan) and step.event.phase != phases[index // 2]:
            yield step.line, f"expected 'lifespan {phases[index // 2]}' here, got {step.text!r}"
        if isinstance(step.event, Failed | End) and step is not steps[-1]:
            yield steps[index + 1].line, f"expected nothing after {step.text!r}"
            return
    if len(steps) % 2:
        yield steps[-1].line, f"expected '< {word}' or '!' after {steps[-1].text!r}, got the end"
