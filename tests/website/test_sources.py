"""The sources of a requirement lead to the sections that they name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reference_ws.conformance.pages.model import SOURCES
from tests.website.build import DOCS, build_sample
from website.sources import link_sources

WWW = "https://asgi.readthedocs.io/en/latest/specs/www.html"
RFC = "https://www.rfc-editor.org/rfc/rfc"
_LINK = re.compile(r"\[([^\]]*)\]\((https://[^\s)]+)\)")


def links(text: str) -> dict[str, str]:
    return dict(_LINK.findall(link_sources(f"Source: {text}")))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            'ASGI WebSocket, "Close - send event", since version 2.3.',
            {'ASGI WebSocket, "Close - send event"': f"{WWW}#close-send-event"},
        ),
        (
            'ASGI WebSocket, "Disconnect - receive event"; '
            'ASGI HTTP, "Disconnect - receive event".',
            {
                'ASGI WebSocket, "Disconnect - receive event"': (
                    f"{WWW}#disconnect-receive-event-ws"
                ),
                'ASGI HTTP, "Disconnect - receive event"': f"{WWW}#disconnect-receive-event",
            },
        ),
        (
            'ASGI, "Websocket Denial Response"; ASGI WebSocket.',
            {
                'ASGI, "Websocket Denial Response"': (
                    "https://asgi.readthedocs.io/en/latest/extensions.html"
                    "#websocket-denial-response"
                ),
                "ASGI WebSocket": f"{WWW}#websocket",
            },
        ),
        (
            'ASGI HTTP, "Response Start - send event" 및 "Response Body - send event".',
            {
                'ASGI HTTP, "Response Start - send event"': f"{WWW}#response-start-send-event",
                '"Response Body - send event"': f"{WWW}#response-body-send-event",
            },
        ),
        (
            "RFC 6455, 7.4.1 e 7.4.2, and the IANA registry of close codes.",
            {
                "RFC 6455, 7.4.1": f"{RFC}6455#section-7.4.1",
                "7.4.2": f"{RFC}6455#section-7.4.2",
                "IANA registry of close codes": (
                    "https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number"
                ),
            },
        ),
        (
            "RFC 6455, 5.6, and RFC 8259, 6; RFC 3986.",
            {
                "RFC 6455, 5.6": f"{RFC}6455#section-5.6",
                "RFC 8259, 6": f"{RFC}8259#section-6",
                "RFC 3986": f"{RFC}3986",
            },
        ),
        (
            'WHATWG URL, 5.1; WHATWG WebSockets, "close()", decides the same.',
            {
                "WHATWG URL, 5.1": "https://url.spec.whatwg.org/#urlencoded-parsing",
                'WHATWG WebSockets, "close()"': (
                    "https://websockets.spec.whatwg.org/#dom-websocket-close"
                ),
            },
        ),
        (
            "이 프로젝트; 인자와 기본값은 Starlette와 Lilya를 따름.",
            {
                "Starlette": "https://www.starlette.io/websockets/",
                "Lilya": "https://lilya.dev/websockets/",
            },
        ),
        ("this project; it follows from [RFC 1](#here) and `Starlette`.", {}),
        ("observed; the ASGI specification does not say.", {}),
    ],
)
def test_what_a_source_names_is_linked(text: str, wanted: dict[str, str]) -> None:
    assert links(text) == wanted


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ('ASGI WebSocket, "Open - send event".', "Open - send event"),
        ('ASGI Websocket, "Close - send event".', 'Websocket, "Close - send event"'),
        ("WHATWG Streams.", "WHATWG Streams"),
        ("WHATWG URL, 9.9.", "9.9"),
        ("RFC 6455; PEP 3333.", "PEP 3333"),
        ("Starlette and Django.", "and Django"),
        ("Starlette, Django.", "Django"),
        ("this project; Falcon.", "Falcon"),
    ],
)
def test_a_source_that_nobody_can_link_is_refused(text: str, got: str) -> None:
    with pytest.raises(ValueError, match=rf"can be linked .*, got '{re.escape(got)}'"):
        link_sources(f"Source: {text}")


def test_no_word_of_a_page_is_changed() -> None:
    found = {
        line
        for page in DOCS.rglob("*.md")
        for line in page.read_text("utf-8").splitlines()
        if line.startswith(SOURCES)
    }
    assert len(found) > 400
    assert {_LINK.sub(r"\1", link_sources(line)) for line in found} == found


def test_the_build_names_the_file_and_the_line(tmp_path: Path) -> None:
    page = (
        "# A page\n\n## A rule { #rule .may }\n\nProse.\n\nSource: Django.\n\n```python\n1\n```\n"
    )
    built = build_sample(tmp_path, index="# Home\n", page=page)
    assert built.returncode != 0
    assert "docs/page.md:7: expected a source that can be linked" in built.output
