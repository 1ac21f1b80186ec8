"""Interruptions: each is remembered, and raised only where something may take long.

A `KeyboardInterrupt` that is raised just anywhere can be lost, in a destructor or in an
application that catches everything, and can break what must not stop halfway: a file that is
written, a server that has been started and is not known yet. Here a signal leaves a note. It
raises where a function says that it may, and `check` raises between two steps of the work.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import FrameType
from typing import Any, ParamSpec, TypeVar

__all__ = [
    "INCOMPLETE",
    "Interrupted",
    "check",
    "interruptible",
    "listen",
    "remembered",
    "uninterrupted",
]

INCOMPLETE = 3
"""The exit status of a run that did not come to its end."""

P = ParamSpec("P")
R = TypeVar("R")

_requested = False


class Interrupted(KeyboardInterrupt):
    """An interruption.

    Not a plain KeyboardInterrupt: one that has passed through code that was compiled from a
    string, as a dataclass's methods are, makes CPython end by the signal even if it is caught.
    """


def check() -> None:
    """Stop here if that was asked for.

    Raises:
        Interrupted: It was.
    """
    if _requested:
        raise Interrupted


def interruptible(function: Callable[P, R]) -> Callable[P, R]:
    """Let a signal raise `Interrupted` while the function runs."""

    @wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        return _may_raise(function, *args, **kwargs)

    return wrapped


def uninterrupted(function: Callable[P, R]) -> Callable[P, R]:
    """Let no signal raise while the function runs; what it calls may be interruptible again."""

    @wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        return _must_not_raise(function, *args, **kwargs)

    return wrapped


# Found on the stack when a signal comes. Nothing has to be switched back at their end, where the
# next signal could come in between.


def _may_raise(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    return function(*args, **kwargs)


def _must_not_raise(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    return function(*args, **kwargs)


def _note(number: int, frame: FrameType | None) -> None:
    global _requested
    _requested = True
    while frame is not None:
        if frame.f_code is _may_raise.__code__:
            raise Interrupted
        if frame.f_code is _must_not_raise.__code__:
            return
        frame = frame.f_back


def listen(*numbers: signal.Signals) -> dict[signal.Signals, Any]:
    """Take signals for interruptions from now on.

    One that is ignored stays so, and so does one for which somebody else has a handler.

    Args:
        numbers: The signals.

    Returns:
        The former handlers of those that are taken.
    """
    global _requested
    if threading.current_thread() is not threading.main_thread():
        return {}
    plain = (signal.default_int_handler, signal.SIG_DFL)
    former = {one: now for one in numbers if (now := signal.getsignal(one)) in plain}
    if former:
        _requested = False
    for number in former:
        signal.signal(number, _note)
    return former


@contextmanager
def remembered() -> Iterator[None]:
    """Raise at the end of the block what interrupted it, whatever has become of that inside.

    Without a command line that listens already, it listens to SIGINT for as long as it lasts.

    Raises:
        Interrupted: An interruption has come.
    """
    global _requested
    former = listen(signal.SIGINT)
    check()
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
        requested = _requested
        if former:
            _requested = False  # it has been told: the next run in this process is another one
        if requested:
            raise Interrupted
