"""What the in-memory client sends, and what it was answered."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

import pytest

from reference_ws.testing import (
    Accepted,
    ApplicationEnded,
    Close,
    ConnectionDenied,
    Denial,
    UnexpectedMessage,
    connect,
)
from tests.testing.apps import (
    ACCEPT,
    BODY,
    CLOSE,
    SHORT,
    START,
    accepting,
    closing,
    echo,
    sends,
    sends_then_reads,
    text,
)
from tests.testing.apps import anyio_backend as anyio_backend

pytestmark = pytest.mark.anyio

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


@pytest.mark.parametrize(
    "payload", [b'"\xff"', b"NaN", b"1e999", b"9" * 5000, b"[" * 100_000, '"a"'.encode("utf-16")]
)
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
