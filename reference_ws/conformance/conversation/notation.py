"""The words and literals of the notation: one line of a conversation, read into an event."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, NoReturn, cast

from .events import (
    Accept,
    Bytes,
    Close,
    Complete,
    Connect,
    Deny,
    Direction,
    Disconnect,
    End,
    Event,
    Failed,
    Fragments,
    Json,
    Lifespan,
    Ping,
    Pong,
    Raw,
    Request,
    Response,
    Text,
)

Line = tuple[int, str]  # its number in the page, its text


class Mistake(ValueError):
    """A fault whose page is not known yet; without a line it is that of the step."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def read_end(text: str) -> End:
    if text == "return":
        return End()
    if not re.fullmatch(r"[A-Z]\w*", text):
        expected("'return' or the bare name of an exception after '!'", text)
    return End(text)


def read_event(direction: Literal["<", ">"], text: str) -> Event:
    if text[:1] in ("{", "["):
        return _json(text)
    if re.match(r"\"|[bB]['\"]", text):
        return _message(direction, text)
    word, _, rest = text.partition(" ")
    here, there = (_WORDS[direction], _WORDS["<" if direction == ">" else ">"])
    if word in here:
        return here[word](rest.strip())
    if word in there:
        side = "client" if direction == "<" else "application"
        raise Mistake(f"only the {side} does {word!r}, got it after {direction!r}")
    expected(f"a literal or one of {', '.join(here)} after {direction!r}", word)


def expected(wanted: str, got: str, line: int | None = None) -> NoReturn:
    raise Mistake(f"expected {wanted}, got {got!r}", line)


# Words and literals


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _loads(text: str) -> Any:
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
        json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate cannot be sent
    except (ValueError, RecursionError) as error:
        raise Mistake(f"expected JSON that can be sent, got {text!r}: {error}") from None
    return value


def _json(text: str) -> Json:
    return Json(_loads(text))


def _string(text: str) -> str:
    value = _loads(text)
    if not isinstance(value, str):
        expected("a JSON string", text)
    return value


def _literal(text: str, kind: type, name: str) -> Any:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        value = None
    if not isinstance(value, kind):
        expected(name, text)
    return value


def _bytes(text: str) -> bytes:
    return cast("bytes", _literal(text, bytes, "a Python bytes literal"))


def _mapping(text: str) -> dict[str, Any]:
    value = _literal(text, dict, "a Python dict literal")
    if not all(isinstance(key, str) for key in value):
        expected("a dict whose keys are strings", text)
    return cast("dict[str, Any]", value)


_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110, section 5.6.2


def _token(text: str, name: str) -> str:
    if not _TOKEN.fullmatch(text):
        expected(name, text)
    return text


def _target(text: str) -> str:
    if not re.fullmatch(r"/[!-\"$-~]*", text):
        expected("a path that starts with '/', percent-encoded, without a fragment", text)
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
        expected("'close CODE' and perhaps a JSON string, the reason", text)
    codes = tuple(int(code) for code in match["codes"].split("|"))
    for code in codes:
        if not may_be_sent(code):
            hint = _INSTEAD.get(code, "1000-1003, 1007-1014 and 3000-4999 may be sent")
            expected(f"a close code that may be sent ({hint})", str(code))
    reason = _string(match["reason"]) if match["reason"] else ""
    if (size := len(reason.encode())) > 123:
        # RFC 6455, section 5.5: 125 bytes for a control frame, two of them the code.
        raise Mistake(f"expected a close reason of at most 123 bytes of UTF-8, got {size}")
    return Close(codes, reason)


def _client_close(text: str) -> Close:
    return _close(text) if text else Close((None,))


def _disconnect(text: str) -> Disconnect:
    if not text:
        return Disconnect()
    if not re.fullmatch(r"[1-4]\d{3}(?:\|[1-4]\d{3})*", text):
        expected("'disconnect', or 'disconnect' and codes from 1000 to 4999", text)
    return Disconnect(tuple(int(code) for code in text.split("|")))


# A literal, and what may stand behind it: `* 65536`, or `+` and further literals.
_LITERAL = r"\"(?:[^\"\\]|\\.)*\"|[bB]\"(?:[^\"\\]|\\.)*\"|[bB]'(?:[^'\\]|\\.)*'"
_REPEATED = re.compile(rf"(?P<literal>{_LITERAL}) \* (?P<times>[1-9]\d{{0,7}})")
_PARTS = re.compile(rf"(?:{_LITERAL})(?: \+ (?:{_LITERAL}))+")
LONGEST_PART = 125  # bytes: more would need another form of frame, and no page that many


def _message(direction: Literal["<", ">"], text: str) -> Text | Bytes | Fragments:
    if direction == ">" and _PARTS.fullmatch(text):
        return _fragments(text)
    repeated = _REPEATED.fullmatch(text)
    literal, times = (repeated["literal"], int(repeated["times"])) if repeated else (text, 1)
    if literal.startswith('"'):
        return Text(_string(literal) * times)
    return Bytes(_bytes(literal) * times)


def _fragments(text: str, *, is_text: bool = False) -> Fragments:
    literals = re.findall(_LITERAL, text)
    strings = [one.startswith('"') for one in literals]
    if any(strings) and (is_text or not all(strings)):
        expected("parts of one kind, all text or all binary", text)
    parts = tuple(_string(one).encode() if any(strings) else _bytes(one) for one in literals)
    if (size := max(map(len, parts))) > LONGEST_PART:
        raise Mistake(f"expected parts of at most {LONGEST_PART} bytes, got {size}")
    return Fragments(parts, is_text or all(strings))


def _text(text: str) -> Fragments:
    if not re.fullmatch(_LITERAL, text) and not _PARTS.fullmatch(text):
        expected('\'text\' and the bytes of its frames, as b"\\xc3" + b"\\xa9"', text)
    return _fragments(text, is_text=True)


def _control(text: str) -> bytes:
    data = _bytes(text) if text else b""
    if len(data) > 125:  # RFC 6455, section 5.5
        raise Mistake(f"expected at most 125 bytes in a control frame, got {len(data)}")
    return data


def _raw(text: str) -> Raw:
    return Raw(_mapping(text))


def _request(text: str) -> Request:
    method, _, target = text.partition(" ")
    if not re.fullmatch(r"[A-Z]+", method):
        expected("'request METHOD /path'", text)
    return Request(method, _target(target.strip()))


def _lifespan(text: str) -> Lifespan:
    if text not in ("startup", "shutdown"):
        expected("'lifespan startup' or 'lifespan shutdown'", text)
    return Lifespan(cast("Literal['startup', 'shutdown']", text))


def _accept(text: str) -> Accept:
    return Accept(_token(text, "one subprotocol, a token") if text else None)


def _status(text: str) -> int:
    if not re.fullmatch(r"[2-5]\d\d", text):
        expected("an HTTP status from 200 to 599", text)
    return int(text)


def _complete(text: str) -> Complete:
    if text:
        expected("nothing after 'complete'", text)
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
        "text": _text,
        "ping": lambda text: Ping(_control(text)),
    },
    "<": {
        "accept": _accept,
        "json": _json,
        "close": _close,
        "deny": lambda text: Deny(_status(text)),
        "response": lambda text: Response(_status(text)),
        "complete": _complete,
        "failed": lambda text: Failed(_string(text) if text else ""),
        "pong": lambda text: Pong(_control(text)),
        "message": _raw,
    },
}


# The indented lines


def with_fields(event: Event, direction: Direction, below: Sequence[Line]) -> Event:
    for line, text in below:
        try:
            event = _with_field(event, direction, text)
        except Mistake as mistake:
            raise Mistake(str(mistake), line) from None
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
                expected("'name: value'", text)
            return replace(event, headers=(*event.headers, _header(event, direction, name, value)))
    expected("no indented line here (only a handshake and an HTTP response have them)", text)


def _changed_connect(event: Connect, name: str, value: str) -> Connect:
    if name == "scope":
        changes, former = _mapping(value), event.scope or {}
        if twice := changes.keys() & former.keys():
            expected("each key of the scope once", min(twice))
        return replace(event, scope={**former, **changes})
    names = tuple(_token(item.strip(), f"names after '{name}:'") for item in value.split(","))
    before_names = event.subprotocols if name == "subprotocols" else event.without
    if len({*before_names, *names}) < len(before_names) + len(names):
        expected(f"each of the {name} once", value)
    if name == "subprotocols":
        before = event.lines or (len(before_names),) * bool(before_names)
        lines = (*before, len(names)) if before else ()
        return replace(event, subprotocols=(*before_names, *names), lines=lines)
    return replace(event, without=(*before_names, *names))


def _header(event: Event, direction: Direction, name: str, value: str) -> tuple[str, str]:
    _token(name, "a header name, a token")
    if direction == "<" and name != name.lower():
        expected("a header name in lower case", name)
    handshake = name.lower().startswith("sec-websocket-") or name.lower() in (
        "connection",
        "upgrade",
    )
    if handshake and isinstance(event, Connect | Accept):
        expected("no header that belongs to the handshake itself (see 'subprotocols:')", name)
    if not re.fullmatch(r"[\t -~\xa0-\xff]*", value):
        expected("a header value of printable latin-1", value)
    return name, value


def _chunk(text: str) -> bytes:
    chunk = _string(text).encode() if text.startswith('"') else _bytes(text)
    if not chunk:
        expected("a body chunk that is not empty", text)
    return chunk
