"""Work that grows as its input does: four times the input, about four times the work.

Processor time of this thread, never a clock on the wall; the least of several runs, since a busy
machine only ever adds to it. Quadratic work grows sixteenfold.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

__all__ = ["Work", "assert_linear", "lines_run"]

Work = Callable[[int], Callable[[], object]]
"""Makes the input of a size; what it returns is what is measured."""

_MOST = 9
_RUNS = 5
_SMALL_RUNS = 20  # the smaller is disturbed more easily, and costs little
_TIMES = 3
_NOTHING = 0.002  # seconds for the larger input: not worth a second measurement


def _cost(work: Callable[[], object], runs: int) -> float:
    taken = []
    for _ in range(runs):
        started = time.thread_time()
        work()
        taken.append(time.thread_time() - started)
    return max(min(taken), 1e-5)


def assert_linear(work: Work, size: int) -> None:
    """Fail unless four times the size costs about four times as much."""
    small, large = work(size), work(4 * size)
    if _cost(large, 1) < _NOTHING:
        return
    # Quadratic work exceeds the bound each time; a disturbance does not last for all of them.
    factors = []
    for _ in range(_TIMES):
        least = _cost(small, _SMALL_RUNS)
        factors.append(_cost(large, _RUNS) / least)
        if factors[-1] < _MOST:
            return
    assert min(factors) < _MOST, f"four times the input took {min(factors):.1f} times the work"


def lines_run(work: Callable[[], object]) -> int:
    """Count the lines of Python that some work runs: exact, and the same on every machine."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count
