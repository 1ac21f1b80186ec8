"""From a path to an endpoint."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from .datastructures import full_path
from .endpoint import Endpoint, serve
from .paths import Pattern
from .responses import PlainTextResponse
from .types import ASGIApp, Receive, Scope, Send
from .websockets import WebSocket

__all__ = ["WebSocketRouter"]


class WebSocketRouter:
    """An ASGI application that gives each path its endpoint.

    An endpoint that returns closes the connection with 1000, one that raises with 1011.
    A path nobody knows is refused with HTTP 404 where the server can, else 403.

    Args:
        websocket_class: What the endpoints are given; called as `WebSocket` is.

    Raises:
        TypeError: The class cannot be called.

    Source: Yaat for the methods; what a failing endpoint sends is ours.
    """

    def __init__(self, websocket_class: Callable[..., WebSocket] = WebSocket) -> None:
        if not callable(websocket_class):
            raise TypeError(f"expected a WebSocket class, got {websocket_class!r}")
        self.websocket_class = websocket_class
        self._routes: list[tuple[Pattern, Endpoint]] = []
        self._mounts: list[tuple[str, ASGIApp]] = []

    def websocket_route(self, path: str) -> Callable[[Endpoint], Endpoint]:
        """Give a decorator that adds an endpoint and leaves it as it is.

        Args:
            path: The path, with parameters such as `{name}`, `{name:int}`, `{name:path}`.

        Raises:
            TypeError: The path is not a str.
            ValueError: The path does not begin with `/`, or a parameter is malformed.

        Source: Yaat.
        """
        pattern = Pattern(path)

        def decorate(handler: Endpoint) -> Endpoint:
            self._routes.append((pattern, _endpoint(handler)))
            return handler

        return decorate

    def add_websocket_route(self, path: str, handler: Endpoint) -> None:
        """Add an endpoint; the first route that fits a path wins.

        Args:
            path: The path, with parameters such as `{name}`, `{name:int}`, `{name:path}`.
            handler: An async callable that takes the socket.

        Raises:
            TypeError: The path is not a str, the handler is missing or is no async callable.
            ValueError: The path does not begin with `/`, or a parameter is malformed.

        Source: Yaat.
        """
        self._routes.append((Pattern(path), _endpoint(handler)))

    def mount(self, prefix: str, router: ASGIApp, websocket: bool = True) -> None:
        """Give every path below `prefix` to another router or ASGI application.

        The prefix moves to `root_path`, as ASGI has it, so that URLs stay whole. Routes of
        this router go first.

        Args:
            prefix: The prefix, with or without slashes around it.
            router: A `WebSocketRouter` or another ASGI application.
            websocket: Must be true: there is nothing but WebSocket routing to mount.

        Raises:
            TypeError: The prefix is not a str, or the router cannot be called.
            ValueError: The prefix is empty, or `websocket` is false.

        Source: Yaat; ASGI, `root_path`.
        """
        if not isinstance(prefix, str):
            raise TypeError(f"expected a prefix as a str, got {prefix!r}")
        if not callable(router):
            raise TypeError(f"expected a router or an ASGI application, got {router!r}")
        if not websocket:
            raise ValueError("expected websocket=True, got a router to mount for plain HTTP")
        if not prefix.strip("/"):
            raise ValueError(f"expected a prefix such as 'ws', got {prefix!r}")
        self._mounts.append(("/" + prefix.strip("/"), router))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a connection.

        Plain HTTP gets 426 on a known path and 404 elsewhere; lifespan works.

        Args:
            scope: The connection scope.
            receive: The server's receive callable.
            send: The server's send callable.

        Raises:
            ValueError: The scope is of a type that is not known.
        """
        kind = scope.get("type")
        if kind == "lifespan":
            await _live(receive, send)
            return
        if kind not in ("websocket", "http"):
            raise ValueError(
                f"expected a scope of type 'websocket', 'http' or 'lifespan', got {kind!r}"
            )
        endpoint, params = self._find(scope)
        if endpoint is None and (mounted := self._mounted(scope)) is not None:
            router, below = mounted
            await router(below, receive, send)
        elif kind == "websocket":
            known = {**scope, "path_params": {**(scope.get("path_params") or {}), **params}}
            await serve(endpoint, self.websocket_class(known, receive, send))
        elif endpoint is not None:
            wanted = {"upgrade": "websocket", "connection": "Upgrade"}
            await PlainTextResponse("Upgrade Required", 426, wanted)(scope, receive, send)
        else:
            await PlainTextResponse("Not Found", 404)(scope, receive, send)

    def _find(self, scope: Scope) -> tuple[Endpoint | None, dict[str, Any]]:
        path = _route_path(scope)
        for pattern, endpoint in self._routes:
            params = pattern.match(path)
            if params is not None:
                return endpoint, params
        return None, {}

    def _mounted(self, scope: Scope) -> tuple[ASGIApp, Scope] | None:
        path = _route_path(scope)
        for prefix, router in self._mounts:
            if path == prefix or path.startswith(prefix + "/"):
                root = (scope.get("root_path") or "").rstrip("/")
                # The whole path goes down: not every server puts root_path into it.
                return router, {**scope, "path": full_path(scope), "root_path": root + prefix}
        return None


def _route_path(scope: Scope) -> str:
    root = (scope.get("root_path") or "").rstrip("/")
    return full_path(scope)[len(root) :] or "/"


async def _live(receive: Receive, send: Send) -> None:
    for phase in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{phase}.complete"})


def _endpoint(handler: Endpoint) -> Endpoint:
    called = getattr(handler, "__call__", None)  # noqa: B004  # an object's own, to look at it
    if not (inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(called)):
        raise TypeError(f"expected an endpoint as an async callable, got {handler!r}")
    return handler
