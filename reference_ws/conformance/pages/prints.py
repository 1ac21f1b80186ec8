"""What a snippet prints, beside what its ``#>`` lines say.

A ``#>`` line stands directly under the statement that prints it, one line for each line printed;
a print that runs several times has its lines in that order. ``#>`` alone is an empty line.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeGuard


@dataclass(frozen=True, slots=True)
class PrintDifference:
    """A print whose output differs; `line` is that of the call in the snippet, from 1."""

    line: int
    wanted: tuple[str, ...]
    got: tuple[str, ...]

    def __str__(self) -> str:
        return f"line {self.line}: expected prints {list(self.wanted)!r}, got {list(self.got)!r}"


def wanted(code: str) -> dict[int, list[str]]:
    """Find the prints of a snippet and what they are said to print.

    Args:
        code: The snippet, free of syntax errors.

    Returns:
        For the line of each print call (from 1), the ``#>`` lines under it without their mark;
        an empty list for a print without any.
    """
    return {line: list(texts) for line, texts in _read(code)[0]}


def misplaced(code: str) -> list[int]:
    """Find the ``#>`` lines that no print stands over.

    Args:
        code: The snippet, free of syntax errors.

    Returns:
        Their lines, from 1.
    """
    return list(_read(code)[1]) if "#>" in code else []


def compare(code: str, printed: Sequence[tuple[int, str]]) -> list[PrintDifference]:
    """Compare what was printed with what the snippet says.

    Args:
        code: The snippet, free of syntax errors.
        printed: For each print in the order of running, the line of its call (from 1) and its
            text without the final newline.

    Returns:
        The prints that differ, in the order of their lines: those that printed something else,
        were not reached, or have no ``#>`` line though they ran.
    """
    got: dict[int, list[str]] = {}
    for line, text in printed:
        # An example is stripped of trailing blanks by editors, so they do not count.
        got.setdefault(line, []).extend(part.rstrip() for part in text.split("\n"))
    said = wanted(code)
    return [
        PrintDifference(line, tuple(said.get(line, ())), tuple(got.get(line, ())))
        for line in sorted(said.keys() | got.keys())
        if said.get(line, []) != got.get(line, [])
    ]


# The same snippet is played on many targets: reading it would take longer than many a play.
@lru_cache(maxsize=1024)
def _read(code: str) -> tuple[Sequence[tuple[int, Sequence[str]]], Sequence[int]]:
    marks, others = _marks(code)
    prints: dict[int, list[str]] = {}
    for node in ast.walk(ast.parse(code)):
        if _is_print(node):
            prints.setdefault(node.lineno, [])
        if isinstance(node, ast.Expr) and _is_print(node.value):
            below = (node.end_lineno or node.lineno) + 1
            while below in marks:
                prints[node.lineno] = [*prints.get(node.lineno, ()), marks.pop(below)]
                below += 1
    return sorted(prints.items()), sorted([*marks, *others])


def _is_print(node: ast.AST) -> TypeGuard[ast.Call]:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    )


def _marks(code: str) -> tuple[dict[int, str], list[int]]:
    """Find the ``#>`` comments: those with a line of their own, and those behind code."""
    own: dict[int, str] = {}
    behind: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT and token.string.startswith("#>"):
            line, column = token.start
            if token.line[:column].strip():
                behind.append(line)
            else:
                own[line] = token.string.removeprefix("#>").removeprefix(" ").rstrip()
    return own, behind
