"""What a snippet prints beside what its ``#>`` lines say (skeleton)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PrintDifference:
    line: int  # of the print call, in the snippet
    wanted: tuple[str, ...]
    got: tuple[str, ...]


def wanted(code: str) -> dict[int, list[str]]: ...


def misplaced(code: str) -> list[int]: ...


def compare(code: str, printed: Sequence[tuple[int, str]]) -> list[PrintDifference]: ...
