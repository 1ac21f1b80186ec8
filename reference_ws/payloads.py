"""What a message may carry."""

from __future__ import annotations

__all__ = ["plain_bytes", "plain_text"]


def plain_text(data: str) -> str:
    """Give a plain str, whatever subclass of str it was: servers are strict.

    Args:
        data: The text.

    Raises:
        TypeError: It is not a str.
    """
    if not isinstance(data, str):
        raise TypeError(f"expected a text message as a str, got {type(data).__name__}")
    return str.__str__(data)


def plain_bytes(data: bytes | bytearray | memoryview) -> bytes:
    """Give plain bytes of anything bytes-like; later changes to a buffer do not matter.

    Args:
        data: The bytes.

    Raises:
        TypeError: It is not bytes, bytearray or memoryview.
    """
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise TypeError(f"expected a binary message as bytes, got {type(data).__name__}")
    return bytes(data)
