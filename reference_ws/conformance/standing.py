"""How each requirement stands, from the results of its examples."""

from __future__ import annotations

from collections.abc import Iterable

from .model import Level
from .results import Result
from .verdict import Outcome

__all__ = ["WORST_FIRST", "deciding", "score"]

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
)
"""One bad example makes a bad requirement; one that can be played makes it applicable."""


def deciding(results: Iterable[Result]) -> dict[str, Result]:
    """Give for each requirement the result that decides how it stands.

    Args:
        results: Those of one or of several tiers; what belongs to no requirement is left out.
    """
    found: dict[str, Result] = {}
    for result in results:
        if result.requirement is None:
            continue
        worst = found.setdefault(result.requirement, result)
        if WORST_FIRST.index(result.outcome) < WORST_FIRST.index(worst.outcome):
            found[result.requirement] = result
    return found


def score(results: Iterable[Result], level: Level) -> tuple[int, int]:
    """Count the requirements of a level that are met, and those that say anything here.

    Args:
        results: The results of one or of several tiers.
        level: The level.
    """
    stand = [one.outcome for one in deciding(results).values() if one.level == level]
    met = sum(outcome in ("pass", "pass-variant", "observed") for outcome in stand)
    return met, sum(outcome != "not-applicable" for outcome in stand)
