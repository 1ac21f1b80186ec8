"""What frames can carry: the limits of a Close frame, and JSON as a payload."""

from __future__ import annotations

from typing import Any, Literal

from reference_ws.jsontext import decode, encode

__all__ = ["JSONMode", "dump_json", "load_json", "may_be_sent", "message_key", "reason_fits"]

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
    """Give the key of an ASGI message that a JSON mode means.

    Raises:
        ValueError: There is no such mode.
    """
    if mode not in ("text", "binary", "bytes"):
        raise ValueError(f"expected a mode of 'text', 'binary' or 'bytes', got {mode!r}")
    return "text" if mode == "text" else "bytes"


def dump_json(data: Any) -> str:
    """Write compact JSON, without NaN and Infinity (RFC 8259 section 6)."""
    return encode(data)


def load_json(payload: str | bytes) -> Any:
    """Read JSON, without NaN and Infinity (RFC 8259 section 6)."""
    return decode(payload)
