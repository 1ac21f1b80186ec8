"""What wrong sockets are made of; nothing here is wrong by itself."""

from __future__ import annotations

from reference_ws.types import Message, Receive, Scope, Send
from reference_ws.websockets import WebSocket

__all__ = ["Channels"]


class Channels(WebSocket):
    """Not wrong yet: a socket that can change what passes its channels."""

    def __init__(
        self, scope: Scope, receive: Receive | None = None, send: Send | None = None
    ) -> None:
        assert receive is not None and send is not None
        self.server_receive, self.server_send = receive, send
        super().__init__(scope, self.incoming, self.outgoing)

    async def incoming(self) -> Message:
        return await self.server_receive()

    async def outgoing(self, message: Message) -> None:
        await self.server_send(message)
