"""The pytest plugin: the examples of pages become tests.

It does nothing until pages, a target or results are asked for on the command line or in the
configuration: it is loaded wherever this package is installed.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .recorder import Recorder
    from .suite import Suite

# Everything else is imported once it is needed, so that a stranger's run pays nothing.
SUITE: pytest.StashKey[Suite] = pytest.StashKey()
RECORDER: pytest.StashKey[Recorder] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the suite."""
    group = parser.getgroup("reference-ws", "examples of documentation pages")
    group.addoption(
        "--ws-pages",
        action="append",
        metavar="PATH",
        help="Run the examples of this Markdown page, or of all pages in this folder. "
        "Without it, other options of the suite run the pages that it comes with.",
    )
    group.addoption(
        "--ws-server",
        action="append",
        metavar="NAME",
        help="Play the examples over this server as well: a name such as uvicorn, or a command "
        "with {app} and {port} in it.",
    )
    group.addoption(
        "--ws-target",
        metavar="NAME",
        help="Test this in place of the reference: a package with modules named as in the "
        "pages, or package.module:Class.",
    )
    group.addoption(
        "--ws-select",
        action="append",
        metavar="ID",
        help="Run only examples and requirements whose id begins like this, or follows a pattern "
        'such as "*-twice".',
    )
    group.addoption(
        "--ws-exclude",
        action="append",
        metavar="ID",
        help="Leave these out; ID is as for --ws-select.",
    )
    group.addoption(
        "--ws-backend",
        action="append",
        choices=["asyncio", "trio"],
        help="The event loop for the examples in memory; by default both.",
    )
    group.addoption(
        "--ws-strict", action="store_true", help="Fail on SHOULD and on what is unsupported, too."
    )
    group.addoption(
        "--ws-like",
        action="append",
        metavar="NAME",
        help="The target follows the documentation of this system: starlette, lilya or yaat; "
        "reference, if it claims to be this library.",
    )
    group.addoption(
        "--ws-no-memory", action="store_true", help="Do not play the examples in memory."
    )
    group.addoption("--ws-known", metavar="FILE", help="A TOML file of known failures.")
    group.addoption("--ws-results", metavar="FILE", help="Write the results to this file, as JSON.")
    parser.addini("ws_pages", "Pages whose examples are run.", type="paths", default=[])
    parser.addini("ws_known", "A file of known failures.", type="string", default="")
    parser.addini("ws_servers", "Servers over which the examples are played.", "linelist", [])


def pytest_configure(config: pytest.Config) -> None:
    """Read the options, unless a suite has been handed over."""
    if SUITE in config.stash:
        return
    given = config.getoption("--ws-pages")
    options = ("--ws-server", "--ws-target", "--ws-results", "--ws-known", "--ws-select")
    pages = [Path(path).resolve() for path in given or ()] or config.getini("ws_pages")
    if pages or any(config.getoption(name) for name in options):
        from .begin import begin

        suite, recorder = begin(config, [Path(page) for page in pages])
        config.stash[SUITE] = suite
        if recorder is not None:
            config.stash[RECORDER] = recorder


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.File | None:
    """Collect a page that was named."""
    suite = parent.config.stash.get(SUITE, None)
    if suite is None or file_path not in suite.options.catalogue.files:
        return None
    from .items import PageFile

    # Outside of the user's folder pytest has no good name for a file.
    near = file_path.is_relative_to(parent.config.rootpath)
    nodeid = None if near else file_path.name
    return PageFile.from_parent(parent, path=file_path, suite=suite, nodeid=nodeid)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the result on the report, which also crosses from one process to another."""
    report = yield
    if call.when == "call" and item.config.stash.get(SUITE, None) is not None:
        from msgspec import to_builtins

        from .items import ExampleItem
        from .recorder import RESULT

        if isinstance(item, ExampleItem):
            vars(report)[RESULT] = to_builtins(item.result())
    return report


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the servers."""
    suite, recorder = config.stash.get(SUITE, None), config.stash.get(RECORDER, None)
    try:
        if recorder is not None:
            recorder.write()
    finally:
        if suite is not None:
            suite.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many examples ran where, and why some did not run everywhere."""
    suite = terminalreporter.config.stash.get(SUITE, None)
    if suite:
        for line in suite.summary():
            terminalreporter.write_line(line)
