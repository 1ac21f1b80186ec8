"""The result files that the site shows; they are read once for all languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from reference_ws.conformance.pages.model import Page, Requirement
from reference_ws.conformance.report.results import Result, ResultsError, Run, Subject, read_run
from reference_ws.conformance.report.standing import deciding
from reference_ws.conformance.report.text import title
from reference_ws.conformance.report.verdict import PASSED, SILENT

__all__ = ["FOLDER", "Column", "differs", "on_servers", "questions", "read_columns"]

FOLDER = "results"
"""Where the files lie, below the folder of the pages."""

SPEED = "speed.json"
"""One that holds no run of the suite: what `make bench` has written."""

ROOMS = "rooms.json"
"""The other one: what `make rooms` has written."""

# Its snippets are applications without any class: no implementation is asked by them.
_ON_SERVERS = "servers"
"""The first of their pages; the names of the others begin with its name."""


@dataclass(frozen=True, eq=False)
class Column:
    """One run of one tier: an implementation in memory, or the reference over a server."""

    file: str
    run: Run

    @property
    def is_server(self) -> bool:
        """Whether a server was tested."""
        return bool(self.run.servers)

    @property
    def tested(self) -> Subject:
        """What was tested."""
        return self.run.servers[0] if self.is_server else self.run.target

    @property
    def name(self) -> str:
        """The name of what was tested, which no other column has."""
        return self.tested.name

    @cached_property
    def title(self) -> str:
        """The name with the version."""
        return title(self.tested)

    @cached_property
    def standing(self) -> dict[str, Result]:
        """The deciding result of each requirement."""
        return deciding(self.run.results)

    @cached_property
    def differing(self) -> dict[str, list[Result]]:
        """What happened otherwise than a page says, for each requirement; once for all tiers."""
        found: dict[str, list[Result]] = {}
        seen: set[tuple[str, str, str | None, str | None]] = set()
        for one in self.run.results:
            key = (one.id, one.outcome, one.wanted, one.got)
            if one.requirement and one.outcome not in _QUIET and one.got and key not in seen:
                seen.add(key)
                found.setdefault(one.requirement, []).append(one)
        return found

    def asked(self, page: Page) -> bool:
        """Tell whether the requirements of a page say anything about what was tested."""
        return self.is_server or not on_servers(page)


_QUIET = {"pass", "pass-variant", *SILENT}


def on_servers(page: Page) -> bool:
    """Tell whether the requirements of a page are those on servers."""
    return page.name == _ON_SERVERS or page.name.startswith(f"{_ON_SERVERS}-")


def differs(cells: Iterable[Result | None]) -> bool:
    """Tell whether a row has something to look at.

    Args:
        cells: The results of its columns; None where there is none.
    """
    told = {(one.outcome, one.variant) if one else ("not-run", None) for one in cells}
    told -= {(outcome, None) for outcome in SILENT}
    return len(told) > 1 or any(outcome not in PASSED for outcome, _ in told)


def questions(pages: Iterable[Page], column: Column) -> Iterator[Requirement]:
    """Give the requirements that a column can be asked for."""
    for page in pages:
        if column.asked(page):
            yield from page.requirements


def read_columns(docs: Path) -> tuple[Column, ...]:
    """Read all result files.

    Args:
        docs: The folder of the pages.

    Returns:
        The implementations, the reference first, then the servers.

    Raises:
        ResultsError: A file is no such file, or holds more than one tier.
    """
    runs = (one for one in Path(docs, FOLDER).glob("*.json") if one.name not in (SPEED, ROOMS))
    files = sorted(runs)
    return _read(tuple((file, file.stat().st_mtime_ns) for file in files))


@lru_cache(maxsize=1)
def _read(files: tuple[tuple[Path, int], ...]) -> tuple[Column, ...]:
    columns: dict[tuple[bool, bool, str], Column] = {}
    for file, _ in files:
        run = read_run(file)
        if len(run.tiers) != 1 or len(run.servers) > 1:
            raise ResultsError(f"expected one tier in {file.name!r}, got {', '.join(run.tiers)}")
        column = Column(file.name, run)
        key = (column.is_server, column.name != "reference", column.name)
        if key in columns:
            raise ResultsError(f"expected {column.name!r} once, got it again in {file.name!r}")
        columns[key] = column
    return tuple(columns[key] for key in sorted(columns))
