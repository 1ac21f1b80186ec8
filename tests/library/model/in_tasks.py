"""The same programs with a task for each call, on asyncio and trio, and their own cancellation."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from typing import Any

import anyio
import anyio.abc
import anyio.lowlevel

from reference_ws.types import Message
from tests.library.model.driver import Live
from tests.library.model.lockstep import Disagreement, Lockstep
from tests.library.model.model import Waiting
from tests.library.model.operations import SLOTS, Program, Reply, cancel
from tests.library.model.outcomes import Cancelled

__all__ = ["BACKENDS", "play_in_tasks", "play_on"]

BACKENDS = ("asyncio", "trio")

# A task that may go on needs two or three turns of the loop; one that needs more waits for
# something that the server knows nothing of.
_TURNS = 20


class _Slot:
    def __init__(self) -> None:
        self.live = Live()
        self.scope = anyio.CancelScope()
        self.reply: Reply = ("returns", None)
        self.replied = anyio.Event()


_slot: ContextVar[_Slot] = ContextVar("_slot")


class InTasks:
    """Runs each call in a task of its own."""

    def __init__(self, group: anyio.abc.TaskGroup) -> None:
        self._group = group
        self._slots: dict[int, _Slot] = {}

    async def receive(self) -> Message:
        message: Message = await self._wait(("receive", None))
        return message

    async def send(self, message: Message) -> None:
        await self._wait(("send", message))

    def begin(self, slot: int, call: Callable[[], Coroutine[Any, Any, Any]]) -> Live:
        self._slots[slot] = begun = _Slot()
        self._group.start_soon(self._run, begun, call)
        return begun.live

    def reply(self, slot: int, reply: Reply) -> None:
        waiting = self._slots[slot]
        waiting.reply, waiting.live.waiting = reply, None
        if reply[0] == "cancelled":
            waiting.scope.cancel()
        else:
            waiting.replied.set()

    async def settle(self, slot: int) -> None:
        """Let the loop turn until the call of a slot waits again or has come out."""
        live = self._slots[slot].live
        for _ in range(_TURNS):
            if live.waiting is not None or live.outcome is not None:
                return
            await anyio.lowlevel.checkpoint()

    async def _run(self, slot: _Slot, call: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        _slot.set(slot)
        with slot.scope:
            try:
                slot.live.returned(await call())
            except anyio.get_cancelled_exc_class():
                slot.live.raised(Cancelled())
                raise
            except Exception as error:
                slot.live.raised(error)

    async def _wait(self, where: Waiting) -> Any:
        slot = _slot.get()
        slot.replied = anyio.Event()
        slot.live.waiting = where
        await slot.replied.wait()
        kind, value = slot.reply
        if kind == "raises":
            raise value
        return value


async def play_in_tasks(
    socket_class: Callable[..., Any], program: Program, denial: bool = True
) -> None:
    """Play a program with a task for each call, in the event loop that runs.

    Raises:
        Disagreement: The class does something else than the model says.
    """
    found: Disagreement | None = None
    async with anyio.create_task_group() as group:
        driver = InTasks(group)
        run = Lockstep(socket_class, driver, denial)
        try:
            for operation in [*program, *map(cancel, range(SLOTS))]:
                slot = run.do(operation)
                if slot is not None:
                    await driver.settle(slot)
                    run.compare(slot)
        except Disagreement as error:
            found = error
            group.cancel_scope.cancel()
    if found is not None:
        raise found


def play_on(backend: str) -> Callable[[Callable[..., Any], Program, bool], None]:
    """Return what plays one program in an event loop of its own."""

    def play(socket_class: Callable[..., Any], program: Program, denial: bool = True) -> None:
        anyio.run(play_in_tasks, socket_class, program, denial, backend=backend)

    return play
