"""Sockets that are wrong about receiving, each in one rule."""

from __future__ import annotations

from collections.abc import AsyncIterator

from reference_ws.exceptions import WebSocketDisconnected, WrongFrameKind
from reference_ws.state import WebSocketState
from reference_ws.types import Message
from reference_ws.websockets import WebSocket
from tests.library.model.planted_base import Channels

CONNECTING, CONNECTED, DISCONNECTED, RESPONSE = WebSocketState


class CancelledReceiveTakesAMessage(Channels):
    """A receive that is cancelled waits on, and the message that it gets is gone."""

    async def incoming(self) -> Message:
        try:
            return await super().incoming()
        except (Exception, GeneratorExit):
            raise
        except BaseException:
            await super().incoming()
            raise


class ReadsAhead(Channels):
    """Receives a message before anybody asks for it."""

    held: Message | None = None

    async def incoming(self) -> Message:
        if self.held is not None:
            held, self.held = self.held, None
            return held
        message = await super().incoming()
        if message.get("type") == "websocket.receive":
            self.held = await super().incoming()
        return message


class LateWaiterLosesItsMessage(WebSocket):
    """A message for a call that waited when another saw the end is dropped."""

    async def receive(self) -> Message:
        waited = self.client_state is CONNECTED
        message = await super().receive()
        late = waited and self.client_state is DISCONNECTED
        if late and message["type"] == "websocket.receive":
            raise WebSocketDisconnected(self.close_code or 1006, self.close_reason)
        return message


class SkipsTheWrongKind(WebSocket):
    """A binary message is passed over where text is wanted."""

    async def receive_text(self) -> str:
        try:
            return await super().receive_text()
        except WrongFrameKind:
            return await super().receive_text()


class IteratorsRaise(WebSocket):
    """A loop ends with an exception."""

    async def iter_text(self) -> AsyncIterator[str]:
        while True:
            yield await self.receive_text()


class WaitsAfterItsOwnClose(Channels):
    """After one's own close the payload methods go on waiting."""

    async def receive_bytes(self) -> bytes:
        if self.application_state is DISCONNECTED and self.client_state is CONNECTED:
            message = await self.receive()
            data: bytes = message["bytes"]
            return data
        return await super().receive_bytes()


class AsksAfterTheEnd(Channels):
    """The server is asked for more after its last message."""

    async def receive(self) -> Message:
        if self.client_state is DISCONNECTED:
            return await self.server_receive()
        return await super().receive()


class ReasonIsLost(WebSocket):
    """The reason of the end is not kept."""

    @property
    def close_reason(self) -> str | None:
        return None if super().close_reason is None else ""
