"""What the pages ask for, as data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reference_ws.conformance.pages.catalogue import Catalogue, CatalogueError, english
from reference_ws.conformance.pages.data import as_data, examples_hash, requirements_hash
from tests.conformance.suite_pages import rules


def hashes(file: Path, old: str = "", new: str = "") -> tuple[str, str]:
    text = file.read_text("utf-8")
    assert old in text
    changed = file.with_name("changed.md")
    changed.write_text(text.replace(old, new, 1), "utf-8")
    pages = Catalogue([changed]).pages
    return requirements_hash(pages), examples_hash(pages)


def test_results_of_other_requirements_or_examples_can_be_told(tmp_path: Path) -> None:
    page = rules(tmp_path)
    first = hashes(page)
    assert hashes(page, "It greets", "It says hello") == first, "prose may change"
    level, same = hashes(page, "#greets .must", "#greets .should")
    assert level != first[0] and same == first[1]
    for old, new in [("send_text('hello')", "send_text('hello'  )"), ("4000 ", "4001 ")]:
        list_, code = hashes(page, old, new)
        assert list_ == first[0] and code != first[1]


def test_everything_that_a_conversation_says_is_data(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# T\n\n## A { #a .may }\n\nSource: ours.\n\n"
        "```python\nasync def app(scope, receive, send):\n"
        '    pass\n```\n\n```ws\n> connect /\n  subprotocols: a\n< accept\n> b"\\xff"\n# why\n'
        "< close 1000|1001 | ! return\n```\n",
        "utf-8",
    )
    (one,) = json.loads(json.dumps(as_data(Catalogue([page]).pages)))
    items = one["examples"][0]["conversations"][0]["items"]
    assert items[0]["alternatives"][0]["subprotocols"] == ["a"]
    assert items[2]["alternatives"][0] == {"event": "bytes", "data": {"latin-1": "\u00ff"}}
    assert items[3] == {"note": "why"}
    assert [event["event"] for event in items[4]["alternatives"]] == ["close", "end"]
    assert items[4]["alternatives"][0]["codes"] == [1000, 1001]


def test_the_pages_are_there_and_can_all_be_written_as_data() -> None:
    pages = english().pages
    data = json.loads(json.dumps(as_data(pages)))
    assert {page.name for page in pages} >= {"accepting", "closing", "url"}
    assert all(entry["source"] and entry["examples"] for entry in data)


def test_a_page_with_faults_is_said(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# T\n\n## A { #a .must }\n", "utf-8")
    with pytest.raises(CatalogueError, match=r"page\.md:3"):
        _ = Catalogue([page]).pages
