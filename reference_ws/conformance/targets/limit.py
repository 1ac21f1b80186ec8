"""A limit on one example that holds even where nothing is awaited."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["LimitReached", "limit"]


class LimitReached(BaseException):
    """The example went on for too long; not an Exception, so that no snippet can swallow it."""

    def __init__(self, seconds: float, frame: FrameType | None) -> None:
        super().__init__(f"still running after {seconds:g} s")
        self.where: list[tuple[str, int]] = []
        while frame is not None:
            self.where.append((frame.f_code.co_filename, frame.f_lineno))
            frame = frame.f_back


@contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Interrupt the block when it takes longer; a busy loop and a forgotten wait alike.

    Works in the main thread of systems with interval timers; elsewhere there is no limit.

    Args:
        seconds: How long it may take.

    Raises:
        LimitReached: It took longer.
    """
    if not hasattr(signal, "setitimer") or (
        threading.current_thread() is not threading.main_thread()
    ):
        yield
        return

    def expire(signum: int, frame: FrameType | None) -> None:
        raise LimitReached(seconds, frame)

    former = signal.signal(signal.SIGALRM, expire)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
