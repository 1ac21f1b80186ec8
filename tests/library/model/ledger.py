"""What holds for every socket, seen from the server alone and without the model."""

from __future__ import annotations

from typing import Any

from reference_ws.types import Message
from tests.library.model.messages import number_in

__all__ = ["Ledger"]

_LAST = ("websocket.close", "websocket.http.response.body")


class Ledger:
    """Counts what was handed over: nothing after the end, and nothing lost."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self._ended: str | None = None
        self._connected = False

    def begin_send(self, message: Any) -> None:
        """The server is handed a message."""
        if self._ended:
            self.faults.append(f"{message} was sent after {self._ended}")

    def end_send(self, message: Any) -> None:
        """The server has sent it."""
        if message["type"] in _LAST and not message.get("more_body"):
            self._ended = f"{message} was sent"

    def give(self, message: Message) -> None:
        """The server hands over a message of the client."""
        if message.get("type") == "websocket.disconnect" and self._connected:
            self._ended = "the disconnect was received"
        self._connected |= message.get("type") == "websocket.connect"

    def taken(self, given: int, result: object) -> None:
        """A call that waited for a payload has come to its end."""
        number = number_in(result)
        if number != given:
            self.faults.append(f"payload {given} was handed over, {result!r} came of it")
