"""One call of an application: its two channels, how it ends, and waits that have a limit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from math import inf

import anyio
import anyio.lowlevel

from reference_ws.types import ASGIApp, Message, Scope

from .rules import ASGIViolation
from .stopping import first_request_to_stop, without

__all__ = ["Call"]


class Call(ABC):
    """Calls an application once, as a server does, and keeps what becomes of it.

    Args:
        scope: What the application is called with.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.sent: list[Message] = []
        self.violation: ASGIViolation | None = None
        self.exception: BaseException | None = None
        self.stopped: BaseException | None = None  # a request to stop the process
        self.cancelled = False
        self.ended = False
        self._inbox: deque[Message] = deque()
        self._receivers = 0  # of its tasks, how many are waiting in receive
        self._received = False
        self._changed = anyio.Event()

    async def run(self, app: ASGIApp) -> None:
        """Call the application and keep what it raises."""
        try:
            await app(self.scope, self.receive, self.send)
        except BaseException as error:
            # Only what the application itself raised is kept. A cancellation that reached it from
            # outside, and a request to stop the process, go on to whoever asked for them.
            if (request := first_request_to_stop(error)) is not None:
                self.stopped = request
                raise request from None
            if anyio.current_effective_deadline() == -inf:
                self.exception = without(anyio.get_cancelled_exc_class(), error)
                if self.exception is None:
                    self.cancelled = True
                    raise
            else:
                self.exception = error
        finally:
            self.ended = True
            self.notify()

    async def receive(self) -> Message:
        """Return the next event to the application."""
        self._receivers += 1
        try:
            # Even a ready event lets others run, or an application that ignores the disconnect
            # would spin and no limit could ever pass.
            await anyio.lowlevel.checkpoint()
            while (event := self._next_event()) is None:
                await self._change()
        finally:
            self._receivers -= 1
        self._received = True
        return event

    async def send(self, message: Message) -> None:
        """Take a message of the application.

        Raises:
            ASGIViolation: The message breaks the specification.
        """
        await anyio.lowlevel.checkpoint()
        try:
            self._take(message)
        except ASGIViolation as violation:
            self.violation = self.violation or violation
            self.notify()
            raise
        self.notify()

    async def wait(self, wanted: str, limit: float, condition: Callable[[], bool]) -> None:
        """Wait until the condition holds; it is asked again after each change.

        Raises:
            TimeoutError: It did not hold within the limit, in seconds.
        """
        await anyio.lowlevel.checkpoint()  # also where it holds already, as async functions do
        with anyio.move_on_after(limit):
            while not condition():
                await self._change()
        if not condition():
            spent = f"waited {limit:g} s for {wanted}"
            raise TimeoutError(f"{spent}; {self.activity()}")

    def notify(self) -> None:
        """Have each wait ask its condition again."""
        changed, self._changed = self._changed, anyio.Event()
        changed.set()

    def activity(self) -> str:
        """What the application did last, in words for an error."""
        sent = self.sent[-1]["type"] if self.sent else "nothing"
        now = "is waiting in receive" if self._receivers else "is busy outside receive"
        return f"the application had last sent {sent} and {now}"

    async def _change(self) -> None:
        await self._changed.wait()
        # anyio does not cancel a task of asyncio that has just been woken; without this, an
        # application that never rests would keep a wait from its limit and from a cancellation.
        await anyio.lowlevel.checkpoint()

    def _next_event(self) -> Message | None:
        return self._inbox.popleft() if self._inbox else None

    @abstractmethod
    def _take(self, message: Message) -> None:
        """Judge a message, and keep it in `sent`."""
