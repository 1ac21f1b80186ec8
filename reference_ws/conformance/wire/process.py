"""Starts a server under test, watches it, ends it. The servers are command lines."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib import metadata, util
from pathlib import Path
from typing import IO

from ..interruption import check, uninterrupted
from ..targets.installed import version_of

__all__ = [
    "APP",
    "KNOWN",
    "ServerError",
    "ServerProcess",
    "free_port",
    "known_as",
    "tiers_of",
    "workers_of",
]

APP = "reference_ws.conformance.wire.dispatcher:app"
"""What every server is told to serve."""

START_LIMIT = 20.0
"""Seconds until a server must listen; a cold one on a busy machine takes several."""

END_LIMIT = 5.0
"""Seconds between the polite end and the other one."""

_POLL = 0.02
_TAIL = 20  # lines of the log that an error quotes

# With httptools, it would depend on what else is installed which parser is tested.
_UVICORN = (
    "uvicorn {app} --host {host} --port {port} --log-level warning --no-access-log "
    "--no-use-colors --no-proxy-headers --timeout-graceful-shutdown 1 --http h11"
)
_HYPERCORN = "hypercorn {app} --bind {host}:{port} --graceful-timeout 1 --log-level warning"

KNOWN: Mapping[str, str] = {
    "uvicorn": _UVICORN,
    "uvicorn-websockets": f"{_UVICORN} --ws websockets",
    "uvicorn-wsproto": f"{_UVICORN} --ws wsproto",
    "hypercorn": _HYPERCORN,
    "hypercorn-trio": f"{_HYPERCORN} --worker-class trio",
    # The time-outs are short because a handshake that fails, and an application that stays
    # after its client, are only given up when they pass.
    "daphne": "daphne --bind {host} --port {port} --websocket_connect_timeout 2 "
    "--application-close-timeout 2 --verbosity 0 {app}",
    "granian": "granian --interface asgi --host {host} --port {port} --workers 1 "
    "--log-level warning {app}",
    "gunicorn": "gunicorn --worker-class asgi --bind {host}:{port} --graceful-timeout 1 "
    "--log-level warning {app}",
    "anycorn": "anycorn {app} --bind {host}:{port} --graceful-timeout 1 --log-level warning",
}
"""Servers that are known by name; each is a module that runs with ``python -m``."""


class ServerError(Exception):
    """A server that cannot be started."""


def known_as(command: str) -> tuple[str, str | None]:
    """Give the name of a server, and its version when that can be found without starting it.

    Args:
        command: A name of `KNOWN`, or a command line. `python -m server` is known as `server`.
    """
    if command in KNOWN:
        return command, version_of(KNOWN[command].split()[0])
    words = shlex.split(command)
    if not words:
        return command, None
    program = Path(words[0]).name
    if program.startswith("python") and "-m" in words[1:-1]:
        module = words[words.index("-m") + 1]
        return module, version_of(module.partition(".")[0]) if _is_ours(words[0]) else None
    scripts = metadata.entry_points(group="console_scripts", name=program)
    found = [one.dist.version for one in scripts if one.dist is not None]
    return program, found[0] if found and _is_ours(words[0]) else None


def _is_ours(program: str) -> bool:
    """Whether a program lies in this environment: of another one's versions nothing is known."""
    found = shutil.which(program)
    return found is not None and Path(found).parent == Path(sys.executable).parent


def tiers_of(commands: Iterable[str]) -> dict[str, str]:
    """Give each command line a name of its own, the name of its tier.

    Args:
        commands: Names and command lines of servers.
    """
    tiers: dict[str, str] = {}
    for command in commands:
        name = known_as(command)[0]
        number = sum(key.partition("-#")[0] == name for key in tiers)
        tiers[f"{name}-#{number + 1}" if number else name] = command
    return tiers


_WORKERS = re.compile(r"(?:^|\s)(?:--workers|-w)[ =]?(\d+)(?=\s|$)")


def workers_of(command: str) -> int:
    """Give the number of workers that a command asks for, as all servers write it.

    Args:
        command: A name of `KNOWN`, or a command line.
    """
    found = _WORKERS.findall(KNOWN.get(command, command))
    return max(1, int(found[-1])) if found else 1


def free_port() -> int:
    """Give a port of the loopback interface on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ServerProcess:
    """A server in a process group of its own.

    Args:
        command: A name of `KNOWN`, or a command line with ``{app}`` and ``{port}`` in it, and
            perhaps ``{host}``.
        log: The file to which everything the server says is appended.
        environment: Variables for the server beside those of this process.

    Raises:
        ServerError: The server is not installed, or the command line cannot be one.
    """

    def __init__(self, command: str, *, log: Path, environment: Mapping[str, str]) -> None:
        self.command = command
        self.log = log
        self.port = 0
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._template = _template(command)

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    @uninterrupted  # a process that is not known yet would be left behind
    def start(self, limit: float = START_LIMIT) -> None:
        """Start the server and wait until it listens.

        Args:
            limit: Seconds until it must.

        Raises:
            ServerError: It cannot be started, ends at once, or does not listen in time. Quotes
                the end of the log.
        """
        self.port = free_port()
        values = {"app": APP, "port": str(self.port), "host": "127.0.0.1"}
        arguments = [_filled(word, values) for word in self._template]
        with self.log.open("ab") as log:
            self._process = self._spawn(arguments, log)
        try:
            self._await_listening(self._process, limit)
        except BaseException:
            self.end()
            raise

    @uninterrupted
    def end(self, limit: float = END_LIMIT) -> None:
        """End every process of the group: politely, then otherwise.

        Args:
            limit: Seconds between the two.
        """
        process, self._process = self._process, None
        if process is None:
            return
        try:
            self._kill(process, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(limit)
        finally:
            # Also when the wait is interrupted, and for workers that outlive their master.
            self._kill(process, signal.SIGKILL)
            process.wait()

    def answers(self) -> bool:
        """Whether a request is answered: one that dies may listen a little longer."""
        request = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as probe:
                probe.sendall(request)
                return bool(probe.recv(1))
        except OSError:
            return False

    def last_words(self) -> str:
        """The end of what the server said."""
        try:
            lines = self.log.read_text("utf-8", errors="replace").splitlines()
        except OSError:
            lines = []
        return "\n".join(lines[-_TAIL:]) or "(it wrote no output)"

    def _spawn(self, arguments: list[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=_environment(self._environment),
                start_new_session=True,
            )
        except OSError as error:
            where = f"in the command {self.command!r}"
            raise ServerError(f"expected a program {where}, got {error}") from error

    def _await_listening(self, process: subprocess.Popen[bytes], limit: float) -> None:
        for _ in range(max(1, round(limit / _POLL))):
            check()
            try:
                status = process.wait(_POLL)
            except subprocess.TimeoutExpired:
                if self._listens():
                    return
                continue
            raise ServerError(
                f"expected {self.command!r} to listen on port {self.port}, "
                f"it ended with status {status}\n{self.last_words()}"
            )
        raise ServerError(
            f"expected {self.command!r} to listen on port {self.port}, "
            f"it did not within {limit:g} s\n{self.last_words()}"
        )

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def _kill(self, process: subprocess.Popen[bytes], number: int) -> None:
        # The group lives as long as one of its processes, whether or not its leader does.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)


def _template(command: str) -> list[str]:
    if command in KNOWN:
        words = KNOWN[command].split()
        if util.find_spec(words[0]) is None:
            hint = f"pip install {words[0]}"
            raise ServerError(f"expected {words[0]!r} to be installed ({hint}), it is not")
        return [sys.executable, "-m", *words]
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise ServerError(f"expected a command line, got {command!r}: {error}") from None
    if missing := [f"{{{name}}}" for name in ("app", "port") if f"{{{name}}}" not in command]:
        raise ServerError(
            f"expected a name ({', '.join(KNOWN)}) or a command line with {{app}} and {{port}} "
            f"in it, got {command!r} without {' and '.join(missing)}"
        )
    return words


def _filled(word: str, values: Mapping[str, str]) -> str:
    # Not str.format: a command line may well hold other braces.
    for name, value in values.items():
        word = word.replace(f"{{{name}}}", value)
    return word


def _environment(added: Mapping[str, str]) -> dict[str, str]:
    environment = {**os.environ, "NO_COLOR": "1", "PYTHONUNBUFFERED": "1", **added}
    environment.pop("FORCE_COLOR", None)
    environment.pop("PYTHONWARNINGS", None)  # what is an error here is none of the server's
    package = str(Path(__file__).parents[3])
    places = [package, os.getcwd(), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, places))
    return environment
