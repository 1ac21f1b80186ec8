"""Thousands of sockets in memory, on one event loop; prints what came of them as lines of JSON."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import fields
from random import Random
from typing import Any

import anyio
import anyio.lowlevel

from reference_ws.testing import ClientDisconnected, UnexpectedMessage, WebSocketClient, connect

from .counts import Result, left_over
from .hostile import JSON_BOMBS
from .waits import Waits
from .watched import Watched, load_app, status
from .well_behaved import room_losses

__all__: list[str] = []

_HostileStep = Callable[[WebSocketClient], Awaitable[None]]
SHARES = (("echo", 0.6), ("vanishing", 0.2), ("hostile", 0.19), ("room", 0.01))
MOST_MEMBERS = 8  # each send of a broadcast waits for one turn of all the other tasks
ATTACKING_AT_ONCE = 20  # one turn of the event loop holds what all of them do
TOLD_EVERY = 100


class _Run(Waits):
    def __init__(self, result: Result, app: Watched, seed: int, patience: float, messages: int):
        super().__init__(result)
        self.app = app
        self.random = Random(seed)
        self.patience = patience
        self.messages = messages
        self.doing = "opening"
        self.done = 0
        self.all_open = anyio.Event()
        self.calm_is_over = anyio.Event()
        self.attackers = anyio.Semaphore(ATTACKING_AT_ONCE)
        self.missing = 0

    def connect(self, url: str) -> Any:
        self.result.connections += 1
        return connect(self.app, url, timeout=self.patience)

    async def opened(self) -> None:
        """Wait until all sockets are open."""
        self.arrived()
        await self.all_open.wait()

    def arrived(self) -> None:
        self.missing -= 1
        if not self.missing:
            self.doing = "talking"
            self.all_open.set()

    def tell(self) -> None:
        self.done += 1
        if self.done % TOLD_EVERY == 0:
            print(json.dumps({"doing": self.doing, "done": self.done}), flush=True)


async def _echo(run: _Run, number: int) -> None:
    sent: list[str] = []
    received: list[str] = []
    try:
        async with run.connect("/echo") as client:
            await client.accepted()
            await run.opened()
            for step in range(run.messages):
                if step >= run.messages // 2:
                    run.calm_is_over.set()  # until here there is nothing to compare with
                text = f"{number}-{step}"
                sent.append(text)
                run.result.sent += 1
                with run.waiting("an echo"):
                    await client.send_text(text)
                    while text not in received:
                        received.append(await client.receive_text())
                        run.result.received += 1
            await client.close(3000 + number % 1000)
            await client.ended()
            seen = [one["text"] for one in client.sent if one["type"] == "websocket.send"]
            received += seen[len(received) :]
    finally:
        run.result.account("echo", sent, received)


async def _room(run: _Run, number: int) -> None:
    heard: list[str] = []
    said: list[str] = []
    try:
        async with run.connect("/room") as client:
            await client.accepted()
            await run.opened()
            for step in range(run.messages):
                text = f"{number}:{step}"
                said.append(text)
                run.result.sent += 1
                await client.send_text(text)
                while text not in heard:
                    heard.append(await client.receive_text())
                    run.result.received += 1
            await client.close(1000)
            await client.ended()
            seen = [one["text"] for one in client.sent if one["type"] == "websocket.send"]
            heard += seen[len(heard) :]
    finally:
        room_losses(run.result, str(number), said, heard)


async def _vanishing(run: _Run, number: int) -> None:
    path = ("/echo", "/json", "/room", "/flood?count=5&size=50")[number // 4 % 4]
    if path == "/room" and number > 4 * MOST_MEMBERS:
        path = "/json/kept"
    async with run.connect(path) as client:
        moment = number % 4
        if moment:
            await client.accepted()
        await run.opened()
        if moment > 1 and not path.startswith("/flood"):
            await client.send_text("[]" if path.startswith("/json") else f"vanished {number}:0")
        if moment > 2:
            await anyio.lowlevel.checkpoint()
        await client.disconnect()


async def _hostile(run: _Run, number: int) -> None:
    attacks = _attacks()
    name, url, step = attacks[number % len(attacks)]
    async with run.connect(url) as client:
        await client.accepted()
        await run.opened()
        await run.calm_is_over.wait()
        async with run.attackers:
            with run.attacking(name):
                await step(client)
                # Others run in between; then the client leaves, thrown out or not.
                for _ in range(10):
                    await anyio.lowlevel.checkpoint()
                await client.disconnect()


def _attacks() -> Sequence[tuple[str, str, _HostileStep]]:
    def sends(text: str) -> _HostileStep:
        return lambda client: client.send_text(text)

    def nothing(client: WebSocketClient) -> Awaitable[None]:
        return anyio.lowlevel.checkpoint()

    garbage = bytes(range(256)) * 200
    return [
        *((f"JSON, {kind}", "/json", sends(bomb)) for kind, bomb in JSON_BOMBS.items()),
        *((f"JSON kept, {kind}", "/json/kept", sends(bomb)) for kind, bomb in JSON_BOMBS.items()),
        ("bytes for text", "/echo", lambda client: client.send_bytes(b"\xff")),
        ("text for bytes", "/look", sends("x" * 100000)),
        ("garbage as binary JSON", "/json/binary", lambda client: client.send_bytes(garbage)),
        ("a path of 800 dashes", "/" + "-" * 800, nothing),
        ("a path of 8,000 dashes", "/" + "-" * 8000, nothing),
        ("a path of digits", "/numbers/" + "1" * 20 + "2x", nothing),
        ("a path of dots", "/files/" + "./" * 2000 + "a.b", nothing),
        ("12,000 query names", "/look?" + "&".join(f"{n}=" for n in range(12000)), nothing),
    ]


CLIENTS = {"echo": _echo, "vanishing": _vanishing, "hostile": _hostile, "room": _room}


async def _main(name: str, count: int, seed: int, patience: float, messages: int, app: str) -> None:
    watched, result = Watched(load_app(app)), Result(name, clients=count)
    run = _Run(result, watched, seed, patience, messages)
    kinds = [kind for kind, share in SHARES[1:-1] for _ in range(max(1, round(count * share)))]
    kinds += ["room"] * min(MOST_MEMBERS, max(1, round(count * SHARES[-1][1])))
    kinds += ["echo"] * max(1, count - len(kinds))
    run.random.shuffle(kinds)
    run.missing = len(kinds)
    before = status(watched)

    async def one(kind: str, number: int) -> None:
        try:
            await CLIENTS[kind](run, number)
        except ClientDisconnected:
            pass  # it has vanished in the midst of its flood
        except UnexpectedMessage as error:
            result.failures[f"{kind}: {str(error)[:120]}"] += 1
        except Exception as error:
            result.failures[f"{kind}: {type(error).__name__}: {str(error)[:120]}"] += 1
        if not run.all_open.is_set():
            run.arrived()  # it never opened, or it would still wait for the others
        if kind == "echo":
            run.calm_is_over.set()
        run.tell()

    started = time.monotonic()
    numbers = dict.fromkeys(CLIENTS, 0)
    async with anyio.create_task_group() as group:
        for kind in kinds:
            group.start_soon(one, kind, numbers[kind])
            numbers[kind] += 1
    result.settled_after = time.monotonic() - started
    await anyio.lowlevel.checkpoint()
    after = status(watched)
    for key in ("tasks", "descriptors", "endpoints"):
        setattr(result, key, left_over(before[key], after[key]))
    result.raised, result.logged = watched.raised, watched.logged
    result.most_at_once = watched.most_at_once
    result.peak_memory = after["memory"]["VmHWM"]
    kept = {field.name for field in fields(Result)} - {"target", "version", "clients", "seconds"}
    print(json.dumps({key: getattr(result, key) for key in kept}), flush=True)


def _end_with_the_starter() -> None:
    sys.stdin.read()  # nothing is ever written: this returns when the other side is gone
    os._exit(0)


if __name__ == "__main__":
    backend, count, seed, patience, messages, app = sys.argv[1:]
    threading.Thread(target=_end_with_the_starter, daemon=True).start()
    arguments = (f"memory-{backend}", int(count), int(seed), float(patience), int(messages), app)
    anyio.run(_main, *arguments, backend=backend)
