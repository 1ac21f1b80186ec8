"""The built site in a real browser: whole, calm, readable on any screen, and true when copied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    Response,
    expect,
)

from reference_ws.conformance.pages.parse import parse_page
from tests.browser.accessibility import SCHEMES, STILL, add_to_kinds, ask_for, violations
from tests.browser.chromium import url
from tests.website.build import DOCS, FOLDERS, TAGS

NAMES = [f"{folder}{path.stem}" for folder in FOLDERS for path in sorted(DOCS.glob("*.md"))]
WIDTHS = (360, 1280)  # CSS pixels
TURNS = 50


@contextmanager
def watched(page: Page, address: str) -> Iterator[list[str]]:
    """Collect what a page should not do, until the block ends."""
    wrong: list[str] = []
    own = (f"{address}/", "data:", "blob:")

    def requested(request: Request) -> None:
        if not request.url.startswith(own):
            wrong.append(f"request to {request.url}")

    def answered(response: Response) -> None:
        if response.status >= 400:
            wrong.append(f"{response.status} for {response.url}")

    def failed(request: Request) -> None:
        wrong.append(f"failed: {request.url}")

    def raised(error: Error) -> None:
        wrong.append(f"error: {error}")

    def logged(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            wrong.append(f"{message.type}: {message.text}")

    listeners: dict[Any, Any] = {
        "request": requested,
        "response": answered,
        "requestfailed": failed,
        "pageerror": raised,
        "console": logged,
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    try:
        yield wrong
    finally:
        for event, listener in listeners.items():
            page.remove_listener(event, listener)


def anchor(name: str) -> str:
    """The id of a section in the middle of a page."""
    ids = re.findall(r"\{ #([a-z0-9-]+)", (DOCS / f"{name}.md").read_text("utf-8"))
    return str(ids[len(ids) // 2])


# What sticks out of the page, but not what scrolls inside of a box of its own.
TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  const wide = [...document.querySelectorAll("article *")]
    .filter((one) => one.getBoundingClientRect().right > room + 1);
  return [`${document.documentElement.scrollWidth} > ${room}`,
          ...wide.slice(0, 5).map((one) => one.outerHTML.slice(0, 120))];
}"""

SMALL = """() => [...document.querySelectorAll(".ws-talk *, .ws-run *, .ws-requirement *")]
  .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .filter((one) => parseFloat(getComputedStyle(one).fontSize) < 13)
  .map((one) => one.outerHTML.slice(0, 120))"""


def settled(page: Page, question: str) -> object:
    """The answer once it is an empty list, else the last: a window that was made wider needs time.

    Turns of the browser are counted, not seconds, which a busy machine would use up.
    """
    answer: object = None
    for _ in range(TURNS):
        answer = page.evaluate(question)
        if not answer:
            break
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    return answer


# One test for all of a page, in this order: no part of it may find the page as another test has
# left it, and each page is opened once, whichever processes the tests are shared out to.
@pytest.mark.parametrize("name", [*NAMES, "404.html"])
def test_a_page_is_whole(tab: Page, address: str, known_kinds: set[str], name: str) -> None:
    with watched(tab, address) as wrong:
        tab.goto(f"{address}/{name}" if "." in name else url(address, name))
        assert_it_fits(tab)
        assert_its_copies_are_the_executed_code(tab, name)
        if "." not in name:  # else it stands for all pages that there are not
            assert_its_switcher_keeps_page_and_section(tab, address, name)
        assert violations(tab, known_kinds) == []
    assert wrong == []


def assert_it_fits(page: Page) -> None:
    page.add_style_tag(content=STILL)  # what is on its way has no width of its own
    for scheme in SCHEMES:
        ask_for(page, scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert settled(page, TOO_WIDE) == [], f"{scheme}, {width} px"
        add_to_kinds(page)
    assert page.evaluate(SMALL) == []


# A browser lets a page copy for five seconds after a click of its reader. Playwright counts each
# call as one, so each button would need a call of its own.
COPY = """async (line) => {
  await navigator.clipboard.writeText("");
  line.previousElementSibling.querySelector("[data-clipboard-target]").click();
  return [line.querySelector("code").textContent, await navigator.clipboard.readText()];
}"""

# What each button asks the browser to copy, without its doing so: for that a page needs no
# reader, and the clipboard of the system is slow.
ASK_TO_COPY = """() => {
  let asked = [];
  document.execCommand = (command) => {
    const box = document.activeElement;
    asked.push([command, box.value.slice(box.selectionStart, box.selectionEnd)]);
    return true;
  };
  const found = [...document.querySelectorAll(".ws-run")].map((line) => {
    asked = [];
    line.previousElementSibling.querySelector("[data-clipboard-target]").click();
    return [line.querySelector("code").textContent, asked];
  });
  delete document.execCommand;
  return found;
}"""


def assert_its_copies_are_the_executed_code(page: Page, name: str) -> None:
    """Look at what each button selects, and at what the first and the last leave on the clipboard.

    From the selection to the clipboard it is the browser's way, the same for all.
    """
    source = DOCS / f"{name}.md"
    examples = parse_page(source).examples if source.exists() else ()
    wanted = [(one.id, one.code) for one in examples]
    assert page.evaluate(ASK_TO_COPY) == [[id, [["copy", code]]] for id, code in wanted]
    lines = page.locator(".ws-run").element_handles()
    assert [tuple(line.evaluate(COPY)) for line in (*lines[:1], *lines[-1:])] == (
        [*wanted[:1], *wanted[-1:]]
    )


# Where a click on each link of the switcher leads, without going there.
LEADS = """(section) => {
  location.hash = section;
  addEventListener("click", (event) => event.preventDefault(), true);
  return [...document.querySelectorAll("a.md-select__link")].map((link) => {
    link.click();
    return [link.hreflang, link.href];
  });
}"""


def assert_its_switcher_keeps_page_and_section(page: Page, address: str, name: str) -> None:
    folder, _, stem = name.rpartition("/")
    section = f"#{anchor(stem)}"
    expect(page.locator("html")).to_have_attribute("lang", TAGS[folder or "en"])
    places = {"en": stem, "ko": f"ko/{stem}", "pt": f"pt/{stem}"}
    assert dict(page.evaluate(LEADS, section)) == {
        TAGS[language]: url(address, place) + section for language, place in places.items()
    }


def test_the_copy_button_works_under_a_finger(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(url(address, "closing"))
    page.locator("#close-default ~ .highlight [data-clipboard-target]").first.click()
    expect(page.locator(".md-dialog")).to_contain_text("Copied to clipboard")
    got = page.evaluate("navigator.clipboard.readText()")
    page.close()
    wanted = next(e for e in parse_page(DOCS / "closing.md").examples if e.id == "close-default")
    assert got == wanted.code


def test_a_file_can_be_downloaded(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(url(address, "closing"))
    with page.expect_download() as download:
        page.locator(".ws-run__file").first.click()
    example = parse_page(DOCS / "closing.md").examples[0]
    assert download.value.suggested_filename == f"{example.id}.py"
    assert download.value.path().read_text("utf-8") == example.code
    page.close()


def test_the_search_finds_a_requirement(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    with watched(page, address) as wrong:
        page.goto(url(address, "index"))
        page.locator("[data-md-component=search-query]").click()
        page.keyboard.type("default close code")  # the box listens to keys, not to a filled value
        expect(page.locator(".md-search-result__link[href*='closing/']").first).to_be_visible()
    page.close()
    assert wrong == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_sides_of_a_conversation_are_left_and_right(
    context: BrowserContext, address: str, width: int
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(url(address, "closing"))
    talk = page.locator(".ws-talk").first
    whole = talk.bounding_box()
    left = talk.locator(".ws-line--client .ws-bubble").first.bounding_box()
    right = talk.locator(".ws-line--application .ws-bubble").first.bounding_box()
    page.close()
    assert whole and left and right
    middle = whole["x"] + whole["width"] / 2
    assert left["x"] < middle and right["x"] + right["width"] > middle
    assert right["x"] + right["width"] > left["x"] + left["width"]
