"""The names that ASGI gives to the pieces of an application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

__all__ = ["ASGIApp", "Message", "Receive", "Scope", "Send"]

Scope = MutableMapping[str, Any]
"""The information that the server has about a connection before any event (ASGI, Applications)."""

Message = MutableMapping[str, Any]
"""An event in either direction; its key `type` names the event (ASGI, Events)."""

Receive = Callable[[], Awaitable[Message]]
"""An async callable that returns the next event from the client (ASGI, Applications)."""

Send = Callable[[Message], Awaitable[None]]
"""An async callable that sends an event to the client (ASGI, Applications)."""

ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]
"""An application in the single-callable form of ASGI 3.0 (ASGI, Applications)."""
