"""Deliberately wrong implementations: each breaks one rule and keeps all the others."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable
from typing import Any

from reference_ws.datastructures import URL, Headers, QueryParams
from reference_ws.state import WebSocketState
from reference_ws.types import ASGIApp, Message, Receive, Scope, Send
from reference_ws.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

CONNECTED = WebSocketState.CONNECTED
DISCONNECTED = WebSocketState.DISCONNECTED

# The scope


class ScopeOfAnyType(WebSocket):
    """A lifespan scope is taken for a connection."""

    def __init__(self, scope: Scope, *channels: Any, **named: Any) -> None:
        super().__init__({**scope, "type": "websocket"}, *channels, **named)


class ChannelsRequired(WebSocket):
    """A scope alone is not enough."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        super().__init__(scope, receive, send)


class EqualByScope(WebSocket):
    """Two sockets over equal scopes are equal, and no socket can be hashed."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WebSocket) and dict(self.scope) == dict(other.scope)

    __hash__ = None  # type: ignore[assignment]


class UrlIsNoString(WebSocket):
    """The URL has all its parts and is no str."""

    @property
    def url(self) -> Any:
        made = super().url

        class Parts:
            def __getattr__(self, name: str) -> Any:
                return getattr(made, name)

            def __str__(self) -> str:
                return str(made)

        return Parts()


class HostTrusted(WebSocket):
    """Whatever the Host header says becomes part of the URL."""

    @property
    def url(self) -> URL:
        host = self.headers.get("host", "")
        return URL(f"{self.scope.get('scheme', 'ws')}://{host}{self.scope.get('path')}")


class RootPathTwice(WebSocket):
    """The root path is put before a path that has it already."""

    @property
    def url(self) -> URL:
        root = self.scope.get("root_path", "")
        made = super().url
        return URL(made.replace(root, root + root, 1)) if root else made


class HeaderCase(WebSocket):
    """Header names match only as the server wrote them."""

    @property
    def headers(self) -> Headers:
        written = [(n.decode(), v.decode()) for n, v in self.scope.get("headers", ())]

        class Exact(Headers):
            def __getitem__(self, name: str) -> str:
                return {str(key): str(value) for key, value in reversed(written)}[name]

        return Exact(written)


class LastHeaderOnly(WebSocket):
    """Of several headers with one name only the last is kept."""

    @property
    def headers(self) -> Headers:
        return Headers({name: value for name, value in super().headers.multi_items()})


class FirstQueryValue(WebSocket):
    """Of several values the first one counts."""

    @property
    def query_params(self) -> QueryParams:
        return QueryParams(list(reversed(super().query_params.multi_items())))


class BlankQueryLost(WebSocket):
    """A parameter without a value is dropped."""

    @property
    def query_params(self) -> QueryParams:
        return QueryParams([pair for pair in super().query_params.multi_items() if pair[1]])


# Accepting


class ConnectLeft(WebSocket):
    """accept() does not take the pending connect."""

    async def accept(self, subprotocol: str | None = None, headers: Any = None) -> None:
        await self.send({"type": "websocket.accept", "subprotocol": subprotocol, "headers": []})
        self.client_state = CONNECTED


class UnofferedSubprotocol(WebSocket):
    """Any subprotocol is agreed on."""

    @property
    def subprotocols(self) -> Any:
        class Everything(list[str]):
            def __contains__(self, name: object) -> bool:
                return True

        return Everything(super().subprotocols)


class HeaderInjection(WebSocket):
    """Line breaks in a header go out."""

    async def accept(self, subprotocol: str | None = None, headers: Any = None) -> None:
        cleaned = [
            (name, value.replace("\r", "").replace("\n", "") if isinstance(value, str) else value)
            for name, value in dict(headers or {}).items()
        ]
        await super().accept(subprotocol, cleaned)


class AcceptTwice(WebSocket):
    """A second accept() does nothing."""

    async def accept(self, subprotocol: str | None = None, headers: Any = None) -> None:
        if self.application_state is not CONNECTED:
            await super().accept(subprotocol, headers)


# Receiving


class NoneForWrongKind(WebSocket):
    """A message of the wrong kind gives None."""

    async def receive_text(self) -> str:
        message = await self.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code") or 1005, message.get("reason"))
        return message.get("text")  # type: ignore[return-value]


class EmptyIsAbsent(WebSocket):
    """An empty message is taken for none."""

    async def receive_text(self) -> str:
        while not (text := await super().receive_text()):
            pass
        return text


class CodeRequired(WebSocket):
    """A disconnect without a code is a KeyError."""

    async def receive_text(self) -> str:
        self._readable_or_raise()
        message = await self.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message["code"], message["reason"])
        return str(message["text"])

    def _readable_or_raise(self) -> None:
        if CONNECTED is not self.application_state or CONNECTED is not self.client_state:
            self._readable()


class LaxJSON(WebSocket):
    """NaN is read as JSON."""

    async def receive_json(self, mode: str = "text") -> Any:
        text = await (self.receive_text() if mode == "text" else self.receive_bytes())
        return json.loads(text)


class AnyMode(WebSocket):
    """An unknown mode means text."""

    async def receive_json(self, mode: str = "text") -> Any:
        return await super().receive_json(mode if mode in ("binary", "bytes") else "text")

    async def send_json(self, data: Any, mode: str = "text") -> None:
        await super().send_json(data, mode if mode in ("binary", "bytes") else "text")


class DisconnectForgotten(WebSocket):
    """After the end nobody knows any more how it ended."""

    def _ended(self) -> WebSocketDisconnected:
        return WebSocketDisconnected(1006)


class PlainRuntimeError(WebSocket):
    """Use after the end is a RuntimeError that is no WebSocketDisconnect."""

    async def receive_text(self) -> str:
        if self.client_state is DISCONNECTED:
            raise RuntimeError("the connection has ended")
        return await super().receive_text()


class IteratorRaises(WebSocket):
    """The iterator does not end when the connection does."""

    def iter_text(self) -> AsyncGenerator[str, None]:
        async def forever() -> AsyncGenerator[str, None]:
            while True:
                yield await self.receive_text()

        return forever()


class IteratorSilentBeforeAccept(WebSocket):
    """Iterating before accept gives nothing."""

    async def iter_text(self) -> AsyncGenerator[str, None]:
        if self.application_state is WebSocketState.CONNECTING:
            return
        async for text in super().iter_text():
            yield text


# Sending


class SpacedJSON(WebSocket):
    """JSON is sent as ASCII."""

    async def send_json(self, data: Any, mode: str = "text") -> None:
        text = json.dumps(data)
        await (self.send_text(text) if mode == "text" else self.send_bytes(text.encode()))


class BinaryAsText(WebSocket):
    """send_json(mode="binary") sends text."""

    async def send_json(self, data: Any, mode: str = "text") -> None:
        await super().send_json(data, "text" if mode in ("binary", "bytes") else mode)


class AnythingSent(WebSocket):
    """send_text() sends bytes as well."""

    async def send_text(self, data: Any) -> None:
        await (self.send_bytes(data) if isinstance(data, bytes) else super().send_text(data))


class OSErrorLeaks(WebSocket):
    """The server's OSError reaches the application."""

    async def send_text(self, data: str) -> None:
        try:
            await super().send_text(data)
        except WebSocketDisconnect as error:
            raise (error.__cause__ or error) from None


class SendsAfterTheEnd(WebSocket):
    """What is sent after the disconnect was seen still goes to the server."""

    async def send_text(self, data: str) -> None:
        if self.client_state is DISCONNECTED:
            await self._send({"type": "websocket.send", "text": data})
        else:
            await super().send_text(data)


# Closing


class DefaultCloseCode(WebSocket):
    """close() means 1001."""

    async def close(self, code: int = 1001, reason: str | None = None) -> None:
        await super().close(code, reason)


class ReasonLost(WebSocket):
    """The reason is not sent."""

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        await super().close(code)


class StateNotMoved(WebSocket):
    """After close() the connection still looks open."""

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        before = self.application_state
        await super().close(code, reason)
        self.application_state = before


class CloseTwiceRaises(WebSocket):
    """A second close() is an error."""

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        if DISCONNECTED in (self.application_state, self.client_state):
            raise RuntimeError("closed already")
        await super().close(code, reason)


class AnyCloseCode(WebSocket):
    """Codes that may not be sent become 1000."""

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        legal = 1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999
        await super().close(code if legal else 1000, reason)


class ReasonCut(WebSocket):
    """A reason that is too long is cut."""

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        cut = reason and reason.encode()[:123].decode("utf-8", "ignore")
        await super().close(code, cut)


# Raw messages and denial


class AnyStep(WebSocket):
    """Illegal steps reach the server."""

    async def send(self, message: Message) -> None:
        try:
            await super().send(message)
        except RuntimeError:
            await self._send(message)


class AlwaysDenies(WebSocket):
    """A denial goes out whether the server can do it or not."""

    async def send_denial_response(self, response: ASGIApp) -> None:
        scope = {**self.scope, "extensions": {"websocket.http.response": {}}}
        original, self.scope = self.scope, scope
        try:
            await super().send_denial_response(response)
        finally:
            self.scope = original


class DenialSwallowed(WebSocket):
    """A response that fails is not told of."""

    async def send_denial_response(self, response: ASGIApp) -> None:
        try:
            await super().send_denial_response(response)
        except Exception:
            await self.close()


WRONG: list[Callable[..., WebSocket]] = [
    kind
    for kind in list(globals().values())
    if isinstance(kind, type) and issubclass(kind, WebSocket) and kind is not WebSocket
]
