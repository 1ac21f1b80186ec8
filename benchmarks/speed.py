"""What a WebSocket class costs beside the server's own callables, and beside the other classes.

Every round runs each contender once, in another order, in one process and without an event loop,
so that a busy machine or a drifting clock meets all of them alike. What is told is the least time
of all rounds, since noise only ever adds. Our class is entered twice: how far the two differ is
how far any other difference may be trusted.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qsl

import pyperf

from reference_ws.conformance.targets.adapter import SHIPPED

__all__ = ["main"]

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "docs" / "results" / "speed.json"

ADAPTERS = "reference_ws.conformance.targets.adapters"
NO_BYTE_CODE = "PYTHONDONTWRITEBYTECODE"

WHO = {
    "raw": None,
    "Starlette": "starlette",
    "Lilya": "lilya",
    "Yaat": "yaat",
    "ours": "reference_ws",
    "ours again": "reference_ws",
}
"""The columns, and the package of each."""

# Yaat imports python-multipart by its former name, which another package has taken over.
FORMER_NAMES = """\
import sys
import python_multipart.multipart
sys.modules["multipart"] = python_multipart
sys.modules["multipart.multipart"] = python_multipart.multipart
"""

HEADERS = [
    (b"host", b"chat.example.org"),
    (b"connection", b"Upgrade"),
    (b"pragma", b"no-cache"),
    (b"cache-control", b"no-cache"),
    (b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0"),
    (b"upgrade", b"websocket"),
    (b"origin", b"https://chat.example.org"),
    (b"sec-websocket-version", b"13"),
    (b"accept-encoding", b"gzip, deflate, br, zstd"),
    (b"accept-language", b"ko,en;q=0.9,pt;q=0.8"),
    (b"sec-websocket-key", b"dGhlIHNhbXBsZSBub25jZQ=="),
    (b"sec-websocket-extensions", b"permessage-deflate; client_max_window_bits"),
]
SCOPE: dict[str, Any] = {
    "type": "websocket",
    "asgi": {"version": "3.0", "spec_version": "2.5"},
    "http_version": "1.1",
    "scheme": "ws",
    "server": ("127.0.0.1", 8000),
    "client": ("127.0.0.1", 54321),
    "root_path": "",
    "path": "/rooms/asgi",
    "raw_path": b"/rooms/asgi",
    "query_string": b"q=asgi",
    "headers": HEADERS,
    "subprotocols": [],
    "extensions": {"websocket.http.response": {}},
    "state": {},
}
CONNECT = {"type": "websocket.connect"}
TEXT = {"type": "websocket.receive", "text": "hello"}
JSON = {"type": "websocket.receive", "text": '{"room":"asgi","user":7,"text":"hello"}'}
ANSWER = {"room": "asgi", "user": 7, "text": "hello"}

Scopes = list[dict[str, Any]]

Operation = Callable[[Scopes], Awaitable[None]]
"""Does its work once for each of the scopes."""


arriving: list[dict[str, Any]] = [CONNECT]
"""What the server gives, again and again."""


async def receive() -> Any:
    return arriving[0]


async def send(message: Any) -> None:
    pass


def drive(awaitable: Awaitable[Any]) -> None:
    """Run what never has to wait, without an event loop."""
    try:
        awaitable.__await__().send(None)
    except StopIteration:
        return
    raise RuntimeError("expected no suspension")


def raw_operations() -> dict[str, Operation]:
    """The least that an application without any class has to do for the same."""

    async def open_and_close(scopes: Scopes) -> None:
        for _ in scopes:
            await receive()
            await send({"type": "websocket.accept", "subprotocol": None, "headers": []})
            await send({"type": "websocket.close", "code": 1000, "reason": ""})

    async def open_read_and_close(scopes: Scopes) -> None:
        for scope in scopes:
            scope["path"]
            next(value for name, value in scope["headers"] if name == b"host").decode("latin-1")
            dict(parse_qsl(scope["query_string"].decode()))["q"]
            await receive()
            await send({"type": "websocket.accept", "subprotocol": None, "headers": []})
            await send({"type": "websocket.close", "code": 1000, "reason": ""})

    async def receive_one(scopes: Scopes) -> None:
        arriving[0] = TEXT
        for _ in scopes:
            message = await receive()
            if message["type"] == "websocket.receive":
                message["text"]

    async def send_one(scopes: Scopes) -> None:
        for _ in scopes:
            await send({"type": "websocket.send", "text": "hello"})

    async def echo(scopes: Scopes) -> None:
        arriving[0] = TEXT
        for _ in scopes:
            message = await receive()
            if message["type"] == "websocket.receive":
                await send({"type": "websocket.send", "text": message["text"]})

    async def receive_json(scopes: Scopes) -> None:
        arriving[0] = JSON
        for _ in scopes:
            message = await receive()
            if message["type"] == "websocket.receive":
                json.loads(message["text"])

    async def send_json(scopes: Scopes) -> None:
        for _ in scopes:
            text = json.dumps(ANSWER, separators=(",", ":"), ensure_ascii=False)
            await send({"type": "websocket.send", "text": text})

    return {
        "open and close": open_and_close,
        "open, read the scope, close": open_read_and_close,
        "receive": receive_one,
        "send": send_one,
        "receive_text": receive_one,
        "send_text": send_one,
        "iter_text": receive_one,
        "echo": echo,
        "receive_json": receive_json,
        "send_json": send_json,
    }


def operations(package: str) -> dict[str, Operation]:
    """The same through the class of a package."""
    if (SHIPPED / f"{package}.py").is_file():
        importlib.import_module(f"{ADAPTERS}.{package}")  # it knows how the package is imported
    make = importlib.import_module(f"{package}.websockets").WebSocket

    async def opened(message: dict[str, Any]) -> Any:
        arriving[0] = CONNECT
        websocket = make(dict(SCOPE), receive, send)
        await websocket.accept()
        arriving[0] = message
        return websocket

    async def construct(scopes: Scopes) -> None:
        for scope in scopes:
            make(scope, receive, send)

    async def open_and_close(scopes: Scopes) -> None:
        arriving[0] = CONNECT
        for scope in scopes:
            websocket = make(scope, receive, send)
            await websocket.accept()
            await websocket.close()

    async def open_read_and_close(scopes: Scopes) -> None:
        arriving[0] = CONNECT
        for scope in scopes:
            websocket = make(scope, receive, send)
            websocket.url.path  # noqa: B018
            websocket.headers["host"]
            websocket.query_params["q"]
            await websocket.accept()
            await websocket.close()

    async def receive_one(scopes: Scopes) -> None:
        call = (await opened(TEXT)).receive
        for _ in scopes:
            await call()

    async def send_one(scopes: Scopes) -> None:
        call = (await opened(TEXT)).send
        for _ in scopes:
            await call({"type": "websocket.send", "text": "hello"})

    async def receive_text(scopes: Scopes) -> None:
        call = (await opened(TEXT)).receive_text
        for _ in scopes:
            await call()

    async def send_text(scopes: Scopes) -> None:
        call = (await opened(TEXT)).send_text
        for _ in scopes:
            await call("hello")

    async def iter_text(scopes: Scopes) -> None:
        left = len(scopes)
        async for _ in (await opened(TEXT)).iter_text():
            left -= 1
            if not left:
                return

    async def echo(scopes: Scopes) -> None:
        websocket = await opened(TEXT)
        text, answer = websocket.receive_text, websocket.send_text
        for _ in scopes:
            await answer(await text())

    async def receive_json(scopes: Scopes) -> None:
        call = (await opened(JSON)).receive_json
        for _ in scopes:
            await call()

    async def send_json(scopes: Scopes) -> None:
        call = (await opened(TEXT)).send_json
        for _ in scopes:
            await call(ANSWER)

    found: dict[str, Operation] = {
        "construct": construct,
        "open and close": open_and_close,
        "open, read the scope, close": open_read_and_close,
        "receive": receive_one,
        "send": send_one,
        "receive_text": receive_text,
        "send_text": send_text,
        "iter_text": iter_text,
        "echo": echo,
        "receive_json": receive_json,
        "send_json": send_json,
    }
    return {name: one for name, one in found.items() if hasattr(make, name) or "_" not in name}


def imports(package: str, cache: str) -> float:
    """Import the class in a fresh process, and give what that took.

    Byte code is kept in a folder of our own, so that none is compiled but the first time.
    """
    code = "\n".join(
        (
            FORMER_NAMES if package == "yaat" else "",
            "from time import perf_counter as now",
            "started = now()",
            f"import {package}.websockets",
            "print(now() - started)",
        )
    )
    kept = {name: value for name, value in os.environ.items() if name != NO_BYTE_CODE}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=kept | {"PYTHONPYCACHEPREFIX": cache},
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return float(done.stdout)


def timed(operation: Operation, size: int) -> float:
    scopes = [dict(SCOPE) for _ in range(size)]
    started = pyperf.perf_counter()
    drive(operation(scopes))
    taken: float = pyperf.perf_counter() - started
    return taken / size


Measure = Callable[[], float]


def contenders(cache: str) -> dict[str, dict[str, Measure]]:
    """By what is done and who does it: a function that does it and gives the seconds."""
    found: dict[str, dict[str, Measure]] = {}
    for who, package in WHO.items():
        known = raw_operations() if package is None else operations(package)
        for name, operation in known.items():
            size = 50 if name[:4] in ("cons", "open") else 1000  # short: seldom interrupted
            found.setdefault(name, {})[who] = partial(timed, operation, size)
        if package is not None:
            found.setdefault("import", {})[who] = partial(imports, package, cache)
    return found


def measure(name: str, measures: dict[str, Measure], rounds: int) -> dict[str, pyperf.Benchmark]:
    """Alternate the contenders, in another order in every round."""
    values: dict[str, list[float]] = {who: [] for who in measures}
    for _ in range(rounds):
        for who in random.sample(list(measures), len(measures)):
            values[who].append(measures[who]())
    return {
        who: pyperf.Benchmark(
            [pyperf.Run(taken, metadata={"name": f"{name}: {who}"}, collect_metadata=False)]
        )
        for who, taken in values.items()
    }


def ratios(found: dict[str, pyperf.Benchmark]) -> dict[str, dict[str, float]]:
    """How often each fits into Starlette's time, and how many times the raw callables' it takes."""
    least = {who: min(benchmark.get_values()) for who, benchmark in found.items()}
    made: dict[str, dict[str, float]] = {}
    for who, taken in least.items():
        made[who] = {"as fast as Starlette": round(least["Starlette"] / taken, 2)}
        if "raw" in least:
            made[who]["times raw"] = round(taken / least["raw"], 2)
    return made


def line(name: str, found: dict[str, dict[str, float]], starlette: float) -> str:
    """One row of what is printed."""
    cells = []
    for who in WHO:
        one = found.get(who)
        if one is None:
            cells.append("–")
        elif "times raw" in one:
            cells.append(f"{one['as fast as Starlette']:.2f}× ({one['times raw']:.2f})")
        else:
            cells.append(f"{one['as fast as Starlette']:.2f}×")
    return row(name, f"{starlette * 1e9:,.0f}", cells)


def row(first: str, second: str, cells: Iterable[str]) -> str:
    return f"{first:<28}{second:>13}" + "".join(f"{cell:>17}" for cell in cells)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("--rounds", type=int, default=250, help="how often each is run (250)")
    parser.add_argument("--only", default="", help="measure only what has this in its name")
    parser.add_argument("--json", type=Path, default=RESULTS, help="the file to write")
    options = parser.parse_args(arguments)
    print("How many times as fast as Starlette each is, and in brackets how many times raw.\n")
    print(row("", "Starlette, ns", WHO), flush=True)
    made = {}
    with TemporaryDirectory() as cache:
        for name, measures in contenders(cache).items():
            if options.only in name:
                rounds = options.rounds if name != "import" else max(options.rounds // 12, 2)
                found = measure(name, measures, rounds)
                made[name] = ratios(found)
                print(line(name, made[name], min(found["Starlette"].get_values())), flush=True)
    if not options.only:
        write(made, options.json)


def write(made: dict[str, dict[str, dict[str, float]]], file: Path) -> None:
    """Ratios only: nanoseconds are the machine's own, and would differ in every file."""
    packages = sorted(package for package in WHO.values() if package not in (None, "reference_ws"))
    told = {
        "python": ".".join(python_version().split(".")[:2]),
        "operations": made,
        "versions": {package: version(package) for package in packages},
    }
    text = json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False)
    file.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
