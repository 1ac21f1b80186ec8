"""Runs the suite: pytest in this process, with nothing but what belongs to the suite."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from unittest.mock import patch

import pytest

from ..report.results import Result, Run
from .recorder import NAME, Collector

__all__ = ["Asked", "Face", "run_suite"]


@dataclass(frozen=True)
class Asked:
    """What the command line asks for; see the options of the plugin."""

    pages: tuple[Path, ...]
    target: str = "reference"
    servers: tuple[str, ...] = ()
    memory: bool = True
    select: tuple[str, ...] = ()
    known: Path | None = None
    json: Path | None = None
    junit: Path | None = None

    def arguments(self, empty: str) -> list[str]:
        """Give the command line of pytest.

        Args:
            empty: A folder without any configuration.
        """
        options = ["-q", "--rootdir", empty, "-c", os.path.join(empty, "pytest.ini")]
        options += ["--noconftest", "-W", "default", "--tb=no", "--no-summary"]
        for name in (
            "anyio.pytest_plugin",
            "pytest_examples",
            "reference_ws.conformance.runner.plugin",
        ):
            options += ["-p", name]
        options += ["-p", "no:cacheprovider", "-p", "no:faulthandler"]
        options += [f"--ws-pages={page}" for page in self.pages]
        options += [f"--ws-server={server}" for server in self.servers]
        options += [f"--ws-select={start}" for start in self.select]
        options += [] if self.memory else ["--ws-no-memory"]
        options += [f"--ws-known={self.known}"] if self.known else []
        options += [f"--junit-xml={self.junit}"] if self.junit else []
        options += [f"--ws-results={self.json or os.devnull}", f"--ws-target={self.target}"]
        return [*options, *map(str, self.pages)]


class Face(Protocol):
    """What is told of a run while it lasts."""

    def on_total(self, number: int) -> None:
        """So many examples will be played."""

    def on_result(self, result: Result) -> None:
        """One has been."""


class _Listener:
    """Finds the collector once pytest has made it."""

    def __init__(self, face: Face) -> None:
        self.face = face
        self.collector: Collector | None = None

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        self.collector = config.pluginmanager.get_plugin(NAME)
        if self.collector is not None:
            self.collector.on_total = self.face.on_total
            self.collector.on_result = self.face.on_result


def run_suite(asked: Asked, face: Face) -> Run:
    """Run the suite.

    Args:
        asked: What is asked for; it has been looked at before.
        face: What is told of the progress.

    Returns:
        The run, also one that was interrupted.

    Raises:
        RuntimeError: pytest refused to begin.
    """
    listener = _Listener(face)
    with tempfile.TemporaryDirectory(prefix="ws-") as empty, _alone():
        Path(empty, "pytest.ini").write_text("[pytest]\n", "utf-8")
        status = pytest.main(asked.arguments(empty), plugins=[listener])
    if listener.collector is None:
        raise RuntimeError(f"expected pytest to begin, it ended with status {status}")
    return listener.collector.finish()


@contextmanager
def _alone() -> Iterator[None]:
    """Keep a user's pytest plugins and options out, and pytest's own words from the terminal."""
    environment = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
    with patch.dict(os.environ, environment), open(os.devnull, "w") as silence:
        with patch("sys.stdout", silence):
            yield
