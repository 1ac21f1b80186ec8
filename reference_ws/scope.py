"""The scope of a connection, read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .datastructures import URL, Address, Headers, QueryParams, State, header_pairs
from .types import Scope

__all__ = ["ScopeView", "acceptable_subprotocol", "websocket_scope"]


class ScopeView(Mapping[str, Any]):
    """A read-only mapping of a connection scope, with its parts as attributes.

    Args:
        scope: The connection scope, of type `websocket`.

    Raises:
        TypeError: The scope is not a mapping.
        ValueError: The scope has another type.
    """

    # Not cached_property: on Python 3.11 it takes a lock, which costs more than most of the values.
    _url: URL | None = None
    _headers: Headers | None = None
    _query_params: QueryParams | None = None

    def __init__(self, scope: Scope) -> None:
        self.scope = websocket_scope(scope)

    def __getitem__(self, key: str) -> Any:
        return self.scope[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.scope)

    def __len__(self) -> int:
        return len(self.scope)

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @property
    def url(self) -> URL:
        """The URL that the client requested, which is a `str` (Starlette, Lilya, Yaat)."""
        if self._url is None:
            self._url = URL.from_scope(self.scope)
        return self._url

    @property
    def headers(self) -> Headers:
        """The headers of the handshake (ASGI WebSocket, connection scope)."""
        if self._headers is None:
            self._headers = Headers(header_pairs(self.scope))
        return self._headers

    @property
    def query_params(self) -> QueryParams:
        """The query parameters (ASGI WebSocket, connection scope)."""
        if self._query_params is None:
            self._query_params = QueryParams(self.scope.get("query_string") or b"")
        return self._query_params

    @property
    def path_params(self) -> dict[str, Any]:
        """The parameters that the router read from the path, if any (Starlette, Lilya)."""
        params: dict[str, Any] = self.scope.get("path_params") or {}
        return params

    @property
    def state(self) -> State:
        """The state of the application's lifespan, `scope["state"]`, as attributes (Starlette)."""
        return State(self.scope)

    @property
    def subprotocols(self) -> list[str]:
        """The subprotocols that the client offered, in its order of preference (ASGI WebSocket)."""
        return list(self.scope.get("subprotocols") or ())

    @property
    def client(self) -> Address | None:
        """The address of the client; None if the server does not know it (ASGI WebSocket)."""
        address = self.scope.get("client")
        return address and Address(address[0], int(address[1] or 0))


def websocket_scope(scope: Scope) -> Scope:
    """Return the scope unchanged if it belongs to a WebSocket connection.

    Args:
        scope: The connection scope.

    Raises:
        TypeError: It is not a mapping.
        ValueError: It has another type.
    """
    if type(scope) is not dict and not isinstance(scope, Mapping):
        raise TypeError(f"expected a scope as a mapping, got {scope!r}")
    if scope.get("type") != "websocket":
        raise ValueError(f"expected a scope of type 'websocket', got {scope.get('type')!r}")
    return scope


def acceptable_subprotocol(subprotocol: str | None, offered: Sequence[str]) -> str | None:
    """Return the subprotocol if the client offered it, and None for None.

    Args:
        subprotocol: The name to agree on.
        offered: The subprotocols that the client offered.

    Raises:
        TypeError: It is not a str.
        ValueError: The client did not offer it (RFC 6455, 4.2.2, 5).
    """
    if subprotocol is None:
        return None
    if not isinstance(subprotocol, str):
        raise TypeError(f"expected a subprotocol as a str, got {subprotocol!r}")
    if subprotocol not in offered:
        raise ValueError(
            f"expected a subprotocol that the client offered ({', '.join(offered) or 'none'}), "
            f"got {subprotocol!r}"
        )
    return str.__str__(subprotocol)
