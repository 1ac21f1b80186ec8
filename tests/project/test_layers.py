"""Imports run downward between folders, and in no circle within one: the folders are the design."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# From the bottom up; a module belongs to the longest name that it begins with.
LAYERS = [
    "reference_ws",
    "reference_ws.testing",
    "reference_ws.conformance.interruption",
    "reference_ws.conformance.conversation",
    "reference_ws.conformance.pages",
    "reference_ws.conformance.targets",
    "reference_ws.conformance.memory",
    "reference_ws.conformance.wire",
    "reference_ws.conformance.report",
    "reference_ws.conformance.runner",
    "reference_ws.conformance",
    "website",
]

Imports = Mapping[str, frozenset[str]]


def modules() -> dict[str, Path]:
    """Every module of the package and of what makes the site, by its dotted name."""
    found = {}
    for path in sorted(
        p for top in ("reference_ws", "website") for p in (ROOT / top).rglob("*.py")
    ):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def read_imports() -> Imports:
    """The modules that each module imports, also those that it imports late or for its types."""
    known = modules()
    found: dict[str, frozenset[str]] = {}
    for name, path in known.items():
        package = name if path.stem == "__init__" else name.rpartition(".")[0]
        targets: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                targets |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join(filter(None, [*(above if node.level else []), node.module]))
                # `from package import module` names a module, all else a name in one.
                targets |= {f if (f := f"{base}.{a.name}") in known else base for a in node.names}
        found[name] = frozenset(targets & known.keys()) - {name}
    return found


def layer(module: str) -> str:
    return max((one for one in LAYERS if f"{module}.".startswith(f"{one}.")), key=len)


def upward(imports: Imports) -> list[str]:
    """Every import of something that lies above the module that imports it."""
    place = {name: LAYERS.index(layer(name)) for name in imports}
    return [
        f"{name} ({layer(name)}) imports {other} ({layer(other)})"
        for name in sorted(imports)
        for other in sorted(imports[name])
        if place[other] > place[name]
    ]


def circles(imports: Imports) -> list[str]:
    """Some circle of modules, if there is any."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return [str(one) for one in error.args[1]]
    return []


SHORT = "reference_ws.conformance."


def picture(imports: Imports) -> str:
    """A drawing of the imports between the packages, in the language of Mermaid.

    What is also reached through another package is left out, so that the eye finds the floors.
    """
    below: dict[str, set[str]] = {one: set() for one in LAYERS}
    for name, others in imports.items():
        below[layer(name)] |= {layer(other) for other in others} - {layer(name)}
    reached = {one: set(others) for one, others in below.items()}
    for one in LAYERS:  # from the bottom up, so that each is whole before it is asked
        for other in below[one]:
            reached[one] |= reached[other]
    lines = ["flowchart TD"]
    for one in reversed(LAYERS):
        name = "commands" if one == SHORT.rstrip(".") else one.removeprefix(SHORT)
        lines.append(f'  {LAYERS.index(one)}["{name}"]')
    for one in reversed(LAYERS):
        hidden = {far for other in below[one] for far in reached[other]}
        for other in sorted(below[one] - hidden, key=LAYERS.index, reverse=True):
            lines.append(f"  {LAYERS.index(one)} --> {LAYERS.index(other)}")
    return "\n".join(lines)


def test_the_picture_in_contributing_is_made_from_the_code() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert f"```mermaid\n{picture(read_imports())}\n```" in text, picture(read_imports())


def test_imports_run_downward_between_the_packages() -> None:
    assert upward(read_imports()) == []


def test_no_module_imports_itself_in_a_circle() -> None:
    assert circles(read_imports()) == []


@pytest.mark.parametrize("number", range(len(LAYERS) - 1))
def test_an_upward_import_is_found_in_each_package(number: int) -> None:
    imports = dict(read_imports())
    lower = next(name for name in imports if layer(name) == LAYERS[number])
    higher = next(name for name in imports if layer(name) == LAYERS[number + 1])
    imports[lower] |= {higher}
    assert len(upward(imports)) == 1


def test_a_circle_is_found() -> None:
    imports = dict(read_imports())
    assert circles(imports) == []
    lower, higher = "reference_ws.state", "reference_ws.websockets"
    imports[lower] |= {higher}
    assert {lower, higher} <= set(circles(imports))
