"""Wrong servers: uvicorn, with something before the application that breaks one rule.

`python -m tests.wrong.servers FILE APP PORT` serves them all. The file holds the name of the
one that is wanted now, so that one process does for all of them.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from tests.wrong import server_handshakes, server_messages
from tests.wrong.server_base import WRONG, Right, Scope
from tests.wrong.server_bytes import BROKEN_BYTES, Between, Mended

__all__ = ["WRONG"]

TOPICS = (server_handshakes, server_messages)
"""The modules that fill the table."""


def serve(name: Path, app: str, port: int) -> None:
    """Serve an application, with whichever server the file names when a connection comes."""
    import uvicorn
    from uvicorn.importer import import_from_string
    from uvicorn.protocols.http.h11_impl import H11Protocol

    inner = import_from_string(app)

    def wanted() -> type[Right]:
        return WRONG.get(name.read_text("utf-8"), Right)

    async def outer(scope: Scope, receive: Any, send: Any) -> None:
        await wanted()(inner, receive, send).run(scope)

    def between(*args: Any, **options: Any) -> asyncio.Protocol:
        broken = BROKEN_BYTES.get(name.read_text("utf-8"))
        protocol = H11Protocol(*args, **options)
        mended = name.read_text("utf-8") == Mended.__name__
        if broken is None and not mended:
            return protocol
        return Between(protocol, (broken or Mended)())

    http: Any = between  # uvicorn calls what it is given, a class or not
    uvicorn.run(outer, port=port, log_level="warning", timeout_graceful_shutdown=1, http=http)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
