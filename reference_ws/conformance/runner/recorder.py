"""Records the results of a run of pytest, whichever process they come from."""

from __future__ import annotations

import platform
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec import convert

import reference_ws

from ..pages.catalogue import CatalogueError
from ..pages.data import examples_hash, requirements_hash
from ..report.known_failures import stale
from ..report.results import Result, Run, Subject
from ..targets.installed import version_of
from ..wire.process import known_as
from .suite import Suite

__all__ = ["RESULT", "Recorder"]

RESULT = "ws_result"
"""The attribute of a test's report that holds the result."""


class Recorder:
    """A plugin of pytest that keeps the results.

    Args:
        suite: What is run.
        file: Where to write them; None keeps them only.
    """

    def __init__(self, suite: Suite, file: Path | None) -> None:
        self.run = _run(suite)
        self.file = file
        self.on_result: Callable[[Result], None] = lambda result: None
        self.on_total: Callable[[int], None] = lambda number: None
        self._suite = suite
        self._expected: dict[tuple[str, str], Result] = {}
        self._messages: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A page that cannot be read leaves its requirements without a verdict."""
        if report.failed:
            self._messages.append(str(report.longrepr))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Know what is to come, so that what never comes can be told."""
        from .items import ExampleItem

        items = [item for item in session.items if isinstance(item, ExampleItem)]
        self._expected = {(item.example.id, item.tier): item.result() for item in items}
        self.on_total(len(items))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a result."""
        facts: dict[str, Any] | None = vars(report).get(RESULT)
        if facts is not None:
            result = convert(facts, Result)
            self._expected.pop((result.id, result.tier), None)
            self.run.results.append(result)
            self.on_result(result)

    def pytest_keyboard_interrupt(self) -> None:
        """Note that the user did not wait for the end."""
        self._messages.append("interrupted")

    def pytest_internalerror(self, excrepr: object) -> None:
        """Note a mistake of ours or of pytest's."""
        self._messages.append(str(excrepr))

    def refuse(self, why: str) -> None:
        """Note why nothing was played."""
        self._messages.append(why)

    def finish(self) -> Run:
        """Give the run, also one that was cut short."""
        run = self.run
        run.results += self._expected.values()
        self._expected = {}
        errors = [r for r in run.results if r.outcome in ("error", "not-run")]
        options = self._suite.options
        run.complete = not (self._messages or errors) and bool(run.results)
        failed = any(map(run.fails_by, run.results))
        only_open = all(result.outcome != "error" for result in errors)
        run.stopped = options.exit_first and failed and only_open and not self._messages
        run.messages = tuple(self._messages)
        run.stale = stale(options.known, run.results)
        if options.memory and "no_trio" in vars(self._suite) and self._suite.no_trio:
            run.notes = (f"{run.target.name} is not played on trio: {self._suite.no_trio}",)
        return run

    def write(self) -> None:
        """Write the results."""
        run = self.finish()
        if self.file is not None:
            run.write(self.file)


def _run(suite: Suite) -> Run:
    options = suite.options
    try:
        pages = options.catalogue.pages
        hashes = (requirements_hash(pages), examples_hash(pages))
    except CatalogueError:
        hashes = ("", "")  # the collection itself says what is wrong with the pages
    servers = tuple(
        Subject(
            known_as(command)[0],
            known_as(command)[1],
            tier,
            command if known_as(command)[0] != command else None,
        )
        for tier, command in suite.servers.items()
    )
    target = options.target
    return Run(
        suite=reference_ws.__version__,
        target=Subject(
            target.package if target.adapter else target.spec,
            version_of(target.package),
            adapter=target.adapter,
        )
        if target
        else Subject("reference", reference_ws.__version__),
        servers=servers,
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}",
        date=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        requirements_hash=hashes[0],
        examples_hash=hashes[1],
        tiers=(*(("memory",) if options.memory else ()), *suite.servers),
        select=options.select,
        exclude=options.exclude,
        fail_on=options.fail_on,
        news=tuple(sorted(options.news)),
    )
