"""The rules: which message is legal in which state, and which state follows.

Everything that decides legality lives in the two tables; the class asks them and knows
no rule of its own.
The documentation prints them, and a test compares the class with every cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, NoReturn

__all__ = ["RECEIVE", "SEND", "WebSocketState", "refuse", "step"]


class WebSocketState(Enum):
    """How far one side has come.

    Source: the members are those that Starlette documents.
    """

    CONNECTING = 0
    CONNECTED = 1
    DISCONNECTED = 2
    RESPONSE = 3


Table = Mapping[WebSocketState, Mapping[str, WebSocketState]]

# The last part of a denial ends the connection and the others do not: a key of its own
# keeps that a fact of the table, not a branch of the class.
MORE_BODY = "websocket.http.response.body with more_body"

RECEIVE: Table = {
    WebSocketState.CONNECTING: {
        "websocket.connect": WebSocketState.CONNECTED,
    },
    WebSocketState.CONNECTED: {
        "websocket.receive": WebSocketState.CONNECTED,
        "websocket.disconnect": WebSocketState.DISCONNECTED,
    },
    WebSocketState.DISCONNECTED: {},
}
"""By `client_state`: what may arrive, and the state that follows (ASGI WebSocket)."""

SEND: Table = {
    WebSocketState.CONNECTING: {
        "websocket.accept": WebSocketState.CONNECTED,
        "websocket.close": WebSocketState.DISCONNECTED,
        "websocket.http.response.start": WebSocketState.RESPONSE,
    },
    WebSocketState.CONNECTED: {
        "websocket.send": WebSocketState.CONNECTED,
        "websocket.close": WebSocketState.DISCONNECTED,
    },
    WebSocketState.RESPONSE: {
        MORE_BODY: WebSocketState.RESPONSE,
        "websocket.http.response.body": WebSocketState.DISCONNECTED,
    },
    WebSocketState.DISCONNECTED: {},
}
"""By `application_state`: what may be sent, and the state that follows (ASGI WebSocket)."""


def step(table: Table, state: WebSocketState, message: Mapping[str, Any]) -> WebSocketState:
    """Give the state that follows when `message` happens in `state`; change nothing.

    Args:
        table: `RECEIVE` or `SEND`.
        state: The state of that side now.
        message: The ASGI message.

    Raises:
        RuntimeError: The message is not legal in this state.
    """
    got: object = message
    if isinstance(message, Mapping):
        got = message.get("type")
        if got == "websocket.http.response.body" and message.get("more_body"):
            got = MORE_BODY
    following = table[state].get(got) if isinstance(got, str) else None
    if following is None:
        refuse(" or ".join(table[state]) or "nothing more", got, state)
    return following


def refuse(expected: str, got: object, state: WebSocketState) -> NoReturn:
    """Raise the one error for every illegal step.

    Args:
        expected: What would have been legal.
        got: What was tried.
        state: The state in which it was tried.

    Raises:
        RuntimeError: Always.
    """
    raise RuntimeError(f"expected {expected}, got {got} in state {state.name}")
