"""One connection in memory: what the application does on it, as a queue of events."""

from __future__ import annotations

import builtins
from collections import deque
from collections.abc import Callable, Iterable, Iterator

import anyio
import anyio.lowlevel

from reference_ws.testing.peer import Peer
from reference_ws.testing.rules import ASGIViolation
from reference_ws.types import ASGIApp, Message, Scope

from ..conversation.compare import Breach, Seen, SeenEnd
from ..conversation.events import (
    ANY_REFUSAL,
    Accept,
    Bytes,
    Close,
    Complete,
    Deny,
    Event,
    Failed,
    Headers,
    Raw,
    Response,
    Step,
    Text,
)

__all__ = ["Exchange", "Line"]

TURNS = 20
TURN = 0.05
"""How often the application gets its turn in one wait, and for how many seconds each time.

An example that needs more has stopped. Turns are counted instead of one second being measured,
because a busy machine makes each of them longer and takes none away.
"""


_Happening = tuple[Seen, Exception | None]
"""What happened, and the exception with which the server met it, if any."""


class Line:
    """One connection: what the application does on it, in order."""

    def __init__(self, scope: Scope, steps: list[Step]) -> None:
        self.peer = Peer(scope)
        self.seen: deque[_Happening] = deque()
        self._steps = steps  # the application's messages that the page announces, in order
        self._sends = 0
        self._head: Message = {}
        self._body: list[bytes] = []
        self._changed = anyio.Event()
        self.mistake: Exception | None = None  # of this side's own

    async def run(self, app: ASGIApp) -> None:
        """Run the application to its end, which is an event as well."""
        await self.peer.run(lambda scope, receive, send: app(scope, receive, self._send))
        self._happened(SeenEnd.of(self.peer.exception))

    async def _send(self, message: Message) -> None:
        if isinstance(message, dict) and isinstance(message.get("headers"), Iterator):
            # ASGI allows any iterable; both the rules and the comparison read it.
            message = {**message, "headers": list(message["headers"])}
        step = self._steps[self._sends] if self._sends < len(self._steps) else None
        refused = step.refused if step and not _begins(message) else None
        try:
            await self._hand_over(message, refused)
        except ASGIViolation as violation:
            if step is not None and refused == ANY_REFUSAL:
                by_hand = isinstance(step.event, Raw)
                self._happened(Raw(message) if by_hand else self._event(message), violation)
            else:
                self._happened(Breach(f"a breach of the specification: {violation}"))
            raise
        except Exception as error:
            self._happened(self._event(message), error)
            raise
        self._happened(self._event(message))

    async def _hand_over(self, message: Message, refused: str | None) -> None:
        if refused in (None, ANY_REFUSAL) or self.peer.over:
            await self.peer.send(message)
        else:
            await anyio.lowlevel.checkpoint()
            raise getattr(builtins, refused)("the server refuses this message")

    def _event(self, message: Message) -> Event | None:
        """Translate a message; None while a denial is under way."""
        try:
            return self._translated(message)
        except Exception as error:
            self.mistake = error  # the application sees it, and seems to fail of its own
            raise

    def _translated(self, message: Message) -> Event | None:
        match message["type"]:
            case "websocket.accept":
                return Accept(message.get("subprotocol"), _text(message.get("headers")))
            case "websocket.close":
                return Close((message.get("code", 1000),), message.get("reason") or "")
            case "websocket.send":
                match message.get("text"), message.get("bytes"):
                    case None, (bytes() as data):
                        return Bytes(data)
                    case ((str() as text), None):
                        return Text(text)
                return Raw(message)
            case "websocket.http.response.start":
                self._head = message
                return None
            case kind if kind != "websocket.http.response.body":
                return Raw(message)
        if message.get("body"):
            self._body.append(message["body"])
        return None if message.get("more_body") else _response(Deny, self._head, self._body)

    def _happened(self, event: Seen | None, refused: Exception | None = None) -> None:
        if event is not None:
            self._sends += not isinstance(event, SeenEnd)
            self.seen.append((event, refused))
            changed, self._changed = self._changed, anyio.Event()
            changed.set()

    async def next(self) -> _Happening | None:
        """Give the next event; None if it does not come in `TURNS`."""
        for _ in range(TURNS):
            with anyio.move_on_after(TURN):
                while not self.seen:
                    await self._changed.wait()
            if self.seen:
                return self.seen.popleft()
        return None


def _begins(message: Message) -> bool:
    """Whether a message is a part of a denial that others complete."""
    return message["type"] == "websocket.http.response.start" or bool(message.get("more_body"))


class Exchange(Line):
    """Plain HTTP or lifespan: another scope and other messages, the same queue of events."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope, [])
        self._inbox: deque[Message] = deque()
        self._arrival = anyio.Event()

    def deliver(self, message: Message) -> None:
        """Queue a message for the application."""
        self._inbox.append(message)
        arrival, self._arrival = self._arrival, anyio.Event()
        arrival.set()

    async def run(self, app: ASGIApp) -> None:
        """Run the application to its end, which is an event as well."""
        await self.peer.run(lambda scope, receive, send: app(scope, self._receive, self._take))
        self._happened(SeenEnd.of(self.peer.exception))

    async def _receive(self) -> Message:
        await anyio.lowlevel.checkpoint()
        while not self._inbox:
            await self._arrival.wait()
        return self._inbox.popleft()

    async def _take(self, message: Message) -> None:
        await anyio.lowlevel.checkpoint()
        kind = message["type"]
        if kind == "http.response.start":
            self._head = message
        elif kind == "http.response.body":
            if message.get("body"):
                self._body.append(message["body"])
            if not message.get("more_body"):
                self._happened(_response(Response, self._head, self._body))
        elif kind.endswith(".complete"):
            self._happened(Complete())
        elif kind.endswith(".failed"):
            self._happened(Failed(message.get("message", "")))
        else:
            self._happened(Breach(f"expected an HTTP or lifespan message, got {kind!r}"))


def _response(kind: Callable[..., Event], head: Message, body: list[bytes]) -> Event:
    return kind(head["status"], _text(head.get("headers")), tuple(body))


def _text(headers: Iterable[tuple[bytes, bytes]] | None) -> Headers:
    return tuple((n.decode("latin-1"), v.decode("latin-1")) for n, v in headers or ())
