"""How a connection of the in-memory client ends for the application."""

from __future__ import annotations

from typing import Any

import anyio
import anyio.lowlevel
import pytest

from reference_ws.testing import ASGIViolation, ClientDisconnected, connect
from reference_ws.types import Message, Receive, Scope, Send
from tests.testing.apps import ACCEPT, BODY, CLOSE, START, closing, disconnected, recorder, text
from tests.testing.apps import anyio_backend as anyio_backend

pytestmark = pytest.mark.anyio


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
