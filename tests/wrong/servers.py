"""Wrong servers: uvicorn, with something before the application that breaks one rule.

`python -m tests.wrong.servers FILE APP PORT` serves them all. The file holds the name of the
one that is wanted now, so that one process does for all of them.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from tests.wrong import server_handshakes, server_messages
from tests.wrong.server_base import WRONG, Right, Scope

__all__ = ["WRONG"]

TOPICS = (server_handshakes, server_messages)
"""The modules that fill the table."""


def serve(name: Path, app: str, port: int) -> None:
    """Serve an application, with whichever server the file names when a connection comes."""
    import uvicorn
    from uvicorn.importer import import_from_string

    inner = import_from_string(app)

    def wanted() -> type[Right]:
        return WRONG.get(name.read_text("utf-8"), Right)

    async def outer(scope: Scope, receive: Any, send: Any) -> None:
        await wanted()(inner, receive, send).run(scope)

    uvicorn.run(outer, port=port, log_level="warning", timeout_graceful_shutdown=1)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
