"""What honours a subclass: methods that go through those which the subclass overrides.

The class itself takes the short way, straight to its channels. A subclass that overrides a method
for text, bytes or JSON gets these in place of the short ones that would pass its method by.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from .exceptions import WebSocketDisconnect
from .jsontext import json_payload, kind_of

__all__ = ["honour_overrides"]


class _Calls:
    """An async iterator over the results of a call; ends when the connection has ended."""

    def __init__(self, call: Callable[[], Awaitable[Any]]) -> None:
        self._call = call

    def __aiter__(self) -> _Calls:
        return self

    async def __anext__(self) -> Any:
        try:
            return await self._call()
        except WebSocketDisconnect:
            raise StopAsyncIteration from None


async def receive_json(self: Any, mode: str = "text") -> Any:
    call = self.receive_text if kind_of(mode) == "text" else self.receive_bytes
    return self.decode_json(await call())


def iter_text(self: Any) -> AsyncIterator[str]:
    return _Calls(self.receive_text)


def iter_bytes(self: Any) -> AsyncIterator[bytes]:
    return _Calls(self.receive_bytes)


def iter_json(self: Any, mode: str = "text") -> AsyncIterator[Any]:
    kind_of(mode)
    return _Calls(lambda: self.receive_json(mode))


async def send_json(self: Any, data: Any, mode: str = "text") -> None:
    kind = kind_of(mode)
    payload = json_payload(self.encode_json(data), kind)
    await (self.send_text(payload) if kind == "text" else self.send_bytes(payload))


# In this order: a method that is replaced counts as overridden for those that build on it.
_BUILT_ON: tuple[tuple[Callable[..., Any], tuple[str, ...]], ...] = (
    (receive_json, ("receive_text", "receive_bytes")),
    (iter_text, ("receive_text",)),
    (iter_bytes, ("receive_bytes",)),
    (iter_json, ("receive_json",)),
    (send_json, ("send_text", "send_bytes")),
)


def honour_overrides(base: type, subclass: type) -> None:
    """Replace in a subclass what builds on a method that it overrides.

    Args:
        base: The class whose methods take the short way.
        subclass: A subclass of it.
    """
    for layered, below in _BUILT_ON:
        name = layered.__name__
        overridden = any(getattr(subclass, one) is not getattr(base, one) for one in below)
        if overridden and getattr(subclass, name) is getattr(base, name):
            setattr(subclass, name, layered)
