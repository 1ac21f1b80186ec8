"""An HTTP response played as the answer to a WebSocket handshake."""

from __future__ import annotations

from typing import Any

from .datastructures import header_pairs, url_scheme
from .exceptions import WebSocketDisconnect
from .types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Denial"]

_PREFIX = "websocket."


class Denial:
    """Gives a response the `http` scope and channels it expects, and translates.

    Args:
        scope: The connection scope of the handshake.
        receive: Gives WebSocket messages.
        send: Takes `websocket.http.response.*` messages.

    Raises:
        RuntimeError: The server lacks the extension.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if "websocket.http.response" not in (scope.get("extensions") or {}):
            raise RuntimeError(
                "expected a server with the extension 'websocket.http.response', "
                "got a scope without it"
            )
        self._scope = scope
        self._websocket_receive = receive
        self._websocket_send = send
        self._asked = False
        self._left: WebSocketDisconnect | None = None
        self.unfinished: bool | None = None
        """Whether more must follow what it has sent; None until it has sent anything."""

    async def play(self, response: ASGIApp) -> None:
        """Run the response to its end.

        Args:
            response: An ASGI HTTP response or application.

        Raises:
            RuntimeError: It sent nothing, or it did not finish.
            WebSocketDisconnect: It did not finish because the client has left.
        """
        await response(self._http_scope(), self._receive, self._send)
        if self.unfinished is not False:
            if self._left is not None:
                raise self._left
            wanted = "its last http.response.body" if self.unfinished else "http.response.start"
            raise RuntimeError(f"expected a response that sends {wanted}, got one that did not")

    def _http_scope(self) -> Scope:
        scope: dict[str, Any] = dict(self._scope)
        del scope["extensions"]  # present, or there would be no denial; none of them is for HTTP
        scope.pop("subprotocols", None)
        scheme = "https" if url_scheme(scope) == "wss" else "http"
        scope["headers"] = header_pairs(self._scope)
        return scope | {"type": "http", "method": "GET", "scheme": scheme}

    async def _receive(self) -> Message:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        # A streaming response waits here for its client to leave.
        message = await self._websocket_receive()
        if message["type"] == "websocket.disconnect":
            code = message.get("code")
            self._left = WebSocketDisconnect(1005 if code is None else code, message.get("reason"))
            return {"type": "http.disconnect"}
        raise RuntimeError(f"expected websocket.disconnect during a denial, got {message['type']}")

    async def _send(self, message: Message) -> None:
        kind = str(message.get("type")).removeprefix(_PREFIX)
        if kind not in ("http.response.start", "http.response.body"):
            raise RuntimeError(
                "expected http.response.start or http.response.body from a response, "
                f"got {message.get('type')}"
            )
        sent: dict[str, Any] = {**message, "type": _PREFIX + kind}
        if kind == "http.response.start":
            # Servers fail on what the specification lets a response leave out.
            sent["headers"] = list(message.get("headers") or ())
        else:
            sent["body"] = message.get("body") or b""
        await self._websocket_send(sent)
        self.unfinished = kind == "http.response.start" or bool(message.get("more_body"))
