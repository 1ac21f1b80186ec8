"""Wrong in denial responses."""

from __future__ import annotations

import json
from typing import Any

from reference_ws.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from reference_ws.state import WebSocketState
from reference_ws.types import ASGIApp, Message, Receive, Scope, Send
from reference_ws.websockets import WebSocket

from .base import CONNECTED, CONNECTING, DISCONNECTED, Lacking


class NoDenial(Lacking):
    """There are no denial responses."""

    LACKS = ("send_denial_response",)


class DenialMessagesUnknown(WebSocket):
    """The messages of a denial are refused."""

    async def send(self, message: Message) -> None:
        if message["type"].startswith("websocket.http.response"):
            raise RuntimeError(f"expected websocket.accept, got {message['type']}")
        await super().send(message)


class AlwaysDenies(WebSocket):
    """A denial goes out whether the server can do it or not."""

    async def send_denial_response(self, response: ASGIApp) -> None:
        scope = {**self.scope, "extensions": {"websocket.http.response": {}}}
        original, self.scope = self.scope, scope
        try:
            await super().send_denial_response(response)
        finally:
            self.scope = original


class ExtensionsUnguarded(WebSocket):
    """A server that says None of its extensions is met with a TypeError."""

    async def send_denial_response(self, response: ASGIApp) -> None:
        if "websocket.http.response" in self.scope.get("extensions", {}):
            await super().send_denial_response(response)
        else:
            raise RuntimeError("expected a server with denial responses, got a scope without it")


class SecondDenialSilent(WebSocket):
    """A second denial does nothing."""

    async def send_denial_response(self, response: ASGIApp) -> None:
        if self.application_state is not DISCONNECTED:
            await super().send_denial_response(response)


class LateDenialCloses(WebSocket):
    """A denial after the accept closes the connection."""

    async def send_denial_response(self, response: ASGIApp) -> None:
        if self.application_state is CONNECTED:
            await self.close(1008)
        else:
            await super().send_denial_response(response)


class CloseIgnoredInDenial(WebSocket):
    """A close does nothing while a denial is under way."""

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        if self.application_state is not WebSocketState.RESPONSE:
            await super().close(code, reason)


class ResponseObjectsOnly(WebSocket):
    """Only a response of one's own kind can deny."""

    async def send_denial_response(self, response: Any) -> None:
        response.status_code, response.headers  # noqa: B018
        await super().send_denial_response(response)


class FailureSilent(WebSocket):
    """A response that fails is not told of."""

    async def send_denial_response(self, response: ASGIApp) -> None:
        possible = self.application_state is CONNECTING and self.scope.get("extensions")
        try:
            await super().send_denial_response(response)
        except Exception:
            if not possible:
                raise
            await self.close()


# Responses


class HeadersNotSent(Response):
    """Headers that are given to a response are not sent."""

    def __init__(self, content: Any = None, status_code: int = 200, **named: Any) -> None:
        super().__init__(content, status_code, media_type=named.get("media_type"))


class LengthInCharacters(Response):
    """The length of a body is counted in characters."""

    def __init__(self, content: Any = None, *others: Any, **named: Any) -> None:
        super().__init__(content, *others, **named)
        length = str(len(content or "")).encode()
        self.headers = [(n, length if n == b"content-length" else v) for n, v in self.headers]


class TextWithoutCharset(PlainTextResponse):
    """Plain text does not say that it is UTF-8."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.headers = [(n, v.removesuffix(b"; charset=utf-8")) for n, v in self.headers]


class JSONBodyEscaped(JSONResponse):
    """The body of a JSON response is ASCII."""

    def __init__(self, content: object, *others: Any, **named: Any) -> None:
        text = json.dumps(content, separators=(",", ":"), allow_nan=False)
        Response.__init__(self, text, *others, **named)


class PartsJoined(StreamingResponse):
    """A streaming response collects its parts and sends them as one."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""

        async def collect(message: Message) -> None:
            nonlocal body
            body += message.get("body", b"")
            if message["type"] == "http.response.start":
                await send(message)
            elif not message.get("more_body"):
                await send({**message, "body": body})

        await super().__call__(scope, receive, collect)
