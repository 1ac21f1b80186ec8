"""What `iter_text`, `iter_bytes` and `iter_json` give."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal

from .exceptions import WebSocketDisconnect
from .payloads import wrong_kind
from .state import WebSocketState

__all__ = ["Payloads"]

_CONNECTED = WebSocketState.CONNECTED


class Payloads:
    """An async iterator over the messages of one kind; ends when the connection has ended.

    An object, not a generator: a generator that is left early would stay behind unfinished,
    which trio warns about.

    Args:
        socket: The `WebSocket`.
        kind: The kind of messages.
        read: What to make of each; None gives it as it is.
    """

    __slots__ = ("_kind", "_read", "_socket")

    def __init__(
        self,
        socket: Any,
        kind: Literal["text", "bytes"],
        read: Callable[[Any], Any] | None,
    ) -> None:
        self._socket = socket
        self._kind = kind
        self._read = read

    def __aiter__(self) -> Payloads:
        return self

    async def __anext__(self) -> Any:
        socket = self._socket
        if socket.application_state is not _CONNECTED or socket.client_state is not _CONNECTED:
            try:
                socket._readable()
            except WebSocketDisconnect:
                raise StopAsyncIteration from None
        # Straight from the server: receive_* would cost a frame a message.
        try:
            message = await socket._receive()
        except WebSocketDisconnect:  # from a subclass's own receive
            raise StopAsyncIteration from None
        if message.get("type") != "websocket.receive":
            with suppress(WebSocketDisconnect):
                socket._not_a_payload(message)
            raise StopAsyncIteration
        payload = message.get(self._kind)
        if payload is None:
            raise wrong_kind(message, self._kind)
        return payload if self._read is None else self._read(payload)
