"""The ASGI server's half of a connection in memory: what the application's two channels lead to."""

from __future__ import annotations

from collections import deque

from reference_ws.types import Message, Scope

from .call import Call
from .outcomes import ClientDisconnected
from .rules import Phase, check

__all__ = ["Peer"]


class Peer(Call):
    """Behaves to one application as an ASGI server does, and judges each message it sends.

    After the last event, `receive` gives that one for ever. Where the message is sound but the
    client has gone, `send` raises `ClientDisconnected`.

    Args:
        scope: What the application is called with.
    """

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.unread: deque[Message] = deque()
        # Copied now: what the client offered does not change when a middleware edits the scope.
        self._offered = tuple(scope.get("subprotocols") or ())
        self._denial = "websocket.http.response" in (scope.get("extensions") or {})
        self._phase = Phase.CONNECTING
        self._inbox.append({"type": "websocket.connect"})
        self._disconnect: Message | None = None
        self._client_gone = False

    @property
    def over(self) -> bool:
        """Whether either side has ended the connection."""
        return self._disconnect is not None

    def deliver(self, event: Message) -> None:
        """Queue an event for the application; after the end it is lost, as on a real connection."""
        if self._disconnect is None:
            self._inbox.append(event)
            self.notify()

    def leave(self, event: Message | None = None) -> None:
        """The client goes; a connection that is over stays as it is.

        Args:
            event: What `receive` gives from then on; by default a lost connection, code 1006.
        """
        if self._disconnect is None:
            self._disconnect = _disconnect(1006, "") if event is None else event
            self._client_gone = True
            self.notify()

    def _take(self, message: Message) -> None:
        following, clean = check(self._phase, message, offered=self._offered, denial=self._denial)
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

    def _next_event(self) -> Message | None:
        event = super()._next_event()
        if event is None and self._disconnect is not None:
            return dict(self._disconnect)
        return event


def _disconnect(code: int, reason: str) -> Message:
    return {"type": "websocket.disconnect", "code": code, "reason": reason}
