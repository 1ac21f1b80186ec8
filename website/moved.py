"""Sections that lie on another page than before: links to the old place still lead to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from reference_ws.conformance.pages.model import Heading, Page

from .render import render

__all__ = ["moved_sections"]


@dataclass(frozen=True)
class _Moved:
    """A section with the anchors that it had on the old page, its own first."""

    heading: Heading
    anchors: list[str]
    is_rule: bool


def moved_sections(old: str, pages: Iterable[Page], link: Callable[[Page], str]) -> str:
    """List what has moved from a page to those whose names begin with its name.

    Each entry bears the anchors of its section, so an old link leads to the entry, and by the
    script on to the section itself. Without JavaScript, one click more does it.

    Args:
        old: The name of the page on which the list stands.
        pages: All pages of the language.
        link: Gives the address of a page, seen from the old one.

    Raises:
        ValueError: No page has such a name.
    """
    found = [page for page in pages if page.name.startswith(f"{old}-")]
    if not found:
        raise ValueError(f"expected pages whose names begin with '{old}-', got none")
    lists = [(page.title, link(page), list(_sections(page))) for page in found]
    return render("moved", pages=lists)


def _sections(page: Page) -> Iterator[_Moved]:
    rules = {one.id for one in page.requirements}
    ends = [*page.headings[1:], None]
    for heading, following in zip(page.headings, ends, strict=True):
        if heading.level == 1 or heading.id is None:
            continue
        last = following.line if following else None
        inside = [
            one.id
            for one in page.examples
            if heading.line < one.line and (last is None or one.line < last)
        ]
        anchors = list(dict.fromkeys([heading.id, *inside]))
        yield _Moved(heading, anchors, heading.id in rules)
