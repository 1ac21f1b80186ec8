"""What a Python snippet must be, so that a reader may copy it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import cast

from .prints import misplaced


def _bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that a module binds, without those inside of its functions and classes."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
            return
        case ast.Lambda() | ast.AnnAssign(value=None):
            return
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.alias(name=name, asname=asname):
            yield asname or name.partition(".")[0]
    for child in ast.iter_child_nodes(node):
        yield from _bound(child)


def _unwanted(node: ast.AST) -> str | None:
    """Say what is wrong with a statement that a reader should not copy."""
    match node:
        case ast.ImportFrom(module="reference_ws", level=0):
            return "expected an import from a submodule, got 'from reference_ws import'"
        case ast.Import(names=names) if any(name.name == "reference_ws" for name in names):
            return "expected an import from a submodule, got 'import reference_ws'"
        case ast.Compare(left=ast.Name(id="__name__")):
            return "expected a snippet without a '__main__' guard"
    return None


@lru_cache(maxsize=1024)  # most snippets are the same in every language
def python_faults(code: str) -> tuple[tuple[tuple[int, str], ...], frozenset[str] | None]:
    """Find the faults of a snippet, each with its line in the snippet, from 1.

    Args:
        code: The snippet.

    Returns:
        The faults, and the names that the snippet binds; None in their place if it is no Python.
    """
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        return ((error.lineno or 1, f"expected valid python, got {error.msg}"),), None
    found = [
        (cast("ast.stmt", node).lineno, message)
        for node in ast.walk(tree)
        if (message := _unwanted(node))
    ]
    found += [(number, "expected '#>' directly under a print") for number in misplaced(code)]
    return tuple(found), frozenset(_bound(tree))
