"""What has moved off a page leaves all its anchors there."""

from __future__ import annotations

from pathlib import Path

import pytest

from reference_ws.conformance.pages.catalogue import Catalogue
from reference_ws.conformance.pages.model import Page
from tests.website.build import DOCS, FOLDERS
from website.moved import moved_sections


def pages_of(folder: Path) -> list[Page]:
    return Catalogue({path: path for path in sorted(folder.glob("servers*.md"))}).pages


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_anchor_of_the_divided_page_is_on_its_first(folder: str) -> None:
    pages = pages_of(DOCS / folder)
    html = moved_sections("servers", pages, lambda page: f"../{page.name}/")
    for page in (one for one in pages if one.name != "servers"):
        ids = [one.id for one in page.headings if one.id] + [one.id for one in page.examples]
        assert [id for id in ids if html.count(f' id="{id}"') != 1] == []
        assert [id for id in ids if html.count(f'href="../{page.name}/#{id}"') > 1] == []
        for rule in page.requirements:
            assert f'href="../{page.name}/#{rule.id}"' in html


def test_a_page_that_was_never_divided_has_no_such_list() -> None:
    with pytest.raises(ValueError, match="expected pages whose names begin with 'closing-'"):
        moved_sections("closing", pages_of(DOCS), lambda page: page.name)
