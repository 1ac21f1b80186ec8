"""Quart: its connection makes the WebSocket, reads for it, and cancels the endpoint at the end."""

from __future__ import annotations

import asyncio
from typing import Any

import quart
from quart.asgi import ASGIWebsocketConnection
from quart.wrappers import Websocket

ADAPTER = {
    "package": "quart",
    "version": "1",
    "backends": ["asyncio"],
    # Either kind of message, whichever came; and a message, not an event of ASGI.
    "methods": {
        "WebSocket": {
            "receive_bytes": "_receive_data",
            "receive_text": "_receive_data",
            "send_bytes": "_send_data",
            "send_text": "_send_data",
        }
    },
    "unlike": ["receive", "send", "headers", "url"],
}

_app = quart.Quart(__name__)


class WebSocket(Websocket):
    def __init__(self, scope: Any, receive: Any = None, send: Any = None) -> None:
        try:
            task = asyncio.current_task()
        except RuntimeError:
            raise NotImplementedError("a WebSocket outside of an event loop") from None
        connection = ASGIWebsocketConnection(_app, scope)
        # What its application would hand to the endpoint.
        vars(self).update(vars(connection._create_websocket_from_scope(send)))
        self._reading = asyncio.ensure_future(connection.handle_messages(receive))
        self._reading.add_done_callback(lambda done: task.cancel() if task else None)

    # The keys of the scope, without a call of this file between; it is no mapping beyond.
    __getitem__ = property(lambda self: self.scope.__getitem__)
    __iter__ = None

    async def _receive_data(self) -> Any:
        return await super().receive()

    async def _send_data(self, data: Any) -> None:
        await super().send(data)

    async def receive_json(self) -> Any:
        return await super().receive_json()

    async def send_json(self, data: Any) -> None:
        await super().send_json(data)

    async def accept(  # type: ignore[override]  # the order is another
        self, subprotocol: str | None = None, headers: Any = None
    ) -> None:
        await super().accept(headers, subprotocol)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        await super().close(code, reason)
