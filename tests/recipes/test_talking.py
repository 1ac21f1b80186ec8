"""The recipes for one client, where a conversation cannot show what they promise."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from benchmarks.rooms.served import recipe
from reference_ws.testing import connect
from tests.testing.apps import anyio_backend as anyio_backend

pytestmark = pytest.mark.anyio


def loaded(name: str) -> dict[str, Any]:
    module: dict[str, Any] = {"__name__": "main"}
    exec(compile(recipe(name), name, "exec"), module)
    return module


def held_back(app: Any, blocked: Callable[[Any], bool], gate: anyio.Event) -> Any:
    """The application behind a client that does not read: some sends wait for the gate."""

    async def outer(scope: Any, receive: Any, send: Any) -> None:
        async def slow_send(message: Any) -> None:
            if blocked(message):
                await gate.wait()
            await send(message)

        await app(scope, receive, slow_send)

    return outer


async def test_progress_that_nobody_reads_does_not_hold_up_the_work_and_ends_with_the_last(
    capsys: pytest.CaptureFixture[str],
) -> None:
    gate = anyio.Event()
    module = loaded("talk-progress-app")
    finished = anyio.Event()

    async def work(*args: Any) -> None:
        await module_work(*args)
        finished.set()

    module_work, module["work"] = module["work"], work
    app = held_back(module["app"], lambda message: message["type"] == "websocket.send", gate)
    async with connect(app, "/import/50?pause=0.001") as client:
        await finished.wait()  # while no report has gone out
        gate.set()
        reports = [await client.receive_json()]
        while reports[-1]["done"] < 50:
            reports.append(await client.receive_json())
        assert len(reports) <= 3
        assert (await client.receive_close()).code == 1000


async def test_a_client_cannot_start_more_requests_than_are_allowed() -> None:
    module = loaded("talk-requests-app")
    running = 0

    async def call(request: Any) -> Any:
        nonlocal running
        running += 1
        await anyio.sleep_forever()

    module["call"] = call
    async with connect(module["app"], "/rpc") as client:
        for number in range(module["AT_ONCE"] + 1):
            await client.send_json({"id": number, "method": "wait"})
        assert (await client.receive_close()).code == 1013
    assert running <= module["AT_ONCE"]


async def test_the_thread_ends_with_its_client() -> None:
    module = loaded("talk-thread-app")
    ended = threading.Event()
    measure = module["measure"]

    def watched(emit: Any, stop: threading.Event) -> None:
        try:
            measure(emit, stop)
        finally:
            ended.set()

    module["measure"] = watched
    async with connect(module["app"], "/sensor") as client:
        assert await client.receive_json() == {"celsius": 20}
        assert await client.receive_json() == {"celsius": 21}  # now only `stop` ends it
        await client.close()
    assert await anyio.to_thread.run_sync(ended.wait, 10)
