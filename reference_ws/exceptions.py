"""What the class raises beyond Python's own exceptions.

Exception
├── WebSocketDisconnect          the peer is gone
│   └── WebSocketDisconnected    … and you used the socket all the same
│       (also a RuntimeError)
├── WebSocketException           raised by you: the router closes with its code
└── ValueError
    └── WrongFrameKind           text came where bytes were wanted, or bytes for text
"""

from __future__ import annotations

from .closing import sendable_code, sendable_reason
from .constants import WebSocketCloseEvent

__all__ = [
    "WebSocketDisconnect",
    "WebSocketDisconnected",
    "WebSocketException",
    "WrongFrameKind",
]

_NAMES = {int(code): code.name.replace("_", " ").lower() for code in WebSocketCloseEvent}


def printable(text: str) -> str:
    """Return the text with everything escaped that could start a new line or hide in a log.

    Args:
        text: Text that may come from a client.
    """
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


class WebSocketDisconnect(Exception):
    """The connection has ended.

    `str()` returns a readable form, for example `1001 going away: bye`.

    Args:
        code: The close code as an int, 1000 by default.
        reason: The close reason as a str; None is stored as `""`.

    Source: Starlette, Lilya, Yaat; this project, for the readable form.
    """

    def __init__(self, code: int = 1000, reason: str | None = None) -> None:
        super().__init__(code, reason or "")
        self.code = int(code)
        self.reason = reason or ""

    def __str__(self) -> str:
        said = " ".join(filter(None, (str(self.code), _NAMES.get(self.code))))
        return f"{said}: {printable(self.reason)}" if self.reason else said


class WebSocketDisconnected(WebSocketDisconnect, RuntimeError):
    """The socket was used after its connection had ended.

    `code` and `reason` are those with which the connection ended. The exception has two base
    classes: `except WebSocketDisconnect` catches it together with all other ends of a
    connection, and `except RuntimeError` together with all other illegal calls.

    Source: this project.
    """


class WebSocketException(Exception):
    """An exception with which an endpoint closes the connection.

    Raise it in an endpoint, or in any code that the endpoint calls. The router catches it and
    closes the connection with its code and reason, or refuses the handshake if it has not been
    accepted. The exception is a decision of your application, so the router does not log it.

    Args:
        code: The close code, as for `WebSocket.close()`; 1008 by default.
        reason: The close reason, as for `WebSocket.close()`.

    Raises:
        TypeError: The code is not an int, or the reason is not a str.
        ValueError: The code or the reason cannot be sent.

    Source: Starlette; this project, for checking the arguments.
    """

    def __init__(self, code: int = 1008, reason: str | None = None) -> None:
        super().__init__(code, reason or "")
        self.code = sendable_code(code)
        self.reason = sendable_reason(reason)

    def __str__(self) -> str:
        return str(WebSocketDisconnect(self.code, self.reason))


class WrongFrameKind(ValueError):
    """A text message arrived where a binary message was expected, or the other way round.

    The exception holds the message, and the connection stays open.

    Args:
        expected: The expected kind, `"text"` or `"bytes"`.
        payload: The payload that arrived, as str or bytes; None if the message had no payload.

    Source: this project.
    """

    def __init__(self, expected: str, payload: str | bytes | None) -> None:
        super().__init__(expected, payload)
        self.expected = expected
        self.payload = payload

    def __str__(self) -> str:
        if self.payload is None:
            got = "a message with neither text nor bytes"
        else:  # cut: logs stay readable, and the whole payload is on the exception
            shown = repr(self.payload[:60]) + ("…" if len(self.payload) > 60 else "")
            got = f"{'text' if isinstance(self.payload, str) else 'bytes'} {shown}"
        return f"expected {self.expected}, got {got}"
