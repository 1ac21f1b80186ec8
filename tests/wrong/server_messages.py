"""Wrong servers: messages, the end of a connection, the server as a whole."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress

from tests.wrong.server_base import Message, Right, Scope

# Messages


class TextIsBytes(Right):
    def received(self, message: Message) -> Message | None:
        text = message.get("text")
        return message if text is None else {**message, "text": None, "bytes": text.encode()}


class BinaryIsAView(Right):
    def received(self, message: Message) -> Message | None:
        data = message.get("bytes")
        return message if data is None else {**message, "bytes": bytearray(data)}


class BothKeysAreGiven(Right):
    def received(self, message: Message) -> Message | None:
        if message["type"] != "websocket.receive":
            return message
        return {
            "type": "websocket.receive",
            "text": message.get("text") or "",
            "bytes": message.get("bytes") or b"",
        }


class EmptyMessagesAreLost(Right):
    def received(self, message: Message) -> Message | None:
        empty = message["type"] == "websocket.receive"
        return None if empty and not (message.get("text") or message.get("bytes")) else message


class LongMessagesAreCut(Right):
    def received(self, message: Message) -> Message | None:
        return {
            key: value[:1000] if key in ("text", "bytes") and value else value
            for key, value in message.items()
        }


class CancelledReceiveLoses(Right):
    async def receive(self) -> Message:
        reading = asyncio.ensure_future(self.from_server())
        return await asyncio.shield(reading)


class TextIsSentAsBinary(Right):
    def sent(self, message: Message) -> Message | None:
        text = message.get("text")
        return message if text is None else {"type": message["type"], "bytes": text.encode()}


class BinaryIsSentAsText(Right):
    def sent(self, message: Message) -> Message | None:
        data = message.get("bytes")
        if data is None:
            return message
        return {"type": message["type"], "text": data.decode("latin-1")}


class NoneIsAMessage(Right):
    def sent(self, message: Message) -> Message | None:
        if message["type"] == "websocket.send" and None in (
            message.get("text", ""),
            message.get("bytes", b""),
        ):
            raise TypeError("expected a text or bytes, got None")
        return message


class EmptyMessagesAreNotSent(Right):
    def sent(self, message: Message) -> Message | None:
        empty = message["type"] == "websocket.send"
        return None if empty and not (message.get("text") or message.get("bytes")) else message


class LongMessagesAreSentCut(Right):
    def sent(self, message: Message) -> Message | None:
        return {
            key: value[:1000] if key in ("text", "bytes") and value else value
            for key, value in message.items()
        }


class EarlyMessagesAreIgnored(Right):
    def sent(self, message: Message) -> Message | None:
        return None if message["type"] == "websocket.send" and not self.accepted else message


class UnknownMessagesAreIgnored(Right):
    def sent(self, message: Message) -> Message | None:
        kinds = ("accept", "send", "close", "http.response.start", "http.response.body")
        return message if message["type"] in [f"websocket.{kind}" for kind in kinds] else None


class SendWaitsForReceive(Right):
    receiving = False

    async def receive(self) -> Message:
        self.receiving = True
        try:
            return await super().receive()
        finally:
            self.receiving = False

    async def send(self, message: Message) -> None:
        while self.receiving:
            await asyncio.Event().wait()
        await super().send(message)


class LongSendsNeverReturn(Right):
    async def send(self, message: Message) -> None:
        await super().send(message)
        if len(message.get("bytes") or b"") == 2**20:
            await asyncio.Event().wait()


# Ends


class CodeIsLost(Right):
    def received(self, message: Message) -> Message | None:
        return {**message, "code": 1000} if "code" in message else message


class ReasonIsLost(Right):
    def received(self, message: Message) -> Message | None:
        return {**message, "reason": ""} if "reason" in message else message


class CodeIsText(Right):
    def received(self, message: Message) -> Message | None:
        return {**message, "code": str(message["code"])} if "code" in message else message


class NoCodeIs1000(Right):
    def received(self, message: Message) -> Message | None:
        return {**message, "code": 1000} if message.get("code") == 1005 else message


class LeavingIsNotTold(Right):
    async def receive(self) -> Message:
        message = await super().receive()
        if message["type"] == "websocket.disconnect":
            await asyncio.Event().wait()
        return message


class GoneIsNoError(Right):
    async def send(self, message: Message) -> None:
        with suppress(OSError):
            await super().send(message)


class OwnCodeIsLost(Right):
    def sent(self, message: Message) -> Message | None:
        closes = message["type"] == "websocket.close" and self.accepted
        return {**message, "code": 1000} if closes else message


class OwnReasonIsLost(Right):
    def sent(self, message: Message) -> Message | None:
        closes = message["type"] == "websocket.close" and self.accepted
        return {**message, "reason": ""} if closes else message


class DefaultIsGoingAway(Right):
    def sent(self, message: Message) -> Message | None:
        return {"code": 1001, **message} if message["type"] == "websocket.close" else message


class NoReasonIsText(Right):
    def sent(self, message: Message) -> Message | None:
        if "reason" in message:
            return {**message, "reason": str(message["reason"])}
        return message


class LongReasonsAreCutShort(Right):
    def sent(self, message: Message) -> Message | None:
        reason = message.get("reason")
        return {**message, "reason": reason[:100]} if reason else message


class OnlyOldCodes(Right):
    def sent(self, message: Message) -> Message | None:
        newer = message["type"] == "websocket.close" and message.get("code", 1000) in range(
            1012, 1015
        )
        return {**message, "code": 1000} if newer else message


class FailuresEndNothing(Right):
    async def run(self, scope: Scope) -> None:
        try:
            await super().run(scope)
        except Exception:
            if scope["type"] == "websocket":
                await asyncio.Event().wait()
            raise


class ReturnEndsNothing(Right):
    async def run(self, scope: Scope) -> None:
        await super().run(scope)
        if scope["type"] == "websocket":
            await asyncio.Event().wait()


# The server as a whole


class Dies(Right):
    def sent(self, message: Message) -> Message | None:
        if message["type"] == "websocket.accept":
            print("out of luck", flush=True)
            os._exit(1)
        return message


class Hangs(Right):
    async def send(self, message: Message) -> None:
        if message["type"] == "websocket.accept":
            await asyncio.Event().wait()
        await super().send(message)
