"""Wrong in what a socket is made of and how its scope is read."""

from __future__ import annotations

from typing import Any

from reference_ws.datastructures import Address
from reference_ws.types import Receive, Scope, Send
from reference_ws.websockets import WebSocket

from .base import Lacking


class ScopeOfAnyType(WebSocket):
    """A lifespan scope is taken for a connection."""

    def __init__(self, scope: Scope, *channels: Any, **named: Any) -> None:
        super().__init__({**scope, "type": "websocket"}, *channels, **named)


class ChannelsRequired(WebSocket):
    """A scope alone is not enough."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        super().__init__(scope, receive, send)


class ChannelsByPosition(WebSocket):
    """The arguments cannot be given by their names."""

    def __init__(
        self, scope: Scope, receive: Receive | None = None, send: Send | None = None, /
    ) -> None:
        super().__init__(scope, receive, send)


class ItemsOnly(Lacking):
    """The mapping has `[]`, `in` and `len` and nothing else: no `get`, no `dict()`."""

    LACKS = ("get", "items", "keys", "values")


class EqualByScope(WebSocket):
    """Two sockets over equal scopes are equal, and no socket can be hashed."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WebSocket) and dict(self.scope) == dict(other.scope)

    __hash__ = None  # type: ignore[assignment]


class SubprotocolsSorted(WebSocket):
    """The order in which the client offered its subprotocols is lost."""

    @property
    def subprotocols(self) -> list[str]:
        return sorted(super().subprotocols)


class SubprotocolsRequired(WebSocket):
    """A scope without subprotocols is a KeyError."""

    @property
    def subprotocols(self) -> list[str]:
        return list(self.scope["subprotocols"])

    async def accept(self, subprotocol: str | None = None, headers: Any = None) -> None:
        self.subprotocols  # noqa: B018
        await super().accept(subprotocol, headers)


class ClientIsATuple(WebSocket):
    """The client's address is given as the server gave it."""

    @property
    def client(self) -> Any:
        return self.scope.get("client")


class ClientRequired(WebSocket):
    """A client that the server does not know is an error."""

    @property
    def client(self) -> Address:
        host, port = self.scope["client"]
        return Address(host, int(port))


class PathParamsAbsent(Lacking):
    """There are no path parameters, whoever has filled them in."""

    LACKS = ("path_params",)


class PathParamsNone(WebSocket):
    """Without a router the path parameters are None."""

    @property
    def path_params(self) -> Any:
        return self.scope.get("path_params")
