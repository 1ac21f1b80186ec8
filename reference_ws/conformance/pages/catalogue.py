"""The pages of a run: found and read once, with whatever is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, KeysView
from functools import cache, cached_property
from pathlib import Path

from ..conversation.faults import PageFault, PageFaults
from .model import Page
from .parse import parse_page, repeated_ids

__all__ = ["Catalogue", "CatalogueError", "english"]

README = "README.md"
"""Its headings need no ids, and what it shows is no requirement."""


class CatalogueError(Exception):
    """Pages that are missing or have faults."""


class Catalogue:
    """Pages and folders of pages.

    Args:
        roots: The files and folders, in the order in which they are to be run.
    """

    def __init__(self, roots: Iterable[Path]) -> None:
        self.roots = tuple(roots)

    @cached_property
    def files(self) -> KeysView[Path]:
        """Every page below the roots, in order."""
        return dict.fromkeys(file for root in self.roots for file in _markdown(root)).keys()

    @cached_property
    def _read(self) -> tuple[dict[Path, Page], dict[Path, list[PageFault]]]:
        pages: dict[Path, Page] = {}
        faults: dict[Path, list[PageFault]] = {}
        for file in self.files:
            try:
                pages[file] = parse_page(file, strict_headings=file.name != README)
            except PageFaults as found:
                faults[file] = list(found.faults)
        for folder in dict.fromkeys(file.parent for file in pages):  # a language has a folder
            together = [pages[f] for f in pages if f.parent == folder and f.name != README]
            for fault in repeated_ids(together):
                faults.setdefault(fault.path, []).append(fault)
        return pages, faults

    def page(self, file: Path) -> Page:
        """Give a page.

        Args:
            file: One of `files`.

        Raises:
            PageFaults: It has faults, by itself or beside the others of its language.
        """
        pages, faults = self._read
        if file in faults:
            raise PageFaults(faults[file])
        return pages[file]

    @property
    def pages(self) -> list[Page]:
        """The pages of the language's set, in their order: all but the README.

        Raises:
            CatalogueError: There are none, or some have faults; each with its line.
        """
        pages, faults = self._read
        if not self.files:
            raise CatalogueError(f"expected pages in {', '.join(map(str, self.roots))}, found none")
        if faults:
            raise CatalogueError("\n".join(str(one) for found in faults.values() for one in found))
        return [page for file, page in pages.items() if file.name != README]


@cache
def english() -> Catalogue:
    """Give the English pages: those of the checkout, else those in the package; read once."""
    package = Path(__file__).parents[1]
    checkout = package.parents[1]
    folder = checkout / "docs" if (checkout / "mkdocs.yml").exists() else package / "docs"
    return Catalogue(sorted(folder.glob("*.md")))


def _markdown(root: Path) -> Iterator[Path]:
    """The pages of a folder; below a folder whose name begins with `_` there are none."""
    if root.is_file():
        yield root
    for file in sorted(root.rglob("*.md")):
        if not any(part.startswith("_") for part in file.relative_to(root).parts):
            yield file
