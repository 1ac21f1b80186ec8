"""What the wrong servers begin with: uvicorn, and something before the application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]

WRONG: dict[str, type[Right]] = {}
"""All of them by name."""


class Right:
    """Breaks nothing: what the others begin with."""

    def __init_subclass__(cls) -> None:
        WRONG[cls.__name__] = cls

    def __init__(
        self,
        app: Callable[..., Awaitable[None]],
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        self.app = app
        self.from_server = receive
        self.to_server = send
        self.accepted = False

    def change(self, scope: Scope) -> None:
        """Change what the application is given."""

    def received(self, message: Message) -> Message | None:
        """Change a message from the client; None keeps it from the application."""
        return message

    def sent(self, message: Message) -> Message | None:
        """Change a message of the application; None keeps it from the client."""
        return message

    async def receive(self) -> Message:
        while True:
            message = self.received(await self.from_server())
            if message is not None:
                return message

    async def send(self, message: Message) -> None:
        changed = self.sent(message)
        if changed is not None:
            await self.to_server(changed)
        self.accepted = self.accepted or message["type"] == "websocket.accept"

    async def run(self, scope: Scope) -> None:
        changed = dict(scope)  # the server's own stays as it is
        if scope["type"] == "websocket":
            self.change(changed)
        await self.app(changed, self.receive, self.send)
