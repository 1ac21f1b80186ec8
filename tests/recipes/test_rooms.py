"""The recipes for rooms, as a reader would run them: over servers, with a client that is stuck."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack, ExitStack

import pytest

from benchmarks.load.wire import Socket, opened
from benchmarks.rooms.members import SMALL_BUFFER, outcome
from benchmarks.rooms.redis_server import find_redis, redis_server
from benchmarks.rooms.served import recipe, serving
from reference_ws.conformance.wire.process import free_port

LIMIT = 60.0
BIG = "x" * 2**18
"""A few of them fill every buffer between a server and a client that does not read."""


async def joined(stack: AsyncExitStack, port: int, receive_buffer: int | None = None) -> Socket:
    wire = await stack.enter_async_context(opened(port, receive_buffer=receive_buffer))
    member = Socket(wire, port, "/rooms/tea")
    await member.open()
    return member


async def exchanged(sender: Socket, receivers: list[Socket], text: str) -> None:
    await sender.send(text)
    for receiver in receivers:
        assert await receiver.receive() == text


def test_a_stuck_member_is_closed_with_1013_and_the_others_get_everything() -> None:
    # With 10 in the place of 100 messages, less has to be sent until a queue is full.
    code = recipe("rooms-broadcast-app").replace("WAITING = 100", "WAITING = 10")

    async def main(port: int) -> None:
        async with AsyncExitStack() as stack:
            ann, bob = await joined(stack, port), await joined(stack, port)
            stuck = await joined(stack, port, SMALL_BUFFER)
            for number in range(60):  # 15 MiB
                await exchanged(ann, [ann, bob], f"{number}{BIG}")
            end = await outcome(stuck, LIMIT)
            assert end["code"] == 1013 and end["messages"] < 60, end
            await exchanged(ann, [ann, bob], "after the end")

    with serving("uvicorn", code) as served:
        asyncio.run(asyncio.wait_for(main(served.port), LIMIT))


def test_a_burst_of_one_member_closes_nobody() -> None:
    messages = 2000

    async def main(port: int) -> None:
        async with AsyncExitStack() as stack:
            members = [await joined(stack, port) for _ in range(3)]
            async with asyncio.TaskGroup() as tasks:
                for member in members:
                    tasks.create_task(read(member))
                for number in range(messages):
                    await members[0].send(str(number))

    async def read(member: Socket) -> None:
        assert [await member.receive() for _ in range(messages)] == [*map(str, range(messages))]

    with serving("uvicorn", recipe("rooms-broadcast-app")) as served:
        asyncio.run(asyncio.wait_for(main(served.port), LIMIT))


@pytest.fixture
def redis_port() -> int:
    """A port for a Redis server; without the program the test is skipped, and fails in CI."""
    if not find_redis():
        text = "expected redis-server on the PATH (Debian's package redis-server), found none"
        if os.environ.get("CI"):
            pytest.fail(text, pytrace=False)
        pytest.skip(text)
    return free_port()


def test_two_processes_share_a_room_through_redis_also_after_its_restart(redis_port: int) -> None:
    async def talk(ports: list[int]) -> None:
        async with AsyncExitStack() as stack:
            members = [await joined(stack, port) for port in ports * 2]
            for number in range(20):
                await exchanged(members[number % 4], members, f"message {number}")

    async def heard_again(here: int, there: int) -> None:
        """Send until one message has come through: when both have subscribed, nobody knows."""
        async with AsyncExitStack() as stack:
            listener = await joined(stack, there)
            heard = asyncio.create_task(listener.receive())
            while not heard.done():
                speaker = await joined(stack, here)
                await speaker.send("anybody there?")
                await asyncio.wait([heard], timeout=0.1)
            assert heard.result() == "anybody there?"

    code = recipe("rooms-redis-app")
    with ExitStack() as servers:
        with redis_server(redis_port) as url:
            environment = {"REDIS_URL": url}
            ports = [
                servers.enter_context(serving("uvicorn", code, environment)).port for _ in range(2)
            ]
            asyncio.run(asyncio.wait_for(talk(ports), LIMIT))
        with redis_server(redis_port):
            asyncio.run(asyncio.wait_for(heard_again(*ports), LIMIT))
            asyncio.run(asyncio.wait_for(heard_again(*reversed(ports)), LIMIT))
            asyncio.run(asyncio.wait_for(talk(ports), LIMIT))
