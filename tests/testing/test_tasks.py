"""Several tasks that use one in-memory client at once: nothing is lost, doubled or reordered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import permutations, product
from typing import Any

import anyio
import anyio.abc
import anyio.lowlevel
import pytest

from reference_ws.testing import ApplicationEnded, UnexpectedMessage, WebSocketClient, connect
from reference_ws.types import Message, Receive, Scope, Send
from tests.testing.apps import (
    ACCEPT,
    BODY,
    CLOSE,
    START,
    accepting,
    closing,
    echo,
    sends_then_reads,
    text,
)
from tests.testing.apps import anyio_backend as anyio_backend

pytestmark = pytest.mark.anyio

Outcome = Any
Call = Callable[[WebSocketClient], Awaitable[Outcome]]

CALLS: dict[str, Call] = {
    "accepted": lambda client: client.accepted(),
    "receive": lambda client: client.receive(),
    "receive_text": lambda client: client.receive_text(),
    "receive_json": lambda client: client.receive_json(),
    "send_text": lambda client: client.send_text("hello"),
    "close": lambda client: client.close(4000),
    "denied": lambda client: client.denied(),
    "ended": lambda client: client.ended(),
}
RECEIVING = ("receive", "receive_text", "receive_json")
LIMIT = 60.0  # seconds; nothing waits for it to pass
TEXTS = ['"one"', '"two"']


async def settle() -> None:
    """Let every task run until it waits for something that another task does."""
    for _ in range(50):
        await anyio.lowlevel.checkpoint()


class Gated:
    """An application that answers once it may, and records what it got."""

    def __init__(self, *messages: Message) -> None:
        self.may_answer = anyio.Event()
        self.messages = messages
        self.got: list[Message] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.may_answer.wait()
        try:
            for message in self.messages:
                await send(message)
        except OSError:
            pass  # the client has closed already
        while not self.got or self.got[-1]["type"] != "websocket.disconnect":
            self.got.append(await receive())

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.got if "text" in message]


class Tasks:
    """Calls under way, started one after the other."""

    def __init__(self, client: WebSocketClient, group: anyio.abc.TaskGroup) -> None:
        self.client = client
        self.group = group
        self.scopes: dict[int, anyio.CancelScope] = {}
        self.outcomes: dict[int, Outcome] = {}

    async def start(self, call: Call) -> None:
        number = len(self.scopes)
        self.scopes[number] = anyio.CancelScope()
        self.group.start_soon(self._run, number, call)
        await settle()

    async def _run(self, number: int, call: Call) -> None:
        with self.scopes[number]:
            try:
                self.outcomes[number] = await call(self.client)
            except (UnexpectedMessage, ApplicationEnded, RuntimeError) as error:
                self.outcomes[number] = type(error)

    async def left(self) -> list[str]:
        """The texts that no call has received, once the application has ended."""
        left = []
        with pytest.raises(ApplicationEnded):
            while True:
                message = await self.client.receive()
                left += [message["text"]] if "text" in message else []
        return left


def received(name: str, outcome: Outcome) -> list[str]:
    """The texts that a call has taken."""
    match name, outcome:
        case "receive", {"text": taken}:
            return [taken]
        case "receive_text", str():
            return [outcome]
        case "receive_json", str():
            return [f'"{outcome}"']
    return []


@pytest.mark.parametrize(
    ("first", "second"), list(product(CALLS, repeat=2)), ids=lambda name: str(name)
)
async def test_any_two_calls_that_wait_for_the_answer(first: str, second: str) -> None:
    app = Gated(ACCEPT, *map(text, TEXTS))
    names = (first, second)
    async with connect(app, "/", timeout=LIMIT) as client, anyio.create_task_group() as group:
        tasks = Tasks(client, group)
        for name in names:
            await tasks.start(CALLS[name])
        assert tasks.outcomes == {}
        app.may_answer.set()
        await settle()
        assert len(tasks.outcomes) == 2 - (0 if "close" in names else names.count("ended"))

        got = [
            taken for n, name in enumerate(names) for taken in received(name, tasks.outcomes.get(n))
        ]
        await client.close(4000)
        left = await tasks.left()
        sent = [message["text"] for message in client.sent if "text" in message]
        assert got + left == sent  # each once, in order, the first call before the second
        raw = [tasks.outcomes[n] for n, name in enumerate(names) if name == "receive"]
        # The first call takes the accept, as a message or as the answer; these two leave it.
        takers = [name for name in names if name not in ("ended", "denied")]
        assert raw.count(ACCEPT) == (takers[:1] == ["receive"])
        assert (UnexpectedMessage in tasks.outcomes.values()) == ("denied" in names)
        assert sent == TEXTS or "close" in names
    hellos = names.count("send_text")
    if "close" not in names:
        assert app.texts == ["hello"] * hellos
    else:
        assert app.texts == ["hello"] * (names == ("send_text", "close"))
        assert (RuntimeError in tasks.outcomes.values()) == (names == ("close", "send_text"))
    assert app.got[-1] == {"type": "websocket.disconnect", "code": 4000, "reason": ""}


@pytest.mark.parametrize(
    ("cancelled", "other"), list(permutations([n for n in CALLS if n != "close"], 2))
)
async def test_a_cancelled_call_takes_nothing_from_another(cancelled: str, other: str) -> None:
    app = Gated(ACCEPT, *map(text, TEXTS))
    async with connect(app, "/", timeout=LIMIT) as client, anyio.create_task_group() as group:
        tasks = Tasks(client, group)
        await tasks.start(CALLS[cancelled])
        await tasks.start(CALLS[other])
        tasks.scopes[0].cancel()
        await settle()
        app.may_answer.set()
        await settle()
        assert set(tasks.outcomes) == (set() if other == "ended" else {1})
        got = received(other, tasks.outcomes.get(1))
        await client.disconnect()
        assert got + await tasks.left() == TEXTS
    assert app.texts == ["hello"] * (other == "send_text")


@pytest.mark.parametrize("name", RECEIVING)
@pytest.mark.parametrize("before", [True, False])
async def test_a_receive_that_is_cancelled_as_its_message_comes_has_it_or_leaves_it(
    name: str, before: bool
) -> None:
    scope = anyio.CancelScope()

    async def app(scope_: Scope, receive: Receive, send: Send) -> None:
        await send(ACCEPT)
        await receive()
        await receive()
        if before:
            scope.cancel()
            await send(text(TEXTS[0]))
        else:
            await send(text(TEXTS[0]))
            scope.cancel()
        await receive()

    got: list[Outcome] = []
    async with connect(app, "/", timeout=LIMIT) as client, anyio.create_task_group() as group:
        await client.accepted()

        async def call() -> None:
            with scope:
                got.extend(received(name, await CALLS[name](client)))

        group.start_soon(call)
        await settle()
        await client.send_text("go")
        await settle()
        if not got:
            got.append(await client.receive_text())
        assert got == TEXTS[:1]


async def test_sends_that_wait_for_the_answer_arrive_in_their_order() -> None:
    app = Gated(ACCEPT)
    async with connect(app, "/", timeout=LIMIT) as client, anyio.create_task_group() as group:
        for number in range(20):
            group.start_soon(client.send_text, str(number))
            await settle()
        group.start_soon(client.close)
        await settle()
        app.may_answer.set()
    assert app.texts == [str(number) for number in range(20)]


async def test_calls_that_wait_for_the_answer_learn_that_another_task_has_disconnected() -> None:
    app = Gated()
    async with connect(app, "/", timeout=LIMIT) as client:
        async with anyio.create_task_group() as group:
            refused: list[str] = []

            async def send() -> None:
                with pytest.raises(RuntimeError, match="expected an open connection"):
                    await client.send_text("hello")
                refused.append("send")

            group.start_soon(send)
            group.start_soon(client.close)
            await settle()
            await client.disconnect(1001)
        app.may_answer.set()  # only now: the calls have not waited for it
    assert refused == ["send"]


@pytest.mark.parametrize("messages", [[CLOSE], [START, BODY]])
@pytest.mark.parametrize("names", list(permutations(["accepted", "denied", "close", "send_text"])))
async def test_every_call_that_waits_learns_of_a_refusal(
    messages: list[Message], names: tuple[str, ...]
) -> None:
    app = Gated(*messages)
    statuses: dict[str, Any] = {}
    async with connect(app, "/", timeout=LIMIT) as client, anyio.create_task_group() as group:

        async def call(name: str) -> None:
            try:
                answer = await CALLS[name](client)
                statuses[name] = getattr(answer, "status", None)
            except Exception as error:
                statuses[name] = getattr(error, "denial", error)

        for name in names:
            group.start_soon(call, name)
            await settle()
        app.may_answer.set()
    denial = await client.denied()
    assert statuses["denied"] == denial.status
    assert statuses["accepted"] == denial
    # Nothing is left to close; a message has nobody to go to.
    assert statuses["close"] is None
    assert statuses["send_text"] == denial


@pytest.mark.parametrize("turn", range(20))  # trio shuffles what runs first
@pytest.mark.parametrize("first", ["send", "receive"])
async def test_one_task_may_send_while_another_receives_before_the_accept(
    first: str, turn: int
) -> None:
    got = []
    async with connect(echo, "/", timeout=LIMIT) as client, anyio.create_task_group() as group:

        async def send() -> None:
            await client.send_text("hello")

        async def receive() -> None:
            got.append(await client.receive_text())

        for call in (send, receive) if first == "send" else (receive, send):
            group.start_soon(call)
    assert got == ["hello"]


async def test_many_tasks_send_and_receive_before_the_accept() -> None:
    got: list[str] = []
    async with connect(echo, "/", timeout=LIMIT) as client, anyio.create_task_group() as group:

        async def receive() -> None:
            got.append(await client.receive_text())

        for number in range(20):
            group.start_soon(receive)
            group.start_soon(client.send_text, str(number))
    assert sorted(got, key=int) == [str(number) for number in range(20)]


async def test_every_task_that_waits_for_the_handshake_learns_it() -> None:
    seen = []
    app = sends_then_reads(accepting(), text("one"), text("two"))
    async with connect(app, "/", timeout=LIMIT) as client, anyio.create_task_group() as group:

        async def accepted() -> None:
            await client.accepted()
            seen.append("accepted")

        async def receive() -> None:
            seen.append(await client.receive_text())

        for call in (accepted, receive, accepted, receive):
            group.start_soon(call)
    assert sorted(seen) == ["accepted", "accepted", "one", "two"]


async def test_every_task_that_waits_for_a_refusal_learns_it() -> None:
    seen = []
    async with connect(sends_then_reads(closing()), "/", timeout=LIMIT) as client:
        async with anyio.create_task_group() as group:

            async def denied() -> None:
                seen.append((await client.denied()).status)

            for _ in range(3):
                group.start_soon(denied)
    assert seen == [403, 403, 403]


async def test_a_backlog_can_be_cancelled() -> None:
    async with connect(sends_then_reads(ACCEPT, *[text("a")] * 3), "/") as client:
        await settle()
        with anyio.CancelScope() as scope:
            scope.cancel()
            await client.receive_text()
        assert scope.cancelled_caught
        assert [await client.receive_text() for _ in range(3)] == ["a"] * 3
