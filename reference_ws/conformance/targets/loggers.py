"""Logging as it was: what one example hangs on a logger must not meet the next one.

An example takes off what it has put on; a target or a server that raises keeps it from doing so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["remember", "unchanged"]


def remember() -> Callable[[], None]:
    """Note the handlers, filters and levels of all loggers.

    Returns:
        What brings them back; a logger that has come since loses its own.
    """
    before = {one: (one.handlers[:], one.filters[:], one.level) for one in _loggers()}

    def restore() -> None:
        for one in _loggers():
            handlers, filters, level = before.get(one, ([], [], logging.NOTSET))
            one.handlers[:] = handlers
            one.filters[:] = filters
            if one.level != level:
                one.setLevel(level)

    return restore


@contextmanager
def unchanged() -> Iterator[None]:
    """Bring all loggers back to what they were, whatever happens in the block."""
    restore = remember()
    try:
        yield
    finally:
        restore()


def _loggers() -> list[logging.Logger]:
    known = list(logging.Logger.manager.loggerDict.values())
    return [logging.getLogger(), *(one for one in known if isinstance(one, logging.Logger))]
