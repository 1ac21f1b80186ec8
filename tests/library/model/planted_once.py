"""Faults that the class once had, put back one at a time."""

from __future__ import annotations

from typing import Any

from reference_ws.exceptions import WebSocketDisconnect, WebSocketDisconnected
from reference_ws.state import WebSocketState
from reference_ws.types import ASGIApp, Message
from reference_ws.websockets import WebSocket
from tests.library.model.planted_base import Channels

CONNECTING, CONNECTED, DISCONNECTED, RESPONSE = WebSocketState


class SecondReceiverGetsAPlainError(WebSocket):
    """Whoever meets the end second is told that nothing more was expected."""

    async def receive(self) -> Message:
        before = self.client_state
        try:
            return await super().receive()
        except WebSocketDisconnected:
            if before is DISCONNECTED:
                raise
            raise RuntimeError("expected nothing more, got websocket.disconnect") from None


class AttemptedCloseHidesThePeer(WebSocket):
    """A close that failed stays the end, though the peer's was received."""

    attempted: int | None = None

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        if self.close_code is None and self.application_state is CONNECTED:
            self.attempted = code
        await super().close(code, reason)

    @property
    def close_code(self) -> int | None:
        code = super().close_code
        return code if code is None or self.attempted is None else self.attempted


class LateLossHidesTheClose(WebSocket):
    """A send that fails after the close makes 1006 of it."""

    late = False

    async def send(self, message: Message) -> None:
        try:
            await super().send(message)
        except WebSocketDisconnected:
            raise
        except WebSocketDisconnect:
            self.late = self.client_state is CONNECTED
            raise

    @property
    def close_code(self) -> int | None:
        return 1006 if self.late else super().close_code


class DenialHidesThePeer(WebSocket):
    """A client that leaves during a denial counts as 1006, whatever it said."""

    denied = False

    async def send_denial_response(self, response: ASGIApp) -> None:
        try:
            await super().send_denial_response(response)
        finally:
            self.denied |= self.application_state is DISCONNECTED

    @property
    def close_code(self) -> int | None:
        return 1006 if self.denied else super().close_code


class EachAcceptReceives(WebSocket):
    """Of two accepts, the second receives too, and the client's first message is gone."""

    async def accept(self, subprotocol: str | None = None, headers: Any = None) -> None:
        plain = subprotocol is None and headers is None
        if plain and self.client_state is CONNECTING is self.application_state:
            await self.receive()
        await super().accept(subprotocol, headers)


class AcceptStaysAfterThePeersEnd(WebSocket):
    """An accept that fails is not taken back once the client has left."""

    async def send(self, message: Message) -> None:
        try:
            await super().send(message)
        except WebSocketDisconnect:
            raise
        except BaseException:
            gone = self.client_state is DISCONNECTED
            if gone and isinstance(message, dict) and message.get("type") == "websocket.accept":
                self.application_state = CONNECTED
            raise


class AcceptStaysBelowAClose(WebSocket):
    """An accept that fails while a close is on its way is not taken back with it."""

    async def send(self, message: Message) -> None:
        kind = message.get("type") if isinstance(message, dict) else None
        before = self.application_state
        try:
            await super().send(message)
        except WebSocketDisconnect:
            raise
        except BaseException:
            if kind == "websocket.close" and self.application_state is CONNECTING:
                self.application_state = before
            raise


class CloseWithoutACode(WebSocket):
    """A raw close whose code is None leaves no code."""

    without = False

    async def send(self, message: Message) -> None:
        open_ = self.application_state is CONNECTED and self.client_state is not DISCONNECTED
        if open_ and isinstance(message, dict) and message.get("type") == "websocket.close":
            self.without = message.get("code", 1000) is None
        await super().send(message)

    @property
    def close_code(self) -> int | None:
        return None if self.without else super().close_code


class SendsWithoutLooking(WebSocket):
    """What is no message is an AttributeError."""

    async def send(self, message: Message) -> None:
        message.get("type")
        await super().send(message)


class LooksTypesUpInASet(WebSocket):
    """A type that cannot be hashed is a TypeError."""

    async def send(self, message: Message) -> None:
        if message and message.get("type") in {"websocket.ping"}:
            return
        await super().send(message)


class ReadsCodesAsNumbers(Channels):
    """A disconnect whose code is no number is a ValueError."""

    async def incoming(self) -> Message:
        message = await super().incoming()
        if message.get("type") == "websocket.disconnect":
            int(message.get("code") or 0)
        return message
