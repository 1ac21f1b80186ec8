"""Pages as pytest collectors, their examples as tests."""

from __future__ import annotations

import os
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_examples import CodeExample, find_examples

from .compare import Difference
from .evaluate import evaluate, page_frames
from .faults import (
    PageFaults,
)
from .limit import LimitReached
from .pages import Example, Page, Requirement, parse_page, parse_pages

if TYPE_CHECKING:
    from .wire import WireServer

__all__ = ["PageFile", "Suite"]

BACKENDS = ("asyncio", "trio")


class Suite:
    """What the tests of one run share: the pages, the servers, the count of what ran.

    Args:
        roots: Pages, and folders of pages.
        servers: Names or command lines of servers.
    """

    def __init__(self, roots: list[Path], servers: list[str]) -> None:
        self.roots = roots
        self.servers = servers
        self.ran: Counter[str] = Counter()
        self.left_out: dict[str, Counter[str]] = {}
        self._exit = ExitStack()
        self._started: dict[str, WireServer] = {}

    def collect(self, file: Path, parent: pytest.Collector) -> pytest.File | None:
        """Give the collector of a page, None for a file that was not asked for."""
        return PageFile.from_parent(parent, path=file, suite=self) if file in self.files else None

    @cached_property
    def files(self) -> set[Path]:
        """Every page: folders whose name begins with `_` hold what pages are made with."""
        return {file for root in self.roots for file in _markdown(root)}

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

    def server(self, name: str) -> WireServer:
        """Give a running server; it is started once and serves every example."""
        if name not in self._started:
            from .wire import WireServer

            logs = Path(self._exit.enter_context(tempfile.TemporaryDirectory(prefix="ws-")))
            self._started[name] = self._exit.enter_context(WireServer(name, log_dir=logs))
        return self._started[name]

    def leave_out(self, tier: str, reason: str) -> None:
        """Note that an example does not run in a tier, and why."""
        self.left_out.setdefault(tier, Counter())[reason] += 1

    def close(self) -> None:
        """End the servers."""
        self._exit.close()

    def summary(self) -> Iterator[str]:
        """Say how many examples passed in each tier, and what was left out for which reason."""
        tiers = dict.fromkeys([*self.ran, *self.left_out])
        for tier in tiers:
            server = self._started.get(tier)
            title = f"{server.name} {server.version or ''}".strip() if server else tier
            reasons: Mapping[str, int] = self.left_out.get(tier, {})
            told = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
            yield f"examples passed, {title}: {self.ran[tier]}" + (
                f"; not here: {told}" if told else ""
            )


def _markdown(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
    for file in sorted(root.rglob("*.md")):
        if not any(part.startswith("_") for part in file.relative_to(root).parts):
            yield file


class PageFile(pytest.File):
    """One page."""

    def __init__(self, *, suite: Suite, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.suite = suite

    def collect(self) -> Iterator[pytest.Item]:
        """Give a test for each example and each tier in which it can exist."""
        page = self.suite.page(self.path)
        found = {example.start_line: example for example in find_examples(self.path)}
        requirements = {requirement.id: requirement for requirement in page.requirements}
        for example in page.examples:
            requirement = requirements.get(example.requirement or "")
            for name, kind, tier in self._tests(example):
                yield ExampleItem.from_parent(
                    self,
                    name=name,
                    page=page,
                    example=example,
                    requirement=requirement,
                    found=found.get(example.line),
                    kind=kind,
                    tier=tier,
                )

    def _tests(self, example: Example) -> Iterator[tuple[str, str, str]]:
        if example.kind == "script":
            yield example.id, "memory", "scripts"
        elif example.kind == "app":
            for backend in BACKENDS:
                yield f"{example.id}[{backend}]", "memory", f"memory ({backend})"
        elif not self.suite.servers:
            self.suite.leave_out("clients", "need a server")
        for server in self.suite.servers:
            if example.memory_only is None:
                yield f"{example.id}[{server}]", "wire", server
            else:
                self.suite.leave_out(server, example.memory_only.value)


class ExampleItem(pytest.Item):
    """One example in one tier."""

    def __init__(
        self,
        *,
        page: Page,
        example: Example,
        requirement: Requirement | None,
        found: CodeExample | None,
        kind: str,
        tier: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.page = page
        self.example = example
        self.requirement = requirement
        self.found = found
        self.kind = kind
        self.tier = tier
        if requirement is not None:
            self.user_properties.append(("level", requirement.level))

    @property
    def suite(self) -> Suite:
        """What the run shares."""
        parent = self.parent
        assert isinstance(parent, PageFile)
        return parent.suite

    def runtest(self) -> None:
        """Play the example; whatever differs from the page is raised."""
        variant = self._play()
        if variant is not None:
            self.user_properties.append(("variant", variant))
        self.suite.ran[self.tier] += 1

    def _play(self) -> str | None:
        if self.kind == "memory":
            assert self.found is not None  # the parser compared both lists
            backend = self.tier[len("memory (") : -1] if self.example.kind == "app" else None
            return evaluate(self.example, self.found, self, backend)
        server = self.suite.server(self.tier)
        if self.example.kind == "app":
            return server.play(self.example).raise_unless_passed()
        from .clients import play_browser_client, play_python_client

        app = self.page.app
        assert app is not None  # the parser refuses a client without one
        if self.example.kind == "javascript":
            play_browser_client(self.example, server, app)
        else:
            assert self.found is not None
            play_python_client(self.example, server, app, self.found, self)
        return None

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """Say where the example stands."""
        return self.path, self.example.line - 1, self.name

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """Say page, line, requirement, and what differs."""
        error = excinfo.value
        lines = page_frames(self.example, error)
        line = error.line if isinstance(error, Difference) else (lines or [self.example.line])[-1]
        told = [f"{os.path.relpath(self.path)}:{line}: {self.name}"]
        if self.requirement is not None:
            told.append(f"{self.requirement.level.upper()} {self.requirement.title}")
        if isinstance(error, Difference):
            told += ["", *_beside("expected", error.wanted), *_beside("got", error.got)]
            told += ["", error.more] if error.more else []
        elif isinstance(error, (LimitReached, pytest.fail.Exception)):
            told += ["", str(error)]
        else:
            told += ["", "".join(traceback.format_exception(error)).rstrip()]
        return "\n".join(told)


def _beside(label: str, text: str) -> list[str]:
    first, *others = text.split("\n")
    return [f"    {label:<9} {first}", *(f"    {'':<9} {other}" for other in others)]
