"""Frames as a client writes them, right or wrong; the libraries write right ones only."""

from __future__ import annotations

__all__ = ["close", "masked", "text"]

FIN = 0x80
_MASKED = 0x80


def masked(head: int, payload: bytes, *, mask: bool = True, length: int | None = None) -> bytes:
    """Write a frame; the mask is four zeros, which RFC 6455 allows.

    Args:
        head: The first byte: FIN, reserved bits, opcode.
        payload: What it carries.
        mask: Whether it says that it is masked, as a client must.
        length: What it says about its length, if not the truth.
    """
    said = len(payload) if length is None else length
    bit = _MASKED if mask else 0
    if said < 126:
        size = bytes([bit | said])
    elif said < 2**16:
        size = bytes([bit | 126]) + said.to_bytes(2, "big")
    else:
        size = bytes([bit | 127]) + said.to_bytes(8, "big")
    return bytes([head]) + size + (bytes(4) if mask else b"") + payload


def text(data: str) -> bytes:
    """Write a text message."""
    return masked(FIN | 0x1, data.encode())


def close(code: int, reason: str = "") -> bytes:
    """Write a Close frame."""
    return masked(FIN | 0x8, code.to_bytes(2, "big") + reason.encode())
