"""What the site makes of a page: conversations, levels, sources, examples, tables."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from reference_ws.closing import sendable_code
from reference_ws.conformance.conversation.events import MemoryOnly
from reference_ws.constants import WebSocketCloseEvent
from reference_ws.state import RECEIVE, SEND


@pytest.fixture(scope="module")
def html(sample: Path) -> str:
    return (sample / "site" / "page" / "index.html").read_text("utf-8")


@pytest.fixture(scope="module")
def talks(html: str) -> list[Element]:
    found = re.findall(r"<figure class=\"ws-talk\".*?</figure>", html, re.DOTALL)
    return [ElementTree.fromstring(one) for one in found]


def heard(element: Element) -> str:
    """What a screen reader says."""
    if element.get("aria-hidden") == "true":
        return element.tail or ""
    return (element.text or "") + "".join(map(heard, element)) + (element.tail or "")


def told(talk: Element) -> list[str]:
    lines = talk.find("ol")
    assert lines is not None
    return [" ".join(heard(line).split()) for line in lines]


def test_each_line_says_who_does_what(talks: list[Element]) -> None:
    assert [told(talk) for talk in talks] == [
        [
            "Both are <in>.",
            'client ann: connects /room?a=<b> subprotocols: chat.v2, chat.v1 cookie: a="<b>"',
            "application to ann: accepts chat.v2 set-cookie: a=1",
            "client bob: connects /room",
            "application to bob: accepts",
            'client ann: text "hi 안녕\\n<b>"',
            'application to bob: binary b"\\x00\\xff\'"',
            'application to ann: JSON {"ok": true}',
            'client bob: closes 1001 "bye" going away',
            "application to ann: closes 1011 or 4000 or returns",
        ],
        ["client: connects /", "application: closes 1000 on the wire: HTTP 403"],
        [
            "client: connects /",
            'application: denies 404 Not Found content-type: text/plain body "no" body b"\\x00"',
        ],
        ["client: connects /", "application: accepts", "client: closes without a code"],
        ["client: connects /", "application: accepts", "client: is gone without a Close frame"],
        [
            "client: connects / without: scheme",
            "application: accepts",
            "application: raises RuntimeError",
        ],
        [
            "client: connects /",
            "application: accepts",
            "client: is gone without a Close frame code 1005 or 1006",
            'application: text "x" the server raises OSError instead of sending',
        ],
        [
            "client: connects /",
            "application: accepts",
            'server: the server hands over {"type": "websocket.receive", "text": None}',
            "client: closes without a code",
        ],
        [
            "client: connects /",
            "application: accepts",
            "client: is gone without a Close frame code 4000",
        ],
        ["server: starts up", "application: is ready"],
        ["client: requests GET /chat", "application: responds 426 Upgrade Required"],
    ]


def test_messages_are_told_apart_from_what_happens_to_the_connection(talks: list[Element]) -> None:
    kinds = {
        bubble[0].text: bubble.get("class", "").removeprefix("ws-bubble ws-bubble--")
        for talk in talks
        for bubble in talk.iterfind(".//div[@class]")
        if "ws-bubble--" in bubble.get("class", "")
    }
    assert {word for word, kind in kinds.items() if kind == "payload"} == {"text", "binary", "JSON"}
    assert {word for word, kind in kinds.items() if kind == "end"} == {"returns", "raises"}


def test_a_named_client_has_a_label_and_a_colour(talks: list[Element]) -> None:
    lines = [line for line in talks[0].iter("li") if "ws-line--named" in line.get("class", "")]
    seen = {
        (line[1].text, re.findall(r"ws-line--(\d)", line.get("class", ""))[0]) for line in lines
    }
    assert seen == {("ann", "1"), ("bob", "2")}


def test_a_conversation_says_why_it_is_in_memory_only(talks: list[Element], html: str) -> None:
    captions = [one.text for talk in talks for one in talk.iter("figcaption")]
    assert captions == [
        "In memory only: the scope is changed by hand.",
        "In memory only: no client can time when a server refuses to send.",
        "In memory only: no client can cause its hand-made message.",
        "In memory only: the code of a lost connection is the server's choice.",
        "In memory only: a server starts up and shuts down once for all examples.",
    ]
    # The last reason is that of examples without an application.
    assert len(captions) + 1 == len(MemoryOnly)
    assert "5 of 11 conversations in memory only: the scope is changed by hand, no client" in html


def test_each_example_says_where_it_ran_and_has_a_file(html: str) -> None:
    found = re.findall(r'<div class="ws-run".*?</div>', html, re.DOTALL)
    lines = [ElementTree.fromstring(one) for one in found]
    assert [(line[0].get("href"), line[2].get("href")) for line in lines] == [
        ("#rule", "../examples/rule.py"),
        ("#rule-second", "../examples/rule-second.py"),
        ("#second", "../examples/second.py"),
        ("#a-client", "../examples/a-client.py"),
        ("#clients-js", "../examples/clients-js.js"),
    ]
    where = [line[1].text or "" for line in lines]
    assert where[0].startswith("Executed in memory on asyncio and trio, and on uvicorn. ")
    assert where[1] == "Executed. In memory only: there is no application to serve."
    assert where[3] == "Executed against the first application of this page, on uvicorn."
    assert where[4].startswith("Executed in Chromium against ")


def test_a_requirement_shows_its_level_its_id_and_its_source(html: str) -> None:
    for id, level in (("rule", "MUST"), ("second", "MAY")):
        assert re.search(rf'<h3 class="\w+" id="{id}">', html)
        assert re.search(
            rf'<span class="ws-level ws-level--\w+" title="[^"]+">{level}</span>\s*'
            rf'<a class="ws-requirement__id" href="#{id}"><code>{id}</code></a>',
            html,
        )
    assert (
        '<p class="ws-source">Source: <a href="https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1">'
        "RFC 6455, 7.4.1</a>.</p>"
    ) in html


def rows(html: str, number: int) -> list[list[str]]:
    table = re.findall(r"<table>.*?</table>", html, re.DOTALL)[number]
    cells = [re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.DOTALL) for row in table.split("<tr>")]
    return [[re.sub(r"<[^>]+>", "", cell) for cell in row] for row in cells if row]


@pytest.mark.parametrize(("number", "states"), [(0, RECEIVE), (1, SEND)])
def test_the_state_tables_are_the_codes_own(number: int, states: object, html: str) -> None:
    table = RECEIVE if states is RECEIVE else SEND
    (_, *types), *cells = rows(html, number)
    shown = {
        row[0]: {one: name for one, name in zip(types, row[1:], strict=True) if name != "refused"}
        for row in cells
    }
    assert shown == {
        state.name: {one: following.name for one, following in row.items()}
        for state, row in table.items()
    }


def test_the_close_codes_are_the_codes_own(html: str) -> None:
    _, *cells = rows(html, 2)
    spans = [tuple(map(int, row[0].split("–"))) for row in cells]
    firsts = [first for first, *_ in spans]
    lasts = [span[-1] for span in spans]
    assert (firsts[0], lasts[-1]) == (1000, 4999)
    assert firsts[1:] == [last + 1 for last in lasts[:-1]]  # each code is in one row
    names = {int(event): event.name for event in WebSocketCloseEvent}
    assert {int(row[0]): row[1] for row in cells if row[1].isupper()} == names
    for row, first, last in zip(cells, firsts, lasts, strict=True):
        assert {sendable(code) for code in range(first, last + 1)} == {row[2] == "yes"}, row
    received = {row[0] for row in cells if (row[2], row[3]) == ("no", "yes")}
    assert received == {"1005", "1006"}
    assert all(row[4] for row in cells)


def sendable(code: int) -> bool:
    try:
        sendable_code(code)
    except ValueError:
        return False
    return True


def test_the_requirements_are_counted_and_linked(html: str) -> None:
    assert rows(html, 3)[1:] == [
        ["MUST", "2"],
        ["DOCUMENTED", "0"],
        ["SHOULD", "0"],
        ["MAY", "1"],
        ["INFO", "0"],
        ["OURS", "0"],
        ["All", "3"],
    ]
    assert rows(html, 4)[1:] == [
        ["plainA rule", "MUST", "A page"],
        ["ruleA rule with code", "MUST", "A page"],
        ["secondA second", "MAY", "A page"],
    ]
    assert 'href="./#rule"><code>rule</code></a><br>' in html


def test_a_remark_for_authors_is_left_alone(html: str) -> None:
    assert "<!-- no table, but a remark for authors -->" in html
