"""What the class raises beyond Python's own exceptions.

Exception
├── WebSocketDisconnect          the peer is gone
│   └── WebSocketDisconnected    … and you used the socket all the same
│       (also a RuntimeError)
└── ValueError
    └── WrongFrameKind           text came where bytes were wanted, or bytes for text
"""

from __future__ import annotations

from .constants import WebSocketCloseEvent

__all__ = ["WebSocketDisconnect", "WebSocketDisconnected", "WrongFrameKind"]

_NAMES = {int(code): code.name.replace("_", " ").lower() for code in WebSocketCloseEvent}


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
        return f"{said}: {self.reason}" if self.reason else said


class WebSocketDisconnected(WebSocketDisconnect, RuntimeError):
    """The socket was used after its end; code and reason are those of that end.

    It is both: `except WebSocketDisconnect` catches every end of a connection, and
    `except RuntimeError` every step that was not legal.

    Source: ours.
    """


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
