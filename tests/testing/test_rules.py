"""The rules of ASGI that the in-memory client keeps an application to."""

from __future__ import annotations

from typing import Any

import pytest

from reference_ws.testing import ASGIViolation, connect
from reference_ws.types import Message, Receive, Scope, Send
from tests.testing.apps import ACCEPT, BODY, CLOSE, START, accepting, closing, sends, text
from tests.testing.apps import anyio_backend as anyio_backend

pytestmark = pytest.mark.anyio

ACCEPT_RULE = "ASGI WebSocket, Accept - send event: "
SEND_RULE = "ASGI WebSocket, Send - send event: "
CLOSE_RULE = "ASGI WebSocket, Close - send event: "
DENIAL_RULE = "ASGI Extensions, Websocket Denial Response: "
PAIRS = "headers of two items each"

BREACHES: list[tuple[list[Any], str]] = [
    ([None], "ASGI, Events: expected a dict, got None"),
    ([["type"]], "ASGI, Events: expected a dict"),
    ([{}], "ASGI, Events: expected a str under 'type', got None"),
    ([{"type": 1}], "expected a str under 'type', got 1"),
    ([{"type": "websocket.ping"}], "ASGI WebSocket: expected one of"),
    ([{"type": "http.response.start"}], "got 'http.response.start'"),
    ([text("a")], SEND_RULE + "expected websocket.accept or websocket.close"),
    ([BODY], DENIAL_RULE + "expected websocket.accept or"),
    ([ACCEPT, ACCEPT], ACCEPT_RULE + "expected websocket.send or websocket.close after accept"),
    ([ACCEPT, START], DENIAL_RULE + "expected websocket.send or websocket.close"),
    ([ACCEPT, BODY], DENIAL_RULE),
    ([START, ACCEPT], "expected websocket.http.response.body inside a denial response"),
    ([START, CLOSE], CLOSE_RULE),
    ([START, START], DENIAL_RULE),
    ([START, text("a")], SEND_RULE),
    (
        [START, BODY, BODY],
        "expected no further message after the application has ended the connection",
    ),
    ([START, BODY, ACCEPT], ACCEPT_RULE + "expected no further message"),
    ([CLOSE, ACCEPT], ACCEPT_RULE + "expected no further message"),
    ([CLOSE, CLOSE], CLOSE_RULE + "expected no further message"),
    ([CLOSE, START], DENIAL_RULE + "expected no further message"),
    ([ACCEPT, CLOSE, text("a")], SEND_RULE + "expected no further message"),
    ([ACCEPT, CLOSE, CLOSE], CLOSE_RULE + "expected no further message"),
    ([accepting(subprotocol="c")], ACCEPT_RULE + "expected a subprotocol that the client offered"),
    ([accepting(subprotocol=b"a")], "(a, b) or None, got b'a'"),
    ([accepting(headers=None)], "headers that are an iterable, got None"),
    ([accepting(headers={b"x-a": b"1"})], PAIRS),
    ([accepting(headers=[(b"x-a",)])], PAIRS),
    ([accepting(headers=[(b"x-a", b"1", b"2")])], PAIRS),
    ([accepting(headers=[1])], PAIRS),
    ([accepting(headers=[("x-a", "1")])], "name and value that are bytes, got ('x-a', '1')"),
    ([accepting(headers=[(b"x-a", "1")])], "that are bytes"),
    ([accepting(headers=[(b"X-A", b"1")])], "in lower case, got b'X-A'"),
    ([accepting(headers=[(b"x a", b"1")])], "a token (RFC 9110 section 5.6.2), got b'x a'"),
    ([accepting(headers=[(b":status", b"1")])], "a token"),
    ([accepting(headers=[(b"x-a", b"1\r\nx-b: 2")])], "without CR, LF and NUL"),
    ([accepting(headers=[(b"x-a", b"\0")])], "without CR, LF and NUL"),
    ([accepting(headers=[(b"sec-websocket-protocol", b"a")])], "expected the key 'subprotocol'"),
    ([ACCEPT, {"type": "websocket.send"}], "exactly one of text and bytes that is not None"),
    ([ACCEPT, text(None)], "that is not None, got neither"),
    ([ACCEPT, {**text("a"), "bytes": b"b"}], "got text 'a' and bytes b'b'"),
    ([ACCEPT, text(b"a")], SEND_RULE + "expected a str under 'text', got b'a'"),
    ([ACCEPT, text("\ud800")], "text that UTF-8 can encode"),
    ([ACCEPT, {"type": "websocket.send", "bytes": "a"}], "expected bytes under 'bytes', got 'a'"),
    ([ACCEPT, {"type": "websocket.send", "bytes": bytearray()}], "bytes under 'bytes'"),
    *[
        ([ACCEPT, closing(code=code)], CLOSE_RULE + "expected a code of 1000-1003")
        for code in (None, "1000", True, 1000.0, -1, 999, 1004, 1005, 1006, 1015, 2999, 5000)
    ],
    ([closing(code=1006)], CLOSE_RULE + "expected a code of 1000-1003"),
    ([ACCEPT, closing(reason=b"r")], "a reason that is a str or None, got b'r'"),
    ([ACCEPT, closing(reason="é" * 62)], "a reason of at most 123 bytes of UTF-8"),
    ([ACCEPT, closing(reason="\ud800")], "a reason of at most 123 bytes of UTF-8"),
    *[
        ([{**START, "status": status}], DENIAL_RULE + "expected an int status of 200 to 599")
        for status in (None, "404", 404.0, True, 101, 199, 600)
    ],
    ([{**START, "headers": [("x-a", "1")]}], DENIAL_RULE + "expected a header name and value"),
    ([{**START, "headers": None}], "headers that are an iterable"),
    ([START, {**BODY, "body": "no"}], "expected bytes under 'body', got 'no'"),
    ([START, {**BODY, "body": None}], "expected bytes under 'body', got None"),
    ([START, {**BODY, "more_body": 1}], "expected a bool under 'more_body', got 1"),
]


@pytest.mark.parametrize(("messages", "words"), BREACHES)
async def test_breach_is_raised_in_send_and_again_to_the_client(
    messages: list[Any], words: str
) -> None:
    *before, breach = messages
    inside: list[ASGIViolation] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in before:
            await send(message)
        try:
            await send(breach)
        except ASGIViolation as violation:
            inside.append(violation)

    async with connect(app, "/", subprotocols=["a", "b"]) as client:
        for _ in before:
            await client.receive()
        with pytest.raises(ASGIViolation) as caught:
            await client.receive()
        with pytest.raises(ASGIViolation):
            await client.ended()
        assert len(client.sent) == len(before)
    assert words in str(caught.value)
    assert inside == [caught.value]


@pytest.mark.parametrize(
    "messages",
    [
        [accepting(subprotocol=None, headers=[])],
        [ACCEPT, {**text(""), "bytes": None}, {"type": "websocket.send", "bytes": b""}],
        *[[ACCEPT, closing(code=code)] for code in (1000, 1003, 1007, 1014, 3000, 4999)],
        [ACCEPT, closing(reason=None)],
        [ACCEPT, closing(reason="r" * 123)],
        *[[{**START, "status": status}, BODY] for status in (200, 599)],
    ],
)
async def test_what_the_specification_allows_is_taken(messages: list[Message]) -> None:
    async with connect(sends(*messages), "/") as client:
        await client.ended()
        assert client.sent == messages


@pytest.mark.parametrize("extensions", [None, {}, {"other": {}}])
async def test_denial_without_the_extension_is_a_breach(extensions: dict[str, Any] | None) -> None:
    with pytest.raises(ASGIViolation, match=r"'websocket\.http\.response' in scope"):
        async with connect(sends(START), "/", extensions=extensions):
            pass


async def test_breach_without_the_extension_does_not_offer_a_denial() -> None:
    with pytest.raises(ASGIViolation) as caught:
        async with connect(sends(text("a")), "/", extensions=None):
            pass
    assert caught.value.expected == "websocket.accept or websocket.close before accept or close"


async def test_swallowed_breach_is_raised_at_exit_and_by_a_wait_under_way() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(ACCEPT)
        await receive()
        await receive()
        with pytest.raises(ASGIViolation):
            await send(text(b"a"))
        await receive()

    with pytest.raises(ASGIViolation, match="got b'a'"):
        async with connect(app, "/") as client:
            await client.send_text("go")
    with pytest.raises(ASGIViolation, match="got b'a'"):
        async with connect(app, "/") as client:
            await client.send_text("go")
            await client.receive_text()
