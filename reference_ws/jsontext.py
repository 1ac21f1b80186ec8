"""JSON as RFC 8259 has it: no NaN, and every failure to read it is a JSONDecodeError."""

from __future__ import annotations

import re
from json import JSONDecodeError, JSONDecoder, JSONEncoder
from typing import Any, Literal, NoReturn

__all__ = ["decode", "encode", "kind_of"]

_KINDS: dict[str, Literal["text", "bytes"]] = {
    "text": "text",
    "binary": "bytes",
    "bytes": "bytes",
}

_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|(-?Infinity|NaN)')


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


# Kept: building one for each message costs more than the work itself.
_encoder = JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_decoder = JSONDecoder(parse_constant=_refuse_constant)


def encode(data: Any) -> str:
    """Give `data` as compact JSON.

    Args:
        data: Anything JSON can say.

    Raises:
        TypeError: Something in it has no JSON form.
        ValueError: It holds NaN, Infinity, a lone surrogate or itself, or it nests too deep
            (RFC 8259, 6 and 8.1).
    """
    try:
        text = _encoder.encode(data)
    except RecursionError:
        raise ValueError("expected JSON that nests less deep") from None
    if not text.isascii():
        text.encode()  # a lone surrogate has no UTF-8 form: UnicodeEncodeError, a ValueError
    return text


def kind_of(mode: str) -> Literal["text", "bytes"]:
    """Give the kind of message that a JSON mode means.

    Args:
        mode: `"text"`, or `"binary"`, which `"bytes"` also names.

    Raises:
        RuntimeError: It is none of these (Starlette, Lilya).
    """
    try:
        return _KINDS[mode]
    except (KeyError, TypeError):
        raise RuntimeError(f"expected mode 'text', 'binary' or 'bytes', got {mode!r}") from None


def decode(data: str | bytes) -> Any:
    """Read JSON.

    Args:
        data: The JSON text, or its bytes in UTF-8.

    Raises:
        UnicodeDecodeError: The bytes are not UTF-8.
        json.JSONDecodeError: It is not JSON, which NaN and Infinity are not either, or it
            nests too deep to be read (RFC 8259, 6 and 9).
    """
    text = data if isinstance(data, str) else str(data, "utf-8")
    try:
        return _decoder.decode(text)
    except JSONDecodeError:
        raise
    except RecursionError:
        raise JSONDecodeError("expected JSON that nests less deep", text, 0) from None
    except ValueError as error:
        found = next((m for m in _CONSTANT.finditer(text) if m[1]), None)
        raise JSONDecodeError(str(error), text, found.start() if found else 0) from None
