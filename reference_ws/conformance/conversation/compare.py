"""Compares a step of a conversation with what was seen, in memory and on the wire alike.

What was seen is told with the dataclasses of the conversation itself. Two things have no place
there, for no page can ask for them: `SeenEnd` knows every class of the exception, and `Breach`
is what no conversation can hold.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from .events import (
    Accept,
    Bytes,
    Close,
    Complete,
    Connect,
    Deny,
    Disconnect,
    End,
    Event,
    Failed,
    Fragments,
    Headers,
    Json,
    Lifespan,
    Ping,
    Pong,
    Raw,
    Request,
    Response,
    Text,
)

__all__ = ["Breach", "Difference", "Seen", "SeenEnd", "describe", "is_variant", "matches"]


class Difference(Exception):
    """The first thing that happened otherwise than a page says.

    Args:
        path: The page.
        line: The line of the page, from 1.
        client: The client of the conversation, empty when it has no name.
        wanted: What the page says, in the notation of the conversation.
        got: What happened, in the same notation.
        more: What helps to mend it: a traceback, the last words of a server.
        timeout: Whether nothing happened within the limit.
        lacks: What the page needs and the server does not offer, in words.
    """

    def __init__(
        self,
        *,
        path: str,
        line: int,
        client: str,
        wanted: str,
        got: str,
        more: str = "",
        timeout: bool = False,
        lacks: str = "",
    ) -> None:
        super().__init__(path, line, client, wanted, got)
        self.path = path
        self.line = line
        self.client = client
        self.wanted = wanted
        self.got = got
        self.more = more
        self.timeout = timeout
        self.lacks = lacks

    def __str__(self) -> str:
        who = f" of client {self.client!r}" if self.client else ""
        return f"{self.path}:{self.line}: expected {self.wanted!r}{who}, got {self.got!r}"


@dataclass(frozen=True, slots=True)
class SeenEnd:
    """The application has ended; `names` are the exception's classes, none when it returned."""

    names: tuple[str, ...] = ()
    exception: BaseException | None = field(default=None, compare=False)

    @classmethod
    def of(cls, exception: BaseException | None) -> SeenEnd:
        """Tell the end from what the application raised, None when it returned."""
        if exception is None:
            return cls()
        return cls(tuple(kind.__name__ for kind in type(exception).__mro__), exception)


@dataclass(frozen=True, slots=True)
class Breach:
    """Something that breaks a protocol, in words; it matches no step."""

    text: str


Seen = Event | SeenEnd | Breach


def matches(alternative: Event, seen: Seen, *, wire: bool) -> bool:
    """Tell whether what was seen is what one alternative of a step asks for.

    Args:
        alternative: The event of the page.
        seen: What happened.
        wire: Whether a real client saw it. A server adds headers, splits bodies as it likes, and
            answers a close before accept with HTTP 403.
    """
    match alternative, seen:
        case End(exception=None), SeenEnd(names=names):
            return not names
        case End(exception=name), SeenEnd(names=names):
            return name in names
        case Accept(), Accept():
            return alternative.subprotocol == seen.subprotocol and (
                _in_order(alternative.headers, seen.headers)
                if wire
                else alternative.headers == seen.headers
            )
        case Json(value), (Text() | Json()):
            return _holds(value, seen)
        case Close(), Close(codes=codes):
            return codes[0] in alternative.codes and alternative.reason == seen.reason
        case Close(), Deny(status=status):
            return wire and status == 403
        case (Deny(), Deny()) | (Response(), Response()):
            return _same_response(alternative, seen, wire)
    return type(alternative) is type(seen) and alternative == seen


def is_variant(alternatives: Sequence[Event], number: int, seen: Seen) -> bool:
    """Tell whether a match is one that a page permits but does not name first.

    Args:
        alternatives: Those of the step.
        number: The one that matched, from 0.
        seen: What matched it.
    """
    wanted = alternatives[number]
    later_code = (
        isinstance(wanted, Close) and isinstance(seen, Close) and seen.codes[0] != wanted.codes[0]
    )
    return number > 0 or later_code


def describe(event: Seen, direction: Literal["<", ">"] = "<") -> str:
    """Write an event in the notation of a conversation.

    Args:
        event: The event.
        direction: Who did it: ``<`` for the application, ``>`` for the client.
    """
    match event:
        case SeenEnd(names=names):
            return f"! {names[0] if names else 'return'}"
        case End(exception=exception):
            return f"! {exception or 'return'}"
        case Breach(text):
            return text
    return "\n  ".join([f"{direction} {_word(event)}", *_fields(event)])


# Comparing


def _same_response(wanted: Any, seen: Any, wire: bool) -> bool:
    there = Counter(_folded(seen.headers))
    if wanted.status != seen.status or not Counter(_folded(wanted.headers)) <= there:
        return False
    if wire:
        return b"".join(wanted.body) == b"".join(seen.body)
    return bool(wanted.body == tuple(filter(None, seen.body)))


def _folded(headers: Headers) -> list[tuple[str, str]]:
    return [(name.lower(), value) for name, value in headers]


def _in_order(wanted: Headers, seen: Headers) -> bool:
    """Tell whether all are there in this order, with any others between."""
    rest = iter(_folded(seen))
    return all(pair in rest for pair in _folded(wanted))


def _holds(value: Any, seen: Text | Json) -> bool:
    if isinstance(seen, Json):
        return _same_json(value, seen.value)
    try:
        return _same_json(value, json.loads(seen.data, parse_constant=_refuse_constant))
    except (ValueError, RecursionError):
        return False


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _same_json(one: Any, other: Any) -> bool:
    """Compare as JSON does: `true` is no number (to Python it equals 1), 5 and 5.0 are the same."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same_json(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same_json, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


# Writing


def _word(event: Event) -> str:
    """The first line of a step, without its arrow."""
    match event:
        case Text(data):
            return _literal(data, json.dumps(_shortened(data), ensure_ascii=False))
        case Bytes(data):
            return _literal(data, repr(bytes(_shortened(data))))
        case Fragments(parts, is_text):
            return ("text " if is_text else "") + " + ".join(map(repr, parts))
        case Ping(data) | Pong(data):
            return f"{type(event).__name__.lower()} {data!r}"
        case Json(value):
            return event.text if isinstance(value, (dict, list)) else f"json {event.text}"
        case Close(codes, reason):
            given = "|".join(str(code) for code in codes if code is not None)
            said = json.dumps(reason, ensure_ascii=False) if reason else ""
            return " ".join(filter(None, ["close", given, said]))
        case Accept(subprotocol):
            return f"accept {subprotocol}" if subprotocol is not None else "accept"
        case Deny(status):
            return f"deny {status}"
        case Response(status):
            return f"response {status}"
        case Failed(message):
            return f"failed {json.dumps(message, ensure_ascii=False)}" if message else "failed"
        case Connect():
            return f"connect {event.target}"
        case Disconnect(codes):
            return "disconnect" if codes == (1006,) else f"disconnect {'|'.join(map(str, codes))}"
        case Request(method, path):
            return f"request {method} {path}"
        case Raw(message):
            return f"message {dict(message)!r}"
        case Lifespan(phase):
            return f"lifespan {phase}"
        case Complete():
            return "complete"
    return repr(event)


_Data = TypeVar("_Data", str, bytes)


def _shortened(data: _Data) -> _Data:
    """Give one character of a message that is nothing but this one, too often to be read."""
    return data[:1] if len(data) > 125 and not data.strip(data[:1]) else data


def _literal(data: _Data, literal: str) -> str:
    return literal if _shortened(data) == data else f"{literal} * {len(data)}"


def _fields(event: Event) -> Iterator[str]:
    """The indented lines of a step."""
    if isinstance(event, (Accept, Connect, Deny, Request, Response)):
        yield from (f"{name}: {value}" for name, value in event.headers)
    if isinstance(event, Connect):
        if event.subprotocols:
            yield f"subprotocols: {', '.join(event.subprotocols)}"
        if event.scope is not None:
            yield f"scope: {dict(event.scope)!r}"
        if event.without:
            yield f"without: {', '.join(event.without)}"
    if isinstance(event, (Deny, Response)):
        yield from (f"body {_body(chunk)}" for chunk in event.body if chunk)


def _body(chunk: bytes) -> str:
    try:
        return json.dumps(chunk.decode("utf-8"), ensure_ascii=False)
    except UnicodeDecodeError:
        return repr(chunk)
