"""Members of a room: they connect, read to the end, and measure how long it took."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from benchmarks.load.wire import Ended, Socket, opened

from .served import Served

__all__ = ["SMALL_BUFFER", "broadcast", "joined", "outcome"]

SMALL_BUFFER = 4096
"""Bytes that the kernel keeps for a client that does not read."""

LIMIT = 120.0


@asynccontextmanager
async def joined(
    ports: Sequence[int], path: str = "/rooms/tea", *, small_last: bool = False
) -> AsyncIterator[list[Socket]]:
    """Connect a client to each port, one after the other, and leave at the end.

    Args:
        ports: A port for each client.
        path: The path of the room.
        small_last: Whether the last client has a small receive buffer.
    """
    async with AsyncExitStack() as stack:
        members = []
        for number, port in enumerate(ports, 1):
            small = SMALL_BUFFER if small_last and number == len(ports) else None
            wire = await stack.enter_async_context(opened(port, receive_buffer=small))
            member = Socket(wire, port, path)
            await member.open()
            members.append(member)
        yield members


async def broadcast(
    server: Served, members: Sequence[Socket], texts: Sequence[str]
) -> dict[str, float]:
    """Send from the first member, and read with all of them until each has everything in order.

    Returns:
        Seconds until the last member had the last message, and the server's processor time.

    Raises:
        Ended: A member was cut off.
        AssertionError: A member got something else.
        TimeoutError: It took longer than `LIMIT`.
    """

    async def read(member: Socket) -> None:
        for text in texts:
            got = await member.receive()
            assert got == text, f"expected {text[:20]!r}, got {got[:20]!r}"

    async def write() -> None:
        for text in texts:
            await members[0].send(text)

    cpu, started = server.cpu_seconds(), time.monotonic()
    async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as tasks:
        for member in members:
            tasks.create_task(read(member))
        tasks.create_task(write())
    seconds = time.monotonic() - started
    return {
        "members": len(members),
        "messages": len(texts),
        "seconds": round(seconds, 2),
        "server's cpu seconds": round(server.cpu_seconds() - cpu, 2),
    }


async def outcome(member: Socket, limit: float = 30.0) -> dict[str, Any]:
    """Read what is left for a member that has not read.

    Args:
        member: The member.
        limit: Seconds for all of it.

    Returns:
        How many messages came, and the code of the Close frame; None without one, `"open"` if
        the connection goes on.
    """
    messages = 0
    try:
        async with asyncio.timeout(limit):
            while True:
                await member.receive()
                messages += 1
    except Ended:
        return {"messages": messages, "code": member.close_code}
    except TimeoutError:
        return {"messages": messages, "code": "open"}
