"""From the words of a command line to the options of a run, or a message about what is wrong."""

from __future__ import annotations

import shlex
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..pages.catalogue import Catalogue, CatalogueError, english
from ..pages.model import SYSTEMS, Requirement
from ..report.known_failures import Known, KnownError, read_known
from ..targets.find import Target, TargetError, find_target
from ..targets.known import likeness_of
from ..wire.process import KNOWN, ServerError, ServerProcess

__all__ = ["LIKE", "Options", "OptionsError", "read_options"]

REFERENCE = "reference"
LIKE: tuple[str, ...] = (*SYSTEMS, REFERENCE)
"""What a target can say that it is like."""


@dataclass(frozen=True)
class Options:
    """What a run is asked for.

    `target` is None for the reference. `select` are beginnings of ids; none selects everything.
    `report` asks for results on everything that was selected, also on what cannot run here.
    `like` are the systems whose promises the target shares; `reference` shares everything.
    """

    catalogue: Catalogue
    servers: tuple[str, ...] = ()
    memory: bool = True
    target: Target | None = None
    select: tuple[str, ...] = ()
    known: tuple[Known, ...] = ()
    report: bool = False
    like: tuple[str, ...] = ()

    def asks(self, requirement: Requirement | None) -> bool:
        """Tell whether the level of a requirement asks the target.

        Args:
            requirement: The requirement; None for an example that belongs to none.
        """
        if requirement is None or self.target is None or REFERENCE in self.like:
            return True
        if requirement.level == "documented":
            claimed = {*self.like, likeness_of(self.target.package)}
            return not claimed.isdisjoint(requirement.systems)
        return requirement.level != "ours"


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
) -> Options:
    """Read what a run is asked for, and look whether it can be done.

    Args:
        pages: Pages and folders of pages; none means those that the suite comes with.
        target: The target's name; None is the reference.
        servers: Names and command lines.
        memory: Whether the examples are played in memory.
        select: Beginnings of ids.
        known: A file of known failures.
        report: Whether results are wanted on what cannot run here, too.
        like: Systems whose documentation the target claims to follow, or `reference`.

    Raises:
        OptionsError: Something is not there or not what it should be; the message says what.
    """
    servers, select, like = tuple(servers), tuple(select), tuple(like)
    for name in like:
        if name not in LIKE:
            raise OptionsError(f"expected a system ({', '.join(LIKE)}) to be like, got {name!r}")
    if not memory and not servers:
        raise OptionsError("expected a server for a run without memory, got none")
    try:
        catalogue = Catalogue(pages) if pages else english()
        found = find_target(target or "reference")
        for command in servers:
            _look_at(command)
        if select:
            _check_selection(select, catalogue)
        failures = read_known(known, _ids(catalogue)) if known else ()
    except (CatalogueError, TargetError, ServerError, KnownError) as error:
        raise OptionsError(str(error)) from error
    return Options(catalogue, servers, memory, found, select, failures, report, like)


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
    for start in select:
        if not any(id.startswith(start) for id in ids):
            raise OptionsError(f"expected the beginning of an id, got {start!r}: nothing has it")
