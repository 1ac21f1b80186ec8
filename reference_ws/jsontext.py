"""JSON as RFC 8259 has it: no NaN, and every failure to read it is a JSONDecodeError."""

from __future__ import annotations

import re
import sys
from json import JSONDecodeError, JSONDecoder, JSONEncoder
from typing import Any, Literal, NoReturn

from .messages import plain_bytes, plain_text

__all__ = ["decode", "encode", "json_payload", "kind_of"]

_KINDS: dict[str, Literal["text", "bytes"]] = {
    "text": "text",
    "binary": "bytes",
    "bytes": "bytes",
}

_INFINITY = float("inf")

# Up to what may be the number that was refused: a constant, a large exponent, or many digits.
# Possessive, and a string without its end is one match: no text is looked at twice.
_SUSPECT = (
    r"-?Infinity|NaN"
    r"|-?[0-9]{1,9}+(?:\.[0-9]++)?+[eE]\+?+0*+(?:[3-9][0-9]{2}|[1-9][0-9]{3,}+)(?![0-9])"
    r"|-?[0-9]{10,}+(?:\.[0-9]++)?+(?:[eE][-+]?+[0-9]++)?+"
)
_SUSPECTS = (
    r'(?s:(?:[^"0-9IN-]++|"(?:[^"\\]++|\\.)*+"?|(?!'
    + _SUSPECT
    + r")[-0-9IN][0-9.eE+-]*+)*+("
    + _SUSPECT
    + "))"
)


class _NotFinite(ValueError):
    """NaN, Infinity, or a number that would become one of them."""


def _refuse_constant(name: str) -> NoReturn:
    raise _NotFinite(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if abs(number) == _INFINITY:
        raise _NotFinite("expected a number that a float can hold")
    return number


# Kept: building one for each message costs more than the work itself.
_encoder = JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_decoder = JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)


def encode(data: Any) -> str:
    """Return `data` as compact JSON.

    Args:
        data: Any value that JSON can represent.

    Raises:
        TypeError: Something in it has no JSON form.
        ValueError: It holds NaN, Infinity, a lone surrogate or itself, or it nests too deep
            (RFC 8259, 6 and 8.1).
    """
    try:
        text = _encoder.encode(data)
    except RecursionError:
        raise ValueError("expected JSON with fewer nested levels") from None
    if not text.isascii():
        text.encode()  # a lone surrogate has no UTF-8 form: UnicodeEncodeError, a ValueError
    return text


def kind_of(mode: str) -> Literal["text", "bytes"]:
    """Return the kind of message for a JSON mode.

    Args:
        mode: `"text"`, or `"binary"`, which `"bytes"` also names.

    Raises:
        RuntimeError: It is none of these (Starlette, Lilya).
    """
    try:
        return _KINDS[mode]
    except (KeyError, TypeError):
        raise RuntimeError(f"expected mode 'text', 'binary' or 'bytes', got {mode!r}") from None


def json_payload(encoded: str | bytes, kind: Literal["text", "bytes"]) -> str | bytes:
    """Return what a codec has made, as the payload of a message of that kind.

    Args:
        encoded: What `encode_json` has returned.
        kind: The kind of the message.

    Raises:
        TypeError: It is neither str nor bytes.
        ValueError: It has no UTF-8 form.
    """
    if isinstance(encoded, str):
        if kind == "text":
            return encoded if encoded.isascii() else plain_text(encoded)
        return encoded.encode()
    data = plain_bytes(encoded)
    return str(data, "utf-8") if kind == "text" else data


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
        raise JSONDecodeError("expected JSON with fewer nested levels", text, 0) from None
    except ValueError as error:  # not finite, or an int of more digits than Python reads
        raise JSONDecodeError(str(error), text, _position(text)) from None


def _position(text: str) -> int:
    """Where the number stands that the decoder refused without saying where."""
    suspects = re.compile(_SUSPECTS)  # few applications ever need it; the module keeps it then
    place = 0
    while found := suspects.match(text, place):
        if _unreadable(found[1]):
            return found.start(1)
        place = found.end()
    return 0


def _unreadable(number: str) -> bool:
    digits = number.lstrip("-")
    if digits.isdigit():
        return len(digits) > sys.get_int_max_str_digits() > 0
    return not abs(float(number)) < _INFINITY  # "NaN" and "Infinity" are floats as well
