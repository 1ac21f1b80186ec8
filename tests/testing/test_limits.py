"""No wait of the in-memory client is without a limit."""

from __future__ import annotations

import pytest

from reference_ws.testing import ApplicationEnded, connect
from reference_ws.types import ASGIApp, Message, Receive, Scope, Send
from tests.testing.apps import ACCEPT, SHORT, START, sends, sends_then_reads, sleeps, text
from tests.testing.apps import anyio_backend as anyio_backend

pytestmark = pytest.mark.anyio


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
        (sleeps, "the client disconnected; .* websocket.accept and is busy outside receive"),
        (spins_in_receive, "for the application to end after the client disconnected"),
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
