"""Clients that keep the protocol; each knows which messages must come, and counts those that do."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

from .counts import Result
from .crowd import Crowd
from .wire import Ended, Socket, opened

__all__ = ["echo", "member", "room_losses", "slow_reader"]

THINKING = 0.5  # seconds at most between two messages
SLOW_COUNT, SLOW_SIZE = 64, 8192
SLOW_BUFFER = 4096


async def echo(crowd: Crowd, number: int) -> None:
    """Send numbered messages, wait for each answer, close with a code of one's own."""
    sent: list[str] = []
    received: list[str] = []
    code = 3000 + number % 1000
    try:
        with _failures(crowd.result, "echo"):
            async with _connected(crowd, "/echo", "echo") as socket:
                for step in range(crowd.messages):
                    # Some at once, so that messages also queue in the server.
                    burst = [f"{number}-{step}-{i}" for i in range(crowd.random.choice((1, 1, 4)))]
                    with crowd.waiting("an echo"):
                        async with asyncio.timeout(crowd.patience):
                            for text in burst:
                                sent.append(text)
                                crowd.result.sent += 1
                                await socket.send(text)
                            while burst[-1] not in received:
                                received.append(await socket.receive())
                                crowd.result.received += 1
                    await crowd.pause(THINKING)
                await _close(crowd, socket, code, "echo")
                received += socket.texts  # what came twice may come late
    finally:
        crowd.result.account("echo", sent, received)


async def slow_reader(crowd: Crowd, number: int) -> None:
    """Let a flood of messages stand, then read it a little at a time."""
    wanted = [f"{n:0{SLOW_SIZE}}" for n in range(SLOW_COUNT)]
    received: list[str] = []
    target = f"/flood?count={SLOW_COUNT}&size={SLOW_SIZE}"
    with _failures(crowd.result, "slow reader"):
        async with _connected(crowd, target, "slow reader", SLOW_BUFFER) as socket:
            await crowd.pause(2.0)
            async with asyncio.timeout(crowd.patience + 10):
                while len(received) < SLOW_COUNT:
                    received.append(await socket.receive(SLOW_SIZE))
                    crowd.result.received += 1
                    await crowd.pause(0.01)
                if (code := await socket.close(1000)) != 1000:
                    crowd.result.failures[f"slow reader: ended with {code}"] += 1
            received += socket.texts
    crowd.result.account("slow reader", wanted, received)


async def member(crowd: Crowd, number: int) -> None:
    """Come to the room a few times; say numbered things, and hear them and everybody else's."""
    for visit in range(3):
        await crowd.pause(THINKING)
        heard: list[str] = []
        said: list[str] = []
        me = f"{number}.{visit}"
        try:
            with _failures(crowd.result, "room"):
                async with _connected(crowd, "/room", "room") as socket:
                    for step in range(4):
                        text = f"{me}:{step}"
                        said.append(text)
                        crowd.result.sent += 1
                        with crowd.waiting("the room"):
                            async with asyncio.timeout(crowd.patience):
                                await socket.send(text)
                                while text not in heard:
                                    heard.append(await socket.receive())
                                    crowd.result.received += 1
                    await _close(crowd, socket, 1000, "room")
                    heard += socket.texts
        finally:
            room_losses(crowd.result, me, said, heard)


def room_losses(result: Result, me: str, said: list[str], heard: list[str]) -> None:
    """Count what a member did not hear, or heard twice.

    Of its own messages all must come. Of somebody else's those must that stand between two that
    it has heard: the earlier ones were before it came, the later ones after it left.
    """
    result.account("room", said, (text for text in heard if text.startswith(f"{me}:")))
    by_sender: dict[str, list[int]] = {}
    for text in heard:
        sender, _, step = text.partition(":")
        if step and sender != me:
            by_sender.setdefault(sender, []).append(int(step))
    for sender, steps in by_sender.items():
        wanted = range(min(steps), max(steps) + 1)
        result.account("room", (f"{sender}:{n}" for n in wanted), (f"{sender}:{n}" for n in steps))


@asynccontextmanager
async def _connected(
    crowd: Crowd, target: str, kind: str, receive_buffer: int | None = None
) -> AsyncIterator[Socket]:
    async with AsyncExitStack() as connection:
        # The place in the queue is this side's own; what is waited for begins behind it.
        async with crowd.connecting:
            with crowd.waiting(f"the handshake of {kind}"):
                async with asyncio.timeout(crowd.patience):
                    opening = opened(crowd.port, receive_buffer=receive_buffer)
                    wire = await connection.enter_async_context(opening)
                    crowd.result.connections += 1
                    socket = Socket(wire, crowd.port, target)
                    await socket.open()
        yield socket


async def _close(crowd: Crowd, socket: Socket, code: int, kind: str) -> None:
    with crowd.waiting("the closing handshake"):
        async with asyncio.timeout(crowd.patience):
            answered = await socket.close(code)
    if answered != code:
        got = f"with {answered}" if answered in (None, 1000) else "with another code"
        crowd.result.failures[f"{kind}: the close was answered {got}"] += 1


@contextmanager
def _failures(result: Result, kind: str) -> Iterator[None]:
    """A well-behaved client that could not go on is a failure, with its reason."""
    try:
        yield
    except TimeoutError:
        result.failures[f"{kind}: waited in vain"] += 1
    except Ended as ended:
        # Numbers but those of closes differ each time: one line for each cause.
        told = str(ended) if "closed" in str(ended) else re.sub("[0-9]+", "N", str(ended))
        result.failures[f"{kind}: {told}"] += 1
    except OSError as error:
        result.failures[f"{kind}: {type(error).__name__}"] += 1
