"""A Markdown page, read into requirements and examples.

The page is parsed as CommonMark, so what counts as a fence here is what a reader sees as one.
Every mistake of a page is found in one go and carries the page and the line.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..conversation.faults import PageFault, PageFaults
from .model import Page
from .reader import Reader

__all__ = ["page_faults", "parse_page", "repeated_ids"]


def parse_page(
    path: str | Path,
    text: str | None = None,
    *,
    name: str | None = None,
    strict_headings: bool = True,
) -> Page:
    """Read one page.

    Args:
        path: The page's file.
        text: The text of the page when it is at hand; else the file is read.
        name: The page's name; the stem of its file name unless given.
        strict_headings: Whether headings below the title and examples outside of requirements
            must have an id. Else such examples are called ``name-1``, ``name-2`` and so on.

    Returns:
        The page.

    Raises:
        PageFaults: The page has mistakes. Holds every one.
    """
    path = Path(path)
    reader = Reader(path, name or path.stem.lower(), strict_headings)
    reader.read(path.read_text(encoding="utf-8") if text is None else text)
    if reader.faults:
        raise PageFaults(reader.faults)
    return reader.page()


def repeated_ids(pages: Iterable[Page]) -> list[PageFault]:
    """Find ids of requirements and examples that occur on several pages.

    Args:
        pages: Pages of one language.

    Returns:
        A fault for each id that an earlier page has already.
    """
    seen: dict[str, tuple[Page, int]] = {}
    faults = []
    for page in pages:
        own = {one.id: one.line for one in page.examples}
        own |= {one.id: one.line for one in page.requirements}
        for id, line in own.items():
            first, first_line = seen.setdefault(id, (page, line))
            if first is not page:
                message = f"expected a unique id, got {id!r} as on {first.path}:{first_line}"
                faults.append(PageFault(page.path, line, message))
    return faults


def page_faults(
    path: str | Path, text: str | None = None, *, strict_headings: bool = True
) -> list[PageFault]:
    """List the mistakes of one page.

    Args:
        path: The page's file.
        text: As for `parse_page`.
        strict_headings: As for `parse_page`.

    Returns:
        The mistakes in the order of their lines; none for a good page.
    """
    try:
        parse_page(path, text, strict_headings=strict_headings)
    except PageFaults as found:
        return list(found.faults)
    return []
