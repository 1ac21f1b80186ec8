"""What all tests need, and what those of the site share."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.website.build import ROOT, Built, build, build_once, build_sample
from tests.website.sample import SAMPLE

pytest_plugins = ["pytester"]

# A shell starts what runs in its background with SIGINT ignored, and that is inherited: a test
# that interrupts a process of its own would wait for nothing.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers() -> int:
    """Much of the work is waiting: a machine with one core runs two tests at once as well."""
    return max(2, os.cpu_count() or 1)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that is the same in all processes of a run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def built(shared: Path) -> Built:
    """The project's own site, built once for all tests, in whichever process it is first needed."""
    return build_once(shared, "site", lambda folder: build(ROOT, folder))


@pytest.fixture(scope="session")
def site(built: Built) -> Path:
    assert built.returncode == 0, built.output
    return built.site


@pytest.fixture(scope="session")
def sample(shared: Path) -> Path:
    """A folder with a small site that has one of everything, built once; no test changes it."""
    built = build_once(shared, "sample", lambda folder: build_sample(folder, **SAMPLE))
    assert built.returncode == 0, built.output
    return built.site.parent


@pytest.fixture(autouse=True)
def one_async_plugin_in_inner_runs(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run inside of a test leaves out the plugins that the outer run leaves out.

    It also leaves out two that it never needs: each run would import Hypothesis and Faker again.
    """
    if "pytester" in request.fixturenames and "fixtures" not in request.module.__name__:
        request.getfixturevalue("pytester")  # discards PYTEST_ADDOPTS when it is made
        names = ("asyncio", "trio", "hypothesispytest", "faker")
        monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(f"-p no:{name}" for name in names))
