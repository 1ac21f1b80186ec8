"""Runs the suite: pytest in this process, with nothing but what belongs to the suite."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from unittest.mock import patch

import pytest

from ..interruption import remembered
from ..report.results import Result, Run
from .options import Options
from .plugin import RECORDER, SUITE
from .preflight import NothingCanWork, look_before
from .recorder import Recorder
from .suite import Suite

__all__ = ["Display", "run_suite"]


class Display(Protocol):
    """What is told of a run while it lasts."""

    def on_total(self, number: int) -> None:
        """So many examples will be played."""

    def on_result(self, result: Result) -> None:
        """One has been."""


def run_suite(
    options: Options, display: Display, json: Path | None = None, junit: Path | None = None
) -> Run:
    """Run the suite.

    Args:
        options: What is asked for.
        display: What is told of the progress.
        json: Where to write the results.
        junit: Where to write a JUnit report.

    Returns:
        The run, also one that was interrupted.

    Raises:
        NothingCanWork: Every example would say the same. The files are written all the same.
        RuntimeError: pytest refused to begin.
    """
    suite = Suite(options)
    recorder = Recorder(suite, json)
    recorder.on_total, recorder.on_result = display.on_total, display.on_result
    begin = _Begin(suite, recorder)
    with tempfile.TemporaryDirectory(prefix="ws-") as empty, _alone():
        Path(empty, "pytest.ini").write_text("[pytest]\n", "utf-8")
        first = ["--exitfirst"] if options.exit_first else []
        arguments = [*_arguments(empty, junit), *first, *map(str, options.catalogue.roots)]
        status = pytest.main(arguments, plugins=[begin, recorder])
    if begin.refused is not None:
        raise begin.refused
    if not begin.done:
        raise RuntimeError(f"expected pytest to begin, it ended with status {status}")
    return recorder.finish()


class _Begin:
    """Hands the suite to the plugin before it reads options of its own: they are read once."""

    def __init__(self, suite: Suite, recorder: Recorder) -> None:
        self.suite, self.recorder = suite, recorder
        self.done = False
        self.refused: NothingCanWork | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[SUITE], config.stash[RECORDER] = self.suite, self.recorder
        self.done = True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Play nothing if nothing can work; what was collected is known by then."""
        try:
            with remembered():
                look_before(self.suite)
        except NothingCanWork as why:
            self.refused = why
            self.recorder.refuse(str(why))
            return True
        return None


def _arguments(empty: str, junit: Path | None) -> list[str]:
    options = ["-q", "--rootdir", empty, "-c", os.path.join(empty, "pytest.ini")]
    options += ["--noconftest", "-W", "default", "--tb=no", "--no-summary"]
    for name in ("anyio.pytest_plugin", f"{__package__}.plugin"):
        options += ["-p", name]
    options += ["-p", "no:cacheprovider", "-p", "no:faulthandler"]
    return options + ([f"--junit-xml={junit}"] if junit else [])


@contextmanager
def _alone() -> Iterator[None]:
    """Keep a user's pytest plugins and options out, and pytest's own words from the terminal."""
    environment = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
    with patch.dict(os.environ, environment), open(os.devnull, "w") as silence:
        with patch("sys.stdout", silence):
            yield
