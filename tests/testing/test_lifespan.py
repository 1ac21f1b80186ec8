"""The lifespan of an application under the in-memory client: start-up, state and shut-down."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from reference_ws.testing import ASGIViolation, LifespanFailed, connect, running
from reference_ws.types import ASGIApp, Message, Receive, Scope, Send
from tests.testing.apps import SHORT, sends
from tests.testing.apps import anyio_backend as anyio_backend

pytestmark = pytest.mark.anyio

Live = Callable[[Scope, Receive, Send], Awaitable[None]]
COMPLETE: Message = {"type": "lifespan.startup.complete"}
FAILED: Message = {"type": "lifespan.startup.failed"}
ENDED: Message = {"type": "lifespan.shutdown.complete"}
UNENDED: Message = {"type": "lifespan.shutdown.failed"}


class App:
    """Records what it was called with; `live` is its lifespan."""

    def __init__(self, live: Live | None = None) -> None:
        self.live = live or self.whole
        self.events: list[str] = []
        self.scopes: list[Scope] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        if scope["type"] == "lifespan":
            return await self.live(scope, receive, send)
        await receive()
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            pass
        await anyio.lowlevel.checkpoint()
        self.events.append("connection ended")

    async def whole(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.events.append((await receive())["type"])
        scope["state"]["pool"] = ["a"]
        await send(COMPLETE)
        self.events.append((await receive())["type"])
        await send(ENDED)
        self.events.append("lifespan ended")


def answering(*steps: Message | BaseException | None) -> App:
    """Receives before its first step and before each shut-down; raises what is an exception."""

    async def live(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        for step in steps:
            if step is None:
                await receive()
            elif isinstance(step, BaseException):
                raise step
            else:
                await send(step)

    return App(live)


async def test_the_order_is_that_of_a_server_and_the_scope_is_complete() -> None:
    app = App()
    async with running(app) as started, connect(started, "/") as client:
        await client.accepted()
        assert app.events == ["lifespan.startup"]
    assert app.events[1:] == ["connection ended", "lifespan.shutdown", "lifespan ended"]
    assert app.scopes[0] == {
        "type": "lifespan",
        "asgi": {"version": "3.0", "spec_version": "2.0"},
        "state": {"pool": ["a"]},
    }


async def test_each_connection_gets_a_shallow_copy_of_the_state() -> None:
    app = App()
    async with running(app) as started:
        async with connect(started, "/") as one, connect(started, "/") as two:
            await one.accepted()
            await two.accepted()
            first, second = one.scope["state"], two.scope["state"]
            assert first == second == {"pool": ["a"]} == app.scopes[0]["state"]
            first["mine"] = 1
            assert "mine" not in second and "mine" not in app.scopes[0]["state"]
            assert first["pool"] is second["pool"]
        async with connect(started, "/", scope={"state": {"pool": "a double"}}) as client:
            await client.accepted()
            assert client.scope["state"] == {"pool": "a double"}
        async with connect(app, "/") as client:
            await client.accepted()
            assert client.scope["state"] == {}


async def test_one_task_starts_up_and_shuts_down() -> None:
    tasks = []

    async def live(scope: Scope, receive: Receive, send: Send) -> None:
        with anyio.CancelScope():  # what an application opens at start-up and closes at shut-down
            tasks.append(anyio.get_current_task().id)
            await receive()
            await send(COMPLETE)
            await receive()
        tasks.append(anyio.get_current_task().id)
        await send(ENDED)

    async with running(App(live)):
        pass
    assert tasks[0] == tasks[1] != anyio.get_current_task().id


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_another_task_may_leave_than_the_one_that_entered() -> None:
    app = App()
    running_app = running(app)
    started = await asyncio.create_task(running_app.__aenter__())
    connection = connect(started, "/")
    client = await asyncio.create_task(connection.__aenter__())
    await client.accepted()
    await asyncio.create_task(connection.__aexit__(None, None, None))
    await asyncio.create_task(running_app.__aexit__(None, None, None))
    assert app.events[1:] == ["connection ended", "lifespan.shutdown", "lifespan ended"]


@pytest.mark.parametrize(
    ("app", "words", "message", "raised"),
    [
        (
            answering({**FAILED, "message": "no db"}),
            "got lifespan.startup.failed 'no db'",
            "no db",
            None,
        ),
        (answering(FAILED), "got lifespan.startup.failed ''", "", None),
        (
            answering({**FAILED, "message": "no db"}, LookupError("db")),
            "an application that raised LookupError",
            "no db",
            LookupError,
        ),
        (answering(LookupError("db")), r"raised LookupError\('db'\)$", None, LookupError),
        (answering(), "an application that returned$", None, None),
    ],
)
async def test_a_failed_start_up_is_told(
    app: App, words: str, message: str | None, raised: type[BaseException] | None
) -> None:
    with pytest.raises(LifespanFailed, match="expected lifespan.startup.complete, got") as caught:
        async with running(app):
            pytest.fail("the body ran")
    assert caught.match(words)
    assert caught.value.message == message
    assert caught.value.__cause__ is caught.value.exception
    assert isinstance(caught.value.exception, raised or type(None))


async def knows_websockets_only(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "websocket":
        raise ValueError(f"expected a websocket, got {scope['type']!r}")


@pytest.mark.parametrize("app", [knows_websockets_only, sends()])
async def test_an_application_without_a_lifespan_is_told_as_such(app: ASGIApp) -> None:
    with pytest.raises(LifespanFailed, match=r"connect to it without running\(\)$"):
        async with running(app):
            pytest.fail("the body ran")


@pytest.mark.parametrize(
    ("app", "kind", "words"),
    [
        (
            answering(COMPLETE, None, {**UNENDED, "message": "stuck"}),
            LifespanFailed,
            "failed 'stuck'",
        ),
        (
            answering(COMPLETE, None, LookupError("db")),
            LifespanFailed,
            "shutdown.complete, got an ap",
        ),
        (answering(COMPLETE, None), LifespanFailed, "an application that returned"),
        (answering(COMPLETE, LookupError("db")), LifespanFailed, r"raised LookupError\('db'\)"),
        (answering(COMPLETE, None, ENDED, LookupError("db")), LookupError, "db"),
        (answering(COMPLETE, COMPLETE), ASGIViolation, "no further message, got 'lifespan.startup"),
        (answering(COMPLETE, ENDED), ASGIViolation, "no further message"),
        (answering(COMPLETE, None, COMPLETE), ASGIViolation, "expected lifespan.shutdown.complete"),
    ],
)
async def test_a_failed_shut_down_is_told(app: App, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        async with running(app):
            pass
    app.events.clear()
    with pytest.raises(KeyError) as caught:
        async with running(app):
            raise KeyError("mine")
    (note,) = caught.value.__notes__
    assert note.startswith(f"the application also failed: {kind.__name__}(")


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (None, "expected a dict, got None"),
        ({}, "or lifespan.startup.failed, got None"),
        ({"type": []}, r"got \[\]"),
        ({"type": "websocket.accept"}, "got 'websocket.accept'"),
        ({**FAILED, "message": 1}, "a str under 'message', got 1"),
    ],
)
async def test_an_answer_that_breaks_the_specification_is_a_violation(
    message: Any, words: str
) -> None:
    with pytest.raises(ASGIViolation, match=words):
        async with running(sends(message)):
            pytest.fail("the body ran")


async def test_what_has_returned_after_its_start_up_has_nothing_to_shut_down() -> None:
    async with running(answering(COMPLETE)):
        pass


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        (
            [None],
            "waited 0.05 s for lifespan.startup.complete; the application had last sent nothing",
        ),
        ([COMPLETE, None, None], "for lifespan.shutdown.complete; .* is waiting in receive"),
        ([COMPLETE, None, ENDED, None], "the application to end after lifespan.shutdown.complete"),
    ],
)
async def test_each_wait_has_a_limit(
    steps: list[Message | BaseException | None], words: str
) -> None:
    with pytest.raises(TimeoutError, match=words):
        async with running(answering(*steps), timeout=SHORT):
            pass


async def test_a_failed_start_up_that_does_not_end_is_cancelled() -> None:
    with pytest.raises(LifespanFailed, match="'no db'"):
        async with running(answering({**FAILED, "message": "no db"}, None), timeout=SHORT):
            pytest.fail("the body ran")


def test_the_limit_is_positive() -> None:
    with pytest.raises(ValueError, match="more than 0 s, got 0"):
        running(App(), timeout=0)


@pytest.mark.parametrize("entered", [True, False])
async def test_cancelling_the_test_cancels_the_lifespan(entered: bool) -> None:
    unwound = []

    async def live(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await receive()
            if entered:
                await send(COMPLETE)
            await anyio.sleep_forever()
        finally:
            unwound.append(True)

    with anyio.move_on_after(SHORT) as limit:
        async with running(App(live)):
            await anyio.sleep_forever()
    assert limit.cancelled_caught
    assert unwound == [True]
