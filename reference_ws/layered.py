"""What honours a subclass: methods that go through those which the subclass overrides.

The class itself takes the short way, straight to its channels. A subclass that overrides a method
which these build on gets them in place of the short ones that would pass its method by.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from .exceptions import WebSocketDisconnect
from .jsontext import kind_of
from .state import WebSocketState
from .types import Message

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


async def _answer(self: Any, message: Message) -> None:
    self._legal(message)  # before anything is received
    if self.client_state is WebSocketState.CONNECTING and not self._connecting:
        await self.receive()
    await self.send(message)


def iter_text(self: Any) -> AsyncIterator[str]:
    return _Calls(self.receive_text)


def iter_bytes(self: Any) -> AsyncIterator[bytes]:
    return _Calls(self.receive_bytes)


def iter_json(self: Any, mode: str = "text") -> AsyncIterator[Any]:
    kind_of(mode)
    return _Calls(lambda: self.receive_json(mode))


_BUILT_ON: tuple[tuple[Callable[..., Any], tuple[str, ...]], ...] = (
    (_answer, ("receive", "send")),
    (iter_text, ("receive_text",)),
    (iter_bytes, ("receive_bytes",)),
    (iter_json, ("receive_text", "receive_bytes", "receive_json")),
)


def honour_overrides(base: type, subclass: type) -> bool:
    """Replace in a subclass what builds on a method that it overrides.

    Args:
        base: The class whose methods take the short way.
        subclass: A subclass of it.

    Returns:
        Whether it overrides a channel itself, `receive` or `send`.
    """

    def overrides(*names: str) -> bool:
        return any(getattr(subclass, name) is not getattr(base, name) for name in names)

    for layered, below in _BUILT_ON:
        if overrides(*below) and not overrides(layered.__name__):
            setattr(subclass, layered.__name__, layered)
    return overrides("receive", "send")
