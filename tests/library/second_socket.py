"""A second WebSocket class, written from the pages alone: they must be enough to write one.

It is short rather than fast. What it leaves out of the pages is all at the level `should`.
"""

from __future__ import annotations

import json
import re
from collections import UserDict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import suppress
from enum import Enum
from functools import cached_property, partialmethod
from typing import Any

from reference_ws.datastructures import URL, Address, Headers, QueryParams

WebSocketState = Enum("WebSocketState", "CONNECTING CONNECTED DISCONNECTED RESPONSE", start=0)
CONNECTING, CONNECTED, DISCONNECTED, RESPONSE = WebSocketState
ACCEPT, CLOSE, DENY = "websocket.accept", "websocket.close", "websocket.http.response"
RULES: dict[Any, dict[Any, Any]] = {
    ("client", CONNECTING): {"websocket.connect": CONNECTED},
    ("client", CONNECTED): {"websocket.receive": CONNECTED, "websocket.disconnect": DISCONNECTED},
    ("us", CONNECTING): {ACCEPT: CONNECTED, CLOSE: DISCONNECTED, f"{DENY}.start": RESPONSE},
    ("us", CONNECTED): {"websocket.send": CONNECTED, CLOSE: DISCONNECTED},
    ("us", RESPONSE): {f"{DENY}.body": DISCONNECTED},  # the last part; before it the state stays
}
NO_FRAME = (1006, "")  # the end where no Close frame told of it
SENDABLE = {*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)}
HEADER = re.compile(rb"(?!sec-websocket-)[a-z0-9!#$%&'*+.^_`|~-]+\n[^\r\n\0]*")


def need(fine: object, error: type[Exception], text: str) -> None:
    if not fine:
        raise error(f"expected {text}")


def step(who: str, state: Any, message: Any) -> Any:
    kind, legal = message.get("type"), RULES[who, state]
    need(kind in legal, RuntimeError, f"{' or '.join(legal)}, got {kind} in state {state.name}")
    return RESPONSE if state is RESPONSE and message.get("more_body") else legal[kind]


def check_headers(headers: Any) -> Iterator[tuple[bytes, bytes]]:
    for pair in headers.items() if isinstance(headers, Mapping) else headers or ():
        need(type(pair) in (tuple, list) and len(pair) == 2, TypeError, f"pairs, got {pair!r}")
        name, value = (p if isinstance(p, bytes) else str.encode(p, "latin-1") for p in pair)
        need(HEADER.fullmatch(name.lower() + b"\n" + value), ValueError, f"a header, got {pair!r}")
        yield name.lower(), value


def kind_for(mode: str) -> str:
    need(mode in ("text", "binary", "bytes"), RuntimeError, f"text or binary, got {mode!r}")
    return "text" if mode == "text" else "bytes"


def decode(data: str | bytes) -> Any:
    text = data.decode() if isinstance(data, bytes) else data
    try:
        return json.loads(text, parse_constant=int)  # NaN and the infinities are no int
    except (ValueError, RecursionError) as error:
        raise json.JSONDecodeError(str(error), text, getattr(error, "pos", 0)) from error


class WebSocketDisconnect(Exception):
    def __init__(self, code: int = 1000, reason: str | None = None) -> None:
        self.code, self.reason = int(code), reason or ""


class WebSocketDisconnected(WebSocketDisconnect, RuntimeError):
    pass


class WrongFrameKind(ValueError):
    expected = property(lambda self: self.args[0])
    payload = property(lambda self: self.args[1])


class WebSocket(UserDict[str, Any]):
    client_state = application_state = CONNECTING
    own = left = lost = None  # the end: as it was sent, as it was received, as a send found it

    def __init__(self, scope: Any, receive: Any = None, send: Any = None) -> None:
        kind = scope.get("type")
        need(kind == "websocket", ValueError, f"a scope of type 'websocket', got {kind!r}")
        self.scope, self.data, self._receive, self._send = scope, scope, receive, send

    __eq__, __hash__ = object.__eq__, object.__hash__
    url = cached_property(lambda self: URL.from_scope(self.scope))
    headers = cached_property(lambda self: Headers(self.scope.get("headers") or ()))
    query_params = cached_property(lambda self: QueryParams(self.scope.get("query_string") or b""))
    path_params = property(lambda self: self.scope.get("path_params") or {})
    subprotocols = property(lambda self: list(self.scope.get("subprotocols") or ()))
    client = property(lambda self: (c := self.get("client")) and Address(c[0], int(c[1])))
    end = property(lambda self: self.own or self.left or self.lost or (None, None))
    close_code = property(lambda self: self.end[0])
    close_reason = property(lambda self: self.end[1])

    async def receive(self) -> Any:
        if self.client_state is DISCONNECTED:
            raise WebSocketDisconnected(*self.end)
        message = await self._receive()
        self.client_state = step("client", self.client_state, message)
        if self.client_state is DISCONNECTED:
            self.left = (message.get("code") or 1005, message.get("reason") or "")
        return message

    def check(self, message: Any) -> Any:
        if DISCONNECTED in (self.client_state, self.application_state):
            raise WebSocketDisconnected(*self.end)
        return step("us", self.application_state, message)

    async def send(self, message: Any) -> None:
        former, after = (self.application_state, self.own), self.check(message)
        self.application_state = after
        if after is DISCONNECTED:
            frame = (message.get("code") or 1000, message.get("reason") or "")
            self.own = frame if former[0] is CONNECTED else NO_FRAME
        try:
            await self._send(message)
        except BaseException as error:
            if self.application_state is after:
                self.application_state, self.own = former
            if isinstance(error, OSError):
                self.application_state, self.lost = DISCONNECTED, NO_FRAME
                raise WebSocketDisconnect(*self.end) from error
            raise

    async def ready(self, message: Any) -> Any:
        self.check(message)
        if self.client_state is CONNECTING:
            await self.receive()
        return message

    async def accept(self, subprotocol: str | None = None, headers: Any = None) -> None:
        need(subprotocol in [None, *self.subprotocols], ValueError, f"an offer, got {subprotocol}")
        message = {"type": ACCEPT, "subprotocol": subprotocol, "headers": [*check_headers(headers)]}
        await self.send(await self.ready(message))

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        need(code in SENDABLE, ValueError, f"a close code that may be sent, got {code}")
        need(len((reason or "").encode()) <= 123, ValueError, "123 bytes of reason, got more")
        message = {"type": CLOSE, "code": int(code), "reason": reason or ""}
        with suppress(WebSocketDisconnect):  # ended already, which is all that was wanted
            await self.send(await self.ready(message))

    async def send_denial_response(self, response: Any) -> None:
        offered = DENY in (self.scope.get("extensions") or {})
        need(offered, RuntimeError, f"{DENY} in extensions, got a scope without it")
        await self.ready({"type": f"{DENY}.start"})
        http = {"type": "http", "method": "GET", "scheme": self.url.scheme.replace("ws", "http")}

        async def send(message: Any) -> None:
            await self.send({**message, "type": f"websocket.{message['type']}"})

        await response({**self.scope, **http}, self.receive, send)

    async def send_text(self, data: str) -> None:
        await self.send({"type": "websocket.send", "text": str.encode(data).decode()})

    async def send_bytes(self, data: bytes | bytearray | memoryview) -> None:
        await self.send({"type": "websocket.send", "bytes": bytes(memoryview(data))})

    async def send_json(self, data: Any, mode: str = "text") -> None:
        text = json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        await (self.send_text(text) if kind_for(mode) == "text" else self.send_bytes(text.encode()))

    async def take(self, mode: str = "text", parse: Callable[..., Any] = decode) -> Any:
        kind = kind_for(mode)
        if self.own or self.client_state is DISCONNECTED:
            raise WebSocketDisconnected(*self.end)
        fine = self.lost or self.client_state is self.application_state is CONNECTED
        got = f"a call to receive a message in state {self.application_state.name}"
        need(fine, RuntimeError, f"websocket.accept first, got {got}")
        message = await self.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(*self.end)
        if (data := message.get(kind)) is None:
            raise WrongFrameKind(kind, message.get("bytes" if kind == "text" else "text"))
        return parse(data)

    async def each(self, mode: str = "text", *parse: Any) -> AsyncIterator[Any]:
        with suppress(WebSocketDisconnect):
            while True:
                yield await self.take(mode, *parse)

    receive_json, iter_json = take, each
    receive_text, iter_text = partialmethod(take, "text", str), partialmethod(each, "text", str)
    receive_bytes = partialmethod(take, "bytes", bytes)
    iter_bytes = partialmethod(each, "bytes", bytes)


def WebSocketClose(*end: Any, **named: Any) -> Any:
    return lambda scope, receive, send: WebSocket(scope, receive, send).close(*end, **named)
