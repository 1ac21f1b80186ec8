"""One server under load: started, filled with clients, emptied, asked what is left, ended."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import IO, Any

from reference_ws.conformance.wire.process import APP as DISPATCHER
from reference_ws.conformance.wire.process import ServerProcess, known_as

from .counts import Result, left_over
from .crowd import Client, Crowd
from .hostile import hostile
from .served import APP, CONTROL, STATUS
from .vanishing import vanishing
from .well_behaved import echo, member, slow_reader
from .wire import opened

__all__ = ["Progress", "over_server"]

Progress = Callable[[str, int, int], None]
"""Told what is being done, and how many clients of how many have left."""

SHARES: Sequence[tuple[Client, float]] = (
    (echo, 0.50),
    (slow_reader, 0.05),
    (member, 0.05),
    (vanishing, 0.20),
    (hostile, 0.20),
)
"""Who comes; at least one of each."""

STATUS_LIMIT = 10.0
_POLL = 0.25
_EXCEPTION = re.compile(r"(thread .* panicked|[\w.]*(Error|Exception)\b)")
_TICK = 0.05
SERVED = "benchmarks.load.served:app"


class _Server(ServerProcess):
    """A server that serves the application under load in place of the suite's."""

    def _spawn(self, arguments: list[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        return super()._spawn([SERVED if word == DISPATCHER else word for word in arguments], log)


def over_server(
    name: str,
    *,
    clients: int,
    seed: int,
    patience: float,
    messages: int,
    app: str,
    limit: float,
    settle: float,
    pace: float,
    spared: Collection[str],
    progress: Progress,
) -> Result:
    """Put one server under load.

    Args:
        name: A name of `reference_ws.conformance.wire.process.KNOWN`.
        clients: How many there are.
        seed: Of the dice.
        patience: Seconds for which a well-behaved client waits for one thing.
        messages: How many messages, or bursts of some, a well-behaved client sends.
        app: The application, as `module:attribute`.
        limit: Seconds after which everybody leaves.
        settle: Seconds after the last client in which the server must have let go of everything.
        pace: What every pause of a client is multiplied with.
        spared: Attacks that are left out.
        progress: Told how far it is.

    Raises:
        ServerError: The server cannot be started.
    """
    result = Result(name, known_as(name)[1], clients)
    started = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="ws-load-") as folder,
        socket.create_server(("127.0.0.1", 0)) as control,
    ):
        environment = {APP: app, CONTROL: str(control.getsockname()[1])}
        log = Path(folder, "log")
        server = _Server(name, log=log, environment=environment)
        progress("starting", 0, clients)
        server.start()
        try:
            dice: dict[str, Any] = {
                "seed": seed,
                "patience": patience,
                "messages": messages,
                "pace": pace,
            }
            crowd = partial(Crowd, server.port, result, spared=spared, **dice)
            asyncio.run(_bounded(crowd, clients, limit, settle, progress))
            if not server.alive:
                result.failures[f"the server has ended: {_why(log)}"] += 1
        finally:
            progress("ending", clients, clients)
            server.end()
    result.seconds = time.monotonic() - started
    return result


def _why(log: Path) -> str:
    """The last exception that a server has told of."""
    lines = log.read_text("utf-8", errors="replace").splitlines()
    told = (line.strip(" |+-") for line in reversed(lines))
    return next((line[:120] for line in told if _EXCEPTION.match(line)), "it does not say why")


async def _bounded(
    make_crowd: Callable[[], Crowd],
    clients: int,
    limit: float,
    settle: float,
    progress: Progress,
) -> None:
    crowd = make_crowd()  # inside the event loop, which its semaphore belongs to
    result = crowd.result
    kinds = _kinds(clients)
    clock = asyncio.create_task(_measure_own_delay(result))
    try:
        async with asyncio.timeout(limit):
            await _run(crowd, kinds, settle, progress)
    except TimeoutError:
        result.failures[f"not finished within {limit:g} s"] += 1
    finally:
        clock.cancel()


async def _run(crowd: Crowd, kinds: list[Client], settle: float, progress: Progress) -> None:
    result = crowd.result
    # One of each, so that what a server makes once, and keeps, is there before it is counted.
    warm = Crowd(crowd.port, Result(result.target), seed=0, patience=5.0, messages=1, pace=0.1)
    warm.spared = crowd.spared
    progress("warming up", 0, len(kinds))
    await _all(warm, [kind for kind, _ in SHARES], lambda _: None)
    before = await _steady_status(crowd.port)
    if before is None:
        result.failures["no status before the load"] += 1
        return
    good = [kind for kind in kinds if kind not in (vanishing, hostile)]
    await _all(crowd, good, lambda n: progress("all well-behaved", n, len(good)))
    await _all(crowd, kinds, lambda n: progress("with hostile ones", n, len(kinds)))
    progress("all have left", len(kinds), len(kinds))
    await _settle(crowd.port, result, before, settle)


def _kinds(clients: int) -> list[Client]:
    kinds: list[Client] = []
    for kind, share in SHARES[1:]:
        kinds += [kind] * max(1, round(clients * share))
    return [SHARES[0][0]] * max(1, clients - len(kinds)) + kinds


async def _all(crowd: Crowd, kinds: Sequence[Client], left: Callable[[int], None]) -> None:
    done = 0

    async def one(kind: Client, number: int) -> None:
        nonlocal done
        await kind(crowd, number)
        done += 1
        left(done)

    left(0)
    # Numbered within its kind: the number chooses the attack, the moment, the close code.
    numbers: Counter[Client] = Counter()
    async with asyncio.TaskGroup() as group:
        for kind in kinds:
            group.create_task(one(kind, numbers[kind]))
            numbers[kind] += 1


async def _settle(port: int, result: Result, before: dict[str, Any], limit: float) -> None:
    """Ask until nothing is left of the clients, or the time for it is over."""
    started, after = time.monotonic(), None
    while time.monotonic() - started < limit:
        if (asked := await _status(port)) is not None:
            after = asked
            for name in ("tasks", "descriptors", "endpoints"):
                setattr(result, name, left_over(before[name], after[name]))
            if not (result.tasks or result.descriptors or result.endpoints):
                break
        await asyncio.sleep(_POLL)
    result.settled_after = time.monotonic() - started
    if after is None:
        result.failures["no status after the load"] += 1
        return
    if after["pid"] != before["pid"]:
        result.failures["the server's process was another after the load"] += 1
    result.raised, result.logged = Counter(after["raised"]), Counter(after["logged"])
    result.most_at_once = after["most_at_once"]
    result.peak_memory = after["memory"]["VmHWM"]


async def _steady_status(port: int) -> dict[str, Any] | None:
    """The status once two in a row hold the same, or the last one in the time for it."""
    last = None
    for _ in range(round(STATUS_LIMIT / _POLL)):
        asked = await _status(port)
        if asked and last and all(asked[n] == last[n] for n in ("tasks", "descriptors")):
            if not asked["endpoints"]:
                return asked
        last = asked
        await asyncio.sleep(_POLL)
    return last


async def _status(port: int) -> dict[str, Any] | None:
    request = f"GET {STATUS} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
    got = b""
    try:
        async with asyncio.timeout(STATUS_LIMIT), opened(port) as wire:
            await wire.send(request.encode())
            while data := await wire.receive():
                got += data
    except OSError:
        return None
    # With or without chunks: the body is the one JSON object in the answer.
    head, _, body = got.partition(b"\r\n\r\n")
    if b" 200" not in head or b"{" not in body:
        return None
    asked: dict[str, Any] = json.loads(body[body.index(b"{") : body.rindex(b"}") + 1])
    return asked


async def _measure_own_delay(result: Result) -> None:
    """How late this process itself is: what clients waited for may be their own fault."""
    while True:
        before = time.monotonic()
        await asyncio.sleep(_TICK)
        result.own_delay = max(result.own_delay, time.monotonic() - before - _TICK)
