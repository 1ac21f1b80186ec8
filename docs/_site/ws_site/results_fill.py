"""Puts what came of the runs into pages that are finished otherwise.

Neither Markdown nor the search has to read it: until then a comment stands in its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from reference_ws.conformance.model import Page

from .results import Column
from .results_line import line
from .results_tables import implementations, legend, servers, summary
from .words import Words

__all__ = ["TABLES", "Filling", "mark"]

TABLES = {
    "summary": summary,
    "legend": legend,
    "implementations": implementations,
    "servers": servers,
}
"""What a page can ask for with a comment such as `<!-- results: summary -->`."""

_MARK = re.compile(r"<!-- (results|results-of): ([a-z0-9-]+) -->")


def mark(argument: str | None) -> str:
    """Give the comment that stands for a table until the page is finished.

    Args:
        argument: The name of the table.

    Raises:
        ValueError: There is no such table.
    """
    if argument not in TABLES:
        raise ValueError(f"expected results of {', '.join(TABLES)}, got {argument!r}")
    return f"<!-- results: {argument} -->"


@dataclass(frozen=True)
class Filling:
    """What the comments of one finished page are replaced with.

    `link` gives the address of a requirement's page, `file` that of a result file, both seen from
    this page.
    """

    columns: Sequence[Column]
    pages: Sequence[Page]
    words: Words
    link: Callable[[Page], str]
    file: Callable[[str], str]

    def fill(self, html: str) -> str:
        """Give the page with everything in it."""
        return _MARK.sub(self._made, html)

    def _made(self, match: re.Match[str]) -> str:
        kind, name = match.groups()
        if kind == "results":
            return TABLES[name](self.columns, self.pages, self.words, self.link, self.file)
        asked = [one for one in self.columns if one.asked(self._page[name])]
        return line(name, asked, self.words)

    @cached_property
    def _page(self) -> dict[str, Page]:
        return {one.id: page for page in self.pages for one in page.requirements}
