"""Wrong servers that break a rule in the bytes themselves, where no application sees it.

What they begin with is uvicorn with its own deviations mended, so that each breaks one rule.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any

BROKEN_BYTES: dict[str, type[Mended]] = {}
"""All of them by name."""

CLOSE = b"\x88"
"""The first byte of a Close frame."""


class Mended:
    """What happens to the bytes of one connection; this one mends what uvicorn does otherwise."""

    mends = frozenset({"lines", "list", "old", "version", "empty"})

    def __init_subclass__(cls) -> None:
        BROKEN_BYTES[cls.__name__] = cls

    def __init__(self) -> None:
        self.client_closed = self.server_closed = False

    def request(self, data: bytes) -> bytes:
        """Change a request of the client."""
        if "lines" in self.mends:
            data = data.replace(b"Upgrade\r\nConnection: keep-alive", b"Upgrade, keep-alive")
        if "list" in self.mends:
            data = data.replace(b"h2c, websocket", b"websocket")
        if "old" in self.mends:
            data = data.replace(b" HTTP/1.0\r\n", b" HTTP/?\r\n")
        if "empty" in self.mends:
            data = data.replace(b"chat.v2, , chat.v1,", b"chat.v2, chat.v1")
        return data

    def response(self, data: bytes) -> bytes:
        """Change the head of a response."""
        if "version" in self.mends and data.startswith(b"HTTP/1.1 400"):
            data = data.replace(b"\r\n", b"\r\nSec-WebSocket-Version: 13\r\n", 1)
        return data

    def frames(self, data: bytes) -> bytes:
        """Change frames of the client."""
        return data

    def received(self, data: bytes) -> bytes:
        """Change whatever the client sends."""
        if data.startswith((b"GET ", b"POST ")):
            return self.request(data)
        self.client_closed |= data.startswith(CLOSE)
        return self.frames(data)

    def sent(self, data: bytes) -> bytes:
        """Change whatever the client gets."""
        self.server_closed |= data.startswith(CLOSE) and not self.client_closed
        return self.response(data) if data.startswith(b"HTTP/") else data

    def may_close(self) -> bool:
        """Whether the server closes TCP when it would."""
        return True


# The handshake


class ConnectionIsTheLastLine(Mended):
    mends = Mended.mends - {"lines"}


class UpgradeIsOneProtocol(Mended):
    mends = Mended.mends - {"list"}


class OldHTTPIsUpgraded(Mended):
    mends = Mended.mends - {"old"}


class VersionIsNotNamed(Mended):
    mends = Mended.mends - {"version"}


class EmptyOffersAreKept(Mended):
    mends = Mended.mends - {"empty"}


class WrongKeyIsSent(Mended):
    def response(self, data: bytes) -> bytes:
        return re.sub(rb"(?i)(sec-websocket-accept: )[^\r]+", rb"\1AAAA", super().response(data))


class ConnectionIsOneOption(Mended):
    def request(self, data: bytes) -> bytes:
        return super().request(data.replace(b"keep-alive, Upgrade", b"keep-alive"))


class CaseMatters(Mended):
    def request(self, data: bytes) -> bytes:
        return super().request(data.replace(b"WebSocket\r\n", b"nothing\r\n"))


class SpacesBelongToOffers(Mended):
    def request(self, data: bytes) -> bytes:
        return super().request(data.replace(b"chat.v2,chat.v1 ,", b"chat.v2.chat.v1,"))


class KeyIsNotLookedAt(Mended):
    def request(self, data: bytes) -> bytes:
        return super().request(data.replace(b"c2hvcnQ=", b"dGhlIHNhbXBsZSBub25jZQ=="))


class FirstOfTwoKeys(Mended):
    def request(self, data: bytes) -> bytes:
        second = b"Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEC==\r\n"
        return super().request(data.replace(second, b""))


class HostIsMadeUp(Mended):
    def request(self, data: bytes) -> bytes:
        if b"\r\nHost:" not in data:
            data = data.replace(b"\r\n", b"\r\nHost: localhost\r\n", 1)
        return super().request(data)


class ContentTypeIsSentTwice(Mended):
    def response(self, data: bytes) -> bytes:
        if not data.startswith(b"HTTP/1.1 101"):
            data = data.replace(b"\r\n", b"\r\nContent-Type: text/html\r\n", 1)
        return super().response(data)


# Frames and the end

UNKNOWN = b"\x8b"
"""The first byte of a control frame that there is not: whoever gets one fails the connection."""


class UnaskedPongIsAFault(Mended):
    def frames(self, data: bytes) -> bytes:
        return UNKNOWN + data[1:] if data.startswith(b"\x8a") else data


class PingInAMessageIsAFault(Mended):
    def frames(self, data: bytes) -> bytes:
        return data.replace(b"he\x89", b"he" + UNKNOWN) if data.startswith(b"\x01") else data


class StaysAfterItsOwnClose(Mended):
    def may_close(self) -> bool:
        return not self.server_closed


class StaysAfterTheClientsClose(Mended):
    def may_close(self) -> bool:
        return self.server_closed or not self.client_closed


# Between uvicorn and its client


class BetweenTransport:
    """The transport of a connection, with something before what is written to it."""

    def __init__(self, transport: Any, broken: Mended) -> None:
        self._transport = transport
        self._broken = broken

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        self._transport.write(self._broken.sent(bytes(data)))

    def writelines(self, parts: list[bytes]) -> None:
        self.write(b"".join(parts))

    def close(self) -> None:
        if self._broken.may_close():
            self._transport.close()

    def abort(self) -> None:
        if self._broken.may_close():
            self._transport.abort()

    def write_eof(self) -> None:
        if self._broken.may_close():
            self._transport.write_eof()

    def set_protocol(self, protocol: asyncio.Protocol) -> None:
        self._transport.set_protocol(Between(protocol, self._broken))


class Between(asyncio.Protocol):
    """A protocol, with something before what it receives."""

    def __init__(self, protocol: asyncio.Protocol, broken: Mended) -> None:
        self._protocol = protocol
        self._broken = broken

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._protocol.connection_made(BetweenTransport(transport, self._broken))  # type: ignore[arg-type]

    def data_received(self, data: bytes) -> None:
        self._protocol.data_received(self._broken.received(data))

    def eof_received(self) -> bool | None:
        return self._protocol.eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        self._protocol.connection_lost(error)

    def pause_writing(self) -> None:
        self._protocol.pause_writing()

    def resume_writing(self) -> None:
        self._protocol.resume_writing()
