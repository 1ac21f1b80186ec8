"""Sockets that are wrong about the state or about sending, each in one rule."""

from __future__ import annotations

from reference_ws.exceptions import WebSocketDisconnect, WebSocketDisconnected
from reference_ws.state import WebSocketState
from reference_ws.types import ASGIApp, Message
from reference_ws.websockets import WebSocket
from tests.library.model.planted_base import Channels

CONNECTING, CONNECTED, DISCONNECTED, RESPONSE = WebSocketState


class CancelledCloseStays(WebSocket):
    """A cancelled close counts as sent."""

    async def send(self, message: Message) -> None:
        before = self.application_state
        try:
            await super().send(message)
        except Exception:
            raise
        except BaseException:
            if before is CONNECTED and message["type"] == "websocket.close":
                self.application_state = DISCONNECTED
            raise


class LossIsForgotten(WebSocket):
    """After an OSError the socket looks open."""

    async def send(self, message: Message) -> None:
        before = self.application_state
        try:
            await super().send(message)
        except WebSocketDisconnected:
            raise
        except WebSocketDisconnect:
            self.application_state = before
            raise


class DenialStaysOpen(WebSocket):
    """A denial that breaks off after its start can be gone on with."""

    async def send_denial_response(self, response: ASGIApp) -> None:
        before = self.application_state
        try:
            await super().send_denial_response(response)
        except Exception:
            self.application_state = before
            raise


class ClosesTwice(Channels):
    """A second close is sent as well."""

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        again = self.application_state is DISCONNECTED and self.client_state is CONNECTED
        await super().close(code, reason)
        if again:
            await self.server_send({"type": "websocket.close", "code": code, "reason": reason})


class SendsAfterTheEnd(Channels):
    """Text is handed to the server although the client has left."""

    async def send_text(self, data: str) -> None:
        if self.client_state is DISCONNECTED and isinstance(data, str):
            await self.server_send({"type": "websocket.send", "text": data})
        await super().send_text(data)


class LossWithoutItsCause(WebSocket):
    """The server's OSError is not chained."""

    async def send(self, message: Message) -> None:
        try:
            await super().send(message)
        except WebSocketDisconnected:
            raise
        except WebSocketDisconnect as error:
            raise WebSocketDisconnect(error.code, error.reason) from None


class LossWithAWrongCode(WebSocket):
    """A lost connection counts as a normal closure."""

    async def send(self, message: Message) -> None:
        try:
            await super().send(message)
        except WebSocketDisconnected:
            raise
        except WebSocketDisconnect as error:
            raise WebSocketDisconnect(1000) from error.__cause__


class EveryFaultIsALoss(Channels):
    """Any error of the server counts as a client that has gone."""

    async def outgoing(self, message: Message) -> None:
        try:
            await super().outgoing(message)
        except RuntimeError as error:
            raise OSError("gone") from error


class PartsChangePlaces(Channels):
    """Of a denial, the last part is sent before the one that should precede it."""

    held: Message | None = None

    async def outgoing(self, message: Message) -> None:
        if message.get("more_body"):
            self.held = message
            return
        await super().outgoing(message)
        if self.held is not None:
            held, self.held = self.held, None
            await super().outgoing(held)


class LossMakesCloseLoud(Channels):
    """A close that finds the client gone raises."""

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        ended = self.close_code is not None
        await super().close(code, reason)
        if not ended and self.close_code == 1006 and self.client_state is CONNECTED:
            raise WebSocketDisconnect(1006)


class LateClosesAreNotChecked(WebSocket):
    """After the end a close takes any argument."""

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        if self.application_state is not DISCONNECTED:
            await super().close(code, reason)


class RefusalKeepsItsCode(WebSocket):
    """A refusal before the accept counts as a Close frame with its code."""

    refused: int | None = None

    async def send(self, message: Message) -> None:
        kind = message.get("type") if isinstance(message, dict) else None
        before = self.application_state
        await super().send(message)
        if kind == "websocket.close" and before is CONNECTING:
            self.refused = message.get("code") or 1000

    @property
    def close_code(self) -> int | None:
        return self.refused or super().close_code


class SendsTheBufferItself(WebSocket):
    """A bytearray is handed to the server, which may change before it is sent."""

    async def send_bytes(self, data: bytes | bytearray | memoryview) -> None:
        open_ = self.application_state is CONNECTED and self.client_state is not DISCONNECTED
        if open_ and isinstance(data, bytearray):
            await self.send({"type": "websocket.send", "bytes": data})
        else:
            await super().send_bytes(data)
