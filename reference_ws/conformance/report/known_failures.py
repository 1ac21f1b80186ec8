"""Failures that are known: a run is green with them, and red once one of them is gone."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from .results import Result
from .verdict import SILENT, blocks

__all__ = ["Known", "KnownError", "baseline_of", "known_for", "read_known", "write_known"]

MEMORY_TIERS = ("asyncio", "trio", "memory")
_KEYS = {"id", "tier", "reason", "link"}


class KnownError(Exception):
    """A file of known failures that cannot be used."""


@dataclass(frozen=True)
class Known:
    """One known failure.

    `tier` is that of a result, `memory` for all tiers in memory, None for every tier. `reason`
    says why it fails, `link` leads to where it is followed up.
    """

    id: str
    tier: str | None
    reason: str
    link: str = ""

    def matches(self, id: str, tier: str) -> bool:
        """Tell whether a result is meant."""
        tiers = MEMORY_TIERS if self.tier == "memory" else (self.tier,)
        return self.id == id and (self.tier is None or tier in tiers)


def known_for(known: Iterable[Known], id: str, tier: str) -> Known | None:
    """Find the entry that speaks of a result, None without any.

    Args:
        known: The entries.
        id: The example.
        tier: Where it was played.
    """
    return next((one for one in known if one.matches(id, tier)), None)


def read_known(file: Path, ids: Collection[str]) -> tuple[Known, ...]:
    """Read a file of known failures.

    Args:
        file: TOML with a table `[[known]]` for each of them.
        ids: The ids of all examples; a failure of something that is gone must not stay listed.

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
    return tuple(_entry(table, ids, f"{file}, entry {n}") for n, table in enumerate(tables, 1))


def _entry(table: object, ids: Collection[str], where: str) -> Known:
    if not isinstance(table, dict) or not {"id", "reason"} <= table.keys() <= _KEYS:
        got = sorted(table) if isinstance(table, dict) else table
        raise KnownError(f"expected id, reason, and perhaps tier and link, got {got!r}: {where}")
    if wrong := [key for key, value in table.items() if not isinstance(value, str)]:
        raise KnownError(f"expected a string for {wrong[0]!r}: {where}")
    if table["id"] not in ids:
        raise KnownError(f"expected the id of an example, got {table['id']!r}: {where}")
    if not table["reason"].strip():
        raise KnownError(f"expected a reason for {table['id']!r}, got none: {where}")
    return Known(table["id"], table.get("tier"), table["reason"], table.get("link", ""))


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
        lines = [f"{key} = {_string(value)}" for key, value in told.items() if value]
        parts.append("\n".join(["[[known]]", *lines, ""]))
    return "\n".join(parts)


def _string(text: str) -> str:
    # What JSON escapes TOML reads as well, but for DEL, which TOML wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


# A baseline


def baseline_of(results: Iterable[Result]) -> list[Known]:
    """Make entries for everything that makes a run fail.

    Args:
        results: Those of a run. What fails wherever it was played needs one entry.
    """
    tiers: dict[str, dict[str, Result]] = {}
    for result in results:
        if result.outcome not in SILENT:
            tiers.setdefault(result.id, {})[result.tier] = result
    known: list[Known] = []
    for played in tiers.values():
        failed = {tier: one for tier, one in played.items() if _counts(one)}
        if len(failed) == len(played):
            known.append(_known(None, next(iter(failed.values()))))
            continue
        memory = [tier for tier in played if tier in MEMORY_TIERS]
        if memory and failed.keys() >= set(memory):
            known.append(_known("memory", failed[memory[0]]))
            failed = {tier: one for tier, one in failed.items() if tier not in memory}
        known += [_known(tier, one) for tier, one in failed.items()]
    return known


def _counts(result: Result) -> bool:
    return blocks(result.outcome, result.level)


def _known(tier: str | None, result: Result) -> Known:
    got = " ".join((result.got or "").split())
    wanted = " ".join((result.wanted or "").split())
    return Known(result.id, tier, result.known or f"{result.outcome}: {wanted} → {got}")
