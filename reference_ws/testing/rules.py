"""What the ASGI specification lets an application send: from a phase and a message to a verdict."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from enum import Enum
from typing import Any, NoReturn, TypeGuard

from reference_ws.types import Message

from .frames import may_be_sent, reason_fits

__all__ = ["ASGIViolation", "Phase", "check"]

ACCEPT = "websocket.accept"
SEND = "websocket.send"
CLOSE = "websocket.close"
START = "websocket.http.response.start"
BODY = "websocket.http.response.body"

DENIAL = "ASGI Extensions, Websocket Denial Response"
SECTIONS = {
    ACCEPT: "ASGI WebSocket, Accept - send event",
    SEND: "ASGI WebSocket, Send - send event",
    CLOSE: "ASGI WebSocket, Close - send event",
    START: DENIAL,
    BODY: DENIAL,
}

TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110 section 5.6.2
UNSAFE = re.compile(rb"[\r\n\0]")  # RFC 9110 section 5.5


class ASGIViolation(AssertionError):
    """The application sent a message that violates the ASGI specification.

    Args:
        section: The section of the specification that contains the rule.
        expected: The message or value that the rule requires.
        got: The message or value that the application sent.
    """

    def __init__(self, section: str, expected: str, got: str) -> None:
        super().__init__(section, expected, got)
        self.section = section
        self.expected = expected
        self.got = got

    def __str__(self) -> str:
        return f"{self.section}: expected {self.expected}, got {self.got}"


class Phase(Enum):
    """How far the application has come; the value is the wording in errors."""

    CONNECTING = "before accept or close"
    OPEN = "after accept"
    DENYING = "inside a denial response"
    CLOSED = "after the application has ended the connection"
    GONE = "after the client has disconnected"


# A type that a row lacks is illegal in that phase. Only the last body moves on to CLOSED.
# In GONE an OSError has told the application already, so no order of messages is held against it.
FOLLOWING: dict[Phase, dict[str, Phase]] = {
    Phase.CONNECTING: {ACCEPT: Phase.OPEN, CLOSE: Phase.CLOSED, START: Phase.DENYING},
    Phase.OPEN: {SEND: Phase.OPEN, CLOSE: Phase.CLOSED},
    Phase.DENYING: {BODY: Phase.DENYING},
    Phase.CLOSED: {},
    Phase.GONE: dict.fromkeys(SECTIONS, Phase.GONE),
}


def check(
    phase: Phase, message: object, *, offered: Collection[str], denial: bool
) -> tuple[Phase, Message]:
    """Judge one message that the application sends.

    Args:
        phase: Where the application stands before it.
        message: What it gave to `send`.
        offered: The subprotocols that the client offered.
        denial: Whether the scope has the extension `websocket.http.response`.

    Returns:
        The phase after the message, and a copy of the message whose headers are a list of pairs.

    Raises:
        ASGIViolation: The message breaks a rule; nothing may be made of it.
    """
    if not isinstance(message, Mapping):
        raise ASGIViolation("ASGI, Events", "a dict", repr(message))
    kind = message.get("type")
    if not isinstance(kind, str):
        raise ASGIViolation("ASGI, Events", "a str under 'type'", repr(kind))
    if kind not in SECTIONS:
        raise ASGIViolation("ASGI WebSocket", f"one of {', '.join(SECTIONS)}", repr(kind))
    if kind in (START, BODY) and not denial:
        raise ASGIViolation(DENIAL, "'websocket.http.response' in scope['extensions']", repr(kind))
    if kind not in FOLLOWING[phase]:
        legal = [kind for kind in FOLLOWING[phase] if denial or kind != START]
        expected = " or ".join(legal) or "no further message"
        raise ASGIViolation(SECTIONS[kind], f"{expected} {phase.value}", repr(kind))
    clean = dict(message)
    CONTENTS[kind](clean, offered)
    following = FOLLOWING[phase][kind]
    if kind == BODY and phase is Phase.DENYING and not clean.get("more_body", False):
        following = Phase.CLOSED
    return following, clean


def _accept(message: dict[str, Any], offered: Collection[str]) -> None:
    subprotocol = message.get("subprotocol")
    if subprotocol is not None and not (isinstance(subprotocol, str) and subprotocol in offered):
        wanted = f"a subprotocol that the client offered ({', '.join(offered) or 'none'}) or None"
        _refuse(ACCEPT, wanted, subprotocol)
    _headers(ACCEPT, message)
    if any(name == b"sec-websocket-protocol" for name, _ in message.get("headers", [])):
        _refuse(ACCEPT, "the key 'subprotocol'", b"sec-websocket-protocol", "the header ")


def _send(message: dict[str, Any], offered: Collection[str]) -> None:
    text, data = message.get("text"), message.get("bytes")
    if (text is None) is (data is None):
        got = "neither" if text is None else f"text {text!r} and bytes {data!r}"
        raise ASGIViolation(SECTIONS[SEND], "exactly one of text and bytes that is not None", got)
    if data is not None and not isinstance(data, bytes):
        _refuse(SEND, "bytes under 'bytes'", data)
    if text is None:
        return
    if not isinstance(text, str):
        _refuse(SEND, "a str under 'text'", text)
    try:
        text.encode()
    except UnicodeEncodeError:
        _refuse(SEND, "text that UTF-8 can encode (RFC 6455 section 5.6)", text)


def _close(message: dict[str, Any], offered: Collection[str]) -> None:
    code, reason = message.get("code", 1000), message.get("reason")
    if not _is_integer(code) or not may_be_sent(code):
        wanted = "a code of 1000-1003, 1007-1014 or 3000-4999 (RFC 6455 section 7.4)"
        _refuse(CLOSE, wanted, code)
    if reason is not None and not isinstance(reason, str):
        _refuse(CLOSE, "a reason that is a str or None", reason)
    if reason is not None and not reason_fits(reason):
        wanted = "a reason of at most 123 bytes of UTF-8 (RFC 6455 section 5.5)"
        _refuse(CLOSE, wanted, reason)


def _start(message: dict[str, Any], offered: Collection[str]) -> None:
    status = message.get("status")
    if not _is_integer(status) or not 200 <= status <= 599:
        _refuse(START, "an int status of 200 to 599", status)
    _headers(START, message)


def _body(message: dict[str, Any], offered: Collection[str]) -> None:
    if not isinstance(message.get("body", b""), bytes):
        _refuse(BODY, "bytes under 'body'", message["body"])
    if not isinstance(message.get("more_body", False), bool):
        _refuse(BODY, "a bool under 'more_body'", message["more_body"])


CONTENTS: dict[str, Callable[[dict[str, Any], Collection[str]], None]] = {
    ACCEPT: _accept,
    SEND: _send,
    CLOSE: _close,
    START: _start,
    BODY: _body,
}


def _headers(kind: str, message: dict[str, Any]) -> None:
    """Judge the headers and put a list in their place, since an iterable may be read only once."""
    given, pairs = message.get("headers", []), []
    try:
        items = list(given)
    except TypeError:
        _refuse(kind, "headers that are an iterable", given)
    for item in items:
        try:
            name, value = item
        except (TypeError, ValueError):
            _refuse(kind, "headers of two items each, a name and a value", item)
        if not isinstance(name, bytes) or not isinstance(value, bytes):
            _refuse(kind, "a header name and value that are bytes", item)
        if not TOKEN.fullmatch(name):
            _refuse(kind, "a header name that is a token (RFC 9110 section 5.6.2)", name)
        if name != name.lower():
            _refuse(kind, "a header name in lower case", name)
        if UNSAFE.search(value):
            _refuse(kind, "a header value without CR, LF and NUL (RFC 9110 section 5.5)", value)
        pairs.append((name, value))
    if "headers" in message:
        message["headers"] = pairs


def _is_integer(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _refuse(kind: str, expected: str, got: object, noun: str = "") -> NoReturn:
    raise ASGIViolation(SECTIONS[kind], expected, f"{noun}{got!r}")
