"""One endpoint, run to its end; however it ends, the client is told."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from json import JSONDecodeError
from typing import Any

from .ending import is_lost
from .exceptions import printable
from .responses import PlainTextResponse
from .websockets import WebSocket

__all__ = ["Endpoint", "serve"]

Endpoint = Callable[[Any], Awaitable[None]]
"""What a route calls with the socket."""

_log = logging.getLogger("reference_ws.routing")


async def serve(endpoint: Endpoint | None, websocket: WebSocket) -> None:
    """Run an endpoint and close the socket afterwards if the endpoint left it open.

    Args:
        endpoint: The endpoint; None for an unknown path, which is refused.
        websocket: Its socket.

    Source: this project.
    """
    if endpoint is None:
        await _refuse(websocket, "Not Found", 404)
        return
    try:
        await endpoint(websocket)
    except Exception as error:
        await _end_after(error, websocket)
    else:
        # A class of somebody else may have no states: then close() is all there is to ask.
        if _is(getattr(websocket, "application_state", None), "RESPONSE"):
            _log.error("%s: the endpoint left its denial response unfinished", _path(websocket))
        if hasattr(websocket, "application_state"):
            await _end(websocket, 1000)
        else:
            await websocket.close()


async def _end_after(error: Exception, websocket: WebSocket) -> None:
    causes = list(_leaves(error))
    if failures := [cause for cause in causes if _is_failure(cause, websocket)]:
        after_close = all("WebSocketDisconnected" in _kinds(cause) for cause in failures)
        own_end = after_close and _is(websocket.application_state, "DISCONNECTED")
        how = "used the socket after closing it" if own_end else "failed"
        _log.error("%s: the endpoint %s", _path(websocket), how, exc_info=error)
        await _end(websocket, 1011)
        return
    for cause in causes:
        if "WebSocketException" in _kinds(cause):
            await _end_as_asked(cause, websocket)
            return
    for cause in causes:
        if _is_bad_payload(cause):
            text = printable(str(cause))
            _log.warning("%s: %s: %s", _path(websocket), type(cause).__name__, text)
            await _end(websocket, 1003 if "WrongFrameKind" in _kinds(cause) else 1007)
            return


def _leaves(error: BaseException) -> Iterator[BaseException]:
    """The exceptions in a group, which task groups raise, however deep they are."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error


def _kinds(error: BaseException) -> set[str]:
    # By name: a socket class of somebody else brings exceptions of its own.
    return {kind.__name__ for kind in type(error).__mro__}


def _is_failure(error: BaseException, websocket: WebSocket) -> bool:
    kinds = _kinds(error)
    if "WebSocketDisconnect" in kinds:  # perhaps of another socket, which says nothing of this
        return not _peer_ended(websocket, "WebSocketDisconnected" in kinds)
    return not ("WebSocketException" in kinds or _is_bad_payload(error))


def _is_bad_payload(error: BaseException) -> bool:
    is_json = isinstance(error, (JSONDecodeError, UnicodeDecodeError))
    return is_json or "WrongFrameKind" in _kinds(error)


def _peer_ended(websocket: WebSocket, used_afterwards: bool) -> bool:
    if _is(websocket.client_state, "DISCONNECTED"):
        return True
    if not _is(websocket.application_state, "DISCONNECTED"):
        return False
    # A send that found the client gone; a foreign class tells it only when it happens.
    return is_lost(websocket) if isinstance(websocket, WebSocket) else not used_afterwards


async def _end_as_asked(error: Any, websocket: WebSocket) -> None:
    try:
        with _client_may_have_left():
            await websocket.close(error.code, error.reason)
    except (TypeError, ValueError):  # an exception of another package, which does not check
        _log.error(
            "%s: expected a close code and reason that can be sent",
            _path(websocket),
            exc_info=error,
        )
        await _end(websocket, 1011)


async def _end(websocket: WebSocket, code: int) -> None:
    states = [getattr(websocket, name, None) for name in ("application_state", "client_state")]
    if any(_is(state, "DISCONNECTED") for state in states):
        return
    if _is(states[0], "RESPONSE"):
        with _client_may_have_left():
            await websocket.send({"type": "websocket.http.response.body", "body": b""})
    elif _is(states[0], "CONNECTING") and code != 1000:
        await _refuse(websocket, "Internal Server Error", 500)
    else:
        with _client_may_have_left():
            await websocket.close(code)


async def _refuse(websocket: WebSocket, text: str, status: int) -> None:
    with _client_may_have_left():
        if "websocket.http.response" in (websocket.scope.get("extensions") or {}):
            await websocket.send_denial_response(PlainTextResponse(text, status))
        else:
            await websocket.close()


@contextmanager
def _client_may_have_left() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if not (isinstance(error, OSError) or "WebSocketDisconnect" in _kinds(error)):
            raise


def _is(state: Enum | None, name: str) -> bool:
    # By name: a socket class of somebody else brings states of its own.
    return state is not None and state.name == name


def _path(websocket: WebSocket) -> str:
    """The path for a log: one event is one line, whatever a client has sent."""
    return printable(str(websocket.get("path")))
