"""What axe-core finds wrong on a page for those who see, hear or move otherwise.

Most of its time goes into contrast, and most of that into text that is repeated: a page has
thousands of coloured words of a few dozen kinds, and the next page has the same ones. Whatever is
drawn in the same way has the same contrast, so a kind is looked at where it stands first and where
it stands last on a page, and not again on the pages after it. What is positioned can lie over
something that does not surround it, so its kind has in it what is drawn at its place.
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
  const shared = new Map(), ways = new Map([[null, {text: "", positioned: false}]]);
  const way = (one) => {
    if (!ways.has(one)) {
      const style = getComputedStyle(one), above = way(one.parentElement);
      const own = [one.localName, one.getAttribute("class"), ...parts.map((name) => style[name])];
      const text = own.join("|");
      // Elements that are drawn in the same way share one object: its long text is there once.
      if (!shared.has(above)) shared.set(above, new Map());
      const below = shared.get(above);
      if (!below.has(text)) below.set(text, {
        text: above.text + "\\n" + text,
        positioned: above.positioned || !["static", "relative"].includes(style.position),
      });
      ways.set(one, below.get(text));
    }
    return ways.get(one);
  };
  // What lies where a positioned element does, as far as that is in sight, and does not hold it.
  const beside = (one) => [...one.getClientRects()]
    .flatMap((box) => document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2))
    .filter((other) => !other.contains(one) && !one.contains(other))
    .map((other) => way(other).text).join("\\n");
  for (const one of document.querySelectorAll("body *")) {
    const text = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!text && !one.matches("input, select, textarea")) continue;
    const own = way(one), place = own.positioned ? beside(one) : "";
    if (!window.kinds.has(one)) window.kinds.set(one, []);
    window.kinds.get(one).push({way: own, place});
  }
}"""

# Keeps the first and the last visible element of each kind, and gives the hashes of the kinds.
# The other words of a snippet become plain text, if nothing but their class tells them from others.
KEEP_ONE_OF_A_KIND = """async () => {
  const numbers = new Map(), first = new Map(), last = new Map();
  const number = (thing) => {
    if (!numbers.has(thing)) numbers.set(thing, numbers.size);
    return numbers.get(thing);
  };
  for (const [one, kinds] of window.kinds) {
    if (!one.checkVisibility({visibilityProperty: true})) continue;
    const kind = kinds.map(({way, place}) => `${number(way)} ${number(place)}`).join();
    if (!first.has(kind)) first.set(kind, one);
    last.set(kind, one);
  }
  const hash = async (kinds) => {
    const text = kinds.map(({way, place}) => way.text + "\\n\\n" + place).join("\\n\\n");
    const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    return btoa(String.fromCharCode(...new Uint8Array(bytes)));
  };
  window.chosen = await Promise.all([...first].map(async ([kind, one]) => (
    {hash: await hash(window.kinds.get(one)), places: [one, last.get(kind)]})));
  const kept = new Set(window.chosen.flatMap((kind) => kind.places));
  for (const one of document.querySelectorAll(".highlight code span"))
    if (!kept.has(one) && !one.childElementCount && one.textContent.trim()
        && [...one.attributes].every((attribute) => attribute.name === "class"))
      one.replaceWith(...one.childNodes);
  return window.chosen.map((kind) => kind.hash);
}"""

# Leaves the kinds that are not known yet; says whether there are any.
LOOK_AT_NEW_ONES = """(known) => {
  known = new Set(known);
  window.chosen = window.chosen.filter((kind) => !known.has(kind.hash));
  return window.chosen.length > 0;
}"""

RUN = """async ([chosen, options]) => {
  const places = chosen && {include: [...new Set(window.chosen.flatMap((kind) => kind.places))]};
  const found = await axe.run(places || document, {resultTypes: ["violations"], ...options});
  return found.violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 120)}`);
}"""


def ask_for(page: Page, scheme: Literal["light", "dark"]) -> None:
    """Be a reader who has asked for this scheme, and wait until the page has it."""
    page.emulate_media(color_scheme=scheme)
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", SCHEMES[scheme])


def add_to_kinds(page: Page) -> None:
    """Note how everything is drawn in the scheme that the page has now; for each of SCHEMES."""
    page.evaluate(ADD_TO_KINDS)


def violations_in_both_schemes(page: Page, known: set[str]) -> list[str]:
    """Find what is wrong; the page is not whole any more after it."""
    page.add_style_tag(content=STILL)
    for scheme in SCHEMES:
        ask_for(page, scheme)
        add_to_kinds(page)
    return violations(page, known)


def violations(page: Page, known: set[str]) -> list[str]:
    """Find what is wrong with a still page whose kinds were noted in both schemes.

    Args:
        page: The page; it is not whole any more after it.
        known: The kinds that were right on pages before. Those of this one are added to them if
            nothing is wrong with their colours.
    """
    page.evaluate(Axe().axe_script)
    kinds: list[str] = page.evaluate(KEEP_ONE_OF_A_KIND)
    found: list[str] = []
    if page.evaluate(LOOK_AT_NEW_ONES, sorted(known.intersection(kinds))):
        for scheme in reversed(SCHEMES):  # it is in the last one
            found += [f"{scheme}: {one}" for one in _coloured(page, scheme)]
    if not found:
        known.update(kinds)
    return found + _run(page, False, {"rules": {name: {"enabled": False} for name in COLOURS}})


def _coloured(page: Page, scheme: Literal["light", "dark"]) -> list[str]:
    ask_for(page, scheme)
    return _run(page, True, {"runOnly": COLOURS})


def _run(page: Page, chosen: bool, options: dict[str, Any]) -> list[str]:
    found: list[str] = page.evaluate(RUN, [chosen, options])
    return found
