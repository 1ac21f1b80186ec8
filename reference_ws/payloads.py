"""What a message may carry."""

from __future__ import annotations

from .exceptions import WrongFrameKind
from .types import Message

__all__ = ["plain_bytes", "plain_text", "wrong_kind"]


def plain_text(data: str) -> str:
    """Return a plain str, whatever subclass of str it was: servers are strict.

    Args:
        data: The text.

    Raises:
        TypeError: It is not a str.
        ValueError: It holds a lone surrogate, which has no UTF-8 form.
    """
    if not isinstance(data, str):
        raise TypeError(f"expected a text message as a str, got {type(data).__name__}")
    data = str.__str__(data)
    if not data.isascii():
        data.encode()
    return data


def plain_bytes(data: bytes | bytearray | memoryview) -> bytes:
    """Return plain bytes of anything bytes-like; later changes to a buffer do not matter.

    Args:
        data: The bytes.

    Raises:
        TypeError: It is not bytes, bytearray or memoryview.
    """
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise TypeError(f"expected a binary message as bytes, got {type(data).__name__}")
    return bytes(data)


def wrong_kind(message: Message, kind: str) -> WrongFrameKind:
    """Return the exception for a message of the other kind; what came instead is in it.

    Args:
        message: The message.
        kind: What was wanted, `"text"` or `"bytes"`.
    """
    return WrongFrameKind(kind, message.get("bytes" if kind == "text" else "text"))
