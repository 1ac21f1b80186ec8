"""Coroutines driven by hand: hundreds of thousands of steps in a minute, and nothing by chance."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from contextlib import suppress
from typing import Any

from reference_ws.types import Message
from tests.library.model.driver import Live, advance
from tests.library.model.model import Waiting
from tests.library.model.operations import Reply

__all__ = ["ByHand"]


class _Wait:
    """One call of the server's receive or send, kept waiting."""

    def __init__(self, where: Waiting) -> None:
        self._where = where

    def __await__(self) -> Generator[Waiting, Any, Any]:
        return (yield self._where)


class ByHand:
    """Runs each call in the caller's own stack."""

    def __init__(self) -> None:
        self._calls: dict[int, tuple[Coroutine[Any, Any, Any], Live]] = {}

    async def receive(self) -> Message:
        message: Message = await _Wait(("receive", None))
        return message

    async def send(self, message: Message) -> None:
        await _Wait(("send", message))

    def begin(self, slot: int, call: Callable[[], Coroutine[Any, Any, Any]]) -> Live:
        coroutine, live = call(), Live()
        self._calls[slot] = coroutine, live
        advance(coroutine, live, ("returns", None))
        return live

    def reply(self, slot: int, reply: Reply) -> None:
        advance(*self._calls[slot], reply)

    def stop(self) -> None:
        """End the calls that still wait, without a trace."""
        for coroutine, _ in self._calls.values():
            with suppress(BaseException):
                coroutine.close()
