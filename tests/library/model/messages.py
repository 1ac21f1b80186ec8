"""What the server may hand over, by name; each payload has a number, so none is like another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reference_ws.types import Message

__all__ = ["GIVEN", "NUMBERED", "number_in"]


def _receive(**keys: Any) -> Message:
    return {"type": "websocket.receive", **keys}


def _disconnect(**keys: Any) -> Message:
    return {"type": "websocket.disconnect", **keys}


GIVEN: dict[str, Callable[[int], Message]] = {
    "connect": lambda n: {"type": "websocket.connect"},
    "text": lambda n: _receive(text=f"{n}"),
    "bytes": lambda n: _receive(bytes=b"%d" % n),
    "text, no JSON": lambda n: _receive(text=f"[{n},NaN]"),
    "bytes, no UTF-8": lambda n: _receive(bytes=b"\xff%d" % n),
    "text, both keys": lambda n: _receive(text=f"{n}", bytes=None),
    "bytes, both keys": lambda n: _receive(text=None, bytes=b"%d" % n),
    "neither": lambda n: _receive(),
    "disconnect 4001": lambda n: _disconnect(code=4001, reason="lunch"),
    "disconnect 1000": lambda n: _disconnect(code=1000),
    "disconnect": lambda n: _disconnect(),
    "disconnect None": lambda n: _disconnect(code=None, reason=None),
    "disconnect 'abc'": lambda n: _disconnect(code="abc", reason="lunch"),
    "disconnect b''": lambda n: _disconnect(code=1001, reason=b""),
    "nonsense": lambda n: {"type": "websocket.nonsense"},
    "no type": lambda n: {},
    "type []": lambda n: {"type": []},
}

NUMBERED = [name for name in GIVEN if name.startswith(("text", "bytes"))]


def number_in(value: object) -> int | None:
    """Return the number of the payload that a result or an exception carries."""
    if isinstance(value, dict):
        value = value.get("bytes") if value.get("text") is None else value.get("text")
    value = getattr(value, "payload", getattr(value, "doc", getattr(value, "object", value)))
    if isinstance(value, int):
        return value
    if isinstance(value, bytes):
        value = value.removeprefix(b"\xff").decode()
    if not isinstance(value, str):
        return None
    digits = value.removeprefix("[").removesuffix(",NaN]")
    return int(digits) if digits.isdigit() else None
