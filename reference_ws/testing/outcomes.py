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
    """The application's answer when it accepted the connection.

    Args:
        subprotocol: The subprotocol that the application chose, or `None`.
        headers: The headers that it added to the handshake response, in order, decoded as
            latin-1.
    """

    subprotocol: str | None
    headers: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Denial:
    """The HTTP response with which the application refused the connection.

    Args:
        status: The HTTP status; 403 if the application closed before it accepted.
        headers: The headers of the response, in order, decoded as latin-1.
        chunks: The chunks of the body as the application sent them, without empty ones.
    """

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    chunks: list[bytes] = field(default_factory=list)

    @property
    def body(self) -> bytes:
        """The whole body as bytes."""
        return b"".join(self.chunks)


@dataclass(frozen=True, slots=True)
class Close:
    """The Close frame that the application sent.

    Args:
        code: The close code; 1000 if the application did not set one.
        reason: The close reason; empty if the application did not set one.
    """

    code: int
    reason: str


class ClientDisconnected(OSError):
    """The application's `send()` raises it if the client has disconnected.

    Source: ASGI WebSocket, from spec_version 2.4.
    """


class ConnectionDenied(Exception):
    """The application refused the connection.

    Args:
        denial: The HTTP response that the application sent.
    """

    def __init__(self, denial: Denial) -> None:
        super().__init__(denial)
        self.denial = denial

    def __str__(self) -> str:
        return f"the application refused the connection with HTTP {self.denial.status}"


class UnexpectedMessage(AssertionError):
    """The application's next message is not the expected one; you can still receive it."""


class ApplicationEnded(Exception):
    """The application has ended, and no message of it is left to receive.

    Args:
        exception: The exception that the application raised, or `None` if it returned.
        wanted: A description of the message that the client waited for.
        cancelled: True if the application was cancelled from outside.
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
    """The application did not start or did not shut down.

    Args:
        text: The text of the exception: the expected event and the actual one.
        message: The `message` of `lifespan.startup.failed` or `lifespan.shutdown.failed`, or
            `None`.
        exception: The exception that the application raised, or `None`; it is also the cause of
            this exception.
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
    """Return the words for a message that an application sends after the accept, for an error."""
    if message["type"] == "websocket.close":
        return f"websocket.close {message.get('code', 1000)} {message.get('reason') or ''!r}"
    if message.get("text") is not None:
        return f"a text message {_short.repr(message['text'])}"
    return f"a binary message {_short.repr(message['bytes'])}"
