"""Wrong in accepting."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from reference_ws.datastructures import acceptable_headers
from reference_ws.scope import acceptable_subprotocol
from reference_ws.types import Message
from reference_ws.websockets import WebSocket

from .base import CONNECTED, CONNECTING, DISCONNECTED, Translating


def _pairs(headers: Any) -> list[Any]:
    return list(headers.items() if isinstance(headers, Mapping) else headers or ())


def _raw(part: str | bytes) -> bytes:
    return part if isinstance(part, bytes) else part.encode("latin-1")


class AcceptForgotten(WebSocket):
    """After accept() the connection still looks unaccepted."""

    async def accept(self, subprotocol: str | None = None, headers: Any = None) -> None:
        before = self.application_state
        await super().accept(subprotocol, headers)
        self.application_state = before


class ConnectLeft(WebSocket):
    """accept() does not take the pending connect."""

    async def accept(self, subprotocol: str | None = None, headers: Any = None) -> None:
        self.client_state = CONNECTED
        await super().accept(subprotocol, headers)


class ConnectTakenLate(WebSocket):
    """accept() answers first and takes the pending connect afterwards."""

    async def accept(self, subprotocol: str | None = None, headers: Any = None) -> None:
        pending = self.client_state is CONNECTING
        if pending:
            self.client_state = CONNECTED
        await super().accept(subprotocol, headers)
        if pending:
            await self._receive()


class ConnectTakenTwice(WebSocket):
    """accept() waits for a connect, also when that was received already."""

    async def accept(self, subprotocol: str | None = None, headers: Any = None) -> None:
        if self.client_state is CONNECTED:
            await self._receive()
        await super().accept(subprotocol, headers)


class AcceptTwice(WebSocket):
    """A second accept() does nothing."""

    async def accept(self, subprotocol: str | None = None, headers: Any = None) -> None:
        if self.application_state is not CONNECTED:
            await super().accept(subprotocol, headers)


class AcceptAfterClose(WebSocket):
    """accept() after a refusal does nothing."""

    async def accept(self, subprotocol: str | None = None, headers: Any = None) -> None:
        if self.application_state is not DISCONNECTED:
            await super().accept(subprotocol, headers)


# Subprotocols


class SubprotocolAsHeader(Translating):
    """The subprotocol is sent as a header, where servers do not look for it."""

    def _outgoing(self, message: Message) -> Message:
        if message["type"] != "websocket.accept" or not message.get("subprotocol"):
            return message
        header = (b"sec-websocket-protocol", message["subprotocol"].encode())
        return {**message, "subprotocol": None, "headers": [header, *message.get("headers", ())]}


class SubprotocolAssumed(WebSocket):
    """Where none is named, the first one that the client offered is agreed on."""

    async def accept(self, subprotocol: str | None = None, headers: Any = None) -> None:
        if subprotocol is None:
            subprotocol = next(iter(self.subprotocols), None)
        await super().accept(subprotocol, headers)


class SubprotocolUnoffered(WebSocket):
    """Any subprotocol is agreed on."""

    @property
    def subprotocols(self) -> Any:
        class Everything(list[str]):
            def __contains__(self, name: object) -> bool:
                return True

        return Everything(super().subprotocols)


class SubprotocolCaseIgnored(WebSocket):
    """A subprotocol is agreed on in any spelling."""

    @property
    def subprotocols(self) -> Any:
        class Folded(list[str]):
            def __contains__(self, name: object) -> bool:
                return str(name).lower() in [one.lower() for one in self]

        return Folded(super().subprotocols)


# Headers


class HeadersNotTaken(WebSocket):
    """accept() takes a subprotocol only."""

    async def accept(self, subprotocol: str | None = None) -> None:  # type: ignore[override]
        await super().accept(subprotocol)


class HeadersReadTwice(WebSocket):
    """Headers are gone through once to check and once to send them."""

    async def accept(self, subprotocol: str | None = None, headers: Any = None) -> None:
        acceptable_headers(headers)
        await super().accept(subprotocol, headers)


class HeadersAsDict(WebSocket):
    """Of several headers with one name only the last is sent."""

    async def accept(self, subprotocol: str | None = None, headers: Any = None) -> None:
        await super().accept(subprotocol, dict(acceptable_headers(headers)))


class HeaderNamesAsWritten(WebSocket):
    """Header names are sent in the case the caller wrote."""

    async def accept(self, subprotocol: str | None = None, headers: Any = None) -> None:
        pairs = _pairs(headers)
        values = [value for _, value in acceptable_headers(pairs)]
        message = {
            "type": "websocket.accept",
            "subprotocol": acceptable_subprotocol(subprotocol, self.subprotocols),
            "headers": list(zip([_raw(name) for name, _ in pairs], values, strict=True)),
        }
        await self._answer(message)


class LineBreaksCut(WebSocket):
    """Line breaks and NUL in a header's value are taken out without a word."""

    async def accept(self, subprotocol: str | None = None, headers: Any = None) -> None:
        breaks = re.compile(rb"[\r\n\0]")
        cut = [(_raw(name), breaks.sub(b"", _raw(value))) for name, value in _pairs(headers)]
        await super().accept(subprotocol, cut)


class TextLineBreaksCut(WebSocket):
    """Line breaks and NUL are taken out without a word, but only of values given as text."""

    async def accept(self, subprotocol: str | None = None, headers: Any = None) -> None:
        breaks = re.compile(r"[\r\n\0]")
        cut = [
            (name, breaks.sub("", value) if isinstance(value, str) else value)
            for name, value in _pairs(headers)
        ]
        await super().accept(subprotocol, cut)


class BadNamesDropped(WebSocket):
    """A header whose name is no token is left out without a word."""

    async def accept(self, subprotocol: str | None = None, headers: Any = None) -> None:
        kept = []
        for pair in _pairs(headers):
            try:
                acceptable_headers([(pair[0], "")])
            except ValueError as error:
                if "handshake" in str(error):
                    raise
            else:
                kept.append(pair)
        await super().accept(subprotocol, kept)


class HandshakeHeadersSent(WebSocket):
    """Headers of the handshake itself are sent like any other."""

    async def accept(self, subprotocol: str | None = None, headers: Any = None) -> None:
        own: list[tuple[bytes, bytes]] = []
        others: list[tuple[bytes, bytes]] = []
        for name, value in _pairs(headers):
            of_handshake = _raw(name).lower().startswith(b"sec-websocket-")
            (own if of_handshake else others).append((_raw(name).lower(), _raw(value)))
        message = {
            "type": "websocket.accept",
            "subprotocol": acceptable_subprotocol(subprotocol, self.subprotocols),
            "headers": [*acceptable_headers(others), *own],
        }
        await self._answer(message)
