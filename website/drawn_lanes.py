"""What goes between client, server and application: the handshake, and the life of a connection.

Which events there are, and what each of them leads to, is read from the state tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reference_ws.state import RECEIVE, SEND, WebSocketState

from .drawing import LINE, Label, arrow, box, code, drawing, line, lines, text
from .vocabulary import Words

__all__ = ["draw_handshake", "draw_life"]

_LANES = {"client": 40.0, "server": 170.0, "application": 300.0}
_ROOM = 124
_TOP = 34.0

CONNECTING, CONNECTED, DISCONNECTED, RESPONSE = WebSocketState


@dataclass(frozen=True, slots=True)
class _Step:
    """Something that one side hands to another."""

    sender: str
    receiver: str
    labels: list[Label]


@dataclass(frozen=True, slots=True)
class _Part:
    """Steps that belong together, below a line that says when they happen."""

    when: str
    steps: list[_Step]


def draw_handshake(words: Words) -> str:
    """Draw the request and each answer that an application can give."""
    own = words.drawings
    answers = {
        CONNECTED: (own.accepts, _code("101 Switching Protocols")),
        DISCONNECTED: (own.refuses, _code("403 Forbidden")),
        RESPONSE: (own.denies, [Label(own.its_response, is_code=False)]),
    }
    parts = [_Part(own.asks, _request())]
    for message, following in SEND[CONNECTING].items():
        when, labels = answers[following]
        parts.append(_Part(when, [_to_server(message), _Step("server", "client", labels)]))
    return _lanes("ws-handshake", own.handshake, parts, words)


def draw_life(words: Words) -> str:
    """Draw a connection from its handshake to each of its ends."""
    own = words.drawings
    frame = [Label(own.message, is_code=False)]
    close = [Label(own.close_frame, is_code=False)]
    accept = _following(SEND[CONNECTING], CONNECTED)
    received = _following(RECEIVE[CONNECTED], CONNECTED)
    sent = _following(SEND[CONNECTED], CONNECTED)
    disconnect = _following(RECEIVE[CONNECTED], DISCONNECTED)
    closing = _following(SEND[CONNECTED], DISCONNECTED)
    parts = [
        _Part(
            own.opening,
            [
                *_request(),
                _to_server(accept),
                _Step("server", "client", _code("101 Switching Protocols")),
            ],
        ),
        _Part(
            own.open,
            [
                _Step("client", "server", frame),
                _to_application(received),
                _to_server(sent),
                _Step("server", "client", frame),
            ],
        ),
        _Part(
            own.client_closes,
            [
                _Step("client", "server", close),
                _to_application(disconnect),
                _Step("server", "client", close),
            ],
        ),
        _Part(
            own.application_closes,
            [
                _to_server(closing),
                _Step("server", "client", close),
                _Step("client", "server", close),
                _to_application(disconnect),
            ],
        ),
        _Part(own.lost, [_to_application(disconnect)]),
    ]
    return _lanes("ws-life", own.life, parts, words)


def _request() -> list[_Step]:
    labels = [Label("GET /chat"), Label("Upgrade: websocket")]
    connect = _following(RECEIVE[CONNECTING], CONNECTED)
    return [_Step("client", "server", labels), _to_application(connect)]


def _following(row: Mapping[str, WebSocketState], state: WebSocketState) -> str:
    """Give the one message of a table's row that leads to a state."""
    (message,) = (one for one, following in row.items() if following is state)
    return message


def _to_server(message: str) -> _Step:
    return _Step("application", "server", _code(message))


def _to_application(message: str) -> _Step:
    return _Step("server", "application", _code(message))


def _code(name: str) -> list[Label]:
    return code(name, _ROOM)


def _lanes(name: str, title: str, parts: list[_Part], words: Words) -> str:
    sides = {"client": words.client, "server": words.server, "application": words.application}
    drawn: list[str] = []
    y = _TOP
    for part in parts:
        y += 26
        drawn.append(box(170, y - 15, 338, 20, "part"))
        drawn.append(text(170, y - 1, Label(part.when, is_code=False), "ws-drawing__when"))
        for step in part.steps:
            y += 12 + LINE * len(step.labels)
            drawn += _step(step, y)
        y += 6
    top = [one for side, x in _LANES.items() for one in _side(x, side, sides[side], y)]
    return drawing(name, title, _told(parts, sides, words), y + 4, [*top, *drawn])


def _side(x: float, side: str, name: str, bottom: float) -> Iterator[str]:
    yield line(x, 24, x, bottom, "lane")
    yield box(x, 1, 78, 23, side)
    yield text(x, 17, Label(name, is_code=False), f"ws-drawing__{side}-name")


def _step(step: _Step, y: float) -> Iterator[str]:
    start, end = _LANES[step.sender], _LANES[step.receiver]
    yield arrow(start, y, end, y, f"by-{step.sender}")
    yield lines((start + end) / 2, y - 6, step.labels, "ws-drawing__on-line")


def _told(parts: list[_Part], sides: dict[str, str], words: Words) -> Iterator[str]:
    for part in parts:
        yield f"{part.when}:"
        for step in part.steps:
            said = "".join(
                one.text if one.text.endswith(".") else f"{one.text} " for one in step.labels
            ).strip()
            yield words.drawings.step.format(sides[step.sender], sides[step.receiver], said)
