"""What differs, grouped by its cause: one missing name, or one difference, is one line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..pages.model import LEVELS
from .results import Result, Run
from .text import happened, one_line

__all__ = ["Cause", "causes"]

ERROR = "error"
UNEXPECTED = "known"

# What is another one each time, or for each example, though the cause is the same.
_IDS = re.compile(
    r"(?<=\b0x)[0-9a-f]{6,}\b|(?<=\bport )\d+|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
)
_DETAIL = re.compile(r" \([^()]*\)(?: or None)?")
_BREACH = "a breach of the specification: "
_NOT_ASKED = ("may", "info")


@dataclass(frozen=True)
class Cause:
    """Results that are there for the same reason.

    Attributes:
        title: The level that they share, `error` for mistakes of the suite, `known` for what
            passes though it is a known failure.
        outcome: What came of them.
        told: The missing name, or the difference.
        results: The results, in the order of the run.
        counts: Whether they make the run fail.
    """

    title: str
    outcome: str
    told: str
    results: tuple[Result, ...]
    counts: bool

    @property
    def ids(self) -> list[str]:
        """The examples, each once."""
        return list(dict.fromkeys(one.id for one in self.results))

    @property
    def tiers(self) -> list[str]:
        """Where they were played."""
        return list(dict.fromkeys(one.tier for one in self.results))


def causes(run: Run) -> list[Cause]:
    """Group what differs.

    Args:
        run: The run. What only may be, or is known, is left out.

    Returns:
        First what the suite did wrong and what passes unexpectedly, then the levels in their
        order; within one what makes the run fail, then what has the most examples.
    """
    together: dict[tuple[str, str, bool, str], list[Result]] = {}
    for result in run.results:
        if (title := _title(result)) is not None:
            key = (title, result.outcome, run.fails_by(result), _IDS.sub("…", _cause(result)))
            together.setdefault(key, []).append(result)
    found = [
        Cause(title, outcome, _told(results, words), tuple(results), counts)
        for (title, outcome, counts, words), results in together.items()
    ]
    order = [ERROR, UNEXPECTED, *LEVELS, "other"]
    return sorted(found, key=lambda c: (order.index(c.title), not c.counts, -len(c.ids)))


def _title(result: Result) -> str | None:
    if result.outcome == "error":
        return ERROR
    if result.unexpected:
        return UNEXPECTED
    if not result.differs or result.known is not None or result.level in _NOT_ASKED:
        return None
    return result.level or "other"


def _cause(result: Result) -> str:
    """What is the same in results with one cause: of an exception its words, wherever it came."""
    if result.unexpected:
        return "passes: remove it from the known failures"
    got = one_line(happened(result))
    if got.startswith(_BREACH):  # the rule is the cause, whatever was sent against it
        rule = got.removeprefix(_BREACH).partition(", got ")[0]
        return "a breach of " + _DETAIL.sub("", rule)
    if result.outcome in ("unsupported", ERROR) or _says_why(got):
        return got
    return f"{one_line(result.wanted)} → {got}"


def _says_why(got: str) -> bool:
    return got.startswith("! ") and ": " in got


def _told(results: Iterable[Result], words: str) -> str:
    wanted = set(_wanted(results))
    return f"{wanted.pop()} → {words}" if _says_why(words) and len(wanted) == 1 else words


def _wanted(results: Iterable[Result]) -> Iterator[str]:
    return (one_line(result.wanted) for result in results)
