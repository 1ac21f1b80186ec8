"""Wrong in raw messages and in the state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from reference_ws.state import WebSocketState
from reference_ws.types import Message
from reference_ws.websockets import WebSocket, WebSocketDisconnect

from .base import CONNECTED, DISCONNECTED, Method


class IllegalStepsSent(WebSocket):
    """Illegal steps reach the server."""

    async def send(self, message: Message) -> None:
        try:
            await super().send(message)
        except RuntimeError:
            await self._server_send(message)


@contextmanager
def _asserted() -> Iterator[None]:
    try:
        yield
    except WebSocketDisconnect:
        raise
    except RuntimeError as error:
        raise AssertionError(str(error)) from None


class IllegalStepsAsserted(WebSocket):
    """An illegal step is an AssertionError."""

    def _legal(self, message: Mapping[str, Any]) -> WebSocketState:
        with _asserted():
            return super()._legal(message)

    def _readable(self) -> None:
        with _asserted():
            super()._readable()

    def _arrived(self, message: Message) -> None:
        with _asserted():
            super()._arrived(message)


class AnythingArrives(WebSocket):
    """What the server may not say in this state is given to the application."""

    def _arrived(self, message: Message) -> None:
        try:
            super()._arrived(message)
        except RuntimeError:
            return


class ReceiveUnwraps(WebSocket):
    """The raw receive gives what a message carries, not the message."""

    async def receive(self) -> Any:
        message = await super().receive()
        return message.get("text", message.get("bytes"))


class ReceiveRaises(WebSocket):
    """The raw receive raises the client's end, as the others do."""

    async def receive(self) -> Message:
        message = await super().receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message["code"], message["reason"])
        return message


class SendWantsText(WebSocket):
    """A raw message must have text."""

    async def send(self, message: Message) -> None:
        if message["type"] == "websocket.send":
            message["text"]
        await super().send(message)


class SendWantsEveryKey(WebSocket):
    """A raw message must have the keys that the specification leaves optional."""

    KEYS = {"websocket.accept": ("subprotocol", "headers"), "websocket.close": ("code", "reason")}

    async def send(self, message: Message) -> None:
        for key in self.KEYS.get(message["type"], ()):
            message[key]
        await super().send(message)


class SendUntracked(Method):
    """Raw messages go out, and the state does not learn of them."""

    async def send(self, message: Message) -> None:
        await (super().send(message) if self._in_method else self._server_send(message))


class DepartureUnnoticed(WebSocket):
    """The state does not learn that the client has left."""

    def _arrived(self, message: Message) -> None:
        super()._arrived(message)
        if self.client_state is DISCONNECTED:
            self.client_state = CONNECTED
