"""HTML that is put into a page when it is finished: neither Markdown nor the search read it."""

from __future__ import annotations

import re

__all__ = ["Later"]

_MARK = re.compile(r"<!-- later: (\d+) -->")


class Later:
    """What is still to come into one page."""

    def __init__(self) -> None:
        self._blocks: list[str] = []

    def mark(self, html: str) -> str:
        """Give the comment that stands for a block until the page is finished.

        Args:
            html: The block.
        """
        self._blocks.append(html)
        return f"<!-- later: {len(self._blocks) - 1} -->"

    def fill(self, html: str) -> str:
        """Put each block in the place of its comment.

        Args:
            html: The finished page.
        """
        return _MARK.sub(lambda match: self._blocks[int(match[1])], html)
