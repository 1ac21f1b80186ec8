"""Reads what an application sent, in order; each wait has a limit, looking takes nothing away."""

from __future__ import annotations

from collections.abc import Callable

import anyio
import anyio.lowlevel

from reference_ws.types import Message

from .outcomes import (
    Accepted,
    ApplicationEnded,
    ClientDisconnected,
    ConnectionDenied,
    Denial,
    UnexpectedMessage,
    describe,
)
from .peer import Peer

__all__ = ["Reader"]


class Reader:
    """Takes the application's messages off a peer and keeps what they add up to.

    Args:
        peer: Where they arrive.
        timeout: The limit of each wait, in seconds.
    """

    def __init__(self, peer: Peer, timeout: float) -> None:
        self.over = False  # the client has read the end, or made it
        self._peer = peer
        self._timeout = timeout
        self._accepted: Accepted | None = None
        self._denial: Denial | None = None
        self._denial_complete = False
        self._reported: list[BaseException] = []

    async def accepted(self) -> Accepted:
        """Wait for the handshake."""
        await self._until("the handshake", self._answered)
        if not self._answered():  # another task may have taken the answer while this one waited
            self._next("the handshake")
            self.take()
        if self._accepted is None:
            raise ConnectionDenied(await self.denied())
        return self._accepted

    async def denied(self) -> Denial:
        """Wait for the refusal and the end of its body."""
        wanted = "a refusal of the connection"
        while self._denial is None or not self._denial_complete:
            await self._until(wanted, lambda: self._denial_complete or self._accepted is not None)
            if self._accepted is not None:
                raise UnexpectedMessage(f"expected {wanted}, got an accepted connection")
            if self._denial_complete:
                continue
            if self._next(wanted)["type"] == "websocket.accept":
                raise UnexpectedMessage(f"expected {wanted}, got websocket.accept")
            self.take()
        return self._denial

    async def expect(self, wanted: str, kind: str, key: str | None = None) -> Message:
        """Wait for the next message after the handshake, and look whether it is the wanted one."""
        await self.accepted()
        message = await self.peek(wanted)
        if message["type"] != kind or (key is not None and message.get(key) is None):
            raise UnexpectedMessage(f"expected {wanted}, got {describe(message)}")
        return message

    async def peek(self, wanted: str) -> Message:
        """Wait for the next message and leave it the next."""
        await self._until(wanted, lambda: False)
        return self._next(wanted)

    def _answered(self) -> bool:
        return self._accepted is not None or self._denial is not None

    async def _until(self, wanted: str, condition: Callable[[], bool]) -> None:
        peer = self._peer
        await self.wait(
            wanted, lambda: bool(condition() or peer.unread or peer.violation or peer.ended)
        )
        if peer.cancellation is not None and not peer.unread:
            # Whoever cancelled the application around this client cancels this wait as well.
            await anyio.lowlevel.checkpoint_if_cancelled()

    def _next(self, wanted: str) -> Message:
        peer = self._peer
        # What was sent before a fault comes first, so that what a wait meets depends on the
        # application alone and not on which task ran when.
        if peer.unread:
            return peer.unread[0]
        self._raise_violation()
        if peer.exception is not None:
            self._reported.append(peer.exception)
        cancelled = peer.cancellation is not None
        raise ApplicationEnded(peer.exception, wanted, cancelled) from peer.exception

    def take(self) -> Message:
        """Take the next message, which must be there."""
        message = self._peer.unread.popleft()
        match message["type"]:
            case "websocket.accept":
                self._accepted = Accepted(message.get("subprotocol"), _text(message))
            case "websocket.close":
                self.over = True
                if self._accepted is None:
                    self._denial, self._denial_complete = Denial(403), True
            case "websocket.http.response.start":
                self._denial = Denial(int(message["status"]), _text(message))
            case "websocket.http.response.body":
                self.over = self._denial_complete = not message.get("more_body", False)
                if self._denial is not None and message.get("body"):
                    self._denial.chunks.append(message["body"])
        return message

    async def ended(self) -> None:
        """Wait until the application has ended, and raise what it raised."""
        peer = self._peer
        await self.wait("the application to end", lambda: bool(peer.ended or peer.violation))
        self._raise_violation()
        if peer.exception is not None:
            self._reported.append(peer.exception)
            raise peer.exception

    async def wait(self, wanted: str, condition: Callable[[], bool]) -> None:
        """Wait until the condition holds, up to the limit."""
        with anyio.move_on_after(self._timeout):
            await self._peer.until(condition)
        if not condition():
            spent = f"waited {self._timeout:g} s for {wanted}"
            raise TimeoutError(f"{spent}; {self._peer.activity()}")

    def unreported(self) -> list[BaseException]:
        """The application's faults that no wait has raised yet, the cause first."""
        found = dict.fromkeys((self._peer.violation, self._peer.exception))
        return [
            fault
            for fault in found
            # A server puts up with its own OSError (ASGI WebSocket, Disconnected Client).
            if not (fault is None or isinstance(fault, ClientDisconnected))
            and not any(fault is reported for reported in self._reported)
        ]

    def _raise_violation(self) -> None:
        if self._peer.violation is not None:
            self._reported.append(self._peer.violation)
            raise self._peer.violation


def _text(message: Message) -> list[tuple[str, str]]:
    pairs = message.get("headers", [])
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs]
