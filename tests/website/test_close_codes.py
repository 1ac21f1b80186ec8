"""What servers do with a close code is read from their results, and nothing else is said."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from reference_ws.conformance.pages.catalogue import Catalogue
from reference_ws.conformance.pages.model import Page
from tests.website.build import DOCS
from website.close_codes import close_codes
from website.results import Column
from website.words import WORDS

RESERVED = "server-close-code-reserved"
REGISTERED = "server-close-code-registered"


@pytest.fixture(scope="module")
def pages() -> list[Page]:
    path = DOCS / "servers-closing.md"
    return Catalogue({path: path}).pages


def server(name: str, **results: dict[str, str]) -> Column:
    standing = {
        id.replace("_", "-"): SimpleNamespace(
            **{"wanted": None, "got": None, "variant": None, **result}
        )
        for id, result in results.items()
    }
    return cast(Column, SimpleNamespace(name=name, is_server=True, standing=standing))


def told(pages: list[Page], *servers: Column) -> dict[str, str]:
    head, *rows = close_codes(pages, servers, WORDS["en"])
    assert all(len(row) == len(head) for row in rows)
    return {row[0].strip("`"): row[5] for row in rows if len(row) > 5 and row[5]}


def reserved(**result: str) -> dict[str, Any]:
    return {RESERVED.replace("-", "_"): result}


def registered(**result: str) -> dict[str, Any]:
    return {REGISTERED.replace("-", "_"): result}


def test_without_results_there_is_no_column(pages: list[Page]) -> None:
    assert told(pages) == {}
    assert told(pages, server("a")) == {}


def test_a_pass_sends_what_the_page_says(pages: list[Page]) -> None:
    passing = server("a", **registered(outcome="pass"), **reserved(outcome="pass"))
    assert told(pages, passing) == {
        **dict.fromkeys(["1001", "1008", "1011", "1012"], "sent by a"),
        **dict.fromkeys(["1005", "1006", "1015"], "sent as 1000 by a"),
    }


def test_a_variant_tells_of_each_code(pages: list[Page]) -> None:
    variant = "! Exception, < close 1000, ! ProtocolError"
    other = server("a", **reserved(outcome="pass-variant", variant=variant))
    assert told(pages, other) == {
        "1005": "exception on a",
        "1006": "sent as 1000 by a",
        "1015": "exception on a",
    }


def test_a_failure_tells_of_one_code_and_no_other(pages: list[Page]) -> None:
    sends = server(
        "a", **reserved(outcome="fail", wanted="< close 1000 | ! Exception", got="< close 1005")
    )
    raises = server("b", **registered(outcome="fail", wanted="< close 1001", got="! Exception"))
    other = server("d", **registered(outcome="fail", wanted="< close 1012", got="< close 1011"))
    unknown = server("c", **reserved(outcome="fail", wanted="< accept", got="! Exception"))
    assert told(pages, sends, raises, other, unknown) == {
        "1001": "exception on b",
        "1005": "sent by a",
        "1012": "sent as 1011 by d",
    }


def test_all_servers_are_counted_and_few_are_named(pages: list[Page]) -> None:
    passing = [server(name, **registered(outcome="pass")) for name in "abcd"]
    failing = server("e", **registered(outcome="fail", wanted="< close 1008", got="! Exception"))
    assert told(pages, *passing)["1001"] == "all 4 servers send it"
    assert told(pages, *passing, failing) == {
        **dict.fromkeys(["1001", "1011", "1012"], "4 of 5 servers send it"),
        "1008": "4 of 5 servers send it<br>exception on e",
    }
    assert told(pages, *passing[:2], failing)["1001"] == "sent by a, b"
