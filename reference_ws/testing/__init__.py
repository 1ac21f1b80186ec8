"""A strict client in memory for any ASGI WebSocket application, on asyncio and trio.

`connection` starts and ends an application, `client` is what a test holds, `reader` takes what
the application sent, `lifespan` starts an application up and shuts it down. `call` is one call of
an application, `peer` the one for a connection, `background` the task that it runs in, `stopping`
what ends all. `rules` says what an application may send, `frames` what a frame can carry,
`handshake` builds the scope, `outcomes` names what a client meets.
"""

from __future__ import annotations

try:
    import anyio as anyio
except ImportError as error:
    raise ImportError(
        "reference_ws.testing needs anyio: pip install 'reference-ws[testing]'"
    ) from error

from .client import WebSocketClient
from .connection import connect
from .handshake import ABSENT
from .lifespan import running
from .outcomes import (
    Accepted,
    ApplicationEnded,
    ClientDisconnected,
    Close,
    ConnectionDenied,
    Denial,
    LifespanFailed,
    UnexpectedMessage,
)
from .rules import ASGIViolation

__all__ = [
    "ABSENT",
    "ASGIViolation",
    "Accepted",
    "ApplicationEnded",
    "ClientDisconnected",
    "Close",
    "ConnectionDenied",
    "Denial",
    "LifespanFailed",
    "UnexpectedMessage",
    "WebSocketClient",
    "connect",
    "running",
]
