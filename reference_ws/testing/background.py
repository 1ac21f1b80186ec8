"""Runs an application beside the test, also where another task leaves than the one that entered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import anyio
import anyio.abc

from .stopping import first_request_to_stop

__all__ = ["Background"]


class Background:
    """One task beside the caller, which only `cancel` cancels.

    A test that is cancelled leaves its `async with` block, and that cancels the application. Until
    then the application goes on, so no wait of the client takes a cancellation for an end.

    Plugins and unittest run the two halves of a fixture in two tasks of asyncio, where a task
    group must be left by the task that entered it: there the application runs in a task of the
    event loop. Trio has none for that purpose, and its plugins run a fixture in one task: there
    the application runs in a task group.
    """

    def __init__(self) -> None:
        # Shielded, or a cancellation around the test would reach the application before the test.
        self._scope = anyio.CancelScope(shield=True)
        self._ended = anyio.Event()
        self._task: asyncio.Task[None] | None = None
        self._group: anyio.abc.TaskGroup | None = None

    async def start(self, function: Callable[[], Awaitable[None]]) -> None:
        """Start the task."""
        if _on_asyncio():
            self._task = asyncio.create_task(self._run(function))
        else:
            self._group = anyio.create_task_group()
            await self._group.__aenter__()
            self._group.start_soon(self._run, function)

    def cancel(self) -> None:
        """Cancel the task, now and at each of its further awaits."""
        self._scope.cancel()

    async def join(self) -> None:
        """Wait until the task has ended, also while the caller is cancelled.

        Raises:
            KeyboardInterrupt: The task has raised it, on trio; on asyncio, the event loop has
                raised it already. The same for `SystemExit`.
        """
        if self._task is not None:
            await _done(self._task)
        if self._group is not None:
            with anyio.CancelScope(shield=True):
                await self._ended.wait()
            await _leave(self._group)

    async def _run(self, function: Callable[[], Awaitable[None]]) -> None:
        try:
            with self._scope:
                await function()
        finally:
            self._ended.set()


async def _done(task: asyncio.Task[None]) -> None:
    interruption: asyncio.CancelledError | None = None
    while not task.done():
        try:
            with anyio.CancelScope(shield=True):
                await asyncio.wait([task])
        except asyncio.CancelledError as error:  # `Task.cancel` passes through a shield, once
            interruption = error
    if not task.cancelled():
        task.exception()  # looked at, or asyncio logs that nobody has
    if interruption is not None:
        raise interruption


def _on_asyncio() -> bool:
    try:
        return asyncio.current_task() is not None
    except RuntimeError:  # no event loop of asyncio is running
        return False


async def _leave(group: anyio.abc.TaskGroup) -> None:
    try:
        await group.__aexit__(None, None, None)
    except BaseExceptionGroup as errors:
        if (request := first_request_to_stop(errors)) is not None:
            raise request from None
        raise
