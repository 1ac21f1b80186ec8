"""Plays a conversation in memory: this side is the server, the page is the client.

Everything that happens to the application is one queue of events for each connection, so
that a step of the page is compared with the next thing that happened, whatever it was.
"""

from __future__ import annotations

import builtins
import traceback
from typing import Any

import anyio
import anyio.abc
import anyio.lowlevel

from reference_ws.testing.handshake import ABSENT, build_scope
from reference_ws.testing.peer import Peer
from reference_ws.types import ASGIApp

from ..conversation.compare import Breach, Difference, Seen, SeenEnd, describe, is_variant, matches
from ..conversation.events import (
    ANY_REFUSAL,
    Bytes,
    Close,
    Connect,
    Conversation,
    Disconnect,
    End,
    Event,
    Fragments,
    Json,
    Lifespan,
    Raw,
    Request,
    Step,
    Text,
)
from .line import Exchange, Line


async def play(
    app: ASGIApp, conversation: Conversation, path: str, choice: int, *, exact: bool = True
) -> str | None:
    """Play one conversation with an application.

    Args:
        app: The application.
        conversation: The conversation.
        path: The page, for messages.
        choice: Which of the alternatives of the client's steps to play, from 0.
        exact: Whether a close must have no reason where the page names none; a framework may
            add one of its own, which is a variant then.

    Returns:
        The variants that were seen in place of what the page names first, None without any.

    Raises:
        Difference: Something else happened.
        RuntimeError: This side has made a mistake.
    """
    player = _Player(app, conversation, path, choice, exact)
    found: Difference | None = None
    async with anyio.create_task_group() as tasks:
        try:
            for step in conversation.steps:
                await player.step(step, tasks)
            await player.finish()
        except Difference as difference:
            found = difference
        tasks.cancel_scope.cancel()
    for mistake in filter(None, (line.mistake for line in player.lines.values())):
        raise RuntimeError("expected to understand the application's message") from mistake
    if found is not None:
        raise found
    return ", ".join(player.variants) or None


class _Player:
    def __init__(
        self, app: ASGIApp, conversation: Conversation, path: str, choice: int, exact: bool
    ) -> None:
        self.app = app
        self.conversation = conversation
        self.path = path
        self.choice = choice
        self.exact = exact
        self.lines: dict[str, Line] = {}
        self.variants: list[str] = []
        self.ended: set[str] = set()

    async def step(self, step: Step, tasks: anyio.abc.TaskGroup) -> None:
        if step.client in self.ended:
            return  # as an alternative allowed
        if step.direction != ">":
            await self._compare(step)
        elif isinstance(step.event, (Connect, Request, Lifespan)) and (
            step.client not in self.lines
        ):
            line = self.lines[step.client] = self._open(step)
            tasks.start_soon(line.run, self.app)
        if step.direction == ">":
            self._act(step, self.lines[step.client])

    def _open(self, step: Step) -> Line:
        match step.event:
            case Connect() as event:
                sends = [s for s in self.conversation.steps if _is_send(s, step.client)]
                overrides = {**(event.scope or {}), **dict.fromkeys(event.without, ABSENT)}
                scope = build_scope(
                    event.target,
                    headers=event.headers,
                    subprotocols=event.subprotocols,
                    extensions={"websocket.http.response": {}},
                    overrides=overrides,
                )
                return Line(scope, sends)
            case Request() as event:
                scope = build_scope(event.path, headers=event.headers)
                for key in ("subprotocols", "state"):
                    del scope[key]
                http = {"type": "http", "method": event.method, "scheme": "http", "extensions": {}}
                return Exchange({**scope, **http})
        return Exchange({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}})

    def _act(self, step: Step, line: Line) -> None:
        """Do what the client does; the connection itself was opened before."""
        peer = line.peer
        match step.event:
            case Text(data):
                peer.deliver({"type": "websocket.receive", "text": data})
            case Bytes(data):
                peer.deliver({"type": "websocket.receive", "bytes": data})
            case Json() as event:
                peer.deliver({"type": "websocket.receive", "text": event.text})
            case Fragments(whole=Text(data)):
                peer.deliver({"type": "websocket.receive", "text": data})
            case Fragments(whole=Bytes(data)):
                peer.deliver({"type": "websocket.receive", "bytes": data})
            case Close(codes, reason):
                code = self._chosen(codes)
                _leave(peer, 1005 if code is None else code, reason)
            case Disconnect(codes):
                _leave(peer, self._chosen(codes), "")
            case Raw(message) if message.get("type") == "websocket.disconnect":
                peer.leave(dict(message))
            case Raw(message):
                peer.deliver(dict(message))
            case Request() if isinstance(line, Exchange):
                line.deliver({"type": "http.request", "body": b"", "more_body": False})
            case Lifespan(phase) if isinstance(line, Exchange):
                line.deliver({"type": f"lifespan.{phase}"})

    def _chosen(self, codes: tuple[Any, ...]) -> Any:
        return codes[min(self.choice, len(codes) - 1)]

    async def _compare(self, step: Step) -> None:
        line = self.lines[step.client]
        seen = await line.next()
        if seen is not None and isinstance(seen[0], Breach) and _leaves_refusal(step):
            seen = await line.next()  # the application was told, and it may end of that
        if seen is None:
            raise self._difference(step, "nothing", line.peer.activity(), timeout=True)
        event, refused = seen
        if not isinstance(event, Breach) and _refused_as(step.refused, refused):
            for number, alternative in enumerate(step.alternatives):
                added = not self.exact and _has_added_reason(alternative, event)
                if added or matches(alternative, event, wire=False):
                    if added or is_variant(step.alternatives, number, event):
                        self.variants.append(describe(event))
                    if isinstance(event, SeenEnd):
                        self.ended.add(step.client)
                    return
        raise self._difference(step, *_told(event, refused))

    async def finish(self) -> None:
        """See every application end, and nothing happen that the page does not tell of."""
        for client, line in self.lines.items():
            last = [step for step in self.conversation.steps if step.client == client][-1]
            while client not in self.ended:
                seen = await line.next()
                if seen is None:
                    raise self._difference(last, "nothing", line.peer.activity(), end=True)
                event, refused = seen
                if not isinstance(event, SeenEnd) or event.names:
                    raise self._difference(last, *_told(event, refused), end=True)
                self.ended.add(client)
            if line.seen:
                raise self._difference(last, *_told(*line.seen[0]), end=True)

    def _difference(
        self, step: Step, got: str, more: str = "", *, end: bool = False, timeout: bool = False
    ) -> Difference:
        wanted = "\n".join([step.text.strip(), *(f"  {field.strip()}" for field in step.fields)])
        return Difference(
            path=self.path,
            line=step.line,
            client=step.client,
            wanted="the application to end" if end else wanted,
            got=got,
            more=more,
            timeout=timeout or (end and got == "nothing"),
        )


def _leave(peer: Peer, code: int, reason: str) -> None:
    peer.leave({"type": "websocket.disconnect", "code": code, "reason": reason})


def _is_send(step: Step, client: str) -> bool:
    return step.direction == "<" and step.client == client and not isinstance(step.event, End)


def _leaves_refusal(step: Step) -> bool:
    return any(isinstance(one, End) and one.exception == ANY_REFUSAL for one in step.alternatives)


def _refused_as(wanted: str | None, got: Exception | None) -> bool:
    names = [kind.__name__ for kind in type(got).__mro__] if got else []
    return wanted in names if wanted else got is None


def _told(event: Seen, refused: Exception | None) -> tuple[str, str]:
    """What happened in the page's notation, and more about it for whoever has to mend it."""
    if isinstance(event, SeenEnd) and event.exception is not None:
        return describe(event), "".join(traceback.format_exception(event.exception))
    if refused is None:
        return describe(event), ""
    name = next(kind.__name__ for kind in type(refused).__mro__ if hasattr(builtins, kind.__name__))
    return f"{describe(event)} ! {name}", ""


def _has_added_reason(wanted: Event, seen: SeenEnd | Event) -> bool:
    if not (isinstance(wanted, Close) and isinstance(seen, Close)):
        return False
    return bool(seen.reason) and not wanted.reason and seen.codes[0] in wanted.codes
