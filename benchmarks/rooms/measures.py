"""The measures, each on one server: rooms with a stuck member, large ones, clients that leave."""

from __future__ import annotations

import asyncio
import statistics
import time
from typing import Any

from benchmarks.load.wire import Ended, Socket, opened

from .members import broadcast, joined, outcome
from .redis_server import redis_server
from .served import Served, recipe, serving

__all__ = ["large_room", "leaving", "limits", "stuck_member", "two_processes"]

_POLL = 0.01
GONE_LIMIT = 10.0
MESSAGE_LIMIT = 60.0
MIB = 2**20
CANDIDATES = (MIB, 16 * MIB, 64 * MIB)
"""Limits that servers have; each is tried, and one byte more."""

SIZES = """\
async def app(scope, receive, send):
    if scope["type"] != "websocket":
        raise ValueError("WebSockets only")
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        size = len(message.get("bytes") or message.get("text") or "")
        await send({"type": "websocket.send", "text": str(size)})
"""


async def stuck_member(server: str, members: int = 100, messages: int = 400) -> dict[str, Any]:
    """A room in which everybody reads, and the same room in which the last one does not."""
    texts = [f"{number:06d}" + "x" * (2**14 - 6) for number in range(messages)]
    with serving(server, recipe("rooms-broadcast-app")) as served:
        ports = [served.port] * members
        async with joined(ports[:-1]) as all_read:
            without = await broadcast(served, all_read, texts)
        async with joined(ports, small_last=True) as (*readers, stuck):
            beside = await broadcast(served, readers, texts)
            return {"all read": without, "one does not": beside, "stuck": await outcome(stuck)}


async def large_room(server: str, members: int = 1000, messages: int = 20) -> dict[str, Any]:
    """One sender, many members, short messages."""
    with serving(server, recipe("rooms-broadcast-app")) as served:
        async with joined([served.port] * members) as everybody:
            texts = [f"message {number:04d}" for number in range(messages)]
            return await broadcast(served, everybody, texts)


async def two_processes(
    server: str, members: int = 20, messages: int = 500, rounds: int = 200
) -> dict[str, Any]:
    """Two servers and a Redis between them, with half of the members on each."""
    code = recipe("rooms-redis-app")
    with redis_server() as url:
        environment = {"REDIS_URL": url}
        with serving(server, code, environment) as one, serving(server, code, environment) as two:
            async with joined([one.port, two.port] * (members // 2)) as everybody:
                texts = [f"message {number:04d}" for number in range(messages)]
                many = await broadcast(one, everybody, texts)
            async with joined([one.port, two.port]) as (here, there):
                delays = []
                for number in range(rounds):
                    sent = time.perf_counter()
                    await here.send(str(number))
                    await there.receive()
                    delays.append(time.perf_counter() - sent)
                    await here.receive()
    return {**many, "milliseconds from one to the other": round(statistics.median(delays) * 1e3, 2)}


async def leaving(server: str) -> dict[str, float]:
    """Seconds until an application that only sends has ended after its client."""
    found = {}
    with serving(server, recipe("talk-only-send-app")) as served:
        for ends, way in enumerate(("close", "reset"), 1):
            async with opened(served.port) as wire:
                client = Socket(wire, served.port, "/logs/today")
                await client.open()
                await client.receive()
                started = time.monotonic()
                if way == "close":
                    await client.close(1001)
                    wire.close()  # older servers tell the application only now
                else:
                    wire.reset()
                await _until_said(served, "stopped today", ends)
                found[way] = round(time.monotonic() - started, 2)
    return found


async def _until_said(served: Served, words: str, times: int) -> None:
    async with asyncio.timeout(GONE_LIMIT):
        while served.said().count(words) < times:  # noqa: ASYNC110  # it is another process
            await asyncio.sleep(_POLL)


async def limits(server: str) -> dict[str, int | None]:
    """The longest message that arrives, and the code for a client that sends one byte more.

    No bytes mean that no limit was found, and no code that there was no Close frame.
    """
    with serving(server, SIZES) as served:
        for size in CANDIDATES:
            if not await _arrives(served.port, size):
                raise ValueError(f"expected a limit of {CANDIDATES} bytes, {size} are too many")
            async with opened(served.port) as wire:
                client = Socket(wire, served.port, "/")
                await client.open()
                if not await _is_answered(client, size + 1):
                    return {"bytes": size, "code": client.close_code}
    return {"bytes": None, "code": None}


async def _arrives(port: int, size: int) -> bool:
    async with opened(port) as wire:
        client = Socket(wire, port, "/")
        await client.open()
        return await _is_answered(client, size)


async def _is_answered(client: Socket, size: int) -> bool:
    try:
        async with asyncio.timeout(MESSAGE_LIMIT):
            await client.send("x" * size)
            assert await client.receive() == str(size)
    except Ended:
        return False
    return True
