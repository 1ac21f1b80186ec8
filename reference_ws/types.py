"""The names that ASGI gives to the pieces of an application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

__all__ = ["ASGIApp", "Message", "Receive", "Scope", "Send"]

Scope = MutableMapping[str, Any]
"""What the server knows of a connection before any message (ASGI, Applications)."""

Message = MutableMapping[str, Any]
"""One event, either way; its `type` key says which (ASGI, Events)."""

Receive = Callable[[], Awaitable[Message]]
"""Gives the next event from the client (ASGI, Applications)."""

Send = Callable[[Message], Awaitable[None]]
"""Takes one event for the client (ASGI, Applications)."""

ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]
"""An application in the single-callable form of ASGI 3.0 (ASGI, Applications)."""
