"""One endpoint, run to its end; however it ends, the client is told."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from json import JSONDecodeError
from typing import Any

from .exceptions import WebSocketDisconnect, WebSocketDisconnected, WrongFrameKind
from .responses import PlainTextResponse
from .state import WebSocketState
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
    except WebSocketDisconnect as error:
        peer_ended = websocket.client_state is WebSocketState.DISCONNECTED or websocket._lost
        if isinstance(error, WebSocketDisconnected) and not peer_ended:
            _log.exception("%s: the endpoint went on after its own close", websocket.get("path"))
    except (WrongFrameKind, JSONDecodeError, UnicodeDecodeError) as error:
        _log.warning("%s: %s: %s", websocket.get("path"), type(error).__name__, error)
        await _end(websocket, 1003 if isinstance(error, WrongFrameKind) else 1007)
    except Exception:
        _log.exception("%s: the endpoint failed", websocket.get("path"))
        await _end(websocket, 1011)
    else:
        await websocket.close()


async def _end(websocket: WebSocket, code: int) -> None:
    if websocket.application_state is WebSocketState.CONNECTING:
        await _refuse(websocket, "Internal Server Error", 500)
    else:
        await websocket.close(code)


async def _refuse(websocket: WebSocket, text: str, status: int) -> None:
    if "websocket.http.response" in (websocket.scope.get("extensions") or {}):
        await websocket.send_denial_response(PlainTextResponse(text, status))
    else:
        await websocket.close()
