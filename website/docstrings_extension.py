"""Docstrings in the language of the build, from a catalogue beside the pages."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import griffe

__all__ = ["CATALOGUES", "Docstrings"]

CATALOGUES = Path(__file__).resolve().parent / "docstrings"
JUDGE = Path(__file__).resolve().parents[1] / "reference_ws" / "conformance"


class Docstrings(griffe.Extension):
    """Puts the translated text in the place of each docstring that the catalogue knows.

    Args:
        language: The language of the build.
    """

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language

    def on_module_node(
        self,
        *,
        node: ast.AST | griffe.ObjectNode,
        agent: griffe.Visitor | griffe.Inspector,
        **kwargs: Any,
    ) -> None:
        """Look into no module of the judge: the reference describes the library alone."""
        if isinstance(node, ast.Module) and agent.filepath and JUDGE in agent.filepath.parents:
            node.body.clear()

    def on_package(self, *, pkg: griffe.Module, **kwargs: Any) -> None:
        """Go through a package when it has been read."""
        catalogue = CATALOGUES / f"{self.language}.json"
        if catalogue.exists():
            _translate(pkg, json.loads(catalogue.read_text("utf-8")))


def _translate(owner: griffe.Object, texts: dict[str, str]) -> None:
    for member in owner.members.values():
        if isinstance(member, griffe.Alias):
            continue
        if member.docstring is not None and member.path in texts:
            member.docstring.value = texts[member.path]
        _translate(member, texts)
