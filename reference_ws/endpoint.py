"""One endpoint, run to its end; however it ends, the client is told."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from enum import Enum
from json import JSONDecodeError
from typing import Any

from .responses import PlainTextResponse
from .websockets import WebSocket

__all__ = ["Endpoint", "serve"]

Endpoint = Callable[[Any], Awaitable[None]]
"""What a route calls with the socket."""

_log = logging.getLogger("reference_ws.routing")


async def serve(endpoint: Endpoint | None, websocket: WebSocket) -> None:
    """Run an endpoint and close what it leaves open; None is a path that nobody knows.

    Args:
        endpoint: The endpoint.
        websocket: Its socket.

    Source: ours.
    """
    if endpoint is None:
        await _refuse(websocket, "Not Found", 404)
        return
    try:
        await endpoint(websocket)
    except Exception as error:
        await _end_after(error, websocket)
    else:
        await websocket.close()


async def _end_after(error: Exception, websocket: WebSocket) -> None:
    # By name: a socket class of somebody else brings exceptions and states of its own.
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if "WebSocketDisconnect" in kinds:
        peer_ended = _is(websocket.client_state, "DISCONNECTED") or _lost(websocket)
        if "WebSocketDisconnected" in kinds and not peer_ended:
            _log.error(
                "%s: the endpoint went on after its own close",
                websocket.get("path"),
                exc_info=error,
            )
    elif "WrongFrameKind" in kinds or isinstance(error, (JSONDecodeError, UnicodeDecodeError)):
        _log.warning("%s: %s: %s", websocket.get("path"), type(error).__name__, error)
        await _end(websocket, 1003 if "WrongFrameKind" in kinds else 1007)
    else:
        _log.error("%s: the endpoint failed", websocket.get("path"), exc_info=error)
        await _end(websocket, 1011)


def _lost(websocket: WebSocket) -> bool:
    return bool(getattr(websocket, "_lost", False))


def _is(state: Enum, name: str) -> bool:
    return state.name == name


async def _end(websocket: WebSocket, code: int) -> None:
    if _is(websocket.application_state, "CONNECTING"):
        await _refuse(websocket, "Internal Server Error", 500)
    else:
        await websocket.close(code)


async def _refuse(websocket: WebSocket, text: str, status: int) -> None:
    if "websocket.http.response" in (websocket.scope.get("extensions") or {}):
        await websocket.send_denial_response(PlainTextResponse(text, status))
    else:
        await websocket.close()
