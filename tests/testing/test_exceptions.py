"""Exceptions of the application and of the test, inside and around the in-memory client."""

from __future__ import annotations

import anyio
import pytest

from reference_ws.testing import ApplicationEnded, ASGIViolation, connect
from reference_ws.types import Message, Receive, Scope, Send
from tests.testing.apps import SHORT, disconnected, echo, recorder, sleeps, text
from tests.testing.apps import anyio_backend as anyio_backend

pytestmark = pytest.mark.anyio


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
    assert caught.value.__notes__ == ["the application also failed: Broken('a')"]
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
    assert caught.value.__notes__ == ["the application also failed: Broken('b')"]


async def test_exception_while_being_cancelled_is_noted() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await anyio.sleep_forever()
        finally:
            raise Broken("late")

    with pytest.raises(TimeoutError) as caught:
        async with connect(app, "/", timeout=SHORT):
            pass
    assert caught.value.__notes__ == ["the application also failed: Broken('late')"]


async def test_exceptions_that_are_no_exception_subclass_are_reported_too() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        pytest.fail("inside the application")

    with pytest.raises(pytest.fail.Exception, match="inside"):
        async with connect(app, "/"):
            pass


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
