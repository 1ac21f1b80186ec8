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
    """The connection ended; `str()` says how, for example `1001 going away: bye`.

    Args:
        code: The close code, 1000 unless given.
        reason: The close reason; None means none and is kept as `""`.

    Source: what Starlette, Lilya and Yaat document; the readable text is ours.
    """

    def __init__(self, code: int = 1000, reason: str | None = None) -> None:
        super().__init__(code, reason or "")
        self.code = int(code)
        self.reason = reason or ""

    def __str__(self) -> str:
        said = " ".join(filter(None, (str(self.code), _NAMES.get(self.code))))
        return f"{said}: {printable(self.reason)}" if self.reason else said


class WebSocketDisconnected(WebSocketDisconnect, RuntimeError):
    """The socket was used after its end; code and reason are those of that end.

    It is both: `except WebSocketDisconnect` catches every end of a connection, and
    `except RuntimeError` every step that was not legal.

    Source: ours.
    """


class WebSocketException(Exception):
    """Raise it anywhere below an endpoint, and the router closes with its code and reason.

    Before the accept it refuses the handshake. It is a decision, not a failure: it is not logged.

    Args:
        code: The close code, as for `WebSocket.close`.
        reason: The close reason, as for `WebSocket.close`.

    Raises:
        TypeError: An argument is of the wrong type.
        ValueError: An argument may not be sent.

    Source: Starlette; that the arguments are checked is ours.
    """

    def __init__(self, code: int = 1008, reason: str | None = None) -> None:
        super().__init__(code, reason or "")
        self.code = sendable_code(code)
        self.reason = sendable_reason(reason)

    def __str__(self) -> str:
        return str(WebSocketDisconnect(self.code, self.reason))


class WrongFrameKind(ValueError):
    """A text message arrived where a binary one was wanted, or the other way round.

    The message is not lost and the connection stays open.

    Args:
        expected: The kind that was wanted, `"text"` or `"bytes"`.
        payload: What arrived instead; None if the message carried nothing at all.

    Source: ours.
    """

    def __init__(self, expected: str, payload: str | bytes | None) -> None:
        super().__init__(expected, payload)
        self.expected = expected
        self.payload = payload

    def __str__(self) -> str:
        if self.payload is None:
            got = "a message with neither"
        else:  # cut: logs stay readable, and the whole payload is on the exception
            shown = repr(self.payload[:60]) + ("…" if len(self.payload) > 60 else "")
            got = f"{'text' if isinstance(self.payload, str) else 'bytes'} {shown}"
        return f"expected {self.expected}, got {got}"
