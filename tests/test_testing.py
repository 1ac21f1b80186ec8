"""The in-memory client of `reference_ws.testing`, seen keeping and seen refusing."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from reference_ws import testing
from reference_ws.testing import (
    ABSENT,
    Accepted,
    ApplicationEnded,
    ASGIViolation,
    ClientDisconnected,
    Close,
    ConnectionDenied,
    Denial,
    UnexpectedMessage,
    connect,
)
from reference_ws.types import ASGIApp, Message, Receive, Scope, Send

pytestmark = pytest.mark.anyio

SHORT = 0.05
ACCEPT: Message = {"type": "websocket.accept"}
CLOSE: Message = {"type": "websocket.close"}
START: Message = {"type": "websocket.http.response.start", "status": 404}
BODY: Message = {"type": "websocket.http.response.body"}


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def text(data: Any) -> Message:
    return {"type": "websocket.send", "text": data}


def accepting(**extra: Any) -> Message:
    return {**ACCEPT, **extra}


def closing(**extra: Any) -> Message:
    return {**CLOSE, **extra}


def sends(*messages: Any) -> ASGIApp:
    """An application that sends these and then returns."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)

    return app


def sends_then_reads(*messages: Any) -> ASGIApp:
    """An application that sends these and then reads until the disconnect."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)
        while (await receive())["type"] != "websocket.disconnect":
            pass

    return app


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send(ACCEPT)
    while (message := await receive())["type"] == "websocket.receive":
        await send({**message, "type": "websocket.send"})


# The scope


async def test_scope_is_complete() -> None:
    async with connect(
        sends_then_reads(),
        "/caf%C3%A9/b%2Fc?q=1&r=%20",
        headers={"X-A": "é"},
        subprotocols=["a", "b"],
    ) as client:
        assert client.scope == {
            "type": "websocket",
            "asgi": {"version": "3.0", "spec_version": "2.5"},
            "http_version": "1.1",
            "scheme": "ws",
            "path": "/café/b/c",
            "raw_path": b"/caf%C3%A9/b%2Fc",
            "query_string": b"q=1&r=%20",
            "root_path": "",
            "headers": [
                (b"host", b"localhost"),
                (b"upgrade", b"websocket"),
                (b"connection", b"Upgrade"),
                (b"sec-websocket-key", b"dGhlIHNhbXBsZSBub25jZQ=="),
                (b"sec-websocket-version", b"13"),
                (b"sec-websocket-protocol", b"a, b"),
                (b"x-a", b"\xe9"),
            ],
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 80),
            "subprotocols": ["a", "b"],
            "state": {},
            "extensions": {"websocket.http.response": {}},
        }


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("wss://example.org/a", ("wss", b"example.org", ("example.org", 443), b"/a")),
        ("ws://[::1]:8000", ("ws", b"[::1]:8000", ("::1", 8000), b"/")),
        ("//a", ("ws", b"localhost", ("127.0.0.1", 80), b"//a")),
        ("/방", ("ws", b"localhost", ("127.0.0.1", 80), b"/%EB%B0%A9")),
    ],
)
async def test_url_sets_scheme_host_server_and_path(url: str, wanted: tuple[Any, ...]) -> None:
    async with connect(sends_then_reads(), url) as client:
        scope = client.scope
        found = (scope["scheme"], scope["headers"][0][1], scope["server"], scope["raw_path"])
        assert found == wanted


async def test_callers_host_replaces_and_pairs_keep_order_and_duplicates() -> None:
    pairs: list[tuple[str | bytes, str | bytes]] = [
        (b"X-B", "1"),
        ("Host", b"evil.example"),
        ("x-b", " 2 "),
    ]
    async with connect(sends_then_reads(), "/", headers=pairs) as client:
        headers = client.scope["headers"]
    assert headers[-3:] == [(b"x-b", b"1"), (b"host", b"evil.example"), (b"x-b", b"2")]
    assert [name for name, _ in headers].count(b"host") == 1


async def test_scope_is_merged_at_last_and_absent_removes() -> None:
    changes = {"scheme": ABSENT, "headers": [(b"X-Up", b"1")], "subprotocols": None}
    app = sends_then_reads()
    async with connect(app, "/", scope=changes, extensions=None) as client:
        assert "scheme" not in client.scope
        assert client.scope["headers"] == [(b"X-Up", b"1")]
        assert client.scope["extensions"] is None


async def test_default_extensions_are_not_shared() -> None:
    async with connect(sends_then_reads(), "/") as client:
        client.scope["extensions"]["websocket.http.response"]["mine"] = True
    async with connect(sends_then_reads(), "/") as client:
        assert client.scope["extensions"] == {"websocket.http.response": {}}


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        ({"url": "http://a/"}, ValueError, "starts with '/', 'ws://' or 'wss://'"),
        ({"url": "chat"}, ValueError, "got 'chat'"),
        ({"url": "/a#b"}, ValueError, "fragment"),
        ({"url": "/a b"}, ValueError, "without spaces"),
        ({"url": "/a\r\nx: y"}, ValueError, "control characters"),
        ({"url": "ws://user@a/"}, ValueError, "expected a host"),
        ({"url": "ws://a:99999/"}, ValueError, "ort"),
        ({"headers": {"x": "a\r\ny: b"}}, ValueError, "without CR, LF and NUL"),
        ({"headers": {"x": "a\0"}}, ValueError, "without CR, LF and NUL"),
        ({"headers": {"x y": "a"}}, ValueError, "a token, got 'x y'"),
        ({"headers": {"": "a"}}, ValueError, "a token, got ''"),
        ({"headers": {"x": "€"}}, ValueError, "latin-1"),
        ({"headers": {"x": 1}}, TypeError, "str or bytes, got 1"),
        ({"headers": {"Upgrade": "x"}}, ValueError, "the client's own"),
        ({"headers": {"sec-websocket-protocol": "a"}}, ValueError, "argument subprotocols"),
        ({"subprotocols": ["a b"]}, ValueError, "a token, got 'a b'"),
        ({"subprotocols": ["a,b"]}, ValueError, "a token"),
        ({"subprotocols": ["a", "a"]}, ValueError, "more than once"),
        ({"subprotocols": "chat"}, TypeError, "got the str 'chat'"),
        ({"subprotocols": [b"a"]}, TypeError, "got b'a'"),
        ({"timeout": 0}, ValueError, "more than 0 s, got 0"),
    ],
)
def test_impossible_handshake_is_refused_before_the_app_starts(
    arguments: dict[str, Any], kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words):
        connect(sends(), **{"url": "/", **arguments})


# The handshake


async def test_entering_waits_for_no_answer_and_accepted_may_be_asked_again() -> None:
    app = sends_then_reads(accepting(subprotocol="b", headers=((b"x-a", b"\xe9"),)))
    async with connect(app, "/", subprotocols=["a", "b"]) as client:
        assert client.sent == []
        assert await client.accepted() == Accepted("b", [("x-a", "é")])
        assert await client.accepted() == Accepted("b", [("x-a", "é")])


async def test_headers_may_be_readable_only_once() -> None:
    def pairs() -> Iterator[list[bytes]]:
        yield [b"x-a", b"1"]

    async with connect(sends_then_reads(accepting(headers=pairs())), "/") as client:
        assert (await client.accepted()).headers == [("x-a", "1")]
        assert client.sent == [{"type": "websocket.accept", "headers": [(b"x-a", b"1")]}]


async def test_close_before_accept_is_a_403() -> None:
    async with connect(sends_then_reads(closing(code=4001)), "/") as client:
        with pytest.raises(ConnectionDenied, match="HTTP 403") as caught:
            await client.accepted()
        assert caught.value.denial == await client.denied() == Denial(403, [], [])


async def test_denial_has_status_headers_and_chunks() -> None:
    app = sends_then_reads(
        {**START, "status": HTTPStatus.UNAUTHORIZED, "headers": [(b"x-a", b"1")]},
        {**BODY, "body": b"no", "more_body": True},
        {**BODY, "more_body": True},
        {**BODY, "body": b"pe"},
    )
    async with connect(app, "/") as client:
        with pytest.raises(ConnectionDenied, match="HTTP 401") as caught:
            await client.receive_text()
        denial = await client.denied()
        assert denial == Denial(401, [("x-a", "1")], [b"no", b"pe"])
        assert denial.body == b"nope"
        assert caught.value.denial is denial


async def test_denied_says_when_it_was_accepted_instead() -> None:
    async with connect(sends_then_reads(ACCEPT), "/") as client:
        with pytest.raises(UnexpectedMessage, match="got websocket.accept"):
            await client.denied()
        await client.accepted()
        with pytest.raises(UnexpectedMessage, match="got an accepted connection"):
            await client.denied()


async def test_denial_that_stops_halfway_is_an_ended_application() -> None:
    async with connect(sends(START), "/") as client:
        with pytest.raises(ApplicationEnded, match="expected a refusal"):
            await client.denied()


async def test_denial_is_given_only_whole() -> None:
    async with connect(sends_then_reads(START), "/", timeout=SHORT) as client:
        assert (await client.receive())["status"] == 404
        await client.disconnect()
        with pytest.raises(ApplicationEnded, match="expected a refusal"):
            await client.denied()


# Receiving and sending


async def test_echo_of_each_kind() -> None:
    async with connect(echo, "/") as client:
        await client.send_text("hi 안녕")
        assert await client.receive_text() == "hi 안녕"
        await client.send_text("")
        assert await client.receive_text() == ""
        await client.send_bytes(memoryview(b"\x00"))
        assert await client.receive_bytes() == b"\x00"
        await client.send_json({"é": [1]})
        assert await client.receive_text() == '{"é":[1]}'
        for mode in ("text", "binary", "bytes"):
            await client.send_json([1, None], mode=mode)
            assert await client.receive_json(mode=mode) == [1, None]


async def test_another_message_than_the_wanted_one_stays_the_next() -> None:
    app = sends_then_reads(
        ACCEPT, text("a"), {"type": "websocket.send", "bytes": b"b"}, closing(code=4000, reason="r")
    )
    async with connect(app, "/") as client:
        with pytest.raises(
            UnexpectedMessage, match="expected a binary message, got a text message 'a'"
        ):
            await client.receive_bytes()
        with pytest.raises(UnexpectedMessage, match="holds JSON, got a text message 'a'"):
            await client.receive_json()
        with pytest.raises(UnexpectedMessage, match="expected a binary message that holds JSON"):
            await client.receive_json("binary")
        assert await client.receive_text() == "a"
        with pytest.raises(UnexpectedMessage, match="got a binary message b'b'"):
            await client.receive_close()
        assert await client.receive_bytes() == b"b"
        with pytest.raises(UnexpectedMessage, match="got websocket.close 4000 'r'"):
            await client.receive_text()
        assert await client.receive_close() == Close(4000, "r")


@pytest.mark.parametrize("payload", [b'"\xff"', b"NaN", b"[" * 100_000, '"a"'.encode("utf-16")])
async def test_payload_that_is_no_json_stays_the_next(payload: bytes) -> None:
    app = sends_then_reads(ACCEPT, {"type": "websocket.send", "bytes": payload})
    async with connect(app, "/") as client:
        with pytest.raises(UnexpectedMessage, match="expected a binary message that holds JSON"):
            await client.receive_json("binary")
        assert await client.receive_bytes() == payload


async def test_raw_receive_gives_every_message_and_keeps_the_handshake_known() -> None:
    async with connect(sends(ACCEPT, text("a"), CLOSE), "/") as client:
        assert [await client.receive() for _ in range(3)] == [ACCEPT, text("a"), CLOSE]
        assert await client.accepted() == Accepted(None, [])
        assert client.sent == [ACCEPT, text("a"), CLOSE]
        with pytest.raises(ApplicationEnded, match="the application returned") as caught:
            await client.receive()
        assert caught.value.exception is None


async def test_bad_input_of_the_client_sends_nothing() -> None:
    async with connect(echo, "/") as client:
        with pytest.raises(TypeError, match="got b'a'"):
            await client.send_text(b"a")  # type: ignore[arg-type]  # the point of the test
        with pytest.raises(TypeError, match="got 'a'"):
            await client.send_bytes("a")  # type: ignore[arg-type]  # the point of the test
        with pytest.raises(UnicodeEncodeError):
            await client.send_text("\ud800")
        with pytest.raises(ValueError, match="JSON"):
            await client.send_json(float("nan"))
        with pytest.raises(ValueError, match="expected a mode of"):
            await client.send_json(1, mode="x")  # type: ignore[arg-type]  # the point of the test
        with pytest.raises(ValueError, match="expected a mode of"):
            await client.receive_json("x")  # type: ignore[arg-type]  # the point of the test
        for code in (0, 999, 1004, 1005, 1006, 1015, 2999, 5000):
            with pytest.raises(ValueError, match=f"got {code}"):
                await client.close(code)
        with pytest.raises(ValueError, match="got 'bye'"):
            await client.close(reason="bye")
        with pytest.raises(ValueError, match="at most 123 bytes"):
            await client.close(1000, "é" * 62)
        await client.send_text("still here")
        assert await client.receive_text() == "still here"


async def test_client_may_not_send_after_the_end_it_knows_of() -> None:
    async with connect(sends_then_reads(ACCEPT, CLOSE), "/") as client:
        await client.accepted()
        await client.receive_close()
        with pytest.raises(RuntimeError, match="expected an open connection"):
            await client.send_text("a")
        await client.close(1000)
        await client.disconnect()
    async with connect(sends(CLOSE), "/") as client:
        await client.ended()
        await client.close(1000)
    async with connect(echo, "/") as client:
        await client.close()
        with pytest.raises(RuntimeError, match="expected an open connection"):
            await client.send_bytes(b"a")


# How the connection ends for the application


def recorder(*messages: Message, events: list[Message], count: int) -> ASGIApp:
    """An application that sends these and then receives so many events."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)
        for _ in range(count):
            events.append(await receive())

    return app


def disconnected(code: int, reason: str = "") -> Message:
    return {"type": "websocket.disconnect", "code": code, "reason": reason}


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ({}, disconnected(1005)),
        ({"code": 1001, "reason": "bye"}, disconnected(1001, "bye")),
    ],
)
async def test_after_a_client_close_queued_messages_come_first_then_the_end_for_ever(
    arguments: dict[str, Any], wanted: Message
) -> None:
    events: list[Message] = []
    async with connect(recorder(ACCEPT, events=events, count=4), "/") as client:
        await client.send_text("a")
        await client.close(**arguments)
        await client.ended()
    received = {"type": "websocket.receive", "text": "a"}
    assert events == [{"type": "websocket.connect"}, received, wanted, wanted]


async def test_disconnect_needs_no_handshake() -> None:
    events: list[Message] = []
    async with connect(recorder(events=events, count=3), "/") as client:
        await client.disconnect()
    assert events == [{"type": "websocket.connect"}, disconnected(1006), disconnected(1006)]


async def test_hand_made_disconnect_is_given_as_it_is() -> None:
    events: list[Message] = []
    async with connect(recorder(events=events, count=4), "/") as client:
        await client.send({"type": "websocket.receive", "text": "a", "bytes": None})
        await client.send({"type": "websocket.disconnect"})
    assert events[1:] == [
        {"type": "websocket.receive", "text": "a", "bytes": None},
        {"type": "websocket.disconnect"},
        {"type": "websocket.disconnect"},
    ]


@pytest.mark.parametrize(
    ("messages", "wanted"),
    [
        ([ACCEPT, CLOSE], disconnected(1000)),
        ([ACCEPT, closing(code=4001, reason="r")], disconnected(4001, "r")),
        ([closing(code=4001, reason="r")], disconnected(1006)),
        ([START, BODY], disconnected(1006)),
    ],
)
async def test_after_its_own_end_the_app_is_told_so(
    messages: list[Message], wanted: Message
) -> None:
    events: list[Message] = []
    async with connect(recorder(*messages, events=events, count=3), "/") as client:
        await client.ended()
        await client.send({"type": "websocket.receive", "text": "lost"})
    assert events == [{"type": "websocket.connect"}, wanted, wanted]


async def test_after_the_client_has_gone_sends_are_an_oserror() -> None:
    refused: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "websocket.disconnect":
            pass
        for message in (ACCEPT, text("a"), CLOSE, CLOSE):
            with pytest.raises(OSError, match="expected a connected client"):
                await send(message)
            refused.append(message["type"])

    async with connect(app, "/") as client:
        await client.disconnect()
        await client.ended()
        assert client.sent == []
    assert len(refused) == 4


async def test_the_servers_own_oserror_is_no_fault_of_the_app() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await receive()
        await send(ACCEPT)

    async with connect(app, "/"):
        pass
    async with connect(app, "/") as client:
        await client.disconnect()
        with pytest.raises(ClientDisconnected):
            await client.ended()


async def test_what_breaks_the_specification_does_so_also_after_the_client_has_gone() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await receive()
        await send(text("too early"))

    with pytest.raises(ASGIViolation, match="before accept or close"):
        async with connect(app, "/") as client:
            await client.disconnect()


async def test_the_app_is_not_cancelled_because_the_client_left() -> None:
    left = anyio.Event()
    finished: list[bool] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(ACCEPT)
        await left.wait()
        for _ in range(5):
            await anyio.lowlevel.checkpoint()
        finished.append(True)

    async with connect(app, "/") as client:
        await client.close()
        left.set()
    assert finished == [True]


async def test_cancelled_receive_loses_nothing() -> None:
    got: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(ACCEPT)
        with anyio.CancelScope() as scope_:
            scope_.cancel()
            await receive()
        got.append(await receive())

    async with connect(app, "/") as client:
        await client.send_text("a")
        await client.ended()
    assert got == [{"type": "websocket.receive", "text": "a"}]


# The rules

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
    ([START, BODY, BODY], "expected no further message after the application's own end"),
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


# Limits


@pytest.mark.parametrize(
    ("messages", "call", "words"),
    [
        ([], "accepted", "for the handshake; the application had last sent nothing"),
        ([], "denied", "for a refusal of the connection; "),
        ([], "receive_text", "for the handshake"),
        ([], "receive", "for a message"),
        ([START], "accepted", "for a refusal of the connection"),
        (
            [ACCEPT],
            "receive_text",
            "waited 0.05 s for a text message; the application had last sent websocket.accept "
            "and is waiting in receive",
        ),
        ([ACCEPT], "receive_bytes", "for a binary message; "),
        ([ACCEPT], "receive_json", "for a text message that holds JSON"),
        ([ACCEPT, text("a")], "ended", "for the application to end; "),
    ],
)
async def test_each_wait_has_a_limit(messages: list[Message], call: str, words: str) -> None:
    async with connect(sends_then_reads(*messages), "/", timeout=SHORT) as client:
        with pytest.raises(TimeoutError, match=words):
            await getattr(client, call)()


async def test_time_limit_of_a_close() -> None:
    async with connect(sends_then_reads(ACCEPT), "/", timeout=SHORT) as client:
        with pytest.raises(TimeoutError, match="for a close"):
            await client.receive_close()
    async with connect(sends_then_reads(), "/", timeout=SHORT) as client:
        with pytest.raises(TimeoutError, match="for the handshake"):
            await client.send_text("a")
        with pytest.raises(TimeoutError, match="for the handshake"):
            await client.close()


async def sleeps(scope: Scope, receive: Receive, send: Send) -> None:
    await send(ACCEPT)
    await anyio.sleep_forever()


async def spins_in_receive(scope: Scope, receive: Receive, send: Send) -> None:
    await send(ACCEPT)
    while True:
        await receive()


async def spins_in_send(scope: Scope, receive: Receive, send: Send) -> None:
    await send(ACCEPT)
    while True:
        await send(text("a"))


@pytest.mark.parametrize(
    ("app", "words"),
    [
        (sleeps, "the client had left; .* websocket.accept and is busy outside receive"),
        (spins_in_receive, "for the application to end after the client had left"),
    ],
)
async def test_app_that_does_not_end_is_cancelled_at_the_limit(app: ASGIApp, words: str) -> None:
    with pytest.raises(TimeoutError, match=words):
        async with connect(app, "/", timeout=SHORT) as client:
            await client.accepted()


async def test_app_that_only_sends_meets_the_oserror() -> None:
    async with connect(spins_in_send, "/") as client:
        assert await client.receive_text() == "a"


async def test_ended_application_is_told_at_once() -> None:
    async with connect(sends(ACCEPT), "/") as client:
        with pytest.raises(ApplicationEnded, match="expected a text message, got none"):
            await client.receive_text()
    async with connect(sends(), "/") as client:
        with pytest.raises(ApplicationEnded, match="expected the handshake"):
            await client.accepted()


# Exceptions


class Broken(Exception):
    pass


async def broken(scope: Scope, receive: Receive, send: Send) -> None:
    raise Broken("a")


async def test_exception_of_the_app_leaves_as_itself() -> None:
    with pytest.raises(Broken) as caught:
        async with connect(broken, "/"):
            pass
    assert caught.traceback[-1].name == "broken"


async def test_exception_that_was_given_is_not_raised_again() -> None:
    async with connect(broken, "/") as client:
        with pytest.raises(Broken):
            await client.ended()
    async with connect(broken, "/") as client:
        with pytest.raises(ApplicationEnded, match=r"raised Broken\('a'\)") as caught:
            await client.receive()
        assert isinstance(caught.value.exception, Broken)
        assert caught.value.__cause__ is caught.value.exception


async def test_error_of_the_body_wins_and_the_app_still_ends() -> None:
    events: list[Message] = []
    with pytest.raises(KeyError) as caught:
        async with connect(recorder(events=events, count=2), "/"):
            raise KeyError("mine")
    assert events[-1] == disconnected(1006)
    assert not hasattr(caught.value, "__notes__")

    with pytest.raises(KeyError) as caught:
        async with connect(broken, "/"):
            raise KeyError("mine")
    assert caught.value.__notes__ == ["besides, the application: Broken('a')"]
    assert isinstance(caught.value.__context__, Broken)

    with pytest.raises(KeyError) as caught:
        async with connect(sleeps, "/", timeout=SHORT) as client:
            await client.accepted()
            raise KeyError("mine") from ValueError()
    assert "TimeoutError" in caught.value.__notes__[0]


async def test_exception_after_a_breach_is_noted() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await send(text("a"))
        except ASGIViolation as violation:
            raise Broken("b") from violation

    with pytest.raises(ASGIViolation) as caught:
        async with connect(app, "/"):
            pass
    assert caught.value.__notes__ == ["besides, the application: Broken('b')"]


async def test_exception_while_being_cancelled_is_noted() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await anyio.sleep_forever()
        finally:
            raise Broken("late")

    with pytest.raises(TimeoutError) as caught:
        async with connect(app, "/", timeout=SHORT):
            pass
    assert caught.value.__notes__ == ["besides, the application: Broken('late')"]


async def test_exceptions_that_are_no_exception_subclass_are_reported_too() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        pytest.fail("inside the application")

    with pytest.raises(pytest.fail.Exception, match="inside"):
        async with connect(app, "/"):
            pass


async def test_cancelling_the_test_ends_the_app() -> None:
    unwound: list[bool] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await anyio.sleep_forever()
        finally:
            unwound.append(True)

    with anyio.move_on_after(SHORT) as limit:
        async with connect(app, "/"):
            await anyio.sleep_forever()
    assert limit.cancelled_caught
    with anyio.move_on_after(SHORT) as limit:  # and while leaving
        async with connect(app, "/"):
            pass
    assert limit.cancelled_caught
    assert unwound == [True, True]


async def test_stopping_the_process_waits_for_no_app() -> None:
    with pytest.raises(KeyboardInterrupt), anyio.fail_after(2):
        async with connect(sleeps, "/") as client:
            await client.accepted()
            raise KeyboardInterrupt


async def test_failure_of_the_test_lets_the_app_end_by_itself() -> None:
    events: list[Message] = []
    with pytest.raises(pytest.fail.Exception):
        async with connect(recorder(events=events, count=2), "/"):
            pytest.fail("mine")
    assert events[-1] == disconnected(1006)


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_app_that_cancels_itself_does_not_cancel_the_test() -> None:
    import asyncio

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise asyncio.CancelledError

    async with connect(app, "/") as client:
        with pytest.raises(ApplicationEnded, match="CancelledError"):
            await client.accepted()


async def test_connections_are_independent() -> None:
    async with connect(echo, "/a") as one, connect(echo, "/b") as two:
        await one.send_text("1")
        await two.send_text("2")
        assert (await two.receive_text(), await one.receive_text()) == ("2", "1")


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_request_to_stop_the_process_is_not_kept(backend: str, stop: type[BaseException]) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise stop

    async def main() -> None:
        async with connect(app, "/") as client:
            await client.accepted()

    try:
        anyio.run(main, backend=backend)
    except stop:
        pass
    except BaseExceptionGroup as group:
        assert group.subgroup(stop) is not None
    else:
        pytest.fail("the request was swallowed")


# The package


def test_import_without_anyio_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("reference_ws.testing")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "anyio", None)
    with pytest.raises(ImportError, match=r"pip install 'reference-ws\[testing\]'"):
        importlib.import_module("reference_ws.testing")


def test_every_public_name_exists() -> None:
    exported: Callable[[str], Any] = testing.__getattribute__
    assert all(exported(name) for name in testing.__all__)
