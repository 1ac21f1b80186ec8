"""The results in a real browser, with everything open that a reader may open."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import violations_in_both_schemes
from tests.browser.chromium import url
from tests.browser.test_pages import TOO_WIDE
from tests.website.build import FOLDERS

OPEN = "document.querySelectorAll('article details').forEach((one) => (one.open = true))"


def test_a_cell_leads_to_the_difference_without_javascript(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(url(address, "results"))
    page.locator(".ws-group summary").first.click()
    cell = page.locator(".ws-group[open] td a").first
    name = (cell.get_attribute("href") or "").partition("#")[2]
    cell.click()
    expect(page.locator(f"[id='{name}']")).to_be_in_viewport()
    context.close()


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_tables_scroll_in_their_own_box(browser: Browser, address: str, folder: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 900})
    page.goto(url(address, f"{folder}results"))
    page.evaluate(OPEN)
    assert page.evaluate(TOO_WIDE) == []
    box = page.locator(".ws-matrix").last
    assert box.evaluate("one => one.scrollWidth > one.clientWidth")
    box.focus()
    expect(box).to_be_focused()
    page.close()


# Words of a table's head and of its outcomes that stand on two lines; after a hyphen they may.
BROKEN = r"""() => [...document.querySelectorAll(".ws-table :is(thead th, td a)")].flatMap((at) => {
  const node = at.firstChild;
  return [...node.data.matchAll(/[^\s-]+/g)].filter((word) => {
    const range = document.createRange();
    range.setStart(node, word.index);
    range.setEnd(node, word.index + word[0].length);
    return range.getClientRects().length > 1;
  }).map((word) => word[0]);
})"""


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_words_of_a_table_are_whole(browser: Browser, address: str, folder: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 900})
    page.goto(url(address, f"{folder}results"))
    page.evaluate(OPEN)
    assert set(page.evaluate(BROKEN)) == set()
    page.close()


@pytest.mark.parametrize("name", ["results", "closing"])
def test_what_was_opened_can_be_read_by_all(
    tab: Page, address: str, known_kinds: set[str], name: str
) -> None:
    tab.goto(url(address, name))
    tab.evaluate(OPEN)
    # The first rows of each group stand for the others: all of them take half a minute.
    tab.evaluate(
        "document.querySelectorAll('.ws-group tbody tr:nth-child(n+9)').forEach((r) => r.remove())"
    )
    assert violations_in_both_schemes(tab, known_kinds) == []
