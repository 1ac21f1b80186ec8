"""Reads what an application sent, in order, for several tasks; each wait has a limit."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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
        self._line: deque[object] = deque()  # the calls that wait to read
        self._senders: deque[object] = deque()  # those that wait to send or to close

    async def accepted(self) -> Accepted:
        """Wait for the handshake."""
        with self._place(self._line) as place:
            return await self._handshake(place)

    async def opened(self) -> bool:
        """Wait for the handshake, unless the client ends the connection; whether it is open.

        Calls that wait here go on in their order, each up to its next await.
        """
        with self._place(self._senders) as turn, self._place(self._line) as place:
            if not self._answered():
                await self._until("the handshake", place, lambda: self.over or self._answered())
            if self._answered() or not self.over:
                await self._handshake(place)
            await self._peer.wait("its turn", self._timeout, lambda: self._senders[0] is turn)
            return not self.over

    async def denied(self) -> Denial:
        """Wait for the refusal and the end of its body."""
        with self._place(self._line) as place:
            return await self._refusal(place)

    async def expect(self, wanted: str, kind: str, key: str | None = None) -> Message:
        """Wait for the next message after the handshake, and look whether it is the wanted one."""
        with self._place(self._line) as place:
            await self._handshake(place)
            await self._until(wanted, place)
            message = self._next(wanted)
        if message["type"] != kind or (key is not None and message.get(key) is None):
            raise UnexpectedMessage(f"expected {wanted}, got {describe(message)}")
        return message

    async def peek(self, wanted: str) -> Message:
        """Wait for the next message and leave it the next, until a `take` without an await."""
        with self._place(self._line) as place:
            await self._until(wanted, place)
            return self._next(wanted)

    @contextmanager
    def _place(self, line: deque[object]) -> Iterator[object]:
        """A place in a line: of several tasks, the one that has waited longest goes first."""
        place = object()
        line.append(place)
        try:
            yield place
        finally:
            line.remove(place)
            if line:
                self._peer.notify()

    async def _handshake(self, place: object) -> Accepted:
        await self._until("the handshake", place, self._answered)
        if not self._answered():
            self._next("the handshake")
            self.take()
        if self._accepted is None:
            raise ConnectionDenied(await self._refusal(place))
        return self._accepted

    async def _refusal(self, place: object) -> Denial:
        wanted = "a refusal of the connection"
        while self._denial is None or not self._denial_complete:
            await self._until(
                wanted, place, lambda: self._denial_complete or self._accepted is not None
            )
            if self._accepted is not None:
                raise UnexpectedMessage(f"expected {wanted}, got an accepted connection")
            if self._denial_complete:
                continue
            if self._next(wanted)["type"] == "websocket.accept":
                raise UnexpectedMessage(f"expected {wanted}, got websocket.accept")
            self.take()
        return self._denial

    def _answered(self) -> bool:
        return self._accepted is not None or self._denial is not None

    async def _until(
        self, wanted: str, place: object, known: Callable[[], bool] = lambda: False
    ) -> None:
        """Wait until the answer is known already, or until it is this place's turn to read on.

        What follows without an await sees what this wait has seen.
        """
        peer = self._peer
        await peer.wait(
            wanted,
            self._timeout,
            lambda: bool(
                known()
                or (self._line[0] is place and (peer.unread or peer.violation or peer.ended))
            ),
        )

    def _next(self, wanted: str) -> Message:
        peer = self._peer
        # What was sent before a fault comes first, so that what a wait meets depends on the
        # application alone and not on which task ran when.
        if peer.unread:
            return peer.unread[0]
        self._raise_violation()
        if peer.exception is not None:
            self._reported.append(peer.exception)
        error = peer.exception or peer.stopped
        raise ApplicationEnded(error, wanted, peer.cancelled) from error

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
        if self._line:
            self._peer.notify()  # what this message has answered, others may be waiting for
        return message

    async def ended(self) -> None:
        """Wait until the application has ended, and raise what it raised."""
        peer = self._peer
        wanted = "the application to end"
        await peer.wait(wanted, self._timeout, lambda: bool(peer.ended or peer.violation))
        self._raise_violation()
        if peer.exception is not None:
            self._reported.append(peer.exception)
            raise peer.exception

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
