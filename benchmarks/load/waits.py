"""How long well-behaved clients wait, and which attacks were at work meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from .counts import Result

__all__ = ["Waits"]

SHOWN = 3  # attacks that are named


class Waits:
    """Keeps the longest wait with hostile clients, and the longest one without.

    Args:
        result: Where they are kept.
    """

    def __init__(self, result: Result) -> None:
        self.result = result
        self._hostile: dict[str, int] = {}

    @contextmanager
    def attacking(self, kind: str) -> Iterator[None]:
        """A hostile client is at work."""
        self._hostile[kind] = self._hostile.get(kind, 0) + 1
        try:
            yield
        finally:
            self._hostile[kind] -= 1

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """A well-behaved client waits."""
        before, started = self._attacks(), time.monotonic()
        try:
            yield
        finally:
            taken = time.monotonic() - started
            attacks = before | self._attacks()
            if not attacks:
                self.result.longest_calm = max(self.result.longest_calm, taken)
            elif taken > self.result.longest_hostile:
                self.result.longest_hostile = taken
                self.result.longest_while = f"{what}, during {_listed(sorted(attacks))}"

    def _attacks(self) -> set[str]:
        return {kind for kind, count in self._hostile.items() if count}


def _listed(attacks: list[str]) -> str:
    more = len(attacks) - SHOWN
    return ", ".join(attacks[:SHOWN]) + (f" and {more} other attacks" if more > 0 else "")
