"""What runs the calls of a program, and where each of them waits."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from reference_ws.types import Message
from tests.library.model.model import Waiting
from tests.library.model.operations import Reply
from tests.library.model.outcomes import Cancelled, Outcome, described

__all__ = ["Driver", "Live", "Resumable", "advance"]


class Live:
    """A call that has begun: where it waits for the server, or how it came out."""

    def __init__(self) -> None:
        self.waiting: Waiting | None = None
        self.outcome: Outcome | None = None
        self.result: object = None

    def returned(self, value: Any) -> None:
        self.waiting, self.outcome, self.result = None, ("returns", value), value

    def raised(self, error: BaseException) -> None:
        self.waiting, self.outcome, self.result = None, described(error), error

    def __repr__(self) -> str:
        if self.waiting is not None:
            where, message = self.waiting
            return f"waits in the server's {where}" + (f" with {message!r}" if message else "")
        if self.outcome is None:
            return "waits for something else than the server"
        return " ".join([self.outcome[0], *map(repr, self.outcome[1:])])


class Driver(Protocol):
    """The server's two channels, and what happens to those who wait in them."""

    async def receive(self) -> Message:
        """The server's receive."""

    async def send(self, message: Message) -> None:
        """The server's send."""

    def begin(self, slot: int, call: Callable[[], Coroutine[Any, Any, Any]]) -> Live:
        """Begin a call."""

    def reply(self, slot: int, reply: Reply) -> None:
        """Let the call that waits in a slot go on."""


class Resumable(Protocol):
    """A generator of the model, or a coroutine of the class."""

    def send(self, value: Any, /) -> Any: ...
    def throw(self, error: BaseException, /) -> Any: ...


def advance(call: Resumable, live: Live, reply: Reply) -> None:
    """Run a call by hand to the next place where it waits."""
    kind, value = reply
    try:
        if kind == "returns":
            live.waiting = call.send(value)
        else:
            live.waiting = call.throw(value if kind == "raises" else Cancelled())
    except StopIteration as end:
        live.returned(end.value)
    except BaseException as error:
        live.raised(error)
