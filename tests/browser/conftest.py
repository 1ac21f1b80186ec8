"""One browser, and the built site served to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.chromium import chromium, serve

# A bound for what must come, however busy the machine: nothing waits for it to pass.
LIMIT = 60_000  # milliseconds
expect.set_options(timeout=LIMIT)


@pytest.fixture(scope="package")
def address(site: Path) -> Iterator[str]:
    with serve(site) as address:
        yield address


# Not for tests of other folders: while it is open, no test can start an event loop.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    context = browser.new_context()
    context.set_default_timeout(LIMIT)
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    yield context
    context.close()


@pytest.fixture(scope="package")
def one_tab(context: BrowserContext) -> Page:
    """A tab that many tests use in turns: a new one costs as much as what they look at."""
    return context.new_page()


@pytest.fixture
def tab(one_tab: Page) -> Iterator[Page]:
    """An empty tab, as if it were new."""
    one_tab.set_viewport_size({"width": 1280, "height": 720})
    one_tab.emulate_media(color_scheme="light")
    yield one_tab
    one_tab.goto("about:blank")  # what the last page still does is over before the next test


@pytest.fixture(scope="package")
def known_kinds() -> set[str]:
    """The kinds of text whose contrast was right on a page before, for `violations`."""
    return set()
