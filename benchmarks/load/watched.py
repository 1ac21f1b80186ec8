"""Watches an application from the server's side: which endpoints run, and what they wait for."""

from __future__ import annotations

import importlib
import itertools
import logging
import os
import re
import sys
from collections import Counter
from typing import Any, cast

from reference_ws.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Watched", "load_app", "status"]

# The third field of /proc/net/tcp (include/net/tcp_states.h of Linux).
_TCP_STATES = {"01": "ESTABLISHED", "04": "FIN_WAIT1", "05": "FIN_WAIT2", "07": "CLOSE"}
_TCP_STATES |= {"08": "CLOSE_WAIT", "09": "LAST_ACK", "0A": "LISTEN"}


def load_app(name: str) -> ASGIApp:
    """Import an application.

    Args:
        name: `module:attribute`.
    """
    module, _, attribute = name.partition(":")
    return cast(ASGIApp, getattr(importlib.import_module(module), attribute))


class Watched:
    """An application that knows which of its connections have not ended.

    Args:
        app: The application under load.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.raised: Counter[str] = Counter()
        self.logged: Counter[str] = Counter()
        self._app = app
        self.most_at_once = 0
        self._live: dict[int, str] = {}
        self._numbers = itertools.count()
        logging.getLogger("reference_ws.routing").addHandler(_Count(self.logged))

    @property
    def live(self) -> Counter[str]:
        """What the endpoints that have not ended do, such as `/echo in receive`."""
        return Counter(self._live.values())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        number, path = next(self._numbers), str(scope.get("path"))[:40]

        def does(what: str) -> None:
            # Another endpoint may still send to this one's client when this one has ended.
            if number in self._live:
                self._live[number] = f"{path} {what}"

        async def watched_receive() -> Message:
            does("in receive")
            message = await receive()
            does("busy")
            return message

        async def watched_send(message: Message) -> None:
            does("in send")
            await send(message)
            does("busy")

        self._live[number] = f"{path} busy"
        self.most_at_once = max(self.most_at_once, len(self._live))
        try:
            await self._app(scope, watched_receive, watched_send)
        except Exception as error:  # a cancellation is the server's, and says nothing of this
            # Addresses and numbers differ each time: one line for each cause.
            told = re.sub(r"\b(?=\w*[0-9])[0-9a-f]{5,}\b", "N", str(error))[:80]
            self.raised[f"{type(error).__name__}: {told}".removesuffix(": ")] += 1
            raise
        finally:
            del self._live[number]


class _Count(logging.Handler):
    """Counts what the router logs as an error: an endpoint has failed."""

    def __init__(self, counts: Counter[str]) -> None:
        super().__init__(logging.ERROR)
        self._counts = counts

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self._counts[f"{record.msg.removeprefix('%s: ')}: {type(error).__name__}"] += 1


def status(watched: Watched) -> dict[str, Any]:
    """What this process holds at the moment."""
    return {
        "pid": os.getpid(),
        "tasks": _tasks(),
        "descriptors": _descriptors(),
        "endpoints": watched.live,
        "most_at_once": watched.most_at_once,
        "raised": watched.raised,
        "logged": watched.logged,
        "memory": {name: _memory(name) for name in ("VmHWM", "VmRSS")},
    }


def _tasks() -> Counter[str]:
    """The tasks of the event loop that runs this, by the name of their function."""
    # Only if the server has imported it: importing it here would change what is measured.
    if (trio := sys.modules.get("trio")) is not None and trio.lowlevel.in_trio_run():
        waiting, found = [trio.lowlevel.current_root_task()], Counter[str]()
        while waiting:
            task = waiting.pop()
            found[task.name] += 1
            waiting += [one for inner in task.child_nurseries for one in inner.child_tasks]
        return found
    import asyncio

    coroutines = (task.get_coro() for task in asyncio.all_tasks())
    return Counter(getattr(one, "__qualname__", None) or repr(one) for one in coroutines)


def _descriptors() -> Counter[str]:
    """The open descriptors, those of TCP connections by their state."""
    states = {}
    with open("/proc/self/net/tcp", encoding="ascii") as table:
        for fields in (line.split() for line in table):
            states[fields[9]] = _TCP_STATES.get(fields[3], fields[3])
    found: Counter[str] = Counter()
    for number in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{number}")
        except OSError:  # the listing itself had one
            continue
        kind, _, inode = target.partition(":")
        if kind == "socket":
            # One that the table does not list is of another family, or no longer connected.
            found[f"socket {states.get(inode.strip('[]'), 'of no TCP state')}"] += 1
        else:
            found[kind if kind in ("pipe", "anon_inode") else "file"] += 1
    return found


def _memory(name: str) -> float:
    """A line of /proc/self/status, in MiB."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as lines:
        for line in lines:
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) / 1024
    return 0.0
