"""Wrong servers: the scope, the handshake, refusals and denials."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from tests.wrong.server_base import Message, Right, Scope

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


class DenialIsText(Right):
    def sent(self, message: Message) -> Message | None:
        if message["type"] == "websocket.http.response.body" and "body" in message:
            return {**message, "body": message["body"].decode("utf-8", "replace").encode()}
        return message


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
