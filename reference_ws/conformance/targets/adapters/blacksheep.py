"""BlackSheep: `accept()` takes the headers first, and the modes of JSON are an enumeration."""

from __future__ import annotations

from typing import Any

from blacksheep.server import websocket as blacksheep

ADAPTER = {
    "package": "blacksheep",
    "version": "1",
    "backends": ["asyncio"],
    "names": {
        "WebSocketDisconnect": "blacksheep.server.websocket:WebSocketDisconnectError",
        "WebSocketState": "blacksheep.server.websocket:WebSocketState",
    },
    # Messages only, bytes only, a path only.
    "unlike": ["receive", "headers", "url"],
    "exceptions": {
        "blacksheep.server.websocket:InvalidWebSocketStateError": ["RuntimeError"],
        "blacksheep.server.websocket:WebSocketDisconnectError": ["RuntimeError"],
    },
}

_MODES = {
    "text": blacksheep.MessageMode.TEXT,
    "binary": blacksheep.MessageMode.BYTES,
    "bytes": blacksheep.MessageMode.BYTES,
}


class WebSocket(blacksheep.WebSocket):
    # The keys of the scope, without a call of this file between; it is no mapping beyond.
    __getitem__ = property(lambda self: self.scope.__getitem__)
    __iter__ = None

    async def accept(  # type: ignore[override]  # the order is another
        self, subprotocol: str | None = None, headers: Any = None
    ) -> None:
        await super().accept(headers, subprotocol)

    async def receive_json(self, mode: Any = "text") -> Any:
        return await super().receive_json(_MODES.get(mode, mode))

    async def send_json(self, data: Any, mode: Any = "text") -> None:
        await super().send_json(data, _MODES.get(mode, mode))
