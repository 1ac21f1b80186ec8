"""What a client of an application can meet: the answers, and the exceptions of its waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from reprlib import Repr
from typing import Any

__all__ = [
    "Accepted",
    "ApplicationEnded",
    "ClientDisconnected",
    "Close",
    "ConnectionDenied",
    "Denial",
    "LifespanFailed",
    "UnexpectedMessage",
    "describe",
]

_short = Repr()
_short.maxstring = _short.maxother = 200


@dataclass(frozen=True, slots=True)
class Accepted:
    """How the application accepted the connection.

    Args:
        subprotocol: The one it chose, or `None`.
        headers: What it added to the handshake response, in order, decoded as latin-1.
    """

    subprotocol: str | None
    headers: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Denial:
    """The HTTP response that a client got instead of a WebSocket.

    Args:
        status: The HTTP status; 403 when the application closed before it accepted.
        headers: The response's headers, in order, decoded as latin-1.
        chunks: The body as the application sent it, without empty chunks.
    """

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    chunks: list[bytes] = field(default_factory=list)

    @property
    def body(self) -> bytes:
        """The whole body."""
        return b"".join(self.chunks)


@dataclass(frozen=True, slots=True)
class Close:
    """The Close frame that the application sent.

    Args:
        code: Its close code; 1000 when the application named none.
        reason: Its reason; empty when the application gave none.
    """

    code: int
    reason: str


class ClientDisconnected(OSError):
    """Raised inside the application's `send` once the client has gone (ASGI spec_version 2.4)."""


class ConnectionDenied(Exception):
    """The application refused the connection that the client waited for.

    Args:
        denial: The HTTP response it gave instead.
    """

    def __init__(self, denial: Denial) -> None:
        super().__init__(denial)
        self.denial = denial

    def __str__(self) -> str:
        return f"the application refused the connection with HTTP {self.denial.status}"


class UnexpectedMessage(AssertionError):
    """The application's next message is another than the awaited one; it can still be received."""


class ApplicationEnded(Exception):
    """The application has ended, and none of its messages is left.

    Args:
        exception: What it raised, or `None` when it returned.
        wanted: What the client waited for.
        cancelled: Whether it was cancelled from outside.
    """

    def __init__(
        self, exception: BaseException | None, wanted: str, cancelled: bool = False
    ) -> None:
        super().__init__(exception, wanted, cancelled)
        self.exception = exception
        self.wanted = wanted
        self.cancelled = cancelled

    def __str__(self) -> str:
        how = "returned" if self.exception is None else f"raised {self.exception!r}"
        if self.cancelled:
            how = "was cancelled"
        return f"expected {self.wanted}, got none: the application {how}"


class LifespanFailed(Exception):
    """The application did not start up, or did not shut down.

    Args:
        text: What was expected, and what came.
        message: What the application said of it (`lifespan.startup.failed`), or `None`.
        exception: What it raised, or `None`; also the cause of this exception.
    """

    def __init__(
        self, text: str, message: str | None = None, exception: BaseException | None = None
    ) -> None:
        super().__init__(text, message, exception)
        self.message = message
        self.exception = exception

    def __str__(self) -> str:
        return str(self.args[0])


def describe(message: Mapping[str, Any]) -> str:
    """Give the words, in an error, for a message that an application sends after it accepted."""
    if message["type"] == "websocket.close":
        return f"websocket.close {message.get('code', 1000)} {message.get('reason') or ''!r}"
    if message.get("text") is not None:
        return f"a text message {_short.repr(message['text'])}"
    return f"a binary message {_short.repr(message['bytes'])}"
