"""What others promise, and where they fail, is shown by requirements of the pages."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from reference_ws.conformance.pages.catalogue import Catalogue
from reference_ws.conformance.pages.model import Page

DOCS = Path(__file__).resolve().parents[2] / "docs"
PROMISES = DOCS / "promises.md"
PAINS = (1, 3, 5, 6, 8, 10, 11, 12, 13, 14)
LANGUAGES_ROW = 22  # about the pages themselves, so no example of them can show it
LINK = re.compile(r"\[`(?P<shown>[^`]+)`\]\((?P<page>[a-z]+)\.md#(?P<id>[a-z0-9-]+)\)")
MODULES = (
    "websockets exceptions state constants datastructures responses routing types testing"
).split()


@pytest.fixture(scope="module")
def pages() -> dict[str, Page]:
    return {page.name: page for page in Catalogue(sorted(DOCS.glob("*.md"))).pages}


def rows(section: str) -> dict[int, str]:
    """The rows of the table under a heading, by the number in their first cell."""
    text = PROMISES.read_text(encoding="utf-8")
    below = text.partition(f"{{ #{section} }}")[2].partition("\n## ")[0]
    found = re.findall(r"^\| (\d+) \| (.*) \|$", below, re.MULTILINE)
    assert len(found) == len(dict(found)), "a number occurs twice"
    return {int(number): row for number, row in found}


def test_every_promise_has_its_row() -> None:
    assert list(rows("promises-documented")) == list(range(1, 23))


def test_every_measured_pain_has_its_row() -> None:
    assert tuple(rows("promises-pains")) == PAINS


@pytest.mark.parametrize("number", range(1, LANGUAGES_ROW))
def test_a_promise_is_shown_by_requirements(number: int, pages: dict[str, Page]) -> None:
    check(rows("promises-documented")[number], pages)


@pytest.mark.parametrize("number", PAINS)
def test_a_pain_is_answered_by_requirements(number: int, pages: dict[str, Page]) -> None:
    check(rows("promises-pains")[number], pages)


def check(row: str, pages: dict[str, Page]) -> None:
    links = list(LINK.finditer(row))
    assert links, "the row names no requirement"
    assert row.count("](") == len(links), "a link of another form would not be checked"
    for link in links:
        assert link["shown"] == link["id"]
        requirements = {one.id for one in pages[link["page"]].requirements}
        assert link["id"] in requirements, f"no requirement {link['id']} on {link['page']}.md"


def test_the_row_about_languages_links_to_a_heading(pages: dict[str, Page]) -> None:
    links = re.findall(r"\]\((\w+)\.md#([\w-]+)\)", rows("promises-documented")[LANGUAGES_ROW])
    assert links
    for page, id in links:
        assert id in {heading.id for heading in pages[page].headings}


@pytest.mark.parametrize("module", MODULES)
def test_the_reference_page_has_every_public_name(module: str) -> None:
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    described = re.findall(r"^::: reference_ws\.\w+\.(\w+)$", text, re.MULTILINE)
    names = importlib.import_module(f"reference_ws.{module}").__all__
    assert set(names) <= set(described)


def test_the_reference_page_describes_nothing_twice() -> None:
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    described = re.findall(r"^::: (\S+)$", text, re.MULTILINE)
    assert len(described) == len(set(described))
