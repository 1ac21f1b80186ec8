"""The application inside the server under test: it runs whichever example the suite asks for.

One connection leads back to the suite for the whole life of this process. The suite says on it
which example is played; this side tells what the example prints, what passes between it and the
server, and how it ends. Everything goes through that one connection, so that the suite sees it
in the order in which it happened. When it is lost, the process ends: no server outlives its suite.

What is told is written at once and without `await`: an application's cancellation, or what it
sees of the event loop, must not depend on being watched. So it runs on any event loop.
"""

from __future__ import annotations

import itertools
import json
import os
import queue
import socket
import threading
import traceback
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from ..targets.find import find_target
from ..targets.loader import Substitutes, load, unload
from ..targets.loggers import remember
from ..targets.substitutes import substitutes_of

__all__ = ["ADDRESS", "TOKEN", "app"]

ADDRESS = "REFERENCE_WS_SUITE"
"""The variable that holds the port on which the suite listens, on the loopback interface."""

TOKEN = "REFERENCE_WS_TOKEN"
"""The variable that holds what shows the suite that this is its own child."""

LONGEST = 500
"""Characters of one value in what is told of a message."""

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
_Application = Callable[[_Message, _Receive, _Send], Awaitable[None]]


class _Play:
    """One example, loaded."""

    def __init__(self, order: dict[str, Any], tell: Callable[..., None]) -> None:
        self.number = order["play"]
        self.path = order["path"]

        def on_print(line: int, text: str) -> None:
            tell("print", play=self.number, line=line, text=text)

        self.names = load(
            order["code"],
            path=order["path"],
            first_line=order["line"],
            substitutes=_substitutes(order["target"]),
            on_print=on_print,
        )
        self.app: _Application = self.names["app"]


class _Suite:
    """The connection to the suite."""

    def __init__(self, port: int, token: str) -> None:
        self.play: _Play | None = None
        self._restore_loggers: Callable[[], None] | None = None
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._orders: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lines = self._socket.makefile("rb")
        self.tell("hello", token=token)
        self._begin()
        # A snippet that never finishes loading must not keep the loss of the suite unnoticed.
        for work in (self._listen, self._obey_orders):
            threading.Thread(target=work, name="suite", daemon=True).start()

    def tell(self, event: str, **facts: Any) -> None:
        data = json.dumps({"event": event, **facts}).encode() + b"\n"
        with self._lock:
            self._socket.sendall(data)

    def _begin(self) -> None:
        """Load what is played already before the server takes a connection for it."""
        order = json.loads(self._lines.readline() or b"{}")
        if order:
            self._obey(order)

    def _listen(self) -> None:
        try:
            with self._lines as lines:
                for line in lines:
                    self._orders.put(json.loads(line))
        finally:
            os._exit(0)  # from a thread, nothing gentler ends a server

    def _obey_orders(self) -> None:
        while True:
            self._obey(self._orders.get())

    def _obey(self, order: dict[str, Any]) -> None:
        if self.play is not None:
            unload(self.play.names)
            self.play = None
        if self._restore_loggers is not None:
            self._restore_loggers()
            self._restore_loggers = None
        if "code" in order:
            self._restore_loggers = remember()
            try:
                self.play = _Play(order, self.tell)
            except BaseException as error:
                self.tell("unloadable", play=order["play"], **_told(error, order["path"]))
                return
        self.tell("ready", play=order["play"])

    async def serve(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        play, number = self.play, next(self._numbers)
        if play is None:
            await _refuse(scope, send)
            return

        async def told_receive() -> _Message:
            try:
                message = await receive()
            except BaseException as error:
                self.tell("message", connection=number, error=repr(error))
                raise
            self.tell("message", connection=number, received=_shortened(message))
            return message

        async def told_send(message: _Message) -> None:
            facts = _shortened(message)
            try:
                await send(message)
            except BaseException as error:
                self.tell("message", connection=number, sent=facts, error=repr(error))
                raise
            self.tell("message", connection=number, sent=facts)

        client = (scope.get("client") or [None, None])[1]
        facts = {"client": client, "type": scope["type"], "extensions": _offered(scope)}
        self.tell("begin", play=play.number, connection=number, **facts)
        try:
            await play.app(scope, told_receive, told_send)
        except BaseException as error:
            self.tell("end", connection=number, **_told(error, play.path))
            raise
        self.tell("end", connection=number, names=[], traceback="", line=None)


def _substitutes(spec: str | None) -> Substitutes | None:
    target = find_target(spec) if spec else None
    return substitutes_of(target) if target else None


def _offered(scope: _Message) -> list[str]:
    extensions = scope.get("extensions")
    return [str(name) for name in extensions] if isinstance(extensions, Mapping) else []


def _told(error: BaseException, path: str) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "names": [kind.__name__ for kind in type(error).__mro__],
        "traceback": "".join(traceback.format_exception(error)),
        "line": next((frame.lineno for frame in reversed(frames) if frame.filename == path), None),
    }


def _shortened(message: Any) -> Any:
    if not isinstance(message, MutableMapping):
        return {"type": repr(message)[:LONGEST]}
    return {
        str(key): value if key == "type" and isinstance(value, str) else repr(value)[:LONGEST]
        for key, value in message.items()
    }


async def _refuse(scope: _Message, send: _Send) -> None:
    """Answer a connection that belongs to no example."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close"})
    else:
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def _lifespan(receive: _Receive, send: _Send) -> None:
    while True:
        phase = (await receive())["type"]
        await send({"type": f"{phase}.complete"})
        if phase == "lifespan.shutdown":
            return


_suite = _Suite(int(os.environ[ADDRESS]), os.environ[TOKEN]) if ADDRESS in os.environ else None


async def app(scope: _Message, receive: _Receive, send: _Send) -> None:
    """Run the example that is played; to the server this is any ASGI application."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif _suite is None:
        await _refuse(scope, send)
    else:
        await _suite.serve(scope, receive, send)
