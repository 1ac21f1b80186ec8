"""How each requirement stands, from the results of its examples."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..pages.model import Level
from .results import Result
from .verdict import PASSED, SILENT, Outcome

__all__ = ["WORST_FIRST", "deciding", "score", "worst"]

WORST_FIRST: tuple[Outcome, ...] = (
    "error",
    "not-run",
    "fail",
    "timeout",
    "unsupported",
    "pass-variant",
    "observed",
    "pass",
    "not-applicable",
    "not-asked",
)
"""One bad example makes a bad requirement; one that can be played makes it applicable."""


def deciding(results: Iterable[Result]) -> dict[str, Result]:
    """Give for each requirement the result that decides how it stands.

    Args:
        results: Those of one or of several tiers; what belongs to no requirement is left out.
    """
    return worst(results, lambda result: result.requirement)


def worst(results: Iterable[Result], name: Callable[[Result], str | None]) -> dict[str, Result]:
    """Give for each name the worst of its results, the first where several are as bad.

    Args:
        results: The results.
        name: The name of a result; what has none is left out.
    """
    found: dict[str, Result] = {}
    for result in results:
        key = name(result)
        if key is None:
            continue
        known = found.setdefault(key, result)
        if WORST_FIRST.index(result.outcome) < WORST_FIRST.index(known.outcome):
            found[key] = result
    return found


def score(results: Iterable[Result], level: Level) -> tuple[int, int]:
    """Count the requirements of a level that are met, and those that say anything here.

    Args:
        results: The results of one or of several tiers.
        level: The level.
    """
    stand = [one.outcome for one in deciding(results).values() if one.level == level]
    met = sum(outcome in PASSED for outcome in stand)
    return met, sum(outcome not in SILENT for outcome in stand)
