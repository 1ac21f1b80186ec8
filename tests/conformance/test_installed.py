"""The version of what is installed is found by whatever it is imported as."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from reference_ws.conformance.targets.installed import version_of


@pytest.mark.parametrize(
    ("module", "version"),
    [
        ("folder_of_it", "1"),
        ("file_of_it", "1"),
        ("compiled_of_it", "1"),
        ("declared", "2"),
        ("undeclared", None),
        ("folder", None),
        ("of_it", None),
        ("unlisted", "3"),
        ("nowhere", None),
    ],
)
def test_a_version_is_that_of_whatever_brings_the_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, version: str | None
) -> None:
    names = "folder_of_it/__init__.py", "file_of_it.py", "compiled_of_it.cpython-311.so"
    record = "".join(f"{name},sha256=x,1\n" for name in names)
    installed(tmp_path, "of-another-name", "1", RECORD=record + "folder-1.dist-info/METADATA,,\n")
    declared = {"top_level.txt": "declared\n", "RECORD": "undeclared/__init__.py,,\n"}
    installed(tmp_path, "also-of-another-name", "2", **declared)
    installed(tmp_path, "unlisted", "3")
    monkeypatch.syspath_prepend(tmp_path)
    assert version_of(module) == version


def installed(folder: Path, name: str, version: str, **files: str) -> None:
    """Write what an installation leaves of a distribution."""
    where = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    where.mkdir()
    files["METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    for file, text in files.items():
        (where / file).write_text(text, "utf-8")


def test_versions_of_this_environment_are_those_that_python_gives() -> None:
    names = metadata.packages_distributions()
    for module in ("starlette", "uvicorn", "markdown_it", "_pytest", "pymdownx", "yaml"):
        assert version_of(module) in {metadata.version(one) for one in names[module]}, module
