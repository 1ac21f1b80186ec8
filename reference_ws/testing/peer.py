"""The ASGI server's half of a connection in memory: what the application's two channels lead to."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from math import inf

import anyio
import anyio.lowlevel

from reference_ws.types import ASGIApp, Message, Scope

from .outcomes import ClientDisconnected
from .rules import ASGIViolation, Phase, check

__all__ = ["Peer"]


class Peer:
    """Behaves to one application as an ASGI server does, and judges each message it sends.

    Args:
        scope: What the application is called with.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.sent: list[Message] = []
        self.unread: deque[Message] = deque()
        self.violation: ASGIViolation | None = None
        self.exception: BaseException | None = None
        self.cancellation: BaseException | None = None
        self.ended = False
        # Copied now: what the client offered does not change when a middleware edits the scope.
        self._offered = tuple(scope.get("subprotocols") or ())
        self._denial = "websocket.http.response" in (scope.get("extensions") or {})
        self._phase = Phase.CONNECTING
        self._inbox: deque[Message] = deque([{"type": "websocket.connect"}])
        self._disconnect: Message | None = None
        self._client_gone = False
        self._receivers = 0
        self._changed = anyio.Event()

    @property
    def over(self) -> bool:
        """Whether either side has ended the connection."""
        return self._disconnect is not None

    async def run(self, app: ASGIApp) -> None:
        """Call the application and keep what it raises."""
        try:
            await app(self.scope, self.receive, self.send)
        except BaseException as error:
            # Only what the application itself raised is kept. A cancellation that reached it from
            # outside, and a request to stop the process, go on to whoever asked for them.
            cancelled = isinstance(error, anyio.get_cancelled_exc_class())
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                raise
            if cancelled and anyio.current_effective_deadline() == -inf:
                self.cancellation = error
                raise
            self.exception = error
        finally:
            self.ended = True
            self._notify()

    async def receive(self) -> Message:
        """Give the application its next event, and after the last one that one for ever."""
        self._receivers += 1
        try:
            # Even a ready event lets others run, or an application that ignores the disconnect
            # would spin and no limit could ever pass.
            await anyio.lowlevel.checkpoint()
            while (event := self._next_event()) is None:
                await self._changed.wait()
        finally:
            self._receivers -= 1
        return event

    async def send(self, message: Message) -> None:
        """Take a message of the application.

        Raises:
            ASGIViolation: The message breaks the specification.
            ClientDisconnected: It is sound, but the client has gone.
        """
        await anyio.lowlevel.checkpoint()
        try:
            following, clean = check(
                self._phase, message, offered=self._offered, denial=self._denial
            )
        except ASGIViolation as violation:
            self.violation = self.violation or violation
            self._notify()
            raise
        if self._client_gone:
            self._phase = Phase.GONE
            raise ClientDisconnected(f"expected a connected client for {clean['type']}, got none")
        if following is Phase.CLOSED:
            accepted = self._phase is Phase.OPEN
            code = int(clean.get("code", 1000)) if accepted else 1006
            self._disconnect = _disconnect(code, clean.get("reason") or "" if accepted else "")
        self._phase = following
        self.sent.append(clean)
        self.unread.append(clean)
        self._notify()

    def deliver(self, event: Message) -> None:
        """Queue an event for the application; after the end it is lost, as on a real connection."""
        if self._disconnect is None:
            self._inbox.append(event)
            self._notify()

    def leave(self, event: Message | None = None) -> None:
        """The client goes; a connection that is over stays as it is.

        Args:
            event: What `receive` gives from then on; by default a lost connection, code 1006.
        """
        if self._disconnect is None:
            self._disconnect = _disconnect(1006, "") if event is None else event
            self._client_gone = True
            self._notify()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until the condition holds; it is asked again after each change."""
        while not condition():
            await self._changed.wait()

    def activity(self) -> str:
        """What the application did last, in words for an error."""
        sent = self.sent[-1]["type"] if self.sent else "nothing"
        now = "is waiting in receive" if self._receivers else "is busy outside receive"
        return f"the application had last sent {sent} and {now}"

    def _next_event(self) -> Message | None:
        if self._inbox:
            return self._inbox.popleft()
        return None if self._disconnect is None else dict(self._disconnect)

    def _notify(self) -> None:
        changed, self._changed = self._changed, anyio.Event()
        changed.set()


def _disconnect(code: int, reason: str) -> Message:
    return {"type": "websocket.disconnect", "code": code, "reason": reason}
