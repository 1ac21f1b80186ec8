"""What is installed is enough: pages, schema and types travel with the suite."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conformance.suite_pages import LIMIT, suite

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content of a wheel, built from the checkout without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


def run(installed: Path, *arguments: str) -> str:
    """Run the suite as it is installed, far from the checkout."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "reference_ws.conformance", *arguments],
        cwd=installed.parent,
        env={**os.environ, "PYTHONPATH": str(installed), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_wheel_holds_the_english_pages_and_nothing_else_of_the_documentation(
    installed: Path,
) -> None:
    package = installed / "reference_ws"
    pages = {page.name for page in (package / "conformance" / "docs").rglob("*")}
    assert pages == {page.name for page in (ROOT / "docs").glob("*.md")}
    assert (package / "py.typed").is_file()
    assert (package / "conformance" / "report" / "results.schema.json").is_file()
    sources = {file.relative_to(ROOT) for file in (ROOT / "reference_ws").rglob("*.py")}
    assert {file.relative_to(installed) for file in installed.rglob("*.py")} == sources
    names = {entry.name for entry in installed.iterdir()}
    assert {name for name in names if not name.endswith(".dist-info")} == {"reference_ws"}


def test_what_is_installed_lists_the_requirements_of_the_checkout(
    installed: Path, tmp_path: Path
) -> None:
    listed = json.loads(run(installed, "list", "--json"))
    here = json.loads(suite("list", "--json", cwd=tmp_path, status=0).stdout)
    assert listed == here and len(listed) > 200


def test_what_is_installed_checks(installed: Path) -> None:
    output = run(installed, "check", "-s", "accept-default")
    assert output.splitlines()[-1].startswith("passed: ")


def test_what_is_installed_has_its_command_and_its_plugin(installed: Path) -> None:
    (points,) = installed.glob("*.dist-info/entry_points.txt")
    text = points.read_text("utf-8")
    assert "reference-ws = reference_ws.conformance.cli:main" in text
    assert "reference_ws = reference_ws.conformance.runner.plugin" in text
