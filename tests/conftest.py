"""What all tests need, and what those of the site share."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import chromium, serve
from tests.site_build import built_site

pytest_plugins = ["pytester"]

# A shell starts what runs in its background with SIGINT ignored, and that is inherited: a test
# that interrupts a process of its own would wait for nothing.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="module")
def site() -> Path:
    built = built_site()
    assert built.returncode == 0, built.output
    return built.site


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with serve(site) as address:
        yield address


# Not for all modules at once: while it is open, no test can start an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(autouse=True)
def one_async_plugin_in_inner_runs(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run inside of a test leaves out the plugins that the outer run leaves out."""
    if "pytester" in request.fixturenames and "fixtures" not in request.module.__name__:
        request.getfixturevalue("pytester")  # discards PYTEST_ADDOPTS when it is made
        monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:asyncio -p no:trio")
