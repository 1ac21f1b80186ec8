"""From the words of a command line to the options of a run, or a message about what is wrong."""

from __future__ import annotations

import shlex
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..pages.catalogue import Catalogue, CatalogueError, english
from ..pages.model import SYSTEMS, Level, Requirement
from ..report.comparison import news
from ..report.known_failures import Known, KnownError, read_known
from ..report.results import Result, ResultsError, Run, read_run
from ..report.selection import meaningless
from ..report.verdict import DEFAULT, REFERENCE, Outcome, counts, is_of_server
from ..targets.find import Target, TargetError, find_target, systems_of
from ..wire.process import KNOWN, ServerError, ServerProcess, tiers_of

__all__ = ["BACKENDS", "LIKE", "Options", "OptionsError", "read_options"]

BACKENDS = ("asyncio", "trio")
LIKE: tuple[str, ...] = (*SYSTEMS, REFERENCE)
"""What a target can say that it is like."""


@dataclass(frozen=True)
class Options:
    """What a run is asked for.

    `target` is None for the reference. `select` and `exclude` are beginnings of ids or patterns; no
    `select` selects everything. `report` asks for results on everything that was selected, also on
    what cannot run here. `fail_on` says what makes the run fail, `exit_first` that it ends there.
    `earlier` is a run to compare with; a requirement among `news`, unknown to it, makes none fail.
    `like` are the systems whose promises the target shares; `reference` shares everything.
    """

    catalogue: Catalogue
    servers: tuple[str, ...] = ()
    memory: bool = True
    target: Target | None = None
    select: tuple[str, ...] = ()
    known: tuple[Known, ...] = ()
    report: bool = False
    exclude: tuple[str, ...] = ()
    backends: tuple[str, ...] = BACKENDS
    fail_on: tuple[str, ...] = DEFAULT
    exit_first: bool = False
    earlier: Run | None = None
    news: frozenset[str] = frozenset()
    like: tuple[str, ...] = ()

    def asks(self, requirement: Requirement | None) -> bool:
        """Tell whether the level of a requirement asks the target.

        Args:
            requirement: The requirement; None for an example that belongs to none.
        """
        if requirement is None or self.target is None or REFERENCE in self.like:
            return True
        if requirement.level == "documented":
            return not self._claimed.isdisjoint(requirement.systems)
        return requirement.level != "ours"

    @cached_property
    def _claimed(self) -> set[str]:
        """The systems whose documentation binds the target; each example asks for them."""
        return {*self.like, *(systems_of(self.target) if self.target else ())}

    def counts(self, outcome: Outcome, requirement: Requirement | None, tier: str) -> bool:
        """Tell whether an outcome makes the run fail, unless it is known."""
        if requirement is None:
            return counts(outcome, None)
        return self._counts(outcome, requirement.id, requirement.level, tier)

    def fails_by(self, result: Result) -> bool:
        """Tell whether a result makes the run fail."""
        if result.known is not None:
            return result.unexpected
        return self._counts(result.outcome, result.requirement, result.level, result.tier)

    def _counts(self, outcome: Outcome, id: str | None, level: Level | None, tier: str) -> bool:
        server = is_of_server(self.target.spec if self.target else REFERENCE, tier)
        news = id is not None and id in self.news
        return not news and counts(outcome, level, self.fail_on, of_server=server)


class OptionsError(Exception):
    """A command line that cannot be followed."""


def read_options(
    *,
    pages: Sequence[Path] = (),
    target: str | None = None,
    servers: Iterable[str] = (),
    memory: bool = True,
    select: Iterable[str] = (),
    known: Path | None = None,
    report: bool = True,
    like: Iterable[str] = (),
    exclude: Iterable[str] = (),
    backends: Iterable[str] = (),
    fail_on: Iterable[str] = (),
    exit_first: bool = False,
    compare: Path | None = None,
) -> Options:
    """Read what a run is asked for, and look whether it can be done.

    Args:
        pages: Pages and folders of pages; none means those that the suite comes with.
        target: The target's name; None is the reference.
        servers: Names and command lines.
        memory: Whether the examples are played in memory.
        select: Beginnings of ids, or patterns.
        known: A file of known failures.
        report: Whether results are wanted on what cannot run here, too.
        like: Systems whose documentation the target claims to follow, or `reference`.
        exclude: Beginnings of ids, or patterns, of what is left out.
        backends: The event loops for the examples in memory; none means both.
        fail_on: What makes the run fail; nothing means `DEFAULT`.
        exit_first: Whether it ends at the first that does.
        compare: The results file of an earlier run.

    Raises:
        OptionsError: Something is not there or not what it should be; the message says what.
    """
    servers, select, exclude = tuple(servers), tuple(select), tuple(exclude)
    like = tuple(like)
    for name in like:
        if name not in LIKE:
            raise OptionsError(f"expected a system ({', '.join(LIKE)}) to be like, got {name!r}")
    if not memory and not servers:
        raise OptionsError("expected a server for a run without memory, got none")
    try:
        catalogue = Catalogue(pages) if pages else english()
        if not catalogue.files:
            raise OptionsError(f"expected pages (*.md), got none in {', '.join(map(str, pages))}")
        found = _target(target or REFERENCE)
        for command in servers:
            _look_at(command)
        if select or exclude:
            _check_selection((*select, *exclude), catalogue)
        tiers = dict.fromkeys([*KNOWN, *tiers_of(servers)])
        failures = read_known(known, _ids(catalogue), tiers) if known else ()
        earlier = read_run(compare) if compare else None
        if earlier is not None and not earlier.results:
            raise OptionsError(f"expected a run with results to compare with, got {str(compare)!r}")
    except (CatalogueError, TargetError, ServerError, KnownError, ResultsError) as error:
        raise OptionsError(str(error)) from error
    return Options(
        catalogue,
        servers,
        memory,
        found,
        select,
        failures,
        report,
        exclude,
        tuple(one for one in BACKENDS if one in (tuple(backends) or BACKENDS)),
        tuple(dict.fromkeys(fail_on)) or DEFAULT,
        exit_first,
        earlier,
        frozenset(news(earlier, catalogue.pages) if earlier else ()),
        like,
    )


def _target(spec: str) -> Target | None:
    try:
        return find_target(spec)
    except SystemExit as end:
        raise TargetError(
            f"expected to import the target {spec!r}, it called sys.exit({end.code!r})"
        ) from None


def _look_at(command: str) -> None:
    """See whether the command line of a server can be one."""
    ServerProcess(command, log=Path(tempfile.gettempdir()) / "unused", environment={})
    program = command if command in KNOWN else shlex.split(command)[0]
    if program not in KNOWN and shutil.which(program) is None:
        raise OptionsError(f"expected a program in the command {command!r}, got {program!r}")


def _ids(catalogue: Catalogue) -> set[str]:
    return {example.id for page in catalogue.pages for example in page.examples}


def _check_selection(select: Iterable[str], catalogue: Catalogue) -> None:
    requirements = {one.id for page in catalogue.pages for one in page.requirements}
    ids = _ids(catalogue) | requirements
    if (word := meaningless(select, ids)) is not None:
        raise OptionsError(
            f"expected the beginning of an id or a pattern, got {word!r}: it matches nothing"
        )
