"""How a connection has ended: kept for each side, so that the true end is known whatever fails."""

from __future__ import annotations

from .exceptions import WebSocketDisconnect, WebSocketDisconnected
from .scope import ScopeView
from .state import WebSocketState, refuse
from .types import Message

__all__ = ["Ending", "NO_FRAME", "sent_end"]

End = tuple[int, str]

NO_FRAME: End = (1006, "")
"""The end that no Close frame told of (RFC 6455, 7.1.5)."""


class Ending(ScopeView):
    """A view of the scope that also knows how the connection has ended."""

    application_state: WebSocketState

    # Values for all sockets until one has its own: a socket is made for each connection.
    _own: End | None = None  # as the application has sent it, or is sending it
    _left: End | None = None  # as it was received
    _before_end = WebSocketState.CONNECTING  # where it stood, should its Close not be sent
    _lost = False  # a send met OSError: no more sending, but what arrived can be read

    @property
    def close_code(self) -> int | None:
        """The code of the connection's end; None while it lives."""
        return self._end()[0] if self._own or self._left or self._lost else None

    @property
    def close_reason(self) -> str | None:
        """The reason of the connection's end; None while it lives."""
        return self._end()[1] if self._own or self._left or self._lost else None

    def _end(self) -> End:
        return self._own or self._left or NO_FRAME

    def _ended(self) -> WebSocketDisconnected:
        return WebSocketDisconnected(*self._end())

    def _loss(self) -> WebSocketDisconnect:
        self._lost, self.application_state = True, WebSocketState.DISCONNECTED
        return WebSocketDisconnect(*self._end())

    def _take_back(self, former: WebSocketState, following: WebSocketState) -> None:
        """Undo a step whose message was not sent; a later step may be under way already."""
        if following is WebSocketState.DISCONNECTED:
            self._own = None
            if not self._lost:
                self.application_state = self._before_end
        elif following is not former:
            self._before_end = former
            if self.application_state is following:
                self.application_state = former

    def _receive_end(self, message: Message) -> None:
        code, reason = message.get("code"), message.get("reason")
        # RFC 6455, 7.1.5, says 1005 of a Close frame without a code.
        code, reason = 1005 if code is None else code, "" if reason is None else reason
        sound = isinstance(code, int) and isinstance(reason, str)
        self._left = (int(code), reason) if sound else (1005, "")
        if not sound:  # the client has gone all the same
            wanted, got = "a code that is an int and a reason that is a str", (code, reason)
            refuse(wanted, got, WebSocketState.CONNECTED)


def sent_end(message: Message, accepted: bool) -> End:
    """Return the end that an application's last message means.

    Args:
        message: The message; what it carries is the application's own.
        accepted: Whether the handshake was accepted; a refusal has no Close frame.
    """
    if not accepted:
        return NO_FRAME
    code = message.get("code")
    return 1000 if code is None else code, message.get("reason") or ""
