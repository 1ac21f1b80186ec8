"""A recipe of a page, copied into a file as a reader would, and served."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from reference_ws.conformance.pages.parse import parse_page
from reference_ws.conformance.wire.process import APP as DISPATCHER
from reference_ws.conformance.wire.process import ServerProcess

__all__ = ["Served", "recipe", "serving"]

DOCS = Path(__file__).parents[2] / "docs"
_TICKS = os.sysconf("SC_CLK_TCK")


def recipe(name: str) -> str:
    """Give the code of an example.

    Args:
        name: Its id, which is unique over all pages.

    Raises:
        LookupError: No recipe has that id.
    """
    for page in sorted(DOCS.glob("recipes-*.md")):
        for example in parse_page(page).examples:
            if example.id == name:
                return example.code
    raise LookupError(f"expected an example of a recipe page, got {name!r}")


class Served(ServerProcess):
    """A server that serves `main:app` of a folder in place of the suite's application."""

    def _spawn(self, arguments: list[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        words = ["main:app" if word == DISPATCHER else word for word in arguments]
        self._spawned = super()._spawn(words, log)
        return self._spawned

    def cpu_seconds(self) -> float:
        """The processor time of the server and of its workers so far."""
        return sum(
            sum(map(int, fields[11:13])) / _TICKS
            for fields in map(_stat, Path("/proc").glob("[0-9]*/stat"))
            if fields and int(fields[2]) == self._spawned.pid  # the group
        )

    def said(self) -> str:
        """What the server and the application have written so far."""
        return self.log.read_text("utf-8", errors="replace")


def _stat(path: Path) -> list[str]:
    try:
        return path.read_text().rpartition(")")[2].split()
    except OSError:
        return []  # it has ended meanwhile


@contextmanager
def serving(
    server: str, code: str, environment: Mapping[str, str] | None = None
) -> Iterator[Served]:
    """Serve an application until the end of the block.

    Args:
        server: A name of `reference_ws.conformance.wire.process.KNOWN`.
        code: The module that defines `app`.
        environment: Further variables for the server.

    Raises:
        ServerError: The server cannot be started.
    """
    with tempfile.TemporaryDirectory(prefix="ws-rooms-") as folder:
        Path(folder, "main.py").write_text(code, "utf-8")
        places = os.pathsep.join(filter(None, [folder, os.environ.get("PYTHONPATH", "")]))
        served = Served(
            server,
            log=Path(folder, "log"),
            environment={"PYTHONPATH": places, **(environment or {})},
        )
        served.start()
        try:
            yield served
        finally:
            served.end()
