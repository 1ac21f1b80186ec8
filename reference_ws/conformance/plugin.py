"""The pytest plugin: the examples of pages become tests.

It does nothing until pages are named, with `--ws-pages` or `ws_pages` in the configuration:
it is loaded wherever this package is installed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .items import Suite

# Everything else is imported once pages are named, so that a stranger's run pays nothing.
_suite: pytest.StashKey[Suite] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the suite."""
    group = parser.getgroup("reference-ws", "examples of documentation pages")
    group.addoption(
        "--ws-pages",
        action="append",
        metavar="PATH",
        help="Run the examples of this Markdown page, or of all pages in this folder.",
    )
    group.addoption(
        "--ws-server",
        action="append",
        metavar="NAME",
        help="Play the examples over this server as well: a name such as uvicorn, or a command "
        "with {app} and {port} in it.",
    )
    parser.addini("ws_pages", "Pages whose examples are run.", type="paths", default=[])
    parser.addini("ws_servers", "Servers over which the examples are played.", "linelist", [])


def pytest_configure(config: pytest.Config) -> None:
    """Read the options."""
    given = config.getoption("--ws-pages")
    pages = [Path(path).resolve() for path in given] if given else config.getini("ws_pages")
    if pages:
        from .items import Suite

        servers = config.getoption("--ws-server") or config.getini("ws_servers")
        config.stash[_suite] = Suite([Path(page) for page in pages], servers)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.File | None:
    """Collect a page that was named."""
    suite = parent.config.stash.get(_suite, None)
    return suite.collect(file_path, parent) if suite else None


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the servers."""
    if suite := config.stash.get(_suite, None):
        suite.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many examples ran where, and why some did not run everywhere."""
    suite = terminalreporter.config.stash.get(_suite, None)
    if suite:
        for line in suite.summary():
            terminalreporter.write_line(line)
