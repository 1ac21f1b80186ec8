"""The ASGI lifespan: an application that is started up before connections and shut down after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from types import TracebackType

from reference_ws.types import ASGIApp, Message, Receive, Scope, Send

from .background import Background
from .call import Call
from .outcomes import LifespanFailed
from .rules import ASGIViolation
from .stopping import is_stop, raise_first

__all__ = ["running"]


def running(app: ASGIApp, *, timeout: float = 5.0) -> AbstractAsyncContextManager[ASGIApp]:
    """Start an application as a server does, and shut it down on exit.

    Entering the block sends `lifespan.startup` and waits for the answer, and leaving it does the
    same with `lifespan.shutdown`. One task of the application handles both. It works on asyncio
    and trio.

    Args:
        app: The application under test, written with any framework.
        timeout: The time limit of each wait, in seconds, 5 by default.

    Returns:
        An async context manager that returns the started application on entry; pass it to
        `connect()` as often as you like. The scope of each connection has a shallow copy of the
        lifespan's state under `state`, into which the `state` that you pass to `connect()` is
        merged. On exit it raises the exception of a failed shutdown, unless the block itself
        raises.

    Raises:
        ValueError: The time limit is not positive.
        LifespanFailed: On entry or exit, the application failed to start or to shut down, or
            does not support the lifespan protocol.
    """
    if not timeout > 0:
        raise ValueError(f"expected a timeout of more than 0 s, got {timeout!r}")
    return _Running(app, timeout)


class _Running(AbstractAsyncContextManager[ASGIApp]):
    def __init__(self, app: ASGIApp, timeout: float) -> None:
        self._app = app
        self._timeout = timeout

    async def __aenter__(self) -> ASGIApp:
        self._call = _LifespanCall()
        self._background = Background()
        await self._background.start(lambda: self._call.run(self._app))
        try:
            await self._call.ask("startup", self._timeout)
        except BaseException:
            self._background.cancel()
            await self._background.join()
            raise
        return self._started

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        faults: list[BaseException] = []
        try:
            # A request to stop everything leaves no time for a shut-down.
            if not is_stop(error):
                faults = await self._shut_down()
        finally:
            if not self._call.ended:
                self._background.cancel()
            await self._background.join()
        raise_first(error, [*faults, *self._call.untold(faults)])

    async def _started(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = {**self._call.scope["state"], **(scope.get("state") or {})}
        await self._app(scope, receive, send)

    async def _shut_down(self) -> list[BaseException]:
        call = self._call
        try:
            await call.ask("shutdown", self._timeout)
            wanted = "the application to end after lifespan.shutdown.complete"
            await call.wait(wanted, self._timeout, lambda: call.ended)
        except (ASGIViolation, LifespanFailed, TimeoutError) as fault:
            return [fault]
        return []


class _LifespanCall(Call):
    def __init__(self) -> None:
        asgi = {"version": "3.0", "spec_version": "2.0"}
        super().__init__({"type": "lifespan", "asgi": asgi, "state": {}})
        self._answers: tuple[str, ...] = ()  # what the application may send now
        self._answer: Message | None = None

    async def ask(self, phase: str, limit: float) -> None:
        """Have the application start up or shut down.

        Raises:
            ASGIViolation: It answered with something else.
            LifespanFailed: It said that it failed, raised, or ended without an answer.
            TimeoutError: It did not answer within the limit, in seconds.
        """
        if self.sent and self.ended and not self._faults():
            return  # what has returned after its start-up has nothing to shut down
        wanted, failed = f"lifespan.{phase}.complete", f"lifespan.{phase}.failed"
        self._answers, self._answer = (wanted, failed), None
        self._inbox.append({"type": f"lifespan.{phase}"})
        self.notify()
        await self.wait(wanted, limit, lambda: bool(self._answer or self.violation or self.ended))
        if self._answer is not None and self._answer["type"] == failed:
            with suppress(TimeoutError):  # frameworks say first that they failed, and raise then
                await self.wait("the application to end", limit, lambda: self.ended)
        elif self._answer is not None:
            return
        raise self.stopped or self.violation or self._failure(wanted)

    def untold(self, faults: Sequence[BaseException]) -> list[BaseException]:
        """What the application did wrong and these faults do not tell."""
        told = [*faults, *(fault.__cause__ for fault in faults)]
        return [fault for fault in self._faults() if not any(fault is other for other in told)]

    def _faults(self) -> list[BaseException]:
        return [fault for fault in (self.violation, self.exception) if fault is not None]

    def _failure(self, wanted: str) -> LifespanFailed:
        message = None if self._answer is None else self._answer.get("message", "")
        if self.exception is not None:
            got = f"an application that raised {self.exception!r}"
        elif message is not None:
            got = f"{self._answers[1]} {message!r}"
        else:
            got = "an application that returned"
        hint = "" if self._received else "; without a lifespan, connect to it without running()"
        failure = LifespanFailed(f"expected {wanted}, got {got}{hint}", message, self.exception)
        failure.__cause__ = self.exception
        return failure

    def _take(self, message: Message) -> None:
        if not isinstance(message, Mapping):
            raise ASGIViolation("ASGI, Events", "a dict", repr(message))
        kind = message.get("type")
        if kind not in self._answers or self._answer is not None:
            legal = self._answers if self._answer is None else ("no further message",)
            raise ASGIViolation("ASGI Lifespan", " or ".join(legal), repr(kind))
        if not isinstance(message.get("message", ""), str):
            got = repr(message["message"])
            raise ASGIViolation("ASGI Lifespan", "a str under 'message'", got)
        self._answer = dict(message)
        self.sent.append(self._answer)
