"""How a connection has ended: kept for each side, so that the true end is known whatever fails."""

from __future__ import annotations

from collections.abc import Mapping

from .exceptions import WebSocketDisconnect, WebSocketDisconnected
from .scope import ScopeView
from .state import (
    CONNECTED,
    DISCONNECTED,
    LAST_BODY,
    RECEIVE,
    SEND,
    WebSocketState,
    refuse,
    step,
)
from .types import Message

__all__ = ["Ending", "is_lost"]

End = tuple[int, str]

NO_FRAME: End = (1006, "")
"""The end that no Close frame told of (RFC 6455, 7.1.5)."""


class Ending(ScopeView):
    """A view of the scope that also knows how the connection ended."""

    client_state: WebSocketState
    application_state: WebSocketState

    _sent: End | None  # as the application has sent it, or is sending it
    _left: End | None  # as it was received
    _lost: End | None  # a send met OSError: no more sending, but what arrived can be read
    _before_end: WebSocketState  # where it stood, should its Close not be sent

    @property
    def close_code(self) -> int | None:
        """The close code with which the connection ended; None while it is open."""
        end = self._sent or self._left or self._lost
        return end and end[0]

    @property
    def close_reason(self) -> str | None:
        """The close reason with which the connection ended; None while it is open."""
        end = self._sent or self._left or self._lost
        return end and end[1]

    def _end(self) -> End:
        return self._sent or self._left or NO_FRAME

    def _ended(self) -> WebSocketDisconnected:
        return WebSocketDisconnected(*self._end())

    def _loss(self) -> WebSocketDisconnect:
        self._lost, self.application_state = NO_FRAME, DISCONNECTED
        return WebSocketDisconnect(*self._end())

    def _end_unsent(self) -> None:
        """End as the last part of a response would, which nobody can send any more."""
        following = SEND[self.application_state].get(LAST_BODY)
        if following is not None:
            self.application_state, self._sent = following, self._left or NO_FRAME

    def _end_with(self, message: Message, former: WebSocketState) -> None:
        """Note the end that the application's last message means; it may not be sent after all."""
        self._before_end, code = former, message.get("code")
        if former is CONNECTED:
            self._sent = 1000 if code is None else code, message.get("reason") or ""
        else:  # a refusal has no Close frame
            self._sent = NO_FRAME

    def _take_back(
        self, error: BaseException, former: WebSocketState, following: WebSocketState
    ) -> None:
        """Undo a step whose message was not sent; a later step may be under way already."""
        if following is DISCONNECTED:
            self._sent = None
            if not self._lost:
                self.application_state = self._before_end
        elif following is not former:
            self._before_end = former
            if self.application_state is following:
                self.application_state = former
        if isinstance(error, OSError):
            raise self._loss() from error

    def _arrived(self, message: Message) -> None:
        """Move the state with a message, and note the end that it may tell of."""
        if self.client_state is DISCONNECTED:  # another call has seen the end meanwhile
            if isinstance(message, Mapping) and message.get("type") == "websocket.receive":
                return
            raise self._ended()
        self.client_state = following = step(RECEIVE, self.client_state, message)
        if following is DISCONNECTED:
            self._end_by_peer(message)

    def _end_by_peer(self, message: Message) -> None:
        code, reason = message.get("code"), message.get("reason")
        # RFC 6455, 7.1.5, says 1005 of a Close frame without a code.
        code, reason = 1005 if code is None else code, "" if reason is None else reason
        sound = isinstance(code, int) and isinstance(reason, str)
        self._left = (int(code), reason) if sound else (1005, "")
        if not sound:  # the client has gone all the same
            wanted, got = "a code that is an int and a reason that is a str", (code, reason)
            refuse(wanted, got, CONNECTED)


def is_lost(socket: Ending) -> bool:
    """Whether a send has found the client gone; no state says so, since receiving goes on.

    Args:
        socket: The socket.
    """
    return socket._lost is not None
