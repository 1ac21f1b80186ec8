"""What stands in for a channel that was not given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

__all__ = ["missing_channel"]


def missing_channel(name: str) -> Callable[..., Any]:
    """Give a channel that says it is not there.

    Args:
        name: `receive` or `send`.
    """

    async def refuse(message: Any = None) -> NoReturn:
        raise RuntimeError(f"expected a WebSocket with a {name} channel, got one without {name}=")

    return refuse
