"""What came of the runs, as one page shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from reference_ws.conformance.pages.model import Page

from .results import Column
from .results_line import line
from .results_tables import implementations, legend, servers, summary
from .words import Words

__all__ = ["TABLES", "PageResults"]

TABLES = {
    "summary": summary,
    "legend": legend,
    "implementations": implementations,
    "servers": servers,
}
"""What a page can ask for with a placeholder such as `<!-- results: summary -->`."""


@dataclass(frozen=True)
class PageResults:
    """Makes the lines and tables of one page.

    `link` gives the address of a requirement's page, `file` that of a result file, both seen from
    this page.
    """

    columns: Sequence[Column]
    pages: Sequence[Page]
    words: Words
    link: Callable[[Page], str]
    file: Callable[[str], str]

    def table(self, name: str | None) -> str:
        """Give a table.

        Args:
            name: Which.

        Raises:
            ValueError: There is no such table.
        """
        if name not in TABLES:
            raise ValueError(f"expected results of {', '.join(TABLES)}, got {name!r}")
        return TABLES[name](self.columns, self.pages, self.words, self.link, self.file)

    def line(self, requirement: str) -> str:
        """Give the line under a requirement; nothing where no run says anything.

        Args:
            requirement: Its id.
        """
        asked = [one for one in self.columns if one.asked(self._page[requirement])]
        return line(requirement, asked, self.words)

    @cached_property
    def _page(self) -> dict[str, Page]:
        return {one.id: page for page in self.pages for one in page.requirements}
