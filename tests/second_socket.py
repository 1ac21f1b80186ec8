"""A second WebSocket class, written from the pages alone: they must be enough to write one.

Short rather than fast: it has no part of its own for the hot path.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from enum import Enum
from typing import Any

from reference_ws.constants import WebSocketCloseEvent
from reference_ws.datastructures import URL, Address, Headers, QueryParams
from reference_ws.types import ASGIApp, Message, Receive, Scope, Send

WebSocketState = Enum("WebSocketState", "CONNECTING CONNECTED DISCONNECTED RESPONSE", start=0)
CONNECTING, CONNECTED, DISCONNECTED, RESPONSE = WebSocketState
START, BODY = "websocket.http.response.start", "websocket.http.response.body"
ARRIVES = {
    CONNECTING: {"websocket.connect": CONNECTED},
    CONNECTED: {"websocket.receive": CONNECTED, "websocket.disconnect": DISCONNECTED},
}
LEAVES = {
    CONNECTING: {"websocket.accept": CONNECTED, "websocket.close": DISCONNECTED, START: RESPONSE},
    CONNECTED: {"websocket.send": CONNECTED, "websocket.close": DISCONNECTED},
    RESPONSE: {BODY: DISCONNECTED},  # the last part; before it the state stays
}
NO_FRAME = (1006, "")  # how it ended where no Close frame said it
SENDABLE = {*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)}
INSTEAD = {1004: 1002, 1005: 1000, 1006: 1011, 1015: 1011}
NAMES = {int(one): " " + one.name.lower().replace("_", " ") for one in WebSocketCloseEvent}
HEADER_NAME = re.compile(rb"(?!sec-websocket-)[a-z0-9!#$%&'*+.^_`|~-]+")
HEADER_VALUE = re.compile(rb"[^\r\n\0]*")


def need(fine: object, error: type[Exception], text: str) -> None:
    if not fine:
        raise error(f"expected {text}")


def step(rules: Mapping[Any, Any], state: WebSocketState, message: Message) -> WebSocketState:
    kind, legal = message.get("type"), rules[state]
    need(kind in legal, RuntimeError, f"{' or '.join(legal)}, got {kind} in state {state.name}")
    return WebSocketState(legal[kind])


def end_of(message: Message, missing: int) -> tuple[int, str]:
    code = message.get("code")
    return missing if code is None else int(code), message.get("reason") or ""


def check_close(code: int, reason: str | None) -> tuple[int, str]:
    need(
        type(code) is not bool and isinstance(code, int),
        TypeError,
        f"a close code as an int, got {code!r}",
    )
    need(isinstance(reason, str | None), TypeError, f"a close reason as a str, got {reason!r}")
    advice = f"{INSTEAD.get(code, 1000 if code < 1000 else 4000)} may be what you want"
    need(code in SENDABLE, ValueError, f"a close code to send, got {int(code)}; {advice}")
    need(len((reason or "").encode()) <= 123, ValueError, "at most 123 bytes of reason, got more")
    return int(code), str.__str__(reason or "")


def check_headers(headers: Any) -> Iterator[tuple[bytes, bytes]]:
    for pair in headers.items() if isinstance(headers, Mapping) else headers or ():
        need(type(pair) in (tuple, list) and len(pair) == 2, TypeError, f"pairs, got {pair!r}")
        name, value = (p if isinstance(p, bytes) else str.encode(p, "latin-1") for p in pair)
        need(HEADER_NAME.fullmatch(name.lower()), ValueError, f"a header name, got {name!r}")
        need(HEADER_VALUE.fullmatch(value), ValueError, f"no CR, LF or NUL, got {value!r}")
        yield name.lower(), value


def check_mode(mode: str) -> str:
    need(mode in ("text", "binary", "bytes"), RuntimeError, f"text or binary, got {mode!r}")
    return "text" if mode == "text" else "bytes"


class WebSocketDisconnect(Exception):
    def __init__(self, code: int = 1000, reason: str | None = None) -> None:
        self.code, self.reason = int(code), reason or ""
        super().__init__(self.code, self.reason)

    def __str__(self) -> str:
        return f"{self.code}{NAMES.get(self.code, '')}" + (self.reason and f": {self.reason}")


class WebSocketDisconnected(WebSocketDisconnect, RuntimeError):
    pass


class WrongFrameKind(ValueError):
    def __init__(self, expected: str, payload: str | bytes | None) -> None:
        self.expected, self.payload = expected, payload
        shown, more = repr((payload or "")[:60]), "…" if len(payload or "") > 60 else ""
        got = "text " if isinstance(payload, str) else "bytes "
        got = "a message with neither" if payload is None else got + shown + more
        super().__init__(f"expected {expected}, got {got}")


class WebSocket(Mapping[str, Any]):
    def __init__(
        self, scope: Scope, receive: Receive | None = None, send: Send | None = None
    ) -> None:
        mapping = isinstance(scope, Mapping) and not isinstance(scope, WebSocket)
        need(mapping, TypeError, f"a scope as a mapping, got {scope!r}")
        self.channels: dict[str, Any] = {"receive": receive, "send": send}
        for name, channel in self.channels.items():
            fine = channel is None or callable(channel)
            need(fine, TypeError, f"{name} as a callable, got {channel!r}")
        kind = scope.get("type")
        need(kind == "websocket", ValueError, f"a scope of type 'websocket', got {kind!r}")
        self.scope, self.client_state, self.application_state = scope, CONNECTING, CONNECTING
        self.own = self.left = self.lost = (
            None  # the end that was sent, that arrived, that a send met
        )

    __eq__, __hash__ = object.__eq__, object.__hash__
    __getitem__ = lambda self, key: self.scope[key]
    __iter__ = lambda self: iter(self.scope)
    __len__ = lambda self: len(self.scope)
    url = property(lambda self: URL.from_scope(self.scope))
    headers = property(lambda self: Headers(self.scope.get("headers") or ()))
    query_params = property(lambda self: QueryParams(self.scope.get("query_string") or b""))
    path_params = property(lambda self: self.scope.get("path_params") or {})
    subprotocols = property(lambda self: list(self.scope.get("subprotocols") or ()))
    end = property(lambda self: self.own or self.left or self.lost or (None, None))
    close_code = property(lambda self: self.end[0])
    close_reason = property(lambda self: self.end[1])

    @property
    def client(self) -> Address | None:
        client = self.scope.get("client")
        return Address(client[0], int(client[1])) if client else None

    def channel(self, name: str) -> Callable[..., Awaitable[Any]]:
        text = f"a WebSocket with a {name} channel, got one without {name}="
        need(self.channels[name], RuntimeError, text)
        return self.channels[name]

    async def receive(self) -> Message:
        if self.client_state is DISCONNECTED:
            raise WebSocketDisconnected(*self.end)
        message = await self.channel("receive")()
        self.client_state = step(ARRIVES, self.client_state, message)
        if self.client_state is DISCONNECTED:
            self.left = end_of(message, 1005)
        return message

    def check(self, message: Message) -> WebSocketState:
        if DISCONNECTED in (self.client_state, self.application_state):
            raise WebSocketDisconnected(*self.end)
        after = step(LEAVES, self.application_state, message)
        return self.application_state if message.get("more_body") else after

    async def send(self, message: Message) -> None:
        former, after = (self.application_state, self.own), self.check(message)
        channel, self.application_state = self.channel("send"), after
        if after is DISCONNECTED:
            self.own = end_of(message, 1000) if former[0] is CONNECTED else NO_FRAME
        try:
            await channel(message)
        except BaseException as error:
            if self.application_state is after:
                self.application_state, self.own = former
            if isinstance(error, OSError):
                self.application_state, self.lost = DISCONNECTED, NO_FRAME
                raise WebSocketDisconnect(*self.end) from error
            raise

    async def begin(self, message: Message) -> None:
        self.check(message)
        if self.client_state is CONNECTING:
            await self.receive()

    async def accept(self, subprotocol: str | None = None, headers: Any = None) -> None:
        offered, got = self.subprotocols, f"got {subprotocol!r}"
        need(isinstance(subprotocol, str | None), TypeError, f"a subprotocol as a str, {got}")
        need(subprotocol in [None, *offered], ValueError, f"one of {offered}, {got}")
        message = {"type": "websocket.accept", "subprotocol": subprotocol}
        message["headers"] = list(check_headers(headers))
        await self.begin(message)
        await self.send(message)

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        message = {"type": "websocket.close"}
        message["code"], message["reason"] = check_close(code, reason)
        with suppress(WebSocketDisconnect):  # ended already, which is all that was wanted
            await self.begin(message)
            await self.send(message)
