"""The built site in a real browser: whole, calm, readable on any screen, and true when copied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from reference_ws.conformance.pages.parse import parse_page
from tests.browser.accessibility import SCHEMES, STILL, ask_for, violations
from tests.browser.chromium import url
from tests.website.build import DOCS, FOLDERS, TAGS

NAMES = [f"{folder}{path.stem}" for folder in FOLDERS for path in sorted(DOCS.glob("*.md"))]
WIDTHS = (360, 1280)  # CSS pixels
TURNS = 50


def watch(page: Page, address: str) -> list[str]:
    """Collect what a page should not do."""
    wrong: list[str] = []
    own = (f"{address}/", "data:", "blob:")
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith(own) else wrong.append(f"request to {request.url}")
        ),
    )
    page.on(
        "response",
        lambda response: (
            wrong.append(f"{response.status} for {response.url}")
            if response.status >= 400
            else None
        ),
    )
    page.on("requestfailed", lambda request: wrong.append(f"failed: {request.url}"))
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on(
        "console",
        lambda message: (
            wrong.append(f"{message.type}: {message.text}")
            if message.type in ("error", "warning")
            else None
        ),
    )
    return wrong


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


@dataclass
class Visit:
    """An open page, and what it should not have done so far."""

    name: str
    page: Page
    wrong: list[str]


@pytest.fixture(scope="module", params=[*NAMES, "404.html"])
def visit(context: BrowserContext, address: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    name = request.param
    page = context.new_page()
    wrong = watch(page, address)
    page.goto(f"{address}/{name}" if "." in name else url(address, name))
    yield Visit(name, page, wrong)
    page.close()


def test_a_page_is_whole_and_fits(visit: Visit) -> None:
    page = visit.page
    page.add_style_tag(content=STILL)  # what is on its way has no width of its own
    for scheme in SCHEMES:
        ask_for(page, scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert settled(page, TOO_WIDE) == [], f"{scheme}, {width} px"
    assert page.evaluate(SMALL) == []
    assert violations(page) == []
    assert visit.wrong == []


# A browser lets a page copy for five seconds after a click of its reader. Playwright counts each
# call as one, so each button has a call of its own: in one call for the whole page the time was
# over at the hundredth example, and on a slow machine long before.
COPY = """async (line) => {
  await navigator.clipboard.writeText("");
  line.previousElementSibling.querySelector("[data-clipboard-target]").click();
  return [line.querySelector("code").textContent, await navigator.clipboard.readText()];
}"""


def copies(page: Page) -> list[list[str]]:
    """Click each copy button; gives the id that stands below it, and the text that came of it."""
    return [line.evaluate(COPY) for line in page.locator(".ws-run").element_handles()]


# Axe has left some words of each snippet without a colour; each kind of word is still there.
def test_the_copy_button_gives_the_executed_code(visit: Visit) -> None:
    source = DOCS / f"{visit.name}.md"
    examples = parse_page(source).examples if source.exists() else ()
    assert copies(visit.page) == [[one.id, one.code] for one in examples]
    assert visit.wrong == []


# Where a click on each link of the switcher leads, without going there.
LEADS = """(section) => {
  location.hash = section;
  addEventListener("click", (event) => event.preventDefault(), true);
  return [...document.querySelectorAll("a.md-select__link")].map((link) => {
    link.click();
    return [link.hreflang, link.href];
  });
}"""


def test_the_switcher_keeps_page_and_section(visit: Visit, address: str) -> None:
    if "." in visit.name:
        return  # it stands for all pages that there are not, and has no section
    folder, _, name = visit.name.rpartition("/")
    section = f"#{anchor(name)}"
    expect(visit.page.locator("html")).to_have_attribute("lang", TAGS[folder or "en"])
    places = {"en": name, "ko": f"ko/{name}", "pt": f"pt/{name}"}
    assert dict(visit.page.evaluate(LEADS, section)) == {
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
    wrong = watch(page, address)
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
