"""A package to test and a page to test it with, for tests of the suite itself."""

from __future__ import annotations

import gc
import importlib
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

from click.testing import CliRunner

from reference_ws.conformance.commands import commands
from reference_ws.conformance.pages.model import Example
from reference_ws.conformance.pages.parse import parse_page

ROOT = Path(__file__).parents[2]
LIMIT = 600  # seconds; nothing waits for it to pass

# Right as far as it goes, but for one thing: it forgets the reason of a close.
SOCKETS = """\
from reference_ws.websockets import WebSocket as Right
from reference_ws.websockets import WebSocketDisconnect


class Socket:
    def __init__(self, scope, receive=None, send=None):
        self._right = Right(scope, receive, send)
        for name in ("accept", "receive_text", "send_text"):
            setattr(self, name, getattr(self._right, name))

    def __getitem__(self, key):
        return self._right[key]

    @property
    def client_state(self):
        return self._right.client_state

    @property
    def application_state(self):
        return self._right.application_state

    async def close(self, code=1000, reason=None):
        await self._right.close(code)


WebSocket = Socket
"""


APP = """\
async def app(scope, receive, send):
    websocket = WebSocket(scope, receive, send)
    await websocket.accept()
"""

RULES = {
    "greets": ("must", "    await websocket.send_text('hello')\n", '< "hello"\n> close'),
    "iterates": ("must", "    async for text in websocket.iter_text():\n        pass\n", "> close"),
    "closes": ("must", "    await websocket.close(4000, 'bye')\n", '< close 4000 "bye"'),
    "by-name": (
        "should",
        "    await websocket.close(WebSocketCloseEvent.GOING_AWAY)\n",
        "< close 1001",
    ),
}


def rules(folder: Path) -> Path:
    """Write a page with a few requirements; the last one says nothing about any target."""
    parts = ["# Rules\n"]
    for name, (level, body, talk) in RULES.items():
        code = "from reference_ws.websockets import WebSocket\n"
        if "CloseEvent" in body:
            code = "from reference_ws.constants import WebSocketCloseEvent\n" + code
        parts.append(
            f"## It {name} {{ #{name} .{level} }}\n\nSource: RFC 6455.\n\n"
            f"```python\n{code}\n\n{APP}{body}```\n\n"
            f"```ws\n> connect /\n< accept\n{talk}\n```\n"
        )
    parts.append(
        "## It has a client { #client .must }\n\nSource: RFC 6455.\n\n"
        "```python\nfrom reference_ws.testing import connect\n\nprint(connect.__name__)\n"
        "#> connect\n```\n"
    )
    path = folder / "rules.md"
    path.write_text("\n".join(parts), "utf-8")
    return path


def package(folder: Path, name: str = "my_package", sockets: str = SOCKETS) -> Path:
    """Write a package that has `websockets`, and nothing else of what the pages name."""
    where = folder / name
    where.mkdir()
    (where / "__init__.py").write_text("", "utf-8")
    (where / "websockets.py").write_text(sockets, "utf-8")
    return where


def example(folder: Path, code: str, conversation: str = "", name: str = "page") -> Example:
    """Write a page with one snippet."""
    fence = f"```ws\n{conversation}\n```\n" if conversation else ""
    path = folder / f"{name}.md"
    path.write_text(f"# Title\n\n```python\n{code}```\n\n{fence}", "utf-8")
    (found,) = parse_page(path, strict_headings=False).examples
    return found


def environment(**more: str) -> dict[str, str]:
    """The environment of a command that finds this checkout wherever it runs."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **more}


def suite(
    *arguments: str, cwd: Path, status: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line in this process, which knows nothing of it afterwards.

    Args:
        arguments: Its arguments.
        cwd: Where.
        status: The exit status that it must have; None does not look.
    """
    with _as_in_a_process_of_its_own(cwd):
        done = CliRunner().invoke(commands, arguments, prog_name="reference-ws")
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return _looked_at(
        subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr), status
    )


def suite_process(
    *arguments: str, cwd: Path, status: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own, for what would break this one."""
    done = subprocess.run(
        [sys.executable, "-m", "reference_ws.conformance", *arguments],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=LIMIT,
        stdin=subprocess.DEVNULL,
    )
    return _looked_at(done, status)


def _looked_at(
    done: subprocess.CompletedProcess[str], status: int | None
) -> subprocess.CompletedProcess[str]:
    if status is not None and done.returncode != status:
        raise AssertionError(f"status {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done


@contextmanager
def _as_in_a_process_of_its_own(cwd: Path) -> Iterator[None]:
    modules, path = {*sys.modules}, [*sys.path]
    importlib.invalidate_caches()  # the files that are imported have just been written
    gc.freeze()  # the run collects garbage to the last bit: its own is enough
    try:
        with chdir(cwd), patch.dict(os.environ, environment()), warnings.catch_warnings():
            warnings.simplefilter("default")  # what is an error in a test is none for a user
            yield
    finally:
        gc.unfreeze()
        sys.path[:] = path
        for name in sys.modules.keys() - modules:
            if not _stays(sys.modules[name]):
                del sys.modules[name]


def _stays(module: ModuleType) -> bool:
    """Whether a module is installed, or the project's own, and no target of a test."""
    file = getattr(module, "__file__", None)
    if file is None:
        return module.__name__ in sys.builtin_module_names
    return any(Path(file).is_relative_to(at) for at in (sys.prefix, sys.base_prefix, ROOT))
