"""What pytest-examples finds on a page, beside what a reader of the page sees."""

from __future__ import annotations

from pytest_examples import find_examples

from ..conversation.faults import PageFault, PageFaults
from ..pages.model import Page

__all__ = ["compare_with_finder"]


def compare_with_finder(page: Page) -> None:
    """Compare the Python fences of a page with those that pytest-examples finds and checks.

    Args:
        page: The page, read as CommonMark.

    Raises:
        PageFaults: They are not the same.
    """
    found = {one.start_line: one.source for one in find_examples(page.path)}
    fences = {one.line: one.code for one in page.examples if one.kind != "javascript"}
    faults = []
    for line in sorted(found.keys() | fences.keys()):
        if line not in found:
            message = "this python fence would not be executed: no finder sees it"
        elif found[line] != fences.get(line):
            message = "expected a snippet without '```' in it: it would be cut short"
        else:
            continue
        faults.append(PageFault(page.path, line, message))
    if faults:
        raise PageFaults(faults)
