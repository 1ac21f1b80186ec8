"""What is wrong with a page, and where."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


class PageFault(Exception):
    """A mistake in a page; ``str()`` is ``path:line: message``."""

    def __init__(self, path: str | Path, line: int, message: str) -> None:
        super().__init__(path, line, message)
        self.path = Path(path)
        self.line = line
        self.message = message

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class PageFaults(Exception):
    """Every mistake that was found, in the order of the lines; ``str()`` has one a line."""

    def __init__(self, faults: Iterable[PageFault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (str(fault.path), fault.line)))
        super().__init__(self.faults)

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))
