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
    # The smaller first: where the work is not linear, seven runs of the larger could last.
    least = _cost(small, _RUNS)
    factor = _cost(large, _RUNS) / least
    assert factor < _MOST, f"four times the input took {factor:.1f} times the work"


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
