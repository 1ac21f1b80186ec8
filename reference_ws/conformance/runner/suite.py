"""What the tests of one run share: pages, the target, servers, known failures, counts."""

from __future__ import annotations

import ast
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ..conversation.compare import Difference
from ..conversation.faults import (
    PageFaults,
)
from ..interruption import uninterrupted
from ..pages.model import Example, Page
from ..pages.parse import parse_page, parse_pages
from ..report.known_failures import Known
from ..targets.find import DOCUMENTED, Target
from ..targets.loader import Target as Substitutions
from ..targets.stand_ins import substitutions
from ..wire.process import ServerError, known_as

if TYPE_CHECKING:
    from ..wire.server import WireResult, WireServer

__all__ = ["Options", "Suite"]


@dataclass(frozen=True)
class Options:
    """What a run is asked for.

    `target` is None for the reference. `select` are beginnings of ids; none selects everything.
    `report` asks for results on everything that was selected, also on what cannot run here.
    """

    roots: tuple[Path, ...]
    servers: tuple[str, ...] = ()
    memory: bool = True
    target: Target | None = None
    select: tuple[str, ...] = ()
    known: tuple[Known, ...] = ()
    report: bool = False


@dataclass
class Suite:
    """The shared state of one run."""

    options: Options
    ran: Counter[str] = field(default_factory=Counter)
    left_out: dict[str, Counter[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._exit = ExitStack()
        self._started: dict[tuple[str, bool], WireServer | ServerError] = {}
        self._reference: dict[tuple[str, str], Difference | None] = {}

    # Pages

    @cached_property
    def files(self) -> set[Path]:
        """Every page: folders whose name begins with `_` hold what pages are made with."""
        return {file for root in self.options.roots for file in _markdown(root)}

    @cached_property
    def _faults(self) -> dict[Path, list[str]]:
        """Each page's faults, those that only show beside the other pages of its language too."""
        faults: dict[Path, list[str]] = {}
        folders = {file.parent for file in self.files if file.name != "README.md"}
        for folder in sorted(folders):
            pages = sorted(f for f in self.files if f.parent == folder and f.name != "README.md")
            try:
                parse_pages(pages)
            except PageFaults as found:
                for fault in found.faults:
                    faults.setdefault(fault.path, []).append(str(fault))
        return faults

    def page(self, file: Path) -> Page:
        """Read a page.

        Raises:
            pytest.Collector.CollectError: It has faults; each with its line.
        """
        if self._faults.get(file):
            raise pytest.Collector.CollectError("\n".join(self._faults[file]))
        try:
            return parse_page(file, strict_headings=file.name != "README.md")
        except PageFaults as found:
            raise pytest.Collector.CollectError(str(found)) from found

    def selects(self, example: Example) -> bool:
        """Tell whether an example was asked for, by the beginning of its id or its requirement's.

        What belongs to no requirement is the documentation's own: nobody is judged by it.
        """
        if self.options.report and example.requirement is None:
            return False
        ids = (example.id, example.requirement or example.id)
        wanted = self.options.select
        return not wanted or any(id.startswith(start) for id in ids for start in wanted)

    # The target

    @cached_property
    def substitutions(self) -> Substitutions | None:
        """What the loader imports in place of what; None for the reference."""
        return substitutions(self.options.target) if self.options.target else None

    def says_nothing(self, page: Page, example: Example) -> str | None:
        """Tell why an example is no business of the target's; None if it is.

        Args:
            page: The page of the example.
            example: The example.
        """
        target = self.options.target
        if target is None:
            return None
        if not any(
            target.provides(module.removeprefix(f"{DOCUMENTED}."), name)
            for module, name in _imports(example.code)
        ):
            return "it uses nothing of the target's"
        together = [one for one in page.examples if one.requirement == example.requirement]
        if all(_uses_client(one) for one in together):
            return "it is about the suite's own client"
        return None

    # Servers

    @cached_property
    def servers(self) -> dict[str, str]:
        """The command line of each server, by a name of its own."""
        commands: dict[str, str] = {}
        for command in self.options.servers:
            name = known_as(command)[0]
            number = sum(key.partition("-#")[0] == name for key in commands)
            commands[f"{name}-#{number + 1}" if number else name] = command
        return commands

    @uninterrupted  # one that runs must be known, so that it is ended
    def server(self, name: str, *, reference: bool = False) -> WireServer:
        """Give a running server; it is started once and serves every example.

        Args:
            name: One of `servers`.
            reference: Whether it is to serve the reference in place of the target.

        Raises:
            ServerError: It could not be started, now or the first time.
        """
        target = None if reference else self.substitutions
        key = (name, target is None)
        if key not in self._started:
            from ..wire.server import WireServer

            logs = Path(self._exit.enter_context(tempfile.TemporaryDirectory(prefix="ws-")))
            try:
                server = WireServer(self.servers[name], target=target, log_dir=logs)
                self._started[key] = self._exit.enter_context(server)
            except ServerError as error:
                self._started[key] = error
        started = self._started[key]
        if isinstance(started, ServerError):
            raise started
        return started

    def give_up(self, name: str, error: ServerError) -> None:
        """Know that a server cannot be started again, so that nobody waits for it once more."""
        self._started[name, self.options.target is None] = error

    def reference_differs(self, server: str, example: Example) -> Difference | None:
        """Play an example with the reference over a server, once.

        Args:
            server: The server.
            example: The example.

        Returns:
            In what way it differs from the page, None if it does not.
        """
        key = (server, example.id)
        if key not in self._reference:
            result: WireResult = self.server(server, reference=True).play(example)
            self._reference[key] = result.detail
        return self._reference[key]

    def close(self) -> None:
        """End the servers."""
        self._exit.close()

    # What happened

    def leave_out(self, tier: str, reason: str) -> None:
        """Note that an example does not run in a tier, and why."""
        self.left_out.setdefault(tier, Counter())[reason] += 1

    def summary(self) -> Iterator[str]:
        """Say how many examples passed in each tier, and what was left out for which reason."""
        for tier in dict.fromkeys([*self.ran, *self.left_out]):
            told = ", ".join(
                f"{count} {reason}" for reason, count in sorted(self.left_out.get(tier, {}).items())
            )
            yield f"examples passed, {self._title(tier)}: {self.ran[tier]}" + (
                f"; not here: {told}" if told else ""
            )

    def _title(self, tier: str) -> str:
        if tier not in self.servers:
            return tier
        name, version = known_as(self.servers[tier])
        return f"{name} {version or ''}".strip()


def _markdown(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
    for file in sorted(root.rglob("*.md")):
        if not any(part.startswith("_") for part in file.relative_to(root).parts):
            yield file


def _uses_client(example: Example) -> bool:
    return any(module == f"{DOCUMENTED}.testing" for module, _ in _imports(example.code))


def _imports(code: str) -> Iterator[tuple[str, str]]:
    """Every name that is imported of the documented package, with its module."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{DOCUMENTED}."):
            yield from ((node.module or "", alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((a.name, "") for a in node.names if a.name.startswith(f"{DOCUMENTED}."))
