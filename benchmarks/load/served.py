"""What the server under load serves: the application, and beside it a status of this process."""

from __future__ import annotations

import json
import os
import socket
import threading

from reference_ws.types import Receive, Scope, Send

from .watched import Watched, load_app, status

__all__ = ["APP", "CONTROL", "STATUS", "app"]

APP = "REFERENCE_WS_LOAD_APP"
"""The variable that names the application, as `module:attribute`."""

CONTROL = "REFERENCE_WS_LOAD_CONTROL"
"""The variable with the port on which whoever started the server listens while it lives."""

STATUS = "/load-status"
"""The path on which this process tells what it holds."""


def _end_with_the_starter(port: int) -> None:
    """End this process when the one that has started the server ends, however it does."""
    connection = socket.create_connection(("127.0.0.1", port))

    def watch() -> None:
        try:
            connection.recv(1)  # nothing is ever sent: this returns when the other side is gone
        except OSError:
            pass
        os._exit(0)  # from a thread, nothing gentler ends a server

    threading.Thread(target=watch, name="starter", daemon=True).start()


if CONTROL in os.environ:
    _end_with_the_starter(int(os.environ[CONTROL]))
_watched = Watched(load_app(os.environ.get(APP, "benchmarks.load.router:router")))


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one connection."""
    if scope["type"] == "websocket":
        await _watched(scope, receive, send)
    elif scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope.get("path") == STATUS:
        body = json.dumps(status(_watched)).encode()
        headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
    else:
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        phase = (await receive())["type"]
        await send({"type": f"{phase}.complete"})
        if phase == "lifespan.shutdown":
            return
