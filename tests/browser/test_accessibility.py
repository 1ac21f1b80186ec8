"""What is left out for speed hides nothing: each kind of fault is planted once and found."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.accessibility import violations_in_both_schemes
from tests.browser.chromium import url

PAGE = "quickstart"


@pytest.fixture(scope="module")
def kinds_of_the_page(context: BrowserContext, address: str) -> set[str]:
    """What is known once the page was looked at as it is: so no fault may be of a known kind."""
    page, known = context.new_page(), set[str]()
    page.goto(url(address, PAGE))
    assert violations_in_both_schemes(page, known) == []
    page.close()
    return known


def styled(rules: str) -> str:
    return f"""() => {{
      const style = document.createElement("style");
      style.textContent = `{rules}`;
      document.head.append(style);
    }}"""


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        pytest.param("() => {}", set(), id="nothing"),
        pytest.param(
            """() => { document.querySelectorAll(".highlight .n")[7].style.color = "#999"; }""",
            {"light: color-contrast"},
            id="one-word-of-many",
        ),
        pytest.param(
            styled("[data-md-color-scheme=slate] .highlight .kn { color: #333 }"),
            {"dark: color-contrast"},
            id="in-one-scheme",
        ),
        pytest.param(
            """() => {
              [...document.querySelectorAll(".highlight code")].at(-1).style.background = "#777";
            }""",
            {"dark: color-contrast", "light: color-contrast"},
            id="below-the-words",
        ),
        pytest.param(
            """() => document.querySelector(".md-header").insertAdjacentHTML("afterbegin",
              '<div style="position: absolute; inset: 0; z-index: -1; background: #ccc"></div>')""",
            {"dark: color-contrast", "light: color-contrast"},
            id="below-what-is-positioned",
        ),
        pytest.param(
            styled("[data-md-color-scheme=slate] p a { color: #9ab; text-decoration: none }"),
            {"dark: link-in-text-block"},
            id="link-like-text",
        ),
        pytest.param(
            """() => {
              const all = document.querySelectorAll(".md-code__button");
              all[all.length - 2].removeAttribute("title");
            }""",
            {"button-name"},
            id="one-button-of-many",
        ),
        pytest.param(
            """() => {
              const all = document.querySelectorAll("nav.md-code__nav");
              all[1].setAttribute("aria-label", all[0].getAttribute("aria-label"));
            }""",
            {"landmark-unique"},
            id="two-of-a-name",
        ),
        pytest.param(
            "() => document.querySelector('.highlight').append(new Image(9, 9))",
            {"image-alt"},
            id="image-in-a-snippet",
        ),
        pytest.param(
            """async () => {
              await navigator.clipboard.writeText("");
              document.querySelector("[data-clipboard-target]").click();
              while (!document.querySelector(".md-dialog").textContent.trim())
                await new Promise(requestAnimationFrame);
            }""",
            set(),
            id="what-a-copy-says",
        ),
    ],
)
def test_a_planted_fault_is_found(
    tab: Page, address: str, kinds_of_the_page: set[str], plant: str, found: set[str]
) -> None:
    tab.goto(url(address, PAGE))
    tab.evaluate(plant)
    known = set(kinds_of_the_page)
    wrong = {one.partition(": <")[0] for one in violations_in_both_schemes(tab, known)}
    assert wrong == found
    faulty_colours = any(": " in one for one in found)
    assert known == kinds_of_the_page or not faulty_colours  # else the next page would be spared


def test_a_page_whose_kinds_are_known_has_nothing_new(
    tab: Page, address: str, kinds_of_the_page: set[str]
) -> None:
    """Else nothing would be left out, and the planted faults would show nothing about it."""
    known = set(kinds_of_the_page)
    tab.goto(url(address, PAGE))
    assert violations_in_both_schemes(tab, known) == []
    assert known == kinds_of_the_page
