"""The rules: which step is legal in which state, and which state follows.

Everything that decides legality lives in the tables; the class asks them and knows
no rule of its own.
The documentation prints those of messages, and a test compares the class with every cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, NoReturn

__all__ = ["RECEIVE", "SEND", "WebSocketState", "refuse", "step"]


class WebSocketState(Enum):
    """The state of one side of a connection.

    Source: Starlette.
    """

    CONNECTING = 0
    CONNECTED = 1
    DISCONNECTED = 2
    RESPONSE = 3

    # Members are equal only to themselves; Enum's own hash is Python code, for each look-up.
    __hash__ = object.__hash__


CONNECTING, CONNECTED, DISCONNECTED, RESPONSE = WebSocketState

Table = Mapping[WebSocketState, Mapping[str, WebSocketState]]

# The last part of a denial ends the connection and the others do not: a key of its own
# keeps that a fact of the table, not a branch of the class.
LAST_BODY = "websocket.http.response.body"
MORE_BODY = f"{LAST_BODY} with more_body"

RECEIVE: Table = {
    CONNECTING: {"websocket.connect": CONNECTED},
    CONNECTED: {"websocket.receive": CONNECTED, "websocket.disconnect": DISCONNECTED},
    DISCONNECTED: {},
}
"""For each `client_state`, the messages that can arrive and the next state (ASGI WebSocket)."""

SEND: Table = {
    CONNECTING: {
        "websocket.accept": CONNECTED,
        "websocket.close": DISCONNECTED,
        "websocket.http.response.start": RESPONSE,
    },
    CONNECTED: {"websocket.send": CONNECTED, "websocket.close": DISCONNECTED},
    RESPONSE: {MORE_BODY: RESPONSE, LAST_BODY: DISCONNECTED},
    DISCONNECTED: {},
}
"""For each `application_state`, the messages to send and the next state (ASGI WebSocket)."""

BEFORE_PAYLOAD: tuple[Mapping[WebSocketState, str], ...] = (
    {CONNECTING: "websocket.accept first", RESPONSE: " or ".join(SEND[RESPONSE])},
    {CONNECTING: "websocket.connect first"},
)
"""By `application_state` and by `client_state`: what must come before a call for a payload."""

# The row that counts once a send has met OSError: nothing can be sent, what arrived can be read.
AFTER_LOSS = CONNECTED


def may_read(*states: WebSocketState) -> None:
    """Refuse a call for a payload that comes too early; what comes too late is an end.

    Args:
        states: The states of the application and of the client.

    Raises:
        RuntimeError: Something must come before.
    """
    for expected, state in zip(BEFORE_PAYLOAD, states, strict=True):
        if state in expected:
            refuse(expected[state], "a call to receive a message", state)


def step(table: Table, state: WebSocketState, message: Mapping[str, Any]) -> WebSocketState:
    """Return the state after a message; nothing else changes.

    Args:
        table: `RECEIVE` or `SEND`.
        state: The present state of that side.
        message: The ASGI message, a mapping with the key `type`.

    Raises:
        RuntimeError: The message is not legal in this state.
    """
    got: Any = message
    if type(message) is dict or isinstance(message, Mapping):  # asking the ABC alone costs more
        got = message.get("type")
        if got == LAST_BODY and message.get("more_body"):
            got = MORE_BODY
        try:
            return table[state][got]
        except (KeyError, TypeError):  # TypeError: a type that cannot be a key of a table
            pass
    refuse(" or ".join(table[state]) or "nothing more", got, state)


def refuse(expected: str, got: object, state: WebSocketState) -> NoReturn:
    """Raise the error for an illegal call.

    Args:
        expected: The calls or messages that are legal, for the text of the error.
        got: The call or message that was refused.
        state: The state in which it was refused.

    Raises:
        RuntimeError: Always.
    """
    raise RuntimeError(f"expected {expected}, got {got} in state {state.name}")
