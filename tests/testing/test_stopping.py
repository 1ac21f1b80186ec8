"""A process that is to stop while the in-memory client runs an application: nothing keeps it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import product

import anyio
import anyio.lowlevel
import pytest

from reference_ws.testing import ApplicationEnded, WebSocketClient, connect, running
from reference_ws.types import ASGIApp, Receive, Scope, Send
from tests.testing.apps import ACCEPT, sleeps
from tests.testing.apps import anyio_backend as anyio_backend

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("anyio_backend", ["trio"])  # asyncio's event loop ends with the request
async def test_whoever_keeps_the_client_is_told_of_the_request() -> None:
    with pytest.raises(KeyboardInterrupt):
        async with connect(plainly(KeyboardInterrupt), "/") as client:
            await anyio.sleep_forever()
    with pytest.raises(ApplicationEnded, match=r"raised KeyboardInterrupt\(\)"):
        await client.receive()


@pytest.mark.parametrize("in_a_group", [False, True])
async def test_stopping_the_process_waits_for_no_app(in_a_group: bool) -> None:
    wanted = BaseExceptionGroup if in_a_group else KeyboardInterrupt
    with pytest.raises(wanted), anyio.fail_after(2):
        async with connect(sleeps, "/") as client:
            await client.accepted()
            if in_a_group:
                raise BaseExceptionGroup("of the test", [KeyboardInterrupt()])
            raise KeyboardInterrupt


async def asks(stop: type[BaseException]) -> None:
    await anyio.lowlevel.checkpoint()
    raise stop


def plainly(stop: type[BaseException]) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await asks(stop)

    return app


def after_the_accept(stop: type[BaseException]) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(ACCEPT)
        await asks(stop)

    return app


def in_a_task(stop: type[BaseException]) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(asks, stop)
            await anyio.sleep_forever()

    return app


def in_a_group(stop: type[BaseException]) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        inner = BaseExceptionGroup("inner", [stop(), KeyError()])
        raise BaseExceptionGroup("outer", [ValueError(), inner])

    return app


def on_leaving(stop: type[BaseException]) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "websocket.disconnect":
            pass
        await asks(stop)

    return app


@asynccontextmanager
async def one(app: ASGIApp) -> AsyncIterator[WebSocketClient]:
    async with connect(app, "/") as client:
        yield client


@asynccontextmanager
async def inside_another(app: ASGIApp) -> AsyncIterator[WebSocketClient]:
    async with connect(sleeps, "/"), connect(app, "/") as client:
        yield client


@asynccontextmanager
async def around_another(app: ASGIApp) -> AsyncIterator[WebSocketClient]:
    async with connect(app, "/") as client, connect(sleeps, "/"):
        yield client


@asynccontextmanager
async def started(app: ASGIApp) -> AsyncIterator[None]:
    async with running(app):
        yield


BODY = ["waits", "sleeps", "leaves"]


def part_name(part: object) -> str:
    return getattr(part, "__name__", str(part))


# Each way to ask, with the contexts and bodies in which the application comes to it.
REQUESTS = [
    *product(
        [plainly, in_a_task, in_a_group], [one, inside_another, around_another, started], BODY
    ),
    *product([after_the_accept], [one, inside_another, around_another], ["waits", "sleeps"]),
    *product([on_leaving], [one, inside_another, around_another], ["leaves"]),
]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize(("making", "around", "body"), REQUESTS, ids=lambda part: part_name(part))
def test_a_request_to_stop_comes_out_of_the_application_as_what_it_is(
    backend: str,
    stop: type[BaseException],
    making: Callable[[type[BaseException]], ASGIApp],
    around: Callable[[ASGIApp], AbstractAsyncContextManager[WebSocketClient | None]],
    body: str,
) -> None:
    told: list[str] = []

    async def main() -> None:
        async with around(making(stop)) as client:
            if body == "waits" and client is not None:
                try:
                    while True:
                        await client.receive()
                except ApplicationEnded as error:
                    told.append(str(error))
                    raise
            elif body == "sleeps":
                await anyio.sleep_forever()

    with pytest.raises(stop):
        anyio.run(main, backend=backend)
    assert told == []
