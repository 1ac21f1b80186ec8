"""What people copy from the pages of recipes, under many clients, lost clients and cancellation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anyio
import pytest

from reference_ws.conformance.pages.parse import parse_page
from reference_ws.conformance.targets.loader import load, unload
from reference_ws.testing import ConnectionDenied, connect, running
from tests.website.build import DOCS

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@contextmanager
def copied(id: str) -> Iterator[dict[str, Any]]:
    """The names of a snippet, which is loaded as a file of its own."""
    pages = (parse_page(path) for path in DOCS.glob("recipes-*.md"))
    (example,) = (one for page in pages for one in page.examples if one.id == id)
    names = load(example.code, path=str(example.path), first_line=example.line + 1)
    try:
        yield names
    finally:
        unload(names)


@pytest.mark.parametrize("leave", ["close", "disconnect"])
async def test_a_limit_holds_for_clients_that_connect_at_once(leave: str) -> None:
    answers: list[int] = []
    everybody = anyio.Event()

    async def knock() -> None:
        async with connect(names["app"], "/feed?user=ada") as client:
            try:
                await client.accepted()
            except ConnectionDenied as refusal:
                answers.append(refusal.denial.status)
            else:
                answers.append(101)
            if len(answers) == 20:
                everybody.set()
            await everybody.wait()
            if client.sent[0]["type"] == "websocket.accept":
                await getattr(client, leave)()

    with copied("auth-limit-app") as names:
        async with anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(knock)
        assert sorted(answers) == [101] * 2 + [429] * 18
        assert not names["connections"]


async def test_a_limit_forgets_a_connection_that_is_cancelled() -> None:
    with copied("auth-limit-app") as names:
        async with anyio.create_task_group() as tasks, connect(names["app"], "/feed") as client:
            await client.accepted()
            assert names["connections"] == {None: 1}
            tasks.cancel_scope.cancel()
        assert not names["connections"]


async def test_a_restart_closes_every_connection_and_forgets_it() -> None:
    with copied("ends-drain-app") as names:
        app = names["app"]
        async with connect(app, "/chat") as ada, connect(app, "/chat") as bob:
            for client in (ada, bob):
                await client.send_text("hello")
                assert await client.receive_text() == "HELLO"
            headers = {"authorization": "Bearer s3cret"}
            async with connect(app, "/restart", headers=headers) as deploy:
                assert (await deploy.receive_close()).code == 1000
            assert not names["connections"]
            for client in (ada, bob):
                assert (await client.receive_close()).code == 1012


async def test_a_shutdown_closes_the_connections_that_are_open() -> None:
    closed = anyio.Event()

    async def stay() -> None:
        async with connect(names["app"], "/chat") as client:
            await client.accepted()
            opened.set()
            assert (await client.receive_close()).code == 1012
            closed.set()

    with copied("ends-drain-app") as names:
        opened = anyio.Event()
        async with anyio.create_task_group() as tasks:
            async with running(names["app"]):
                tasks.start_soon(stay)
                await opened.wait()
            assert not names["connections"]
        assert closed.is_set()


async def test_a_cancelled_endpoint_closes_with_1012() -> None:
    with copied("ends-drain-app") as names:
        scope = anyio.CancelScope()

        async def cancellable(*channels: Any) -> None:
            with scope:
                await names["app"](*channels)

        async with connect(cancellable, "/chat") as client:
            await client.accepted()
            scope.cancel()
            assert (await client.receive_close()).code == 1012
        assert not names["connections"]


@pytest.mark.parametrize("leave", ["close", "disconnect"])
async def test_a_relay_forgets_both_ends(leave: str) -> None:
    with copied("ends-mirror-app") as names:
        app = names["app"]
        async with connect(app, "/lamp/owner") as owner, connect(app, "/lamp/device") as device:
            await owner.send_text("on")
            assert await device.receive_text() == "on"
            await getattr(owner, leave)()
            assert (await device.receive_close()).code == (1000 if leave == "close" else 1014)
        assert not names["ends"]


async def test_a_client_that_is_too_far_behind_is_reset_and_memory_is_bounded() -> None:
    with copied("ends-resume-app") as names:
        log = names["log"]
        for number in range(1500):
            log.add(str(number))
        assert len(log.events) == 1000
        async with connect(names["app"], "/news?after=499") as late:
            assert await late.receive_json() == {"id": 1500, "reset": True}
        async with connect(names["app"], "/news?after=500") as client:
            got = [(await client.receive_json())["id"] for _ in range(1000)]
            assert got == list(range(501, 1501))
