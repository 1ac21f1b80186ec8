"""Deliberately wrong implementations: each breaks one rule and keeps all the others.

Most are WebSocket classes; some are a value that the class gives or takes.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import cached_property, partial
from importlib import import_module
from types import ModuleType
from typing import Any, Literal

from reference_ws.constants import WebSocketCloseEvent
from reference_ws.datastructures import URL, Headers, QueryParams
from reference_ws.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from reference_ws.routing import WebSocketRouter
from reference_ws.types import Message
from reference_ws.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from . import (
    accepting,
    closing,
    denial,
    iterating,
    messages,
    parameters,
    receiving,
    scope,
    sending,
    url,
)

TOPICS = (
    scope,
    url,
    parameters,
    accepting,
    sending,
    receiving,
    iterating,
    closing,
    messages,
    denial,
)

DOCUMENTED: dict[type, str] = {
    WebSocket: "websockets",
    WebSocketDisconnect: "websockets",
    WebSocketRouter: "routing",
    URL: "datastructures",
    Headers: "datastructures",
    QueryParams: "datastructures",
    Response: "responses",
    PlainTextResponse: "responses",
    JSONResponse: "responses",
    StreamingResponse: "responses",
}
"""What can be wrong, and the module that documents it."""

WRONG: dict[str, type] = {
    name: kind
    for topic in TOPICS
    for name, kind in vars(topic).items()
    if isinstance(kind, type) and kind.__module__ == topic.__name__
}
"""Every wrong implementation by its name."""


def stand_ins(kind: type) -> dict[str, ModuleType]:
    """Give the modules, by their documented names, in which something wrong is at its place."""
    if issubclass(kind, Enum):
        return {"constants": _module("constants", {WebSocketCloseEvent.__name__: kind})}
    base = next(one for one in kind.__mro__ if one in DOCUMENTED)
    # Under the documented name, as its author would call it: pages print class names.
    named: Any = type(base.__name__, (kind,), {})
    places = {DOCUMENTED[base]: {base.__name__: named}}
    if base is WebSocketDisconnect:
        ended = type("WebSocketDisconnected", (named, WebSocketDisconnected), {})
        places["websockets"]["WebSocketDisconnected"] = ended
        places["websockets"]["WebSocket"] = _raising(named, ended)
    elif base in READ:
        parts = {READ[base][0]: cached_property(partial(READ[base][1], named))}
        places["websockets"] = {"WebSocket": type("WebSocket", (WebSocket,), parts)}
    if "websockets" in places:
        places["routing"] = {"WebSocketRouter": _router(places["websockets"]["WebSocket"])}
    return {documented: _module(documented, names) for documented, names in places.items()}


READ: dict[type, tuple[str, Callable[[Any, WebSocket], Any]]] = {
    URL: ("url", lambda kind, socket: kind.from_scope(socket.scope)),
    Headers: ("headers", lambda kind, socket: kind(socket.scope.get("headers") or ())),
    QueryParams: (
        "query_params",
        lambda kind, socket: kind(socket.scope.get("query_string") or b""),
    ),
}
"""What is read from the scope: the attribute that gives it, and how it is made."""


def _raising(named: Any, ended: Any) -> type:
    """The reference, raising other exceptions for the end."""

    class Raising(WebSocket):
        def _payload(self, message: Message, kind: Literal["text", "bytes"]) -> Any:
            try:
                return super()._payload(message, kind)
            except WebSocketDisconnect as error:
                raise named(error.code, error.reason) from None

        def _loss(self) -> WebSocketDisconnect:
            error = super()._loss()
            loss: WebSocketDisconnect = named(error.code, error.reason)
            return loss

        def _ended(self) -> WebSocketDisconnected:
            end: WebSocketDisconnected = ended(*self._end())
            return end

    return type("WebSocket", (Raising,), {})


def _router(socket: Any) -> Any:
    """The reference's router, with this class unless another is named."""

    class Router(WebSocketRouter):
        def __init__(self, websocket_class: Any = socket) -> None:
            super().__init__(websocket_class)

    return Router


def _module(documented: str, names: dict[str, Any]) -> ModuleType:
    module = ModuleType(f"{documented}_under_test")
    right = vars(import_module(f"reference_ws.{documented}"))
    vars(module).update({name: value for name, value in right.items() if name[:2] != "__"})
    vars(module).update(names)
    return module
