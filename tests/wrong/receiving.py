"""Wrong in receiving and in telling how the connection ended."""

from __future__ import annotations

import json
from typing import Any

from reference_ws.jsontext import decode, kind_of
from reference_ws.types import Message
from reference_ws.websockets import (
    WebSocket,
    WebSocketDisconnect,
    WebSocketDisconnected,
    WrongFrameKind,
)

from .base import DISCONNECTED, Translating


class TextIsBytes(WebSocket):
    """receive_text() gives the bytes of the text."""

    async def receive_text(self) -> Any:
        return (await super().receive_text()).encode()


class BytesAreText(WebSocket):
    """receive_bytes() gives a str."""

    async def receive_bytes(self) -> Any:
        return (await super().receive_bytes()).decode("latin-1")


class NoneForWrongKind(WebSocket):
    """A message of the wrong kind gives None."""

    async def receive_text(self) -> Any:
        try:
            return await super().receive_text()
        except WrongFrameKind:
            return None


class KindByKey(Translating):
    """A message that has the key for bytes is binary, even if there is None under it."""

    def _incoming(self, message: Message) -> Message:
        return {k: v for k, v in message.items() if k != "text" or "bytes" not in message}


class EmptyIsAbsent(WebSocket):
    """An empty message is taken for none."""

    async def receive_text(self) -> str:
        while not (text := await super().receive_text()):
            pass
        return text


class TextReadAhead(WebSocket):
    """receive_text() reads one message ahead; what it holds is lost with the connection."""

    _held: str | None = None

    async def receive_text(self) -> str:
        if self._held is None:
            self._held = await super().receive_text()
        text, self._held = self._held, await super().receive_text()
        return text


class ReadsAfterClose(WebSocket):
    """After one's own close receiving goes on as if nothing had happened."""

    def _readable(self) -> None:
        if self.application_state is not DISCONNECTED or self.client_state is DISCONNECTED:
            super()._readable()


# JSON


class ObjectsAndArraysOnly(WebSocket):
    """Only objects and arrays count as JSON."""

    async def receive_json(self, mode: str = "text") -> Any:
        value = await super().receive_json(mode)
        if not isinstance(value, (dict, list)):
            raise json.JSONDecodeError("expected an object or an array", json.dumps(value), 0)
        return value


class BadJSONIsNone(WebSocket):
    """What is not JSON gives None."""

    async def receive_json(self, mode: str = "text") -> Any:
        try:
            return await super().receive_json(mode)
        except json.JSONDecodeError:
            return None


class BadJSONCloses(WebSocket):
    """What is not JSON ends the connection."""

    async def receive_json(self, mode: str = "text") -> Any:
        try:
            return await super().receive_json(mode)
        except json.JSONDecodeError:
            await self.close(1007)
            raise


class NaNRead(WebSocket):
    """NaN and the infinities are read as JSON."""

    async def receive_json(self, mode: str = "text") -> Any:
        try:
            return await super().receive_json(mode)
        except json.JSONDecodeError as error:
            if "nested" in error.msg:
                raise
            return json.loads(error.doc)


class DepthUnguarded(WebSocket):
    """JSON that nests too deep is a RecursionError."""

    async def receive_json(self, mode: str = "text") -> Any:
        try:
            return await super().receive_json(mode)
        except json.JSONDecodeError as error:
            if "nested" in error.msg:
                raise RecursionError(error.msg) from None
            raise


class BadUTF8Replaced(WebSocket):
    """Bytes that are not UTF-8 are read with replacement characters."""

    async def receive_json(self, mode: str = "text") -> Any:
        try:
            return await super().receive_json(mode)
        except UnicodeDecodeError as error:
            return decode(error.object.decode(errors="replace"))


class EncodingGuessed(WebSocket):
    """Binary JSON may be UTF-16 and UTF-32 as well."""

    async def receive_json(self, mode: str = "text") -> Any:
        if kind_of(mode) == "text":
            return await super().receive_json(mode)
        data = await self.receive_bytes()
        return decode(data.decode(json.detect_encoding(data)))


# The end


class CodeRequired(Translating):
    """A disconnect without a code is a KeyError."""

    def _incoming(self, message: Message) -> Message:
        if message["type"] == "websocket.disconnect":
            return {**message, "code": message["code"]}
        return message


class CodeDefaultsTo1000(Translating):
    """A disconnect without a code is a normal closure."""

    def _incoming(self, message: Message) -> Message:
        if message["type"] == "websocket.disconnect" and message.get("code") is None:
            return {**message, "code": 1000}
        return message


class CodeLost(Translating):
    """Every end is a normal closure."""

    def _incoming(self, message: Message) -> Message:
        disconnect = message["type"] == "websocket.disconnect"
        return {**message, "code": 1000} if disconnect else message


class PeerReasonLost(Translating):
    """The client's reason is dropped."""

    def _incoming(self, message: Message) -> Message:
        disconnect = message["type"] == "websocket.disconnect"
        return {**message, "reason": ""} if disconnect else message


class EndIsNone(WebSocket):
    """The client's end gives None in place of a message."""

    async def receive_json(self, mode: str = "text") -> Any:
        try:
            return await super().receive_json(mode)
        except WebSocketDisconnected:
            raise
        except WebSocketDisconnect:
            return None


class EndIsEmpty(WebSocket):
    """The client's end gives b"", as a plain socket does."""

    async def receive_bytes(self) -> bytes:
        try:
            return await super().receive_bytes()
        except WebSocketDisconnected:
            raise
        except WebSocketDisconnect:
            return b""


class EndForgotten(WebSocket):
    """After the end nobody knows any more how it ended."""

    def _ended(self) -> WebSocketDisconnected:
        return WebSocketDisconnected(1006)


class PlainRuntimeError(WebSocket):
    """Use after the end is a RuntimeError that is no WebSocketDisconnect."""

    async def receive_text(self) -> str:
        if self.client_state is DISCONNECTED:
            raise RuntimeError("the connection has ended")
        return await super().receive_text()


class AbnormalByDefault(WebSocketDisconnect):
    """An exception that is made without a code says 1006."""

    def __init__(self, code: int = 1006, reason: str | None = None) -> None:
        super().__init__(code, reason)


class ExceptionWithoutReason(WebSocketDisconnect):
    """The exception takes a reason and forgets it."""

    def __init__(self, code: int = 1000, reason: str | None = None) -> None:
        super().__init__(code)
