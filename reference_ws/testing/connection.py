"""The life of one connection in memory: starts the application, and sees that it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any

from reference_ws.types import ASGIApp, Scope

from .background import Background
from .client import WebSocketClient
from .handshake import HeadersLike, build_scope
from .peer import Peer
from .reader import Reader
from .stopping import is_stop, raise_first

__all__ = ["connect"]

DENIAL_RESPONSE: Mapping[str, Any] = {"websocket.http.response": {}}


def connect(
    app: ASGIApp,
    url: str,
    *,
    headers: HeadersLike | None = None,
    subprotocols: Sequence[str] = (),
    extensions: Mapping[str, Any] | None = DENIAL_RESPONSE,
    scope: Mapping[str, Any] | None = None,
    timeout: float = 5.0,
) -> AbstractAsyncContextManager[WebSocketClient]:
    """Connect a client to an ASGI application in memory, without a server or a network.

    Entering the block starts the application in a task and sends it `websocket.connect`. Leaving
    the block does not cancel the application: a client that is still connected disconnects with
    1006, and the application then has the time limit to end. It works on asyncio and trio. On
    asyncio, one task can enter the block and another one can leave it, as the fixtures of
    pytest-asyncio and unittest do. Use `running()` to start an application that has a lifespan.

    Args:
        app: The application under test, written with any framework.
        url: `/path?query`, or a URL with `ws://` or `wss://`, a host, and optionally a port, a
            path and a query.
        headers: Further request headers, a mapping or pairs; a `host` header replaces the host
            of the URL.
        subprotocols: The subprotocols that the client offers, in its order of preference.
        extensions: The extensions that the server supports; by default denial responses.
        scope: Keys that are merged into the scope last; the value `ABSENT` removes a key.
        timeout: The time limit of each wait, in seconds, 5 by default.

    Returns:
        An async context manager that returns the client on entry. On exit it raises the
        exception of the application or its violation of the specification, unless a call of
        the client has already raised it or the block itself raises. It raises `TimeoutError` if
        the application had to be cancelled.

    Raises:
        ValueError: An argument cannot occur in a real handshake, or the time limit is not
            positive.
        TypeError: A header is not str or bytes, or a subprotocol is not a str.
    """
    if not timeout > 0:
        raise ValueError(f"expected a timeout of more than 0 s, got {timeout!r}")
    built = build_scope(
        url,
        headers=() if headers is None else headers,
        subprotocols=subprotocols,
        extensions=extensions,
        overrides=scope,
    )
    return _Connection(app, built, timeout)


class _Connection(AbstractAsyncContextManager[WebSocketClient]):
    def __init__(self, app: ASGIApp, scope: Scope, timeout: float) -> None:
        self._app = app
        self._scope = scope
        self._timeout = timeout

    async def __aenter__(self) -> WebSocketClient:
        self._peer = Peer(self._scope)
        self._reader = Reader(self._peer, self._timeout)
        self._background = Background()
        await self._background.start(lambda: self._peer.run(self._app))
        return WebSocketClient(self._peer, self._reader)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        faults: list[BaseException] = []
        try:
            # A request to stop everything leaves no time for the application to end by itself.
            if not is_stop(error):
                faults = await self._finish()
        finally:
            if not self._peer.ended:
                self._background.cancel()
            await self._background.join()
        faults.extend(fault for fault in self._reader.unreported() if fault not in faults)
        raise_first(error, faults)

    async def _finish(self) -> list[BaseException]:
        """Leave as a client does, give the application its time, and tell what went wrong."""
        peer = self._peer
        peer.leave()
        wanted = "the application to end after the client disconnected"
        try:
            await peer.wait(wanted, self._timeout, lambda: peer.ended)
        except TimeoutError as late:
            return [*self._reader.unreported(), late]
        return []
