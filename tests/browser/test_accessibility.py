"""What is left out for speed hides nothing: each kind of fault is planted once and found."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.accessibility import violations
from tests.browser.chromium import url


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
    ],
)
def test_a_planted_fault_is_found(
    context: BrowserContext, address: str, plant: str, found: set[str]
) -> None:
    page = context.new_page()
    page.goto(url(address, "quickstart"))
    page.evaluate(plant)
    told = {one.partition(": <")[0] for one in violations(page)}
    page.close()
    assert told == found
