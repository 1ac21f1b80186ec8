"""What came of a run, as data that is kept; every table is rendered from it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from ..pages.model import Level
from .verdict import DEFAULT, DIFFERED, PASSED, Outcome, counts, is_of_server

__all__ = ["Result", "ResultsError", "Run", "Subject", "read_run", "schema", "write_json"]

Time = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$", description="When the run began, UTC."
    ),
]


class ResultsError(Exception):
    """A file that holds no results."""


class Result(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What came of one example in one tier; what is None is left out of a file.

    Attributes:
        id: The example.
        requirement: The requirement that it belongs to.
        level: That of the requirement.
        tier: `asyncio`, `trio` or `memory` (a script) in memory, else a server's tier.
        outcome: What came of it.
        variant: Which permitted alternative was seen, for `pass-variant`.
        wanted: What the page says, in the notation of conversations.
        got: What happened instead, in the same notation.
        page: The file of the page.
        line: Where the difference is, counted from the opening fence of the example.
        more: What helps to mend it, such as a traceback with its lines counted in the same way.
        known: The reason, for a known failure.
    """

    id: str
    requirement: str | None
    level: Level | None
    tier: str
    outcome: Outcome
    variant: str | None = None
    wanted: str | None = None
    got: str | None = None
    page: str | None = None
    line: int | None = None
    more: str | None = None
    known: str | None = None

    @property
    def unexpected(self) -> bool:
        """Whether it passes although it is listed, by its own id, as a known failure."""
        return self.known is not None and self.outcome in PASSED

    @property
    def differs(self) -> bool:
        """Whether something else happened than the page says."""
        return self.outcome in DIFFERED


class Subject(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A target or a server.

    Attributes:
        name: Its name.
        version: Its version, if that is known.
        tier: For a server: how results name it.
        command: For a server that is no known one: its command line.
        adapter: For a target: the name and version of its adapter, if it has one.
    """

    name: str
    version: str | None = None
    tier: str | None = None
    command: str | None = None
    adapter: str | None = None


class Run(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
    """One run.

    Attributes:
        suite: The version of the suite.
        target: What was tested in place of the reference, or the reference.
        servers: The servers over which it was played.
        python: The version of Python.
        platform: The system and the machine.
        date: When the run began, UTC.
        requirements_hash: Changes with the ids and levels of requirements and ids of examples.
        examples_hash: Changes with what the snippets and conversations say.
        tiers: `memory` and the servers' tiers, as far as they were asked for.
        select: The beginnings of the ids that were selected; empty: everything was.
        complete: Whether everything that was asked for has a verdict.
        messages: Why it is not complete.
        results: What came of each example, sorted by id and tier in a file.
        format: The version of this form.
        exclude: The beginnings or patterns of the ids that were left out.
        fail_on: What makes the run fail: a level, with those above it, and `unsupported`.
        news: Requirements that the run it was compared with did not know; none makes it fail.
        stale: Patterns of the known failures that no failure needs any more.
        notes: What holds for many results at once.
        stopped: Whether it ended at the first failure, as it was asked to.
    """

    suite: str
    target: Subject
    servers: tuple[Subject, ...]
    python: str
    platform: str
    date: Time
    requirements_hash: str
    examples_hash: str
    tiers: tuple[str, ...]
    select: tuple[str, ...] = ()
    complete: bool = True
    messages: tuple[str, ...] = ()
    results: list[Result] = []
    format: Literal[2] = 2
    exclude: tuple[str, ...] = ()
    fail_on: tuple[str, ...] = DEFAULT
    news: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    stopped: bool = False

    @property
    def status(self) -> int:
        """The exit status that the results ask for."""
        if not self.complete and not self.stopped:
            return 3
        return int(bool(self.stale) or any(map(self.fails_by, self.results)))

    def fails_by(self, result: Result) -> bool:
        """Tell whether one of its results makes the run fail."""
        return self.blocks(result) or result.unexpected

    def blocks(self, result: Result) -> bool:
        """Tell whether a result differs, is not known, and counts."""
        if result.known is not None or result.requirement in self.news:
            return False
        server = is_of_server(self.target.name, result.tier)
        return counts(result.outcome, result.level, self.fail_on, of_server=server)

    def counts(self, level: Level | None) -> Counter[Outcome]:
        """Count the results of a level by their outcome."""
        return Counter(result.outcome for result in self.results if result.level == level)

    def write(self, file: Path) -> None:
        """Write a results file, with one line for each result: a new run changes what changed.

        Args:
            file: The file.
        """
        data = msgspec.to_builtins(self)
        data |= {"format": self.format, "complete": self.complete}
        results = sorted(data.pop("results", []), key=lambda one: (one["id"], one["tier"]))
        head = json.dumps(dict(sorted(data.items())), indent=1, ensure_ascii=False)
        lines = ",\n".join("  " + json.dumps(one, ensure_ascii=False) for one in results)
        head = head.removesuffix("\n}")
        text = f'{head},\n "results": [\n{lines}\n ]\n}}\n'
        file.write_text(text, "utf-8")


def schema() -> dict[str, Any]:
    """Give the JSON Schema of a results file; `results.schema.json` is its published copy."""
    made: dict[str, Any] = json.loads(json.dumps(msgspec.json.schema(Run)))  # lists, no tuples
    return made


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
        return msgspec.json.decode(file.read_bytes(), type=Run)
    except (OSError, msgspec.MsgspecError) as error:
        raise ResultsError(
            f"expected a results file, got {type(error).__name__}: {error} from {str(file)!r}"
        ) from None
