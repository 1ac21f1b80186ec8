"""The common interface: which names of the pages each documented system has, as a table.

The table is data (`common_interface.toml`), made from the packages by `main`; what a system
promises on its public pages without having it stands there as `promised`.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import textwrap
import tomllib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from reference_ws.conformance.pages.model import SYSTEMS, Example, Level
from reference_ws.conformance.targets.find import Missing, find_target
from reference_ws.conformance.targets.known import DOCUMENTED

TABLE = Path(__file__).with_name("common_interface.toml")
MODULES = "constants datastructures exceptions responses routing state types websockets".split()
# Python's own: everybody's class has them, or nobody means the class by them.
PLAIN = {name for kind in (str, int, tuple, OSError) for name in dir(kind)}


@dataclass(frozen=True)
class Table:
    """Who has a name: `module.name` for what is imported, the bare name for an attribute."""

    names: dict[str, list[str]]
    attributes: dict[str, list[str]]
    promised: dict[str, list[str]]

    def systems(self, kind: dict[str, list[str]], name: str) -> set[str]:
        return {*kind.get(name, ()), *self.promised.get(name, ())}


@cache
def table() -> Table:
    return Table(**tomllib.loads(TABLE.read_text("utf-8")))


# What the packages have


def installed() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Look the names up in the three packages, by the tables with which they are tested."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a package's own are none of ours
        return _installed()


def _installed() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    names: dict[str, list[str]] = {}
    attributes: dict[str, set[str]] = {}
    for module in MODULES:
        for name in importlib.import_module(f"{DOCUMENTED}.{module}").__all__:
            ours = getattr(importlib.import_module(f"{DOCUMENTED}.{module}"), name)
            theirs = {system: _theirs(system, module, name) for system in SYSTEMS}
            having = {system: found for system, found in theirs.items() if found is not None}
            names[f"{module}.{name}"] = list(having)
            for attribute in _attributes(ours) if inspect.isclass(ours) else ():
                there = {s for s, found in having.items() if attribute in _attributes(found)}
                attributes.setdefault(attribute, set()).update(there)
    return names, {name: [s for s in SYSTEMS if s in have] for name, have in attributes.items()}


def _theirs(system: str, module: str, name: str) -> Any:
    target = find_target(system)
    assert target is not None
    for place in (module, "websockets"):
        try:
            return target.get(place, name)
        except (Missing, KeyError):
            continue
    try:  # a module that no table names, because nobody is tested by it
        return getattr(importlib.import_module(f"{system}.{module}"), name, None)
    except ModuleNotFoundError:
        return None


def _attributes(kind: Any) -> set[str]:
    """The public attributes of a class, with those that its methods set."""
    found = set(dir(kind))
    for one in inspect.getmro(kind) if inspect.isclass(kind) else ():
        found |= set(one.__dict__.get("__annotations__", ()))
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(one)))
        except (OSError, TypeError, SyntaxError):
            continue
        found |= {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
            if isinstance(node.value, ast.Name) and node.value.id == "self"
        }
    return {name for name in found if not name.startswith("_")} - PLAIN


# What an example uses


def uncommon(example: Example, level: Level, systems: tuple[str, ...]) -> Iterator[str]:
    """Find what an example asks of everybody though two systems do not share it.

    Args:
        example: The example.
        level: That of its requirement.
        systems: Those of its requirement.
    """
    if level == "ours" or example.kind == "javascript":
        return
    tree = ast.parse(example.code)
    for name, have in sorted(_used(tree)):
        promised = level == "documented" and set(systems) <= set(have)
        if len(have) < 2 and not promised:
            yield f"{example.id}: expected a common name at {level}, got {name!r}"
    for line in _printed_texts(tree):
        yield f"{example.id}: expected no text of an exception at {level}, got {line!r}"


def _used(tree: ast.AST) -> Iterator[tuple[str, tuple[str, ...]]]:
    known = table()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{DOCUMENTED}."):
            module = (node.module or "").removeprefix(f"{DOCUMENTED}.")
            if module == "testing":
                continue  # the suite's own client, whoever is tested
            for alias in node.names:
                name = f"{module}.{alias.name}"
                yield name, tuple(known.systems(known.names, name))
        elif isinstance(node, ast.Attribute) and node.attr in known.attributes:
            yield node.attr, tuple(known.systems(known.attributes, node.attr))


def _printed_texts(tree: ast.AST) -> Iterator[str]:
    """Find where the text of a caught exception is used: its attributes are not its text."""
    for handler in ast.walk(tree):
        if not isinstance(handler, ast.ExceptHandler) or handler.name is None:
            continue
        for call in ast.walk(handler):
            if not isinstance(call, (ast.Call, ast.FormattedValue)):
                continue
            if isinstance(call, ast.Call) and ast.unparse(call.func) in ("type", "isinstance"):
                continue
            given = call.args if isinstance(call, ast.Call) else [call.value]
            if any(isinstance(one, ast.Name) and one.id == handler.name for one in given):
                yield ast.unparse(call)


def main() -> None:
    """Write the table again, after another version of a package was installed."""
    names, attributes = installed()
    lines = ["# Made by `python tests/conformance/common_interface.py`; see there.", ""]
    for title, rows in (("names", names), ("attributes", attributes)):
        lines += [f"[{title}]", *(f'"{n}" = {_list(s)}' for n, s in sorted(rows.items())), ""]
    lines += ["[promised]", *(f'"{n}" = {_list(s)}' for n, s in table().promised.items())]
    TABLE.write_text("\n".join(lines) + "\n", "utf-8")


def _list(systems: list[str]) -> str:
    return "[" + ", ".join(f'"{one}"' for one in systems) + "]"


if __name__ == "__main__":
    main()
