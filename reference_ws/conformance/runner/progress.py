"""What is seen of a run while it lasts."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Self, TextIO

from rich import progress
from rich.console import Console

from ..report.results import Result

__all__ = ["Progress"]


class Progress:
    """A bar on a terminal; nothing elsewhere.

    It writes to a copy of the terminal, for pytest catches what is written to the usual one.

    Args:
        fails: Whether a result makes the run fail.
    """

    def __init__(self, fails: Callable[[Result], bool]) -> None:
        self._fails = fails
        self._counts: Counter[str] = Counter()
        self._bar: progress.Progress | None = None
        self._task = progress.TaskID(0)
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        """Begin to show it."""
        if sys.stderr.isatty():
            self._file = os.fdopen(os.dup(sys.stderr.fileno()), "w", encoding="utf-8")
            columns = ("{task.description}", progress.BarColumn(), progress.MofNCompleteColumn())
            self._bar = progress.Progress(
                *columns, console=Console(file=self._file, force_terminal=True), transient=True
            )
            self._task = self._bar.add_task("reading the pages", total=None)
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take it away."""
        if self._bar is not None and self._file is not None:
            self._bar.stop()
            self._file.close()

    def on_total(self, number: int) -> None:
        """Know how many examples will be played."""
        if self._bar is not None:
            self._bar.update(self._task, total=number)

    def on_result(self, result: Result) -> None:
        """Count one."""
        self._counts["differ" if self._fails(result) else "pass"] += 1
        if self._bar is not None:
            told = f"{result.id} [{result.tier}] · {self._counts['differ']} differ"
            self._bar.update(self._task, description=told.replace("[", r"\["), advance=1)
