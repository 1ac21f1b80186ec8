"""What several wrong implementations are made of; nothing here is wrong by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from reference_ws.jsontext import kind_of
from reference_ws.state import WebSocketState
from reference_ws.types import Message, Receive, Scope, Send
from reference_ws.websockets import WebSocket

CONNECTING = WebSocketState.CONNECTING
CONNECTED = WebSocketState.CONNECTED
DISCONNECTED = WebSocketState.DISCONNECTED


class Lacking(WebSocket):
    """Has no attribute of some names."""

    LACKS: tuple[str, ...] = ()

    def __getattribute__(self, name: str) -> Any:
        if name != "LACKS" and name in self.LACKS:
            raise AttributeError(f"'WebSocket' object has no attribute {name!r}")
        return super().__getattribute__(name)


class Translating(WebSocket):
    """Changes messages between the class and the server."""

    def __init__(
        self, scope: Scope, receive: Receive | None = None, send: Send | None = None
    ) -> None:
        async def incoming() -> Message:
            assert receive is not None
            return self._incoming(await receive())

        async def outgoing(message: Message) -> None:
            assert send is not None
            await send(self._outgoing(message))

        super().__init__(scope, receive and incoming, send and outgoing)

    def _incoming(self, message: Message) -> Message:
        return message

    def _outgoing(self, message: Message) -> Message:
        return message


class Method(WebSocket):
    """Knows whether a raw call is the application's own or comes from a method."""

    _in_method = False

    async def accept(self, subprotocol: str | None = None, headers: Any = None) -> None:
        with self._method():
            await super().accept(subprotocol, headers)

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        with self._method():
            await super().close(code, reason)

    @contextmanager
    def _method(self) -> Iterator[None]:
        self._in_method = True
        try:
            yield
        finally:
            self._in_method = False


class Dumping(WebSocket):
    """Sends JSON with other options."""

    OPTIONS: dict[str, Any] = {}

    async def send_json(self, data: Any, mode: str = "text") -> None:
        kind = kind_of(mode)
        right = {"ensure_ascii": False, "allow_nan": False, "separators": (",", ":")}
        try:
            text = json.dumps(data, **{**right, **self.OPTIONS})
        except RecursionError:
            raise ValueError("expected JSON with fewer nested levels") from None
        await (self.send_text(text) if kind == "text" else self.send_bytes(text.encode()))
