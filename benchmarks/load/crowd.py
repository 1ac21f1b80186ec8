"""What the clients of one run share: the server's port, the counts, the dice, the clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from random import Random

from .counts import Result
from .waits import Waits

__all__ = ["Client", "Crowd"]

CONNECTING_AT_ONCE = 32
"""Below the shortest listen queue of the servers: a full one drops clients for a second."""


class Crowd(Waits):
    """The clients of one run.

    Args:
        port: The server's port, on the loopback interface.
        result: Where everything is counted.
        seed: Of the dice.
        patience: Seconds for which a well-behaved client waits for one thing.
        messages: How many messages a well-behaved client sends.
        pace: What every pause is multiplied with; 0 is without pauses.
        spared: Attacks that are left out.
    """

    def __init__(
        self,
        port: int,
        result: Result,
        *,
        seed: int,
        patience: float,
        messages: int,
        pace: float = 1.0,
        spared: Collection[str] = (),
    ) -> None:
        self.port = port
        super().__init__(result)
        self.random = Random(seed)
        self.patience = patience
        self.messages = messages
        self.pace = pace
        self.spared = spared
        self.connecting = asyncio.Semaphore(CONNECTING_AT_ONCE)

    async def pause(self, longest: float) -> None:
        """Let time pass, as between two actions of a person; nothing is waited for."""
        await asyncio.sleep(self.random.uniform(0, longest) * self.pace)


Client = Callable[[Crowd, int], Awaitable[None]]
"""One client from its first connection to its last; the number is its name."""
