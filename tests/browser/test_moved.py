"""Links from before a page was divided still lead to what they named."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chromium import url
from tests.website.build import FOLDERS

# A rule, a topic, a client's snippet, and what one server did otherwise.
MOVED = {
    "server-accept": "servers-handshake",
    "server-sending": "servers-messages",
    "server-end-return-client": "servers-closing",
    "server-close-code-registered--daphne": "servers-closing",
}


@pytest.mark.parametrize("folder", FOLDERS)
def test_an_old_link_leads_to_the_page_of_its_section(
    browser: Browser, address: str, folder: str
) -> None:
    page = browser.new_page()
    for anchor, now in MOVED.items():
        page.goto(f"{url(address, f'{folder}servers')}#{anchor}")
        expect(page).to_have_url(f"{url(address, f'{folder}{now}')}#{anchor}")
        if "--" not in anchor:  # that one is in a closed box
            expect(page.locator(f"[id='{anchor}']")).to_be_in_viewport()
    page.close()


def test_what_has_stayed_is_not_led_away(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{url(address, 'servers')}#server-scope-type")
    expect(page.locator("#server-scope-type")).to_be_in_viewport()
    page.evaluate("location.hash = 'server-ping'")  # as a click on a link of the same page does
    expect(page).to_have_url(f"{url(address, 'servers-messages')}#server-ping")
    page.close()


def test_without_javascript_the_entry_of_the_list_leads_on(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{url(address, 'servers')}#server-close-code")
    entry = page.locator("li#server-close-code a")
    expect(entry).to_be_in_viewport()
    entry.click()
    expect(page).to_have_url(f"{url(address, 'servers-closing')}#server-close-code")
    expect(page.locator("h3#server-close-code")).to_be_in_viewport()
    context.close()
