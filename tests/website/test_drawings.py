"""The drawings show what the state tables hold, and say it in words to those who see none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from reference_ws.state import RECEIVE, SEND, Table, WebSocketState
from website.drawing import WIDTH, code
from website.drawings import draw
from website.drawn_states import draw_states
from website.words import WORDS, Words

KINDS = [
    ("state-diagram", "receive"),
    ("state-diagram", "send"),
    ("diagram", "handshake"),
    ("diagram", "life"),
]
CONNECTING, CONNECTED, DISCONNECTED, RESPONSE = WebSocketState


def drawn(wanted: tuple[str, str], words: Words) -> Element:
    svg = draw(wanted, words)
    assert svg is not None
    return ElementTree.fromstring(svg)[0]


def texts(svg: Element) -> str:
    """All that is written, without the breaks of lines."""
    lines = (one.text or "" for one in svg.iter("text"))
    return re.sub(r"\. ", ".", " ".join(lines)).replace("\xa0", " ")


def messages(table: Table, *states: WebSocketState) -> Iterator[str]:
    for state in states or table:
        yield from (message.replace(" with ", " + ") for message in table[state])


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("wanted", KINDS)
def test_a_drawing_is_one_image_with_a_name_and_a_description(
    wanted: tuple[str, str], language: str
) -> None:
    svg = drawn(wanted, WORDS[language])
    assert svg.get("role") == "img"
    named = [svg.find(f"*[@id='{id}']") for id in svg.get("aria-labelledby", "").split()]
    assert [one.tag for one in named if one is not None and one.text] == ["title", "desc"]


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize(("wanted", "table"), [(KINDS[0], RECEIVE), (KINDS[1], SEND)])
def test_a_state_diagram_has_every_cell_of_its_table(
    wanted: tuple[str, str], table: Table, language: str
) -> None:
    svg = drawn(wanted, WORDS[language])
    written = texts(svg)
    assert {state.name for state in table} <= set(written.split())
    assert (
        sorted(set(messages(table)) - set(re.findall(r"websocket\.[\w.]+(?: \+ \w+)?", written)))
        == []
    )
    arrows = svg.findall("g[@class='ws-drawing__sent']")
    loops = svg.findall("path[@class='ws-drawing__loop']")
    staying = sum(following is state for state, row in table.items() for following in row.values())
    assert (len(arrows), len(loops)) == (sum(map(len, table.values())) - staying, staying)
    told = svg.findtext("desc")
    wanted_told = [
        WORDS[language].drawings.leads.format(state.name, message, following.name)
        for state, row in table.items()
        for message, following in row.items()
    ]
    assert told == " ".join(wanted_told)


def test_the_handshake_has_every_answer() -> None:
    written = texts(drawn(("diagram", "handshake"), WORDS["en"]))
    assert all(one in written for one in messages(RECEIVE, CONNECTING))
    assert all(one in written for one in messages(SEND, CONNECTING))


def test_the_life_of_a_connection_has_every_event_but_a_denial() -> None:
    written = texts(drawn(("diagram", "life"), WORDS["en"]))
    assert all(one in written for one in messages(RECEIVE))
    assert all(one in written for one in messages(SEND, CONNECTED))


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("wanted", KINDS)
def test_nothing_is_drawn_outside_of_the_picture(wanted: tuple[str, str], language: str) -> None:
    svg = drawn(wanted, WORDS[language])
    left, top, width, height = map(float, svg.get("viewBox", "").split())
    assert (left, top, width) == (0, 0, WIDTH)
    for one in svg.iter("text"):
        # The widest letter of each script: Korean ones are square.
        size = sum(12 if ord(letter) > 0x1100 else 7 for letter in one.text or "")
        middle = float(one.get("x", ""))
        assert 0 <= middle - size / 2 and middle + size / 2 <= width, one.text
        assert 0 < float(one.get("y", "")) < height, one.text


def test_a_table_of_another_shape_is_refused() -> None:
    two_ends: Table = {
        CONNECTING: {"a": CONNECTED, "b": DISCONNECTED},
        CONNECTED: {},
        DISCONNECTED: {},
    }
    with pytest.raises(ValueError, match="begins in one state and ends in another"):
        draw_states("a", two_ends, WORDS["en"])
    apart: Table = {
        CONNECTING: {"a": DISCONNECTED},
        RESPONSE: {"b": DISCONNECTED},
        DISCONNECTED: {},
    }
    with pytest.raises(ValueError, match="lead from CONNECTING to the end"):
        draw_states("a", apart, WORDS["en"])
    back: Table = {CONNECTING: {"a": CONNECTED}, CONNECTED: {"b": CONNECTING}, DISCONNECTED: {}}
    with pytest.raises(ValueError, match="one way on from CONNECTED"):
        draw_states("a", back, WORDS["en"])


def test_a_name_breaks_after_its_dots() -> None:
    assert [one.text for one in code("websocket.http.response.start", 110)] == [
        "websocket.http.",
        "response.start",
    ]
    assert [one.text for one in code("101 Switching Protocols", 110)] == [
        "101 Switching",
        "Protocols",
    ]


def test_a_page_shows_its_drawings_and_keeps_them_from_the_search(sample: Path) -> None:
    html = (sample / "site" / "page" / "index.html").read_text("utf-8")
    assert html.count('<figure class="ws-drawing">') == len(KINDS)
    assert len(set(re.findall(r'<title id="([^"]+)"', html))) == len(KINDS)
    assert "leads to" not in (sample / "site" / "search" / "en.json").read_text("utf-8")
