"""Clients that are cut off, at each moment of a connection, with a TCP reset or with a FIN."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable

from .crowd import Crowd
from .frames import close, masked, text
from .wire import Wire, handshake, opened

__all__ = ["MOMENTS", "vanishing"]

ROUNDS = 3
_numbers = itertools.count()
READ_LIMIT = 5.0  # seconds: a server that a hostile client holds up may answer late


async def _before_a_byte(wire: Wire, port: int) -> None:
    pass


async def _in_the_request(wire: Wire, port: int) -> None:
    await wire.send(handshake(port, "/echo")[:60])


async def _before_the_answer(wire: Wire, port: int) -> None:
    await wire.send(handshake(port, "/echo"))


async def _after_the_answer(wire: Wire, port: int) -> None:
    await _accepted(wire, port, "/echo")


async def _with_answers_unread(wire: Wire, port: int) -> None:
    await _accepted(wire, port, "/echo")
    await wire.send(b"".join(text(f"{n:0500}") for n in range(20)))


async def _in_a_frame(wire: Wire, port: int) -> None:
    await _accepted(wire, port, "/echo")
    await wire.send(text("x" * 1000)[:500])


async def _in_a_message(wire: Wire, port: int) -> None:
    await _accepted(wire, port, "/echo")
    await wire.send(masked(0x01, b"the first of two frames"))


async def _in_json(wire: Wire, port: int) -> None:
    await _accepted(wire, port, "/json")
    await wire.send(text("[1]") + text("[1,")[:-1])


async def _in_the_flood(wire: Wire, port: int) -> None:
    await _accepted(wire, port, "/flood?count=64&size=8192")


async def _in_the_room(wire: Wire, port: int) -> None:
    await _accepted(wire, port, "/room")
    # Each says something of its own: equal texts of many would be heard as one text doubled.
    await wire.send(text(f"vanished {next(_numbers)}:0"))


async def _after_its_close(wire: Wire, port: int) -> None:
    await _accepted(wire, port, "/echo")
    await wire.send(text("last") + close(1000))


MOMENTS: dict[str, Callable[[Wire, int], Awaitable[None]]] = {
    moment.__name__.strip("_"): moment
    for moment in (
        _before_a_byte,
        _in_the_request,
        _before_the_answer,
        _after_the_answer,
        _with_answers_unread,
        _in_a_frame,
        _in_a_message,
        _in_json,
        _in_the_flood,
        _in_the_room,
        _after_its_close,
    )
}
"""By name, what a client does before it vanishes."""


async def vanishing(crowd: Crowd, number: int) -> None:
    """Vanish a few times, each time at another moment."""
    moments = list(MOMENTS.values())
    for turn in range(ROUNDS):
        await crowd.pause(1.0)
        moment = moments[(number + turn * 4) % len(moments)]
        try:
            async with asyncio.timeout(READ_LIMIT), opened(crowd.port) as wire:
                crowd.result.connections += 1
                await moment(wire, crowd.port)
                # Some stay for a moment, so that the server is already in the midst of its answer.
                await crowd.pause(crowd.random.choice((0, 0.05)))
                if crowd.random.random() < 0.7:
                    wire.reset()
        except OSError:  # the server was faster; TimeoutError is one of them
            pass


async def _accepted(wire: Wire, port: int, target: str) -> None:
    await wire.send(handshake(port, target))
    await wire.receive(1024)
