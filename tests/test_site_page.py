"""What the site makes of a page: conversations, levels, sources, examples, tables."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from reference_ws.conformance.conversation.events import MemoryOnly
from reference_ws.constants import WebSocketCloseEvent
from reference_ws.state import RECEIVE, SEND
from tests.site_build import build_sample

APP = """```python
async def app(scope, receive, send):
    print("<b>&amp;</b>")
    #> <b>&amp;</b>
```
"""

TALKS = [
    """# Both are <in>.
ann> connect /room?a=<b>
  subprotocols: chat.v2, chat.v1
  cookie: a="<b>"
ann< accept chat.v2
  set-cookie: a=1
bob> connect /room
bob< accept
ann> "hi 안녕\\n<b>"
bob< b"\\x00\\xff'"
ann< {"ok": true}
bob> close 1001 "bye"
ann< close 1011|4000 | ! return
""",
    "> connect /\n< close 1000\n",
    '> connect /\n< deny 404\n  content-type: text/plain\n  body "no"\n  body b"\\x00"\n',
    "> connect /\n< accept\n> close\n",
    "> connect /\n< accept\n> disconnect\n",
    "> connect /\n  without: scheme\n< accept\n! RuntimeError\n",
    '> connect /\n< accept\n> disconnect 1005|1006\n< "x" ! OSError\n',
    '> connect /\n< accept\n> message {"type": "websocket.receive", "text": None}\n> close\n',
    "> connect /\n< accept\n> disconnect 4000\n",
    "> lifespan startup\n< complete\n",
    "> request GET /chat\n< response 426\n",
]

PAGE = f"""# A page

### A rule with `code` {{ #rule .must }}

Prose.

Source: RFC 6455, 7.4.1.

{APP}
{"".join(f"```ws{chr(10)}{talk}```{chr(10)}{chr(10)}" for talk in TALKS)}

```{{.python #rule-second}}
print(2)
#> 2
```

### A second {{ #second .may }}

Source: ours.

```python
print(1)
#> 1
```

## Clients {{ #clients }}

```{{.python .client #a-client}}
print(1)
#> 1
```

```js
console.log(1);
//> 1
```

## Tables {{ #tables }}

<!-- state-table: receive -->

<!-- state-table: send -->

<!-- close-codes -->

<!-- requirements -->

<!-- no table, but a remark for authors -->
"""


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    built = build_sample(tmp_path_factory.mktemp("sample"), index="# Home\n", page=PAGE)
    assert built.returncode == 0, built.output
    return Path(built.site, "page", "index.html").read_text("utf-8")


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
        "In memory only: a message is made by hand that no client can cause.",
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
    assert '<p class="ws-source">Source: RFC 6455, 7.4.1.</p>' in html


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
    assert [(row[0], row[1]) for row in cells] == [
        (event.name, str(int(event))) for event in WebSocketCloseEvent
    ]
    assert [row[1] for row in cells if row[2] != "yes"] == ["1005", "1006", "1015"]


def test_the_requirements_are_counted_and_linked(html: str) -> None:
    assert rows(html, 3)[1:] == [
        ["MUST", "1"],
        ["DOCUMENTED", "0"],
        ["SHOULD", "0"],
        ["MAY", "1"],
        ["INFO", "0"],
        ["OURS", "0"],
        ["All", "2"],
    ]
    assert rows(html, 4)[1:] == [
        ["ruleA rule with code", "MUST", "A page"],
        ["secondA second", "MAY", "A page"],
    ]
    assert 'href="./#rule"><code>rule</code></a><br>' in html


def test_a_remark_for_authors_is_left_alone(html: str) -> None:
    assert "<!-- no table, but a remark for authors -->" in html
