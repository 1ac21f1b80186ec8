"""What the class costs beside the server's own callables, without an event loop.

Each figure is a median over shuffled batches; `x raw` compares within one batch, so that a
clock that drifts does not matter.
Run `python benchmarks/hot_path.py`; add `starlette` to measure that package beside ours.
"""

from __future__ import annotations

import importlib
import random
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

BATCH = 2000
REPEATS = 31

SCOPE = {"type": "websocket", "path": "/", "headers": [], "subprotocols": [], "query_string": b""}
TEXT = {"type": "websocket.receive", "text": "hello"}


async def receive() -> Any:
    return TEXT


async def send(message: Any) -> None:
    pass


def drive(awaitable: Awaitable[Any]) -> None:
    try:
        awaitable.__await__().send(None)
    except StopIteration:
        return
    raise RuntimeError("expected no suspension")


async def raw_receive() -> None:
    for _ in range(BATCH):
        message = await receive()
        if message["type"] == "websocket.receive":
            message["text"]


async def raw_send() -> None:
    for _ in range(BATCH):
        await send({"type": "websocket.send", "text": "hello"})


def operations(package: str) -> dict[str, Callable[[], Awaitable[None]]]:
    module = importlib.import_module(f"{package}.websockets")
    connected = module.WebSocketState.CONNECTED

    def socket() -> Any:
        made = module.WebSocket(dict(SCOPE), receive, send)
        made.client_state = made.application_state = connected
        return made

    async def receive_text() -> None:
        call = socket().receive_text
        for _ in range(BATCH):
            await call()

    async def send_text() -> None:
        call = socket().send_text
        for _ in range(BATCH):
            await call("hello")

    async def iter_text() -> None:
        left = BATCH
        async for _ in socket().iter_text():
            left -= 1
            if not left:
                return

    return {"receive_text": receive_text, "send_text": send_text, "iter_text": iter_text}


def main(packages: list[str]) -> None:
    raw = {"receive_text": raw_receive, "iter_text": raw_receive, "send_text": raw_send}
    for name, baseline in raw.items():
        contenders = {"raw": baseline} | {p: operations(p)[name] for p in packages}
        ratios: dict[str, list[float]] = {p: [] for p in contenders}
        for _ in range(REPEATS):
            times: dict[str, float] = {}
            for contender in random.sample(list(contenders), len(contenders)):
                started = time.perf_counter()
                drive(contenders[contender]())
                times[contender] = (time.perf_counter() - started) / BATCH
            for contender, taken in times.items():
                ratios[contender].append(taken / times["raw"])
        shown = "  ".join(f"{p} {statistics.median(r):.2f}x raw" for p, r in ratios.items())
        print(f"{name:<13} {shown}")


if __name__ == "__main__":
    main(["reference_ws", *sys.argv[1:]])
