"""Applications and messages for the tests of the in-memory client."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from reference_ws.types import ASGIApp, Message, Receive, Scope, Send

SHORT = 0.05
ACCEPT: Message = {"type": "websocket.accept"}
CLOSE: Message = {"type": "websocket.close"}
START: Message = {"type": "websocket.http.response.start", "status": 404}
BODY: Message = {"type": "websocket.http.response.body"}


# Imported as itself by each test file: pytest looks for a fixture in the module of the test.
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


async def sleeps(scope: Scope, receive: Receive, send: Send) -> None:
    await send(ACCEPT)
    await anyio.sleep_forever()


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
