"""A test that is cancelled around the in-memory client: it is told as nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import anyio
import anyio.lowlevel
import pytest

from reference_ws.testing import ApplicationEnded, WebSocketClient, connect
from reference_ws.types import ASGIApp, Receive, Scope, Send
from tests.testing.apps import ACCEPT, SHORT, echo, sleeps, text
from tests.testing.apps import anyio_backend as anyio_backend

pytestmark = pytest.mark.anyio


async def chatty(scope: Scope, receive: Receive, send: Send) -> None:
    await send(ACCEPT)
    while True:
        await send(text("on and on"))


async def chatty_in_tasks(scope: Scope, receive: Receive, send: Send) -> None:
    await send(ACCEPT)
    async with anyio.create_task_group() as group:
        for _ in range(2):
            group.start_soon(anyio.sleep_forever)
        while True:
            await send(text("on and on"))


async def chatty_and_returns(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        await chatty(scope, receive, send)
    except anyio.get_cancelled_exc_class():
        return


async def chatty_and_raises(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        await chatty(scope, receive, send)
    finally:
        raise LookupError("while it was cancelled")


async def receive_all(client: WebSocketClient) -> None:
    while True:
        await client.receive_text()


async def send_all(client: WebSocketClient) -> None:
    while True:
        await client.send_text("and on")


async def wait_for_the_end(client: WebSocketClient) -> None:
    await client.ended()


APPS = [chatty, chatty_in_tasks, chatty_and_returns, chatty_and_raises]
BODIES = [receive_all, send_all, wait_for_the_end]


async def test_a_limit_holds_also_beside_an_application_that_never_rests() -> None:
    async with connect(chatty, "/", timeout=SHORT) as client:
        with pytest.raises(TimeoutError, match="for the application to end"):
            await client.ended()


async def test_the_applications_own_limit_holds_beside_its_task_that_never_rests() -> None:
    limits = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        async with anyio.create_task_group() as group:

            async def wait_for_a_message() -> None:
                with anyio.move_on_after(SHORT) as limit:
                    await receive()
                limits.append(limit.cancelled_caught)
                group.cancel_scope.cancel()

            group.start_soon(wait_for_a_message)
            await chatty(scope, receive, send)

    async with connect(app, "/", timeout=60) as client:
        await client.ended()
    assert limits == [True]


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("app", APPS)
async def test_a_cancelled_test_is_not_told_that_the_application_ended(
    app: ASGIApp, body: Callable[[WebSocketClient], Awaitable[None]]
) -> None:
    met: list[BaseException] = []
    turns = 0
    with anyio.CancelScope() as scope:
        async with connect(app, "/") as client, anyio.create_task_group() as group:

            async def cancel_after_a_while() -> None:
                nonlocal turns
                while turns < 20:
                    turns += 1
                    await anyio.lowlevel.checkpoint()
                scope.cancel()

            group.start_soon(cancel_after_a_while)
            try:
                await body(client)
            except BaseException as error:
                met.append(error)
                raise
    assert scope.cancelled_caught
    assert [type(error) for error in met] == [anyio.get_cancelled_exc_class()]


@pytest.mark.parametrize("app", APPS)
@pytest.mark.parametrize("native", [asyncio.timeout, None], ids=["timeout", "cancel"])
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_cancelling_a_task_of_asyncio_ends_the_test_and_its_application(
    app: ASGIApp, native: Callable[[float], asyncio.Timeout] | None
) -> None:
    seen: list[WebSocketClient] = []

    async def body() -> None:
        async with connect(app, "/") as client:
            seen.append(client)
            await receive_all(client)

    if native is None:
        task = asyncio.create_task(body())
        while not seen:
            await anyio.lowlevel.checkpoint()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    else:
        with pytest.raises(TimeoutError) as caught:
            async with native(SHORT):
                await body()
        assert isinstance(caught.value.__cause__, asyncio.CancelledError)
    # Once the block is left, its client is told what became of the application.
    words: dict[ASGIApp, str] = {
        chatty_and_returns: "returned",
        chatty_and_raises: "raised LookupError",
    }
    with pytest.raises(ApplicationEnded, match=words.get(app, "was cancelled")):
        await receive_all(seen[0])


async def test_whoever_keeps_the_client_is_told_that_the_application_was_cancelled() -> None:
    with anyio.CancelScope() as scope:
        async with connect(sleeps, "/") as client:
            await client.accepted()
            scope.cancel()
            await anyio.sleep_forever()
    with pytest.raises(ApplicationEnded, match="a message, got none: the application was cancell"):
        await client.receive()


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


async def test_cancelling_the_test_waits_until_the_application_has_unwound() -> None:
    unwound: list[bool] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await anyio.sleep_forever()
        finally:
            with anyio.CancelScope(shield=True):
                for _ in range(5):
                    await anyio.lowlevel.checkpoint()
            unwound.append(True)

    with anyio.CancelScope() as scope:
        async with connect(app, "/"):
            await anyio.lowlevel.checkpoint()
            scope.cancel()
            await anyio.sleep_forever()
    assert unwound == [True]


async def test_the_application_goes_on_until_a_cancelled_test_has_left_the_block() -> None:
    got: list[str] = []
    with anyio.CancelScope() as scope:
        async with connect(echo, "/", timeout=60) as client:
            try:
                await client.accepted()
                scope.cancel()
                await anyio.sleep_forever()
            finally:
                with anyio.CancelScope(shield=True):
                    await client.send_text("goodbye")
                    got.append(await client.receive_text())
    assert scope.cancelled_caught
    assert got == ["goodbye"]


@pytest.mark.parametrize("own", [[], [LookupError("mine")]])
async def test_a_group_with_its_cancellation_leaves_the_applications_own_errors(
    own: list[Exception],
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await anyio.sleep_forever()
        except BaseException as cancellation:
            raise BaseExceptionGroup("of its tasks", [cancellation, *own]) from None

    with pytest.raises(TimeoutError) as caught:
        async with connect(app, "/", timeout=SHORT):
            pass
    told = [f"the application also failed: {ExceptionGroup('of its tasks', own)!r}"] if own else []
    assert getattr(caught.value, "__notes__", []) == told


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_second_cancellation_waits_for_the_application_as_well() -> None:
    unwinding, may_end = anyio.Event(), anyio.Event()
    unwound: list[bool] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await anyio.sleep_forever()
        finally:
            unwinding.set()
            with anyio.CancelScope(shield=True):
                await may_end.wait()
            unwound.append(True)

    async def body() -> None:
        async with connect(app, "/"):
            await anyio.sleep_forever()

    task = asyncio.create_task(body())
    for _ in range(5):
        await anyio.lowlevel.checkpoint()
    task.cancel()
    await unwinding.wait()
    for _ in range(5):
        task.cancel()
        await anyio.lowlevel.checkpoint()
    assert not task.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert unwound == [True]
