"""Tries a target: whether instances can be made of it, and on which event loops it runs.

Whether a target runs on trio is found by one connection, played on both event loops: accept, and
one message each way. It cannot run on trio if that goes well on asyncio, and on trio
ends with what asyncio and trio themselves say to a library that was written for the other. Any
other failure on trio is a bug like each other, and is told with the example that shows it.
"""

from __future__ import annotations

import traceback
import warnings
from collections.abc import Callable, MutableMapping
from typing import Any

import anyio

from reference_ws.testing.handshake import build_scope

from ..targets.find import Target
from ..targets.limit import LimitReached, limit
from ..targets.loggers import unchanged

__all__ = ["tried", "without_trio"]

LIMIT = 2.0
"""Seconds for what is tried."""

_OF_ASYNCIO = (
    "no running event loop",
    "There is no current event loop",
    "Are you trying to use a library written for some other framework like asyncio",
)
"""What CPython and trio say to a library that was written for asyncio."""


async def _connection(kind: Callable[..., Any], whole: bool) -> None:
    """Make an instance, and accept and answer a message with it if the whole is asked for."""
    inbox: list[MutableMapping[str, Any]] = [
        {"type": "websocket.connect"},
        {"type": "websocket.receive", "text": "hello", "bytes": None},
    ]

    async def receive() -> MutableMapping[str, Any]:
        left = {"type": "websocket.disconnect", "code": 1000, "reason": ""}
        return inbox.pop(0) if inbox else left

    async def send(message: MutableMapping[str, Any]) -> None:
        pass

    websocket = kind(build_scope("/"), receive, send)
    if whole:
        await websocket.accept()
        await websocket.send_text(await websocket.receive_text())


def tried(target: Target, backend: str, *, whole: bool = True) -> BaseException | None:
    """Play one connection.

    Args:
        target: What plays it.
        backend: The event loop.
        whole: Whether more is done than to make an instance.

    Returns:
        What was raised, None if all went well.
    """
    try:
        kind = target.get("websockets", "WebSocket")
        with unchanged(), limit(LIMIT), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is never awaited, where it cannot be
            anyio.run(_connection, kind, whole, backend=backend)
    except (Exception, BaseExceptionGroup, SystemExit, LimitReached) as error:
        return error
    return None


def without_trio(target: Target) -> str | None:
    """Give the reason why a target cannot run on trio at all, None if it can.

    Args:
        target: The target.
    """
    on_trio = tried(target, "trio")
    if on_trio is None:
        return None
    told = "".join(traceback.format_exception(on_trio))
    said = next((one for one in _OF_ASYNCIO if one in told), None)
    if said is None or tried(target, "asyncio") is not None:
        return None
    lines = [line.strip(" |") for line in told.splitlines() if said in line]
    return lines[-1]
