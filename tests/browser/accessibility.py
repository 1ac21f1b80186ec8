"""What axe-core finds wrong on a page for those who see, hear or move otherwise.

Most of its time goes into contrast, and most of that into text that is repeated: a page has
thousands of coloured words of a few dozen kinds. Whatever is drawn in the same way has the same
contrast, so a kind is looked at where it stands first and where it stands last.
"""

from __future__ import annotations

from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

SCHEMES: dict[Literal["light", "dark"], str] = {"light": "default", "dark": "slate"}
"""What a reader may ask for, and how the theme calls it."""

# The rules whose answer depends on colours.
COLOURS = ["color-contrast", "link-in-text-block"]

# A colour that is on its way to another one has the contrast of neither.
STILL = "*, ::before, ::after { transition: none !important; animation: none !important }"

# Adds to the kind of each element with text of its own all that decides how it is drawn: the
# classes and the computed styles from the root down to it. Called once in each scheme.
ADD_TO_KINDS = """() => {
  window.kinds ??= new Map();
  const parts = ["color", "backgroundColor", "backgroundImage", "fontSize", "fontWeight",
                 "fontFamily", "fontStyle", "opacity", "textShadow", "textDecorationLine",
                 "position", "visibility", "display"];
  const known = new Map([[null, ""]]);
  const way = (one) => {
    if (!known.has(one)) {
      const style = getComputedStyle(one);
      const own = [one.localName, one.getAttribute("class"), ...parts.map((name) => style[name])];
      known.set(one, way(one.parentElement) + "\\n" + own.join("|"));
    }
    return known.get(one);
  };
  for (const one of document.querySelectorAll("body *")) {
    const text = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (text || one.matches("input, select, textarea"))
      window.kinds.set(one, (window.kinds.get(one) ?? "") + way(one));
  }
}"""

# Keeps the first and the last visible element of each kind. The other words of a snippet become
# plain text, if nothing but their class tells them from others.
KEEP_ONE_OF_A_KIND = """() => {
  const first = new Map(), last = new Map();
  for (const [one, kind] of window.kinds) {
    if (!one.checkVisibility({visibilityProperty: true})) continue;
    if (!first.has(kind)) first.set(kind, one);
    last.set(kind, one);
  }
  window.chosen = [...new Set([...first.values(), ...last.values()])];
  const chosen = new Set(window.chosen);
  for (const one of document.querySelectorAll(".highlight code span"))
    if (!chosen.has(one) && !one.childElementCount && one.textContent.trim()
        && [...one.attributes].every((attribute) => attribute.name === "class"))
      one.replaceWith(...one.childNodes);
}"""

RUN = """async ([place, options]) => {
  const found = await axe.run(place ? {include: window.chosen} : document,
                              {resultTypes: ["violations"], ...options});
  return found.violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 120)}`);
}"""


def ask_for(page: Page, scheme: Literal["light", "dark"]) -> None:
    """Be a reader who has asked for this scheme, and wait until the page has it."""
    page.emulate_media(color_scheme=scheme)
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", SCHEMES[scheme])


def violations(page: Page) -> list[str]:
    """Find what is wrong in both schemes; the page is not whole any more after it."""
    page.add_style_tag(content=STILL)
    page.evaluate(Axe().axe_script)
    for scheme in SCHEMES:
        ask_for(page, scheme)
        page.evaluate(ADD_TO_KINDS)
    page.evaluate(KEEP_ONE_OF_A_KIND)
    found = [
        f"{scheme}: {one}"
        for scheme in reversed(SCHEMES)  # it is in the last one
        for one in _coloured(page, scheme)
    ]
    return found + _run(page, False, {"rules": {name: {"enabled": False} for name in COLOURS}})


def _coloured(page: Page, scheme: Literal["light", "dark"]) -> list[str]:
    ask_for(page, scheme)
    return _run(page, True, {"runOnly": COLOURS})


def _run(page: Page, chosen: bool, options: dict[str, Any]) -> list[str]:
    found: list[str] = page.evaluate(RUN, [chosen, options])
    return found
