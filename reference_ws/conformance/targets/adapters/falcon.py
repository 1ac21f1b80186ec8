"""Falcon: a WebSocket is made with the options of its application, here without default reasons."""

from __future__ import annotations

import asyncio
from typing import Any

from falcon import asgi

ADAPTER = {
    "package": "falcon",
    "version": "1",
    "backends": ["asyncio"],
    "names": {"WebSocketDisconnect": "falcon:WebSocketDisconnected"},
    "methods": {
        "WebSocket": {
            "receive_bytes": "receive_data",
            "receive_json": "receive_media",
            "send_bytes": "send_data",
            "send_json": "send_media",
        }
    },
    "exceptions": {
        "falcon.errors:OperationNotAllowed": ["RuntimeError"],
        "falcon.errors:PayloadTypeError": ["ValueError"],
        "falcon.errors:WebSocketDisconnected": ["RuntimeError"],
        "falcon:MediaMalformedError": ["ValueError"],
    },
}


class WebSocket(asgi.WebSocket):
    def __init__(self, scope: Any, receive: Any = None, send: Any = None) -> None:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            raise NotImplementedError("a WebSocket outside of an event loop") from None
        self._to_connect = receive
        options = asgi.App().ws_options
        options.default_close_reasons.clear()
        super().__init__(
            scope.get("asgi", {}).get("spec_version", "2.0"),
            scope,
            receive,
            send,
            options.media_handlers,
            options.max_receive_queue,
            options.default_close_reasons,
        )

    async def _connect(self) -> None:
        """Receive the first message, as Falcon's application does before it makes a WebSocket."""
        receive, self._to_connect = self._to_connect, None
        if receive is not None:
            await receive()

    async def accept(self, subprotocol: str | None = None, headers: Any = None) -> None:
        await self._connect()
        await super().accept(subprotocol, headers)

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        await self._connect()
        await super().close(code, reason)
