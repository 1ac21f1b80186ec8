"""What came of a run, as data that is kept; every table is rendered from it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..pages.model import Level
from .verdict import DIFFERED, OUTCOMES, PASSED, Outcome, blocks

__all__ = ["FORMAT", "Result", "ResultsError", "Run", "Subject", "read_run", "write_json"]

FORMAT = 1
"""The version of the file's form: `results.schema.json` says what it is."""


class ResultsError(Exception):
    """A file that holds no results."""


@dataclass(frozen=True)
class Result:
    """What came of one example in one tier.

    `where` is page and line; `known` the reason of a known failure.
    """

    id: str
    requirement: str | None
    level: Level | None
    tier: str
    outcome: Outcome
    variant: str | None = None
    wanted: str | None = None
    got: str | None = None
    where: str = ""
    more: str | None = None
    seconds: float = 0.0
    known: str | None = None

    @property
    def blocks(self) -> bool:
        """Whether it makes the run fail."""
        return self.known is None and blocks(self.outcome, self.level)

    @property
    def unexpected(self) -> bool:
        """Whether it passes although it is listed as a known failure."""
        return self.known is not None and self.outcome in PASSED

    @property
    def differs(self) -> bool:
        """Whether something else happened than the page says."""
        return self.outcome in DIFFERED


@dataclass(frozen=True)
class Subject:
    """A target or a server; `tier` is what results over a server name, None for a target."""

    name: str
    version: str | None
    tier: str | None = None
    command: str | None = None


@dataclass
class Run:
    """One run. `complete` is False when something that was asked for has no verdict."""

    suite: str
    target: Subject
    servers: tuple[Subject, ...]
    python: str
    platform: str
    date: str
    requirements_hash: str
    examples_hash: str
    tiers: tuple[str, ...]
    select: tuple[str, ...] = ()
    complete: bool = True
    messages: tuple[str, ...] = ()
    results: list[Result] = field(default_factory=list)

    @property
    def status(self) -> int:
        """The exit status that the results ask for."""
        if not self.complete:
            return 3
        return int(any(result.blocks or result.unexpected for result in self.results))

    def counts(self, level: Level | None) -> Counter[Outcome]:
        """Count the results of a level by their outcome."""
        return Counter(result.outcome for result in self.results if result.level == level)

    def as_json(self) -> dict[str, Any]:
        """Give the content of a results file."""
        return {"format": FORMAT, **asdict(self)}


def write_json(data: object, file: Path) -> None:
    """Write data so that two versions of the file can be compared line by line."""
    file.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", "utf-8")


def read_run(file: Path) -> Run:
    """Read a results file.

    Args:
        file: The file.

    Raises:
        ResultsError: It cannot be read, or is something else.
    """
    try:
        data = json.loads(file.read_text("utf-8"))
        if data.pop("format") != FORMAT:
            raise ValueError(f"expected format {FORMAT}")
        results = [Result(**one) for one in data.pop("results")]
        if wrong := [one.outcome for one in results if one.outcome not in OUTCOMES]:
            raise ValueError(f"expected an outcome, got {wrong[0]!r}")
        target = Subject(**data.pop("target"))
        servers = tuple(Subject(**one) for one in data.pop("servers"))
        lists: dict[str, Any] = {
            key: tuple(data.pop(key)) for key in ("tiers", "select", "messages")
        }
        return Run(target=target, servers=servers, results=results, **lists, **data)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ResultsError(
            f"expected a results file, got {type(error).__name__}: {error} from {str(file)!r}"
        ) from None
