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
    """Connect a client to an ASGI application, without a server and a network.

    Entering starts the application in a task, with `websocket.connect` waiting for it. That the
    client leaves never cancels the application: a client that is still connected disconnects with
    1006, and then the application has until the limit to end. Works on asyncio and trio; on asyncio
    another task may leave than the one that entered, as in the fixtures of pytest-asyncio and
    unittest. An application with a lifespan is started up with `running`.

    Args:
        app: The application under test, of any framework.
        url: `/path?query`, or `ws://` or `wss://` with a host, an optional port, path and query.
        headers: Further request headers, a mapping or pairs; a `host` replaces the one of the URL.
        subprotocols: What the client offers, in its order.
        extensions: What the server offers; by default the denial response.
        scope: Merged over the scope at last; `ABSENT` as a value takes the key out.
        timeout: The limit of each wait, in seconds.

    Returns:
        An async context manager that gives the client. Leaving it raises what the application
        raised, or how it broke the specification, unless a wait has raised it already or the body
        itself raises; and `TimeoutError` when the application had to be cancelled.

    Raises:
        ValueError: Something could not be sent in a real handshake, or the limit is not positive.
        TypeError: A header or a subprotocol is no text.
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
        wanted = "the application to end after the client had left"
        try:
            await peer.wait(wanted, self._timeout, lambda: peer.ended)
        except TimeoutError as late:
            return [*self._reader.unreported(), late]
        return []
