"""Litestar: the chosen subprotocol is `subprotocols`, text and bytes share one iterator."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from litestar import connection, websocket

ADAPTER = {
    "package": "litestar",
    "version": "1",
    "names": {
        "WebSocketDisconnect": "litestar.exceptions:WebSocketDisconnect",
        "WebSocketException": "litestar.exceptions:WebSocketException",
    },
    "exceptions": {
        "litestar.exceptions:SerializationException": ["ValueError"],
        "litestar.exceptions:WebSocketDisconnect": ["RuntimeError"],
    },
}


@websocket("/")
async def _handler(socket: connection.WebSocket[Any, Any, Any]) -> None:
    """The route that Litestar has found before it makes a WebSocket: JSON is decoded with it."""


class WebSocket(connection.WebSocket[Any, Any, Any]):
    def __init__(self, scope: Any, receive: Any, send: Any) -> None:
        found: Any = {"path_params": {}, **scope, "route_handler": _handler}
        super().__init__(found, receive, send)

    # The keys of the scope, without a call of this file between; it is no mapping beyond.
    __getitem__ = property(lambda self: self.scope.__getitem__)
    __iter__ = None

    async def accept(self, subprotocol: str | None = None, headers: Any = None) -> None:
        await super().accept(subprotocol, headers)

    def iter_text(self) -> AsyncIterator[str]:
        return self.iter_data("text")

    def iter_bytes(self) -> AsyncIterator[bytes]:
        return self.iter_data("binary")
