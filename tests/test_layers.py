"""Imports run downward between folders, and in no circle within one: the folders are the design."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

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
]

Imports = Mapping[str, set[str]]


def modules() -> dict[str, Path]:
    """Every module of the package, by its dotted name."""
    found = {}
    for path in sorted((ROOT / "reference_ws").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def read_imports() -> dict[str, set[str]]:
    """The modules that each module imports, also those that it imports late or for its types."""
    known = modules()
    found: dict[str, set[str]] = {}
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
        found[name] = (targets & known.keys()) - {name}
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


def test_imports_run_downward_between_the_packages() -> None:
    assert upward(read_imports()) == []


def test_no_module_imports_itself_in_a_circle() -> None:
    assert circles(read_imports()) == []


@pytest.mark.parametrize("number", range(len(LAYERS) - 1))
def test_an_upward_import_is_found_in_each_package(number: int) -> None:
    imports = read_imports()
    lower = next(name for name in imports if layer(name) == LAYERS[number])
    higher = next(name for name in imports if layer(name) == LAYERS[number + 1])
    imports[lower] = {*imports[lower], higher}
    assert len(upward(imports)) == 1


def test_a_circle_is_found() -> None:
    imports = read_imports()
    assert circles(imports) == []
    lower, higher = "reference_ws.state", "reference_ws.websockets"
    imports[lower] = {*imports[lower], higher}
    assert {lower, higher} <= set(circles(imports))
