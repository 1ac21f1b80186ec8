"""The suite's side of its connection to the server under test.

It lives on an event loop in a thread of its own, for a client in a page may block the main one.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
import threading
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ..conversation.compare import SeenEnd
from ..pages.model import Example
from .dispatcher import ADDRESS, TOKEN

__all__ = ["Control", "Play", "Report", "Signal", "Unloadable"]

_LONGEST_LINE = 2**26

_T = TypeVar("_T")


class Signal:
    """Wakes whoever waits whenever something has changed."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def notify(self) -> None:
        """Let everyone who waits look again."""
        event, self._event = self._event, asyncio.Event()
        event.set()

    async def until(self, condition: Callable[[], object], seconds: float) -> bool:
        """Wait until the condition holds.

        Args:
            condition: Asked again after each change.
            seconds: The limit.

        Returns:
            False when the limit passed first.
        """
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    await self._event.wait()
        except TimeoutError:
            return bool(condition())
        return True


@dataclass
class Report:
    """What the application did on one connection; `lost` when its process went away meanwhile.

    `extensions` are those that the server's scope offered.
    """

    kind: str
    port: int | None
    extensions: tuple[str, ...] = ()
    messages: list[dict[str, Any]] = field(default_factory=list)
    end: SeenEnd | None = None
    traceback: str = ""
    line: int | None = None
    lost: bool = False

    @property
    def over(self) -> bool:
        """Whether nothing more will be reported."""
        return self.end is not None or self.lost

    def types(self, way: str) -> list[str]:
        """The types of the messages that were "sent" or "received", without those that failed."""
        done = [one[way] for one in self.messages if way in one and "error" not in one]
        return [message.get("type", "") for message in done]

    def count(self, way: str, *kinds: str) -> int:
        """How many messages of these types were "sent" or "received"."""
        return sum(kind in kinds for kind in self.types(way))


@dataclass
class Unloadable:
    """A snippet that raised while it was loaded."""

    end: SeenEnd
    traceback: str
    line: int | None


@dataclass
class Play:
    """One example while it is played; `ready` counts those of its processes that were asked."""

    number: int
    printed: list[tuple[int, str]] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    asked: list[_Process] = field(default_factory=list)
    ready: int = 0
    unloadable: Unloadable | None = None


class _Process:
    """One process of the server that has loaded the dispatcher."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.connections: dict[int, Report] = {}


class Control:
    """Listens for the server's processes; everything but `run` and `close` is for its own loop."""

    def __init__(self) -> None:
        self.token = secrets.token_hex(16)
        self.port = 0
        self.processes: list[_Process] = []
        self.died = False
        self.play: Play | None = None
        self.signal = Signal()
        self._plays = 0
        self._order_now = b"{}\n"
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="suite", daemon=True)
        self._thread.start()
        self._started.wait()

    @property
    def environment(self) -> dict[str, str]:
        """What the server's processes need to find this side."""
        return {ADDRESS: str(self.port), TOKEN: self.token}

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Do something on the loop and wait for it, from any other thread.

        Args:
            work: What to do; it is cancelled when the wait is interrupted.
        """
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def close(self) -> None:
        """End the loop and its thread; processes that are still connected end themselves."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()

    async def forget(self) -> None:
        """Get ready for a new start of the server."""
        self.processes = []
        self.died = False
        self._order_now = b"{}\n"

    async def begin(self, example: Example, target: str | None, seconds: float) -> Play:
        """Have every process load an example.

        Args:
            example: The example.
            target: The name of what its imports give in place of the reference, if anything.
            seconds: The limit.

        Returns:
            The play. It has not been loaded if `ready` is less than the number of processes.
        """
        path, line = str(example.path), example.line + 1
        return await self._order(seconds, code=example.code, path=path, line=line, target=target)

    async def end(self, seconds: float) -> None:
        """Have every process forget the example: what connects from now on belongs to none."""
        await self._order(seconds)
        self.play = None

    async def _order(self, seconds: float, **order: Any) -> Play:
        self._plays += 1
        play = self.play = Play(self._plays)
        asked = play.asked = list(self.processes)
        self._order_now = json.dumps({"play": play.number, **order}).encode() + b"\n"
        for process in asked:
            process.writer.write(self._order_now)
        await self.signal.until(
            lambda: play.ready >= len(asked) or play.unloadable or self.died, seconds
        )
        return play

    # The loop

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        server = await asyncio.start_server(
            self._listen, "127.0.0.1", 0, limit=_LONGEST_LINE, start_serving=True
        )
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._stop.wait()
        server.close()
        for process in self.processes:
            process.writer.close()

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        process = _Process(writer)
        try:
            hello = json.loads(await reader.readline() or b"{}")
            if not hmac.compare_digest(str(hello.get("token")), self.token):
                return
            # A worker that comes late, or in another's place, waits for this before it serves.
            writer.write(self._order_now)
            self.processes.append(process)
            self.signal.notify()
            while line := await reader.readline():
                self._heard(process, json.loads(line))
                self.signal.notify()
        except (OSError, ValueError):
            pass  # a process that dies in the middle of a word is dead all the same
        finally:
            self._lost(process)
            writer.close()

    def _lost(self, process: _Process) -> None:
        for report in process.connections.values():
            report.lost = report.end is None
        if process in self.processes:
            self.processes.remove(process)
            self.died = True
        self.signal.notify()

    def _heard(self, process: _Process, fact: Mapping[str, Any]) -> None:
        play = self.play
        current = play is not None and fact.get("play") == play.number
        report = process.connections.get(fact.get("connection", 0))
        match fact["event"]:
            case "begin" if play is not None and current:
                offered = tuple(fact["extensions"])
                report = Report(fact["type"], _port(fact["client"]), offered)
                process.connections[fact["connection"]] = report
                play.reports.append(report)
            case "message" if report is not None:
                report.messages.append({k: fact[k] for k in fact if k not in _ENVELOPE})
            case "end" if report is not None:
                del process.connections[fact["connection"]]
                report.end = SeenEnd(tuple(fact["names"]))
                report.traceback, report.line = fact["traceback"], fact["line"]
            case "print" if play is not None and current:
                play.printed.append((fact["line"], fact["text"]))
            case "ready" if play is not None and current and process in play.asked:
                play.ready += 1
            case "unloadable" if play is not None and current:
                end = SeenEnd(tuple(fact["names"]))
                play.unloadable = Unloadable(end, fact["traceback"], fact["line"])


_ENVELOPE = ("event", "connection")


def _port(value: Any) -> int | None:
    """The client's port; some servers give a string, some none."""
    return int(value) if isinstance(value, int) or str(value).isdecimal() else None
