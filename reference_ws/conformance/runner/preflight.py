"""Looks, before hundreds of examples say the same, whether anything can work at all."""

from __future__ import annotations

import socket
import ssl
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..interruption import INCOMPLETE, interruptible
from ..pages.model import Example
from ..pages.parse import parse_page
from ..targets.find import Missing, Target
from ..wire.process import ServerError
from .trial import tried

if TYPE_CHECKING:
    from ..wire.server import WireServer
    from .suite import Suite

__all__ = ["WRONG_USAGE", "NothingCanWork", "look_before"]

WRONG_USAGE = 2

LIMIT = 5.0
"""Seconds for what a server is asked directly."""


class NothingCanWork(Exception):
    """A run that would say the same of every example.

    Args:
        message: Why, in one line.
        status: The exit status: 2 for what was asked for, 3 for what went wrong.
    """

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@interruptible
def look_before(suite: Suite) -> None:
    """Look whether a run can come to anything.

    Args:
        suite: What is to be run. The servers that it starts here serve the examples afterwards.

    Raises:
        NothingCanWork: It cannot.
    """
    target = suite.options.target
    if target is not None:
        _look_at_constructor(target)
        if suite.options.memory and suite.options.backends == ("trio",) and suite.no_trio:
            raise NothingCanWork(
                f"expected a target that runs on trio, {target.spec!r} does not: {suite.no_trio}",
                WRONG_USAGE,
            )
    for name, command in suite.servers.items():
        try:
            server = suite.server(name)
        except ServerError as error:
            raise NothingCanWork(_in_one_line(str(error)), INCOMPLETE) from None
        if why := _why_no_websocket(server):
            raise NothingCanWork(f"server {command!r}: {why}", WRONG_USAGE)


def _look_at_constructor(target: Target) -> None:
    error = tried(target, "asyncio", whole=False)
    if error is None or isinstance(error, Missing):
        return
    said = f"{type(error).__name__}: {error}"
    raise NothingCanWork(
        f"expected {target.spec!r} to create a WebSocket from (scope, receive, send), got {said}",
        WRONG_USAGE,
    )


# Servers

_PROBE = """\
# Probe

```python
async def app(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": 1000})
```

```ws
> connect /
< accept
< close 1000
```
"""


def _why_no_websocket(server: WireServer) -> str | None:
    """Say why no handshake can reach an application over a server, None if one does."""
    result = server.play(_probe())
    if result.detail is None or any(report.kind == "websocket" for report in result.reports):
        return None  # whatever differs is for the examples to tell
    if _speaks_tls(server.port):
        return "it speaks TLS on its port, expected plain HTTP/1.1"
    if any(report.kind == "http" for report in result.reports):
        got = " ".join(result.detail.got.split())
        return (
            "WebSockets are disabled: the application received the handshake as plain HTTP, "
            f"the client got {got}"
        )
    answer = _answer(server.port)
    if answer is None or answer.startswith("HTTP/1.1 101"):
        return None
    return f"it refuses the handshake without calling the application: {answer}"


def _probe() -> Example:
    with tempfile.TemporaryDirectory(prefix="ws-") as folder:
        page = Path(folder, "probe.md")
        page.write_text(_PROBE, "utf-8")
        (example,) = parse_page(page, strict_headings=False).examples
    return example


def _speaks_tls(port: int) -> bool:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as plain:
            context.wrap_socket(plain, server_hostname="localhost").close()
    except ssl.SSLError as error:
        # One that asks for a client's certificate speaks it as well, and says so in an alert.
        return "ALERT" in (error.reason or "")
    except OSError:
        return False
    return True


def _answer(port: int) -> str | None:
    """The first line that a server answers to a handshake, None without any."""
    request = (
        b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as probe:
        probe.sendall(request)
        first = probe.recv(1024).partition(b"\r\n")[0].decode("latin-1")
        return first if first.startswith("HTTP/") else None
    return None


def _in_one_line(text: str) -> str:
    """What could not be started, with its own last words: of a traceback, the last line."""
    head, _, words = text.partition("\n")
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return f"{head}: {lines[-1]}" if lines else head
