"""The sockets that the model is held against: the class, and a subclass that changes nothing."""

from __future__ import annotations

from reference_ws.types import Message
from reference_ws.websockets import WebSocket

__all__ = ["Overriding", "WebSocket"]


class Overriding(WebSocket):
    """Overrides the raw methods, so that all others must go through them."""

    async def receive(self) -> Message:
        return await super().receive()

    async def send(self, message: Message) -> None:
        await super().send(message)
