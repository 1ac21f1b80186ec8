"""Failures that are known: a run is green with them, and red once one of them is gone."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import tomli_w

from .results import Result
from .verdict import DEFAULT, MEMORY_TIERS, PASSED, SILENT, counts, is_of_server

__all__ = [
    "Known",
    "KnownError",
    "baseline_of",
    "known_for",
    "read_known",
    "stale",
    "write_known",
]

_KEYS = {"id", "tier", "reason", "link"}


class KnownError(Exception):
    """A file of known failures that cannot be used."""


@dataclass(frozen=True)
class Known:
    """One known failure, or several.

    `id` is that of an example, or a pattern with `*`, `?` or `[…]`. `tier` is that of a result,
    `memory` for all tiers in memory, None for every tier. `reason` says why it fails, `link` leads
    to where it is followed up.
    """

    id: str
    tier: str | None
    reason: str
    link: str = ""

    @property
    def is_pattern(self) -> bool:
        """Whether it may mean several examples, some of which pass."""
        return any(sign in self.id for sign in "*?[")

    def matches(self, id: str, tier: str) -> bool:
        """Tell whether a result is meant."""
        tiers = MEMORY_TIERS if self.tier == "memory" else (self.tier,)
        return fnmatchcase(id, self.id) and (self.tier is None or tier in tiers)


def known_for(known: Iterable[Known], id: str, tier: str) -> Known | None:
    """Find the entry that speaks of a result, None without any; its own id goes before a pattern.

    Args:
        known: The entries.
        id: The example.
        tier: Where it was played.
    """
    found = [one for one in known if one.matches(id, tier)]
    return min(found, key=lambda one: one.is_pattern, default=None)


def stale(known: Iterable[Known], results: Collection[Result]) -> tuple[str, ...]:
    """Give the patterns that no failure needs: all that they mean was played and passes.

    Args:
        known: The entries.
        results: Those of a run.
    """
    gone = []
    for one in known:
        meant = [result for result in results if one.matches(result.id, result.tier)]
        if one.is_pattern and any(result.outcome in PASSED for result in meant):
            if all(result.outcome in (*PASSED, *SILENT) for result in meant):
                gone.append(one.id)
    return tuple(dict.fromkeys(gone))


def read_known(
    file: Path, ids: Collection[str], tiers: Collection[str] | None = None
) -> tuple[Known, ...]:
    """Read a file of known failures.

    Args:
        file: TOML with a table `[[known]]` for each of them.
        ids: The ids of all examples; a failure of something that is gone must not stay listed.
        tiers: The names of all servers, of this run's as well; None does not look at them.

    Raises:
        KnownError: It cannot be read, or an entry is not what it should be.
    """
    try:
        data = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise KnownError(f"expected a TOML file of known failures, got {error}") from None
    tables = data.pop("known", [])
    if data or not isinstance(tables, list):
        raise KnownError(f"expected tables [[known]] and nothing else in {str(file)!r}")
    found = tuple(_entry(table, ids, f"{file}, entry {n}") for n, table in enumerate(tables, 1))
    expected = [*MEMORY_TIERS, *(tiers or ())]
    for number, one in enumerate(found, 1):
        if tiers is not None and one.tier is not None and one.tier not in expected:
            raise KnownError(
                f"expected a tier ({', '.join(expected)}), got {one.tier!r}: {file}, entry {number}"
            )
    return found


def _entry(table: object, ids: Collection[str], where: str) -> Known:
    if not isinstance(table, dict) or not {"id", "reason"} <= table.keys() <= _KEYS:
        got = sorted(table) if isinstance(table, dict) else table
        raise KnownError(f"expected id, reason, and perhaps tier and link, got {got!r}: {where}")
    if wrong := [key for key, value in table.items() if not isinstance(value, str)]:
        raise KnownError(f"expected a string for {wrong[0]!r}: {where}")
    known = Known(table["id"], table.get("tier"), table["reason"], table.get("link", ""))
    if not any(fnmatchcase(id, known.id) for id in ids):
        what = "a pattern that matches an id" if known.is_pattern else "the id of an example"
        raise KnownError(f"expected {what}, got {known.id!r}: {where}")
    if not known.reason.strip():
        raise KnownError(f"expected a reason for {known.id!r}, got none: {where}")
    return known


def write_known(known: Iterable[Known], head: str) -> str:
    """Write a file of known failures.

    Args:
        known: The entries.
        head: What the file is, for whoever opens it.

    Returns:
        The text of the file, TOML.
    """
    parts = ["".join(f"# {line}\n" for line in head.splitlines())]
    for one in known:
        told = {"id": one.id, "tier": one.tier, "reason": one.reason, "link": one.link}
        # Table by table: it would write a short list in one line.
        table = tomli_w.dumps({key: value for key, value in told.items() if value})
        parts.append(f"[[known]]\n{table}")
    return "\n".join(parts)


# A baseline


def baseline_of(
    results: Iterable[Result],
    known: Collection[Known] = (),
    fail_on: Iterable[str] = DEFAULT,
    target: str = "",
) -> list[Known]:
    """Make entries for everything that makes a run fail.

    Args:
        results: Those of a run. What fails wherever it was played needs one entry.
        known: The entries that the run went by. What still fails keeps its reason and link, a
            pattern stays a pattern.
        fail_on: What makes the run fail, as in `counts`.
        target: The name of what was tested.

    Returns:
        The entries, sorted by id, so that a new file changes only what changed.
    """
    tiers: dict[str, dict[str, Result]] = {}
    found: list[Known] = []
    asked = tuple(fail_on)
    for result in sorted(results, key=lambda one: one.id):
        if result.outcome not in SILENT:
            tiers.setdefault(result.id, {})[result.tier] = result
    for played in tiers.values():
        failed: dict[str, Result] = {}
        for tier, one in played.items():
            listed = known_for(known, one.id, tier)
            server = is_of_server(target, tier)
            counted = counts(one.outcome, one.level, asked, of_server=server)
            if not one.differs or not (one.known or counted):
                continue
            if listed is not None and listed.is_pattern:
                found.append(listed)
            else:
                failed[tier] = one
        found += _widest(played, failed, known)
    return sorted(dict.fromkeys(found), key=lambda one: (one.id, one.tier or ""))


def _widest(
    played: dict[str, Result], failed: dict[str, Result], known: Collection[Known]
) -> list[Known]:
    """The fewest entries for what failed of one example."""
    if failed and len(failed) == len(played):
        return [_known(None, next(iter(failed.values())), known)]
    found = []
    memory = [tier for tier in played if tier in MEMORY_TIERS]
    if memory and failed.keys() >= set(memory):
        found.append(_known("memory", failed[memory[0]], known))
        failed = {tier: one for tier, one in failed.items() if tier not in memory}
    return found + [_known(tier, one, known) for tier, one in failed.items()]


def _known(tier: str | None, result: Result, known: Collection[Known]) -> Known:
    listed = known_for(known, result.id, result.tier)
    if listed is not None:
        return Known(result.id, tier, listed.reason, listed.link)
    got = " ".join((result.got or "").split())
    wanted = " ".join((result.wanted or "").split())
    return Known(result.id, tier, result.known or f"{result.outcome}: {wanted} → {got}")
