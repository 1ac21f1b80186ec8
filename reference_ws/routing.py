"""From a path to an endpoint."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from .datastructures import full_path, root_path
from .endpoint import Endpoint, serve
from .lifespan import Lifespan, live
from .paths import Pattern
from .responses import PlainTextResponse
from .types import ASGIApp, Receive, Scope, Send
from .websockets import WebSocket

__all__ = ["WebSocketRouter"]


class WebSocketRouter:
    """An ASGI application that calls an endpoint for each path.

    When an endpoint returns, the router closes the connection with 1000; when it raises, with
    1011. For an unknown path, the router refuses the handshake with HTTP 404 if the server
    supports denial responses, otherwise with 403.

    Args:
        websocket_class: The class of the sockets that the endpoints receive; it is called like
            `WebSocket`.
        lifespan: A callable that takes the router and returns an async context manager. The
            router enters it at startup and leaves it at shutdown; the value that it yields is
            available as `scope["state"]`.

    Raises:
        TypeError: The class or the lifespan is not callable.

    Source: Yaat, for the methods; Starlette, for the lifespan; this project, for the close code
    of a failed endpoint.
    """

    def __init__(
        self,
        websocket_class: Callable[..., WebSocket] = WebSocket,
        lifespan: Lifespan | None = None,
    ) -> None:
        if not callable(websocket_class):
            raise TypeError(f"expected a WebSocket class, got {websocket_class!r}")
        if lifespan is not None and not callable(lifespan):
            raise TypeError(f"expected a lifespan that can be called, got {lifespan!r}")
        self.websocket_class = websocket_class
        self.lifespan = lifespan
        self._routes: list[tuple[Pattern, Endpoint]] = []
        self._mounts: list[tuple[str, ASGIApp, bool]] = []

    def websocket_route(self, path: str) -> Callable[[Endpoint], Endpoint]:
        """Return a decorator that adds a route and returns the endpoint unchanged.

        Args:
            path: The path, which can contain parameters such as `{name}`, `{name:int}` and
                `{name:path}`.

        Raises:
            TypeError: The path is not a str, or the decorated object is not an async callable.
            ValueError: The path does not begin with `/`, or a parameter is malformed.

        Source: Yaat.
        """
        pattern = Pattern(path)

        def decorate(handler: Endpoint) -> Endpoint:
            self._routes.append((pattern, _endpoint(handler)))
            return handler

        return decorate

    def add_websocket_route(self, path: str, handler: Endpoint) -> None:
        """Add a route; the first route that matches a path is used.

        Args:
            path: The path, which can contain parameters such as `{name}`, `{name:int}` and
                `{name:path}`.
            handler: The endpoint, an async callable that takes the socket.

        Raises:
            TypeError: The path is not a str, or the handler is missing or is not an async callable.
            ValueError: The path does not begin with `/`, or a parameter is malformed.

        Source: Yaat.
        """
        self._routes.append((Pattern(path), _endpoint(handler)))

    def mount(self, prefix: str, router: ASGIApp, websocket: bool = True) -> None:
        """Forward all paths below a prefix to another router or ASGI application.

        The prefix is appended to `root_path`, so URLs stay complete. The routes of this router are
        tried first, then the mounted applications in the order in which they were added.

        Args:
            prefix: The prefix, with or without slashes around it; `"/"` matches all paths.
            router: A `WebSocketRouter` or another ASGI application.
            websocket: True to forward WebSocket connections and HTTP requests, False to forward
                only HTTP requests.

        Raises:
            TypeError: The prefix is not a str, or the router is not callable.
            ValueError: The prefix is empty.

        Source: Yaat; ASGI, `root_path`.
        """
        if not isinstance(prefix, str):
            raise TypeError(f"expected a prefix as a str, got {prefix!r}")
        if not callable(router):
            raise TypeError(f"expected a router or an ASGI application, got {router!r}")
        if not prefix:
            raise ValueError("expected a prefix such as 'ws', or '/' for every path, got ''")
        name = prefix.strip("/")
        self._mounts.append(("/" + name if name else "", router, bool(websocket)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a connection.

        A plain HTTP request receives 426 on a known path and 404 on any other path. The lifespan
        protocol is supported.

        Args:
            scope: The connection scope, of type `websocket`, `http` or `lifespan`.
            receive: The server's receive callable.
            send: The server's send callable.

        Raises:
            ValueError: The scope has another type.

        Source: ASGI WebSocket; ASGI HTTP; ASGI Lifespan.
        """
        kind = scope.get("type")
        if kind == "lifespan":
            await live(self, self.lifespan, scope, receive, send)
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
            await _answer(PlainTextResponse("Upgrade Required", 426, wanted), scope, receive, send)
        else:
            await _answer(PlainTextResponse("Not Found", 404), scope, receive, send)

    def _find(self, scope: Scope) -> tuple[Endpoint | None, dict[str, Any]]:
        path = _route_path(scope)
        for pattern, endpoint in self._routes:
            params = pattern.match(path)
            if params is not None:
                return endpoint, params
        return None, {}

    def _mounted(self, scope: Scope) -> tuple[ASGIApp, Scope] | None:
        path = _route_path(scope)
        for prefix, router, websocket in self._mounts:
            below = path == prefix or path.startswith(prefix + "/")
            if below and (websocket or scope["type"] == "http"):
                root = root_path(scope) + prefix
                # The whole path goes down: not every server puts root_path into it.
                return router, {**scope, "path": full_path(scope), "root_path": root}
        return None


def _route_path(scope: Scope) -> str:
    return full_path(scope)[len(root_path(scope)) :] or "/"


async def _answer(response: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    with suppress(OSError):  # whoever asked has left
        await response(scope, receive, send)


def _endpoint(handler: Endpoint) -> Endpoint:
    if inspect.isclass(handler):
        raise TypeError(f"expected an endpoint as an async callable, got the class {handler!r}")
    called = getattr(handler, "__call__", None)  # noqa: B004  # an object's own, to look at it
    if not (inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(called)):
        raise TypeError(f"expected an endpoint as an async callable, got {handler!r}")
    return handler
