"""The theme's own files, while the pages' files are sorted by language."""

from __future__ import annotations

from pathlib import Path

from mkdocs.structure.files import File, Files

__all__ = ["put_back", "set_aside"]

_aside: list[File] = []


def set_aside(files: Files, docs: Path) -> None:
    """Take out every file that does not come from the folder of the pages itself.

    Args:
        files: The files of the build.
        docs: The folder of the pages.
    """
    _aside[:] = [file for file in files if file.src_dir and Path(file.src_dir) != docs]
    for file in _aside:
        files.remove(file)


def put_back(files: Files) -> None:
    """Add them again.

    Args:
        files: The files of the build.
    """
    for file in _aside:
        files.append(file)
