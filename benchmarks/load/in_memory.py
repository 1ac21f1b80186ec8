"""The router without a server: a child process, so that its memory is its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from .counts import Result

__all__ = ["BACKENDS", "in_memory"]

BACKENDS = ("asyncio", "trio")


def in_memory(
    backend: str,
    *,
    sockets: int,
    seed: int,
    patience: float,
    messages: int,
    app: str,
    limit: float,
    progress: Callable[[str, int, int], None],
) -> Result:
    """Put the application under load in memory.

    Args:
        backend: `asyncio` or `trio`.
        sockets: How many are open at the same time.
        seed: Of the dice.
        patience: Seconds for which a client waits for one thing.
        messages: How many messages a well-behaved client sends.
        app: The application, as `module:attribute`.
        limit: Seconds after which the child is ended.
        progress: Told how far it is.
    """
    result, started = Result(f"memory-{backend}", clients=sockets), time.monotonic()
    command = [sys.executable, "-m", "benchmarks.load.memory_child"]
    command += [backend, str(sockets), str(seed), str(patience), str(messages), app]
    progress("starting", 0, sockets)
    child = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    late = threading.Timer(limit, lambda: _kill(child))
    late.start()
    told = None
    try:
        assert child.stdout is not None
        for line in child.stdout:
            told = json.loads(line)
            if "doing" in told:
                progress(told["doing"], told["done"], sockets)
        status = child.wait()
    finally:
        late.cancel()
        _kill(child)
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()
    result.seconds = time.monotonic() - started
    if not told or "sent" not in told:
        late_by = result.seconds >= limit
        how = f"not finished within {limit:g} s" if late_by else f"the child ended with {status}"
        result.failures[how] += 1
        return result
    for name, value in told.items():
        setattr(result, name, Counter(value) if isinstance(value, dict) else value)
    return result


def _kill(child: subprocess.Popen[str]) -> None:
    if child.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
