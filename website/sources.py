"""Where a rule comes from: the short forms that pages write, as links to the sections they name.

A page writes `Source: ASGI WebSocket, "Close - send event"; RFC 6455, 7.4.1; Starlette.`
The words stay; what they name becomes a link.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

__all__ = ["link_sources"]

_ASGI = "https://asgi.readthedocs.io/en/latest/"
_WWW = f"{_ASGI}specs/www.html"
_MAIN = f"{_ASGI}specs/main.html"
_LIFESPAN = f"{_ASGI}specs/lifespan.html"

_TITLES: Mapping[str, Mapping[str, str]] = {
    "ASGI": {
        "Overview": f"{_MAIN}#overview",
        "Applications": f"{_MAIN}#applications",
        "Connection Scope": f"{_MAIN}#connection-scope",
        "Events": f"{_MAIN}#events",
        "Extensions": f"{_MAIN}#extensions",
        "Websocket Denial Response": f"{_ASGI}extensions.html#websocket-denial-response",
        "WSGI encoding differences": f"{_WWW}#wsgi-encoding-differences",
    },
    "ASGI WebSocket": {
        "Websocket Connection Scope": f"{_WWW}#websocket-connection-scope",
        "Connect - receive event": f"{_WWW}#connect-receive-event",
        "Accept - send event": f"{_WWW}#accept-send-event",
        "Receive - receive event": f"{_WWW}#receive-receive-event",
        "Send - send event": f"{_WWW}#send-send-event",
        # HTTP has sections of the same titles before these two.  One has a name of its own; the
        # other has only a number that may change, so its link leads to the section above it.
        "Disconnect - receive event": f"{_WWW}#disconnect-receive-event-ws",
        "Disconnected Client - send exception": f"{_WWW}#disconnect-receive-event-ws",
        "Close - send event": f"{_WWW}#close-send-event",
    },
    "ASGI HTTP": {
        "HTTP Connection Scope": f"{_WWW}#http-connection-scope",
        "Request - receive event": f"{_WWW}#request-receive-event",
        "Response Start - send event": f"{_WWW}#response-start-send-event",
        "Response Body - send event": f"{_WWW}#response-body-send-event",
        "Disconnect - receive event": f"{_WWW}#disconnect-receive-event",
    },
    "ASGI Lifespan": {
        "Scope": f"{_LIFESPAN}#scope",
        "Lifespan State": f"{_LIFESPAN}#lifespan-state",
        "Startup Complete - send event": f"{_LIFESPAN}#startup-complete-send-event",
        "Shutdown Complete - send event": f"{_LIFESPAN}#shutdown-complete-send-event",
    },
    "WHATWG WebSockets": {
        "close()": "https://websockets.spec.whatwg.org/#dom-websocket-close",
    },
    "WHATWG URL": {
        "5.1": "https://url.spec.whatwg.org/#urlencoded-parsing",
        "5.2": "https://url.spec.whatwg.org/#urlencoded-serializing",
    },
}
"""The sections of each document that pages name, by title or number."""

_DOCUMENTS: Mapping[str, str] = {
    "ASGI WebSocket": f"{_WWW}#websocket",
    "ASGI HTTP": f"{_WWW}#http",
    "ASGI Lifespan": _LIFESPAN,
    "WHATWG WebSockets": "https://websockets.spec.whatwg.org/",
    "WHATWG URL": "https://url.spec.whatwg.org/",
}
"""What may be named as a whole."""

_REGISTRY = "https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number"
_NAMES: Mapping[str, str] = {
    "Starlette": "https://www.starlette.io/websockets/",
    "Lilya": "https://lilya.dev/websockets/",
    "Yaat": "https://github.com/yaat-project/yaat/blob/HEAD/docs/websockets.md",
    "IANA registry of close codes": _REGISTRY,
    "IANA 종료 코드 레지스트리": _REGISTRY,
    "registro de códigos de fechamento da IANA": _REGISTRY,
}

_AND = r"(?:,| and| e| 및)"
_SECTION = r"[1-9]\d*(?:\.\d+)*"
_LEFT_ALONE = re.compile(r"\[[^\]]*\]\([^)]*\)|`[^`]*`")
_FORM = re.compile(
    rf"{_LEFT_ALONE.pattern}"
    rf"|(?<!\w)RFC (?P<rfc>\d+)(?:, (?P<section>{_SECTION}))?(?P<more>(?:{_AND} {_SECTION})*)"
    r"|(?<!\w)(?P<document>ASGI(?: WebSocket| HTTP| Lifespan)?|WHATWG [A-Za-z]+)"
    rf'(?:, (?P<title>"[^"]*"|{_SECTION})(?P<titles>(?:{_AND} "[^"]*")*))?'
    rf"|(?<![A-Za-z])(?P<name>{'|'.join(map(re.escape, _NAMES))})(?![A-Za-z])"
)
_TITLE = re.compile(r'"([^"]*)"')
_NAMES_ONLY = re.compile(
    rf"(?:(?:and|e|및) )?[A-Z][\w.-]*(?:{_AND}? [A-Z0-9][\w.-]*)*(?: and| e| 및)?"
)


def link_sources(text: str) -> str:
    """Link what a paragraph of sources names.

    Args:
        text: The paragraph as Markdown, with the word that it begins with.

    Returns:
        The same words, with links.

    Raises:
        ValueError: A part has the form of a source, and nobody knows its address.
    """
    label, _, sources = text.partition(": ")
    _check(sources)
    return f"{label}: {_FORM.sub(_linked, sources)}"


def _linked(match: re.Match[str]) -> str:
    if match["rfc"]:
        page = f"https://www.rfc-editor.org/rfc/rfc{match['rfc']}"
        first = _link(_whole(match, "more"), _section(page, match["section"]))
        return first + _each(
            re.compile(f"({_SECTION})"), match["more"], lambda number: _section(page, number)
        )
    if match["document"]:
        document = match["document"]
        if not match["title"]:
            # "The ASGI specification" in a remark is a name of the whole, not of a section.
            where = _DOCUMENTS.get(document)
            if where is None and document != "ASGI":
                raise _unknown(document, _DOCUMENTS)
            return _link(match[0], where)
        first = _link(_whole(match, "titles"), _titled(document, match["title"].strip('"')))
        return first + _each(_TITLE, match["titles"], lambda title: _titled(document, title))
    if match["name"]:
        return _link(match[0], _NAMES[match["name"]])
    return match[0]


def _whole(match: re.Match[str], rest: str) -> str:
    """Give the match without its last part."""
    return match[0].removesuffix(match[rest] or "")


def _each(pattern: re.Pattern[str], rest: str | None, address: Callable[[str], str]) -> str:
    return pattern.sub(lambda one: _link(one[0], address(one[1])), rest or "")


def _section(page: str, number: str | None) -> str:
    return f"{page}#section-{number}" if number else page


def _titled(document: str, title: str) -> str:
    sections = _TITLES.get(document)
    if sections is None:
        raise _unknown(document, _TITLES)
    if title not in sections:
        raise _unknown(title, sections, f"a section of {document}")
    return sections[title]


def _link(text: str, address: str | None) -> str:
    return f"[{text}]({address})" if address else text


def _check(sources: str) -> None:
    """Refuse what looks like a source but is none that is known; a remark in words is none."""
    rest = _FORM.sub("", _LEFT_ALONE.sub("", sources))
    for part in (one.strip(" ,") for one in rest.rstrip(". ").split(";")):
        if _TITLE.search(part) or _NAMES_ONLY.fullmatch(part):
            raise _unknown(part, [*_TITLES, "RFC", *_NAMES])


def _unknown(
    got: str,
    known: Mapping[str, str] | Mapping[str, Mapping[str, str]] | list[str],
    what: str = "a source",
) -> ValueError:
    return ValueError(f"expected {what} that can be linked ({', '.join(known)}), got {got!r}")
