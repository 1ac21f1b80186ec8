"""Wrong servers: uvicorn, with something before the application that breaks one rule.

`python -m tests.wrong_servers FILE APP PORT` serves them all. The file holds the name of the
one that is wanted now, so that one process does for all of them.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]

WRONG: dict[str, type[Right]] = {}
"""All of them by name."""


class Right:
    """Breaks nothing: what the others begin with."""

    def __init_subclass__(cls) -> None:
        WRONG[cls.__name__] = cls

    def __init__(
        self,
        app: Callable[..., Awaitable[None]],
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        self.app = app
        self.from_server = receive
        self.to_server = send
        self.accepted = False

    def change(self, scope: Scope) -> None:
        """Change what the application is given."""

    def received(self, message: Message) -> Message | None:
        """Change a message from the client; None keeps it from the application."""
        return message

    def sent(self, message: Message) -> Message | None:
        """Change a message of the application; None keeps it from the client."""
        return message

    async def receive(self) -> Message:
        while True:
            message = self.received(await self.from_server())
            if message is not None:
                return message

    async def send(self, message: Message) -> None:
        changed = self.sent(message)
        if changed is not None:
            await self.to_server(changed)
        self.accepted = self.accepted or message["type"] == "websocket.accept"

    async def run(self, scope: Scope) -> None:
        changed = dict(scope)  # the server's own stays as it is
        if scope["type"] == "websocket":
            self.change(changed)
        await self.app(changed, self.receive, self.send)


# The scope


class TypeIsHTTP(Right):
    def change(self, scope: Scope) -> None:
        scope["type"] = "http"


class NoASGIVersion(Right):
    def change(self, scope: Scope) -> None:
        del scope["asgi"]


class PathAsSent(Right):
    def change(self, scope: Scope) -> None:
        scope["path"] = quote(scope["path"])


class RawPathDecoded(Right):
    def change(self, scope: Scope) -> None:
        scope["raw_path"] = scope["path"].encode()


class QueryIsText(Right):
    def change(self, scope: Scope) -> None:
        scope["query_string"] = scope["query_string"].decode("latin-1")


class SchemeIsHTTP(Right):
    def change(self, scope: Scope) -> None:
        scope["scheme"] = "http"


class VersionIsANumber(Right):
    def change(self, scope: Scope) -> None:
        scope["http_version"] = float(scope["http_version"])


class RootPathIsASlash(Right):
    def change(self, scope: Scope) -> None:
        scope["root_path"] = "/"


class ClientPortIsText(Right):
    def change(self, scope: Scope) -> None:
        scope["client"] = (scope["client"][0], str(scope["client"][1]))


class ServerPortIsText(Right):
    def change(self, scope: Scope) -> None:
        scope["server"] = (scope["server"][0], str(scope["server"][1]))


class ExtensionsAreAList(Right):
    def change(self, scope: Scope) -> None:
        scope["extensions"] = list(scope.get("extensions") or ())


_SHARED: Scope = {}


class ScopeIsShared(Right):
    async def run(self, scope: Scope) -> None:
        _SHARED.update(scope)
        await self.app(_SHARED, self.receive, self.send)


# Its headers and subprotocols


class HeadersAreText(Right):
    def change(self, scope: Scope) -> None:
        scope["headers"] = [(n.decode(), v.decode("latin-1")) for n, v in scope["headers"]]


class HeadersAreTitled(Right):
    def change(self, scope: Scope) -> None:
        scope["headers"] = [(name.title(), value) for name, value in scope["headers"]]


class HeadersAreJoined(Right):
    def change(self, scope: Scope) -> None:
        joined: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            joined[name] = b", ".join([joined[name], value]) if name in joined else value
        scope["headers"] = list(joined.items())


class HeadersAreSorted(Right):
    def change(self, scope: Scope) -> None:
        scope["headers"] = sorted(scope["headers"])


class HeadersAreRecoded(Right):
    def change(self, scope: Scope) -> None:
        scope["headers"] = [
            (name, value.decode("latin-1").encode()) for name, value in scope["headers"]
        ]


class HandshakeHeadersAreHidden(Right):
    def change(self, scope: Scope) -> None:
        scope["headers"] = [
            pair for pair in scope["headers"] if not pair[0].startswith(b"sec-websocket-")
        ]


class SubprotocolsReversed(Right):
    def change(self, scope: Scope) -> None:
        scope["subprotocols"] = scope["subprotocols"][::-1]


class NoSubprotocolsIsNone(Right):
    def change(self, scope: Scope) -> None:
        scope["subprotocols"] = scope["subprotocols"] or None


class FirstLineOfSubprotocols(Right):
    def change(self, scope: Scope) -> None:
        lines = [v for name, v in scope["headers"] if name == b"sec-websocket-protocol"]
        if lines:
            scope["subprotocols"] = [one.strip() for one in lines[0].decode().split(",")]


# The handshake


class NoConnect(Right):
    def received(self, message: Message) -> Message | None:
        return None if message["type"] == "websocket.connect" else message


class AcceptsByItself(Right):
    async def run(self, scope: Scope) -> None:
        if scope["type"] == "websocket":
            self.connect = await self.from_server()
            await self.to_server({"type": "websocket.accept"})
        await super().run(scope)

    async def receive(self) -> Message:
        connect, self.connect = self.connect, {}
        return connect or await super().receive()

    def sent(self, message: Message) -> Message | None:
        return None if message["type"] == "websocket.accept" else message


class SubprotocolIsLost(Right):
    def sent(self, message: Message) -> Message | None:
        if message["type"] == "websocket.accept":
            return {**message, "subprotocol": None}
        return message


class SubprotocolIsChosen(Right):
    def change(self, scope: Scope) -> None:
        self.offered = scope["subprotocols"]

    def sent(self, message: Message) -> Message | None:
        if message["type"] == "websocket.accept" and self.offered:
            return {**message, "subprotocol": message.get("subprotocol") or self.offered[0]}
        return message


class AcceptHeadersAreLost(Right):
    def sent(self, message: Message) -> Message | None:
        return {**message, "headers": []} if message["type"] == "websocket.accept" else message


class SecondAcceptIsIgnored(Right):
    def sent(self, message: Message) -> Message | None:
        return None if message["type"] == "websocket.accept" and self.accepted else message


# Refusal and denial


class RefusalIs404(Right):
    async def send(self, message: Message) -> None:
        if message["type"] == "websocket.close" and not self.accepted:
            start = {"type": "websocket.http.response.start", "status": 404, "headers": []}
            await self.to_server(start)
            message = {"type": "websocket.http.response.body", "body": b""}
        await super().send(message)


class RefusalIsNeverOver(Right):
    def received(self, message: Message) -> Message | None:
        gone = message["type"] == "websocket.disconnect" and not self.accepted
        return None if gone else message

    async def receive(self) -> Message:
        message = self.received(await self.from_server())
        if message is None:
            await asyncio.Event().wait()
            raise RuntimeError("expected to wait for ever")
        return message


class DenialIs403(Right):
    def sent(self, message: Message) -> Message | None:
        return {**message, "status": 403} if "status" in message else message


class FirstPartOfADenial(Right):
    begun = False

    def sent(self, message: Message) -> Message | None:
        if message["type"] != "websocket.http.response.body":
            return message
        first, self.begun = not self.begun, True
        return message if first else {**message, "body": b""}


class OneHeaderOfAName(Right):
    def sent(self, message: Message) -> Message | None:
        if message["type"] == "websocket.http.response.start":
            return {**message, "headers": list(dict(message.get("headers", ())).items())}
        return message


class DenialNeedsHeaders(Right):
    def sent(self, message: Message) -> Message | None:
        if message["type"] == "websocket.http.response.start":
            message["headers"]
        return message


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


def serve(name: Path, app: str, port: int) -> None:
    """Serve an application, with whichever server the file names when a connection comes."""
    import uvicorn
    from uvicorn.importer import import_from_string

    inner = import_from_string(app)

    def wanted() -> type[Right]:
        return WRONG.get(name.read_text("utf-8"), Right)

    async def outer(scope: Scope, receive: Any, send: Any) -> None:
        await wanted()(inner, receive, send).run(scope)

    uvicorn.run(outer, port=port, log_level="warning", timeout_graceful_shutdown=1)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
