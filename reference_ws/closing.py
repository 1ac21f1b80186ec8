"""What a Close frame may carry."""

from __future__ import annotations

__all__ = ["sendable_code", "sendable_reason"]

_REASON_BYTES = 123  # a control frame carries 125 bytes, two of them are the code

_INSTEAD = {1004: 1002, 1005: 1000, 1006: 1011, 1015: 1011}


def sendable_code(code: int) -> int:
    """Return the code as a plain int if a Close frame can carry it.

    Args:
        code: The close code.

    Raises:
        TypeError: It is not an int.
        ValueError: It cannot be sent; the message names a code that can
            (RFC 6455, 7.4.1 and 7.4.2).
    """
    if type(code) is not int and (not isinstance(code, int) or isinstance(code, bool)):
        raise TypeError(f"expected a close code as an int, got {code!r}")
    if not (1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999):
        instead = _INSTEAD.get(code, 4000 if code > 1015 else 1000)
        raise ValueError(
            "expected a close code that may be sent (1000-1003, 1007-1014 or 3000-4999), "
            f"got {int(code)}; {instead} may be what you want"
        )
    return code if type(code) is int else int(code)


def sendable_reason(reason: str | None) -> str:
    """Return the reason if it fits into a Close frame, and `""` for None.

    Args:
        reason: The close reason, at most 123 bytes of UTF-8.

    Raises:
        TypeError: It is not a str.
        ValueError: It is too long, or it has no UTF-8 form (RFC 6455, 5.5 and 7.1.6).
    """
    if reason is None:
        return ""
    if not isinstance(reason, str):
        raise TypeError(f"expected a close reason as a str, got {reason!r}")
    size = len(reason.encode())
    if size > _REASON_BYTES:
        raise ValueError(
            f"expected a close reason of at most {_REASON_BYTES} bytes of UTF-8, got {size} bytes"
        )
    return str.__str__(reason)
