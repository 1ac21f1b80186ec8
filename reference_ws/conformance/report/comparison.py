"""What is new, gone or changed since an earlier run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..pages.model import LEVELS, Page
from .results import Result, Run
from .selection import chosen
from .verdict import DIFFERED, PASSED

__all__ = ["Change", "changes", "news"]


@dataclass(frozen=True)
class Change:
    """One example, or one requirement with all of its examples, that is not what it was.

    Attributes:
        kind: `worse` and `better` are another outcome; `other` is neither, such as a failure that
            is another one now; `new` and `gone` are examples and requirements.
        requirement: The requirement.
        ids: The examples.
        told: What changed, in words.
    """

    kind: str
    requirement: str
    ids: tuple[str, ...]
    told: str


def news(earlier: Run, pages: Iterable[Page]) -> Iterator[str]:
    """Give the requirements that an earlier suite did not have.

    Args:
        earlier: The earlier run. What it left out on purpose is not new.
        pages: The pages of today.
    """
    known = {result.requirement for result in earlier.results}
    for page in pages:
        for one in page.requirements:
            ids = (one.id, *one.examples)
            asked = not earlier.select or chosen(ids, earlier.select)
            if one.id not in known and asked and not chosen(ids, earlier.exclude):
                yield one.id


def changes(earlier: Run, run: Run) -> list[Change]:
    """Compare two runs: in the tiers that both have, by example and requirement.

    Args:
        earlier: The earlier run.
        run: The later one; what it leaves out on purpose is not gone.

    Returns:
        The changes: worse first, then better, other, new, gone.
    """
    then, now = _by_key(earlier), _by_key(run)
    tiers = {tier for _, tier in then} & {tier for _, tier in now}
    ids = {id for id, _ in then}, {id for id, _ in now}
    found: list[Change] = []
    for key in sorted(then.keys() & now.keys()):
        if key[1] in tiers and (change := _change(then[key], now[key])):
            found.append(change)
    found += _came("new", [one for one in run.results if one.id not in ids[0]], earlier)
    if not (run.select or run.exclude):
        found += _came("gone", [one for one in earlier.results if one.id not in ids[1]], run)
    order = ("worse", "better", "other", "new", "gone")
    return sorted(_together(found), key=lambda one: order.index(one.kind))


def _by_key(run: Run) -> dict[tuple[str, str], Result]:
    return {(one.id, one.tier): one for one in run.results if one.outcome != "not-run"}


def _change(then: Result, now: Result) -> Change | None:
    if then.outcome == now.outcome and (not now.differs or then.got == now.got):
        return _level_change(then, now)
    kind = "other"
    if now.outcome in DIFFERED and then.outcome not in DIFFERED:
        kind = "worse"
    elif now.outcome in PASSED and then.outcome not in PASSED:
        kind = "better"
    elif now.outcome == then.outcome:
        told = f"{now.outcome}, another difference"
        return Change(kind, now.requirement or now.id, (now.id,), told)
    return Change(kind, now.requirement or now.id, (now.id,), f"{then.outcome} → {now.outcome}")


def _level_change(then: Result, now: Result) -> Change | None:
    if then.level == now.level or then.level is None or now.level is None:
        return None
    # It is asked more strictly or less, whatever becomes of it.
    kind = "other"
    if now.differs:
        kind = "worse" if _rank(now.level) < _rank(then.level) else "better"
    told = f"{now.outcome}, {then.level.upper()} → {now.level.upper()}"
    return Change(kind, now.requirement or now.id, (now.id,), told)


def _rank(level: str) -> int:
    levels: tuple[str, ...] = LEVELS
    return levels.index(level) if level in levels else len(levels)


def _came(kind: str, results: Iterable[Result], other: Run) -> Iterator[Change]:
    """What only one of two runs has; the other tells whether it knew the requirement."""
    there = {result.requirement for result in other.results}
    for one in results:
        what = "example" if one.requirement in there else "requirement"
        told = f"{what}, {(one.level or 'other').upper()}"
        if kind == "new":
            told += f", {one.outcome}"
        yield Change(kind, one.requirement or one.id, (one.id,), told)


def _together(found: Iterable[Change]) -> Iterator[Change]:
    """One line for the examples of a requirement that changed in the same way."""
    ids: dict[tuple[str, str, str], list[str]] = {}
    for one in found:
        ids.setdefault((one.kind, one.requirement, one.told), []).extend(one.ids)
    for (kind, requirement, told), together in ids.items():
        yield Change(kind, requirement, tuple(dict.fromkeys(together)), told)
