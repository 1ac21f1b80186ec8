"""A conversation as a reader sees it: who does what, in which words."""

from __future__ import annotations

import http
import json
from collections.abc import Iterator
from dataclasses import dataclass

from reference_ws.conformance.conversation.compare import describe
from reference_ws.conformance.conversation.events import (
    ANY_REFUSAL,
    Accept,
    Bytes,
    Close,
    Complete,
    Connect,
    Conversation,
    Deny,
    Disconnect,
    End,
    Event,
    Failed,
    Fragments,
    Json,
    Lifespan,
    Note,
    Ping,
    Pong,
    Raw,
    Request,
    Response,
    Step,
    Text,
)
from reference_ws.constants import WebSocketCloseEvent

from .words import Words

__all__ = ["Caption", "Line", "Shown", "lines"]


@dataclass(frozen=True, slots=True)
class Shown:
    """One event: a word, a literal beside it, and what is said in small print."""

    kind: str  # payload, control or end: what tells a message from what happens to the connection
    word: str
    literal: str = ""
    asides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One step; `side` is where it stands, `number` tells the named clients apart."""

    side: str
    who: str
    name: str
    number: int
    alternatives: tuple[Shown, ...]
    fields: tuple[tuple[str, str], ...]
    aside: str


@dataclass(frozen=True, slots=True)
class Caption:
    """A note, centred between the lines."""

    text: str


def lines(conversation: Conversation, words: Words) -> Iterator[Line | Caption]:
    """Give the lines of a conversation in the order of the page.

    Args:
        conversation: The conversation.
        words: The words of the page's language.
    """
    named = [name for name in conversation.clients if name]
    open_clients: set[str] = set()
    for item in conversation.items:
        if isinstance(item, Note):
            yield Caption(item.text)
            continue
        shown = tuple(
            _shown(event, item, item.client in open_clients, words) for event in item.alternatives
        )
        if isinstance(item.event, Accept):
            open_clients.add(item.client)
        yield Line(
            side="client" if item.direction == ">" else "application",
            who=_who(item, words),
            name=item.client,
            number=named.index(item.client) % 4 + 1 if item.client else 0,
            alternatives=shown,
            fields=tuple(_field(text) for text in item.fields),
            aside=_refusal(item.refused, words),
        )


def _refusal(refused: str | None, words: Words) -> str:
    if refused == ANY_REFUSAL:
        return words.server_refuses
    return words.server_raises.format(refused) if refused else ""


def _who(step: Step, words: Words) -> str:
    """Say who acts: for the lifespan and for messages made by hand the server stands left."""
    if step.direction == ">":
        acting = words.server if isinstance(step.event, (Raw, Lifespan)) else words.client
        return f"{acting} {step.client}".strip()
    if step.client:
        return f"{words.application} {words.to_client.format(step.client)}"
    return words.application


def _field(text: str) -> tuple[str, str]:
    """Split a line of its own into a name and a value; a part of a body has no colon."""
    if text.startswith("body "):
        return "body", text.removeprefix("body ").strip()
    name, _, value = text.partition(":")
    return f"{name}:", value.strip()


def _shown(event: Event, step: Step, is_open: bool, words: Words) -> Shown:
    match event:
        case Text():
            return Shown("payload", words.text, describe(event)[2:])
        case Bytes():
            return Shown("payload", words.binary, describe(event)[2:])
        case Json(value=value):
            return Shown("payload", words.json, json.dumps(value, ensure_ascii=False))
        case Fragments(parts=parts, is_text=is_text):
            frames = words.in_frames.format(len(parts))
            kind = words.text if is_text else words.binary
            return Shown("payload", kind, " + ".join(map(_bytes, parts)), (frames,))
        case Ping(data=data):
            return Shown("control", words.pings, _bytes(data))
        case Pong(data=data):
            return Shown("control", words.pongs, _bytes(data))
        case Connect(target=target):
            return Shown("control", words.connects, target)
        case Accept(subprotocol=subprotocol):
            return Shown("control", words.accepts, subprotocol or "")
        case Close():
            return _close(event, step.direction == "<" and not is_open, words)
        case Disconnect(codes=codes):
            code = words.code.format(f" {words.or_} ".join(map(str, codes)))
            unsaid = codes == (1006,)  # what every server reports needs no words
            return Shown(
                "control", words.disconnects, "", (words.without_close, *((code,) * (not unsaid)))
            )
        case Deny(status=status):
            return Shown("control", words.denies, str(status), _phrase(status))
        case Request(method=method, path=path):
            return Shown("control", words.requests, f"{method} {path}")
        case Response(status=status):
            return Shown("control", words.responds, str(status), _phrase(status))
        case Lifespan(phase=phase):
            return Shown("control", words.starts_up if phase == "startup" else words.shuts_down)
        case Complete():
            return Shown("control", words.complete)
        case Failed(message=message):
            return Shown("control", words.failed, message)
        case Raw():
            word = words.hands_over if step.direction == ">" else words.sends
            return Shown("control", word, step.text.partition("message ")[2])
        case End(exception=None):
            return Shown("end", words.returns)
        case End(exception=name):
            return Shown("end", words.raises, name or "")


def _close(close: Close, before_accept: bool, words: Words) -> Shown:
    code, *others = close.codes
    if code is None:
        return Shown("control", words.closes, "", (words.without_code,))
    reason = f" {_quoted(close.reason)}" if close.reason else ""
    asides = () if others else _code_name(code)
    if before_accept:
        asides = (words.on_the_wire.format("HTTP 403"),)
    codes = f" {words.or_} ".join(map(str, close.codes))
    return Shown("control", words.closes, codes + reason, asides)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _bytes(data: bytes) -> str:
    """Write bytes in double quotes, as the pages do."""
    text = repr(data)
    if text.startswith("b'"):
        inner = text[2:-1].replace("\\'", "'").replace('"', '\\"')
        text = f'b"{inner}"'
    return text


def _code_name(code: int) -> tuple[str, ...]:
    """Give the name of a registered close code; an application's own has none."""
    try:
        return (WebSocketCloseEvent(code).name.replace("_", " ").lower(),)
    except ValueError:
        return ()


def _phrase(status: int) -> tuple[str, ...]:
    try:
        return (http.HTTPStatus(status).phrase,)
    except ValueError:
        return ()
