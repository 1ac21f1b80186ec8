"""What frames can carry: the limits of a Close frame, and the kinds of message that hold JSON."""

from __future__ import annotations

from typing import Literal

__all__ = ["JSONMode", "may_be_sent", "message_key", "reason_fits"]

JSONMode = Literal["text", "binary", "bytes"]


def may_be_sent(code: int) -> bool:
    """Whether a Close frame may carry this code (RFC 6455 section 7.4 and the IANA registry)."""
    return 1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999


def reason_fits(reason: str) -> bool:
    """Whether a Close frame has room for this reason: 123 bytes of UTF-8 (RFC 6455 section 5.5)."""
    try:
        return len(reason.encode()) <= 123
    except UnicodeEncodeError:
        return False


def message_key(mode: str) -> Literal["text", "bytes"]:
    """Return the key of an ASGI message for a JSON mode.

    Raises:
        ValueError: There is no such mode.
    """
    if mode not in ("text", "binary", "bytes"):
        raise ValueError(f"expected a mode of 'text', 'binary' or 'bytes', got {mode!r}")
    return "text" if mode == "text" else "bytes"
