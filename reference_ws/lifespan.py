"""Start-up and shut-down of an application, with a context manager around its life."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from traceback import format_exc
from typing import Any

from .types import Receive, Scope, Send

__all__ = ["Lifespan", "live"]

Lifespan = Callable[[Any], AbstractAsyncContextManager[Mapping[str, Any] | None]]
"""Called with the application; what its context manager gives goes into `scope["state"]`."""


async def live(
    app: object, lifespan: Lifespan | None, scope: Scope, receive: Receive, send: Send
) -> None:
    """Answer a server's start-up and shut-down.

    Args:
        app: What the lifespan is called with.
        lifespan: Entered at start-up, left at shut-down; None does nothing.
        scope: The lifespan scope.
        receive: The server's receive callable.
        send: The server's send callable.

    Raises:
        Exception: What the lifespan raised; the server has been told that it failed.

    Source: ASGI Lifespan; that an async context manager does it is Starlette's form.
    """
    context = nullcontext() if lifespan is None else lifespan(app)
    await receive()
    phase = "startup"
    try:
        async with context as state:
            if state:
                if "state" not in scope:
                    raise RuntimeError(
                        "expected a server with lifespan state, got a scope without 'state'"
                    )
                scope["state"].update(state)
            await send({"type": "lifespan.startup.complete"})
            phase = "shutdown"
            await receive()
    except BaseException:
        await send({"type": f"lifespan.{phase}.failed", "message": format_exc()})
        raise
    await send({"type": "lifespan.shutdown.complete"})
