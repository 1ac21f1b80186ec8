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
from ..conversation.faults import PageFaults
from ..interruption import uninterrupted
from ..pages.model import Example, Page
from ..report.selection import chosen
from ..targets.find import Missing
from ..targets.known import DOCUMENTED
from ..targets.loader import Substitutes
from ..targets.substitutes import substitutes_of
from ..wire.process import ServerError, known_as, tiers_of
from .finder import compare_with_finder
from .options import Options
from .trial import without_trio

if TYPE_CHECKING:
    from ..wire.server import WireResult, WireServer

__all__ = ["Suite"]


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

    def page(self, file: Path) -> Page:
        """Give a page, ready to be run.

        Raises:
            pytest.Collector.CollectError: It has faults; each with its line.
        """
        try:
            page = self.options.catalogue.page(file)
            compare_with_finder(page)
        except PageFaults as found:
            raise pytest.Collector.CollectError(str(found)) from None
        return page

    def selects(self, example: Example) -> bool:
        """Tell whether an example was asked for, by the beginning of its id or its requirement's.

        What belongs to no requirement is the documentation's own: nobody is judged by it.
        """
        if self.options.report and example.requirement is None:
            return False
        ids = (example.id, example.requirement or example.id)
        wanted = self.options.select
        if wanted and not chosen(ids, wanted):
            return False
        return not chosen(ids, self.options.exclude)

    # The target

    @cached_property
    def substitutes(self) -> Substitutes | None:
        """What the loader imports in place of what; None for the reference."""
        return substitutes_of(self.options.target) if self.options.target else None

    @cached_property
    def no_trio(self) -> str | None:
        """Why the target cannot run on trio at all; None if it can."""
        target = self.options.target
        return without_trio(target) if target and "trio" in self.options.backends else None

    def says_nothing(self, page: Page, example: Example) -> str | None:
        """Tell why an example is no business of the target's; None if it is.

        Args:
            page: The page of the example.
            example: The example.
        """
        target = self.options.target
        if target is None:
            return None
        used = [(module.removeprefix(f"{DOCUMENTED}."), n) for module, n in _imports(example.code)]
        if not any(target.provides(module, name) for module, name in used):
            return "it imports nothing from the target"
        if beside := [name for module, name in used if target.beside(module, name)]:
            return f"it needs {', '.join(beside)} in addition to the class"
        together = [one for one in page.examples if one.requirement == example.requirement]
        if all(_uses_client(one) for one in together):
            return "it is about the suite's own client"
        return None

    def refuse_what_is_unlike(self, example: Example) -> None:
        """Let no example ask for an attribute that means something else to the target.

        Args:
            example: The example.

        Raises:
            Missing: It uses one.
        """
        target = self.options.target
        if target is None or not target.unlike:
            return
        used = {
            one.attr for one in ast.walk(ast.parse(example.code)) if isinstance(one, ast.Attribute)
        }
        for name in target.unlike:
            if name in used:
                other = f"it means something else in {target.package}"
                raise Missing(f"expected {name!r} as documented, {other}")

    # Servers

    @cached_property
    def servers(self) -> dict[str, str]:
        """The command line of each server, by a name of its own."""
        return tiers_of(self.options.servers)

    @uninterrupted  # one that runs must be known, so that it is ended
    def server(self, name: str, *, reference: bool = False) -> WireServer:
        """Give a running server; it is started once and serves every example.

        Args:
            name: One of `servers`.
            reference: Whether it is to serve the reference in place of the target.

        Raises:
            ServerError: It could not be started, now or the first time.
        """
        spec = None if reference or self.options.target is None else self.options.target.spec
        key = (name, spec is None)
        if key not in self._started:
            from ..wire.server import WireServer

            logs = Path(self._exit.enter_context(tempfile.TemporaryDirectory(prefix="ws-")))
            try:
                server = WireServer(self.servers[name], target=spec, log_dir=logs)
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
        if self.options.memory and self.no_trio:
            yield f"not on trio: {self.no_trio}"
        for tier in dict.fromkeys([*self.ran, *self.left_out]):
            told = ", ".join(
                f"{count} {reason}" for reason, count in sorted(self.left_out.get(tier, {}).items())
            )
            yield f"examples passed, {self._title(tier)}: {self.ran[tier]}" + (
                f"; not played: {told}" if told else ""
            )

    def _title(self, tier: str) -> str:
        if tier not in self.servers:
            return tier
        name, version = known_as(self.servers[tier])
        return f"{name} {version or ''}".strip()


def _uses_client(example: Example) -> bool:
    return any(module == f"{DOCUMENTED}.testing" for module, _ in _imports(example.code))


def _imports(code: str) -> Iterator[tuple[str, str]]:
    """Every name that is imported of the documented package, with its module."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{DOCUMENTED}."):
            yield from ((node.module or "", alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((a.name, "") for a in node.names if a.name.startswith(f"{DOCUMENTED}."))
