"""Loads a snippet of a page as a module, with another package in place of the documented one.

The substitution happens where the snippet imports and nowhere else: its text stays as the reader
sees it, and what it imports sees the ordinary `import`.
"""

from __future__ import annotations

import builtins
import itertools
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import CodeType, FrameType, ModuleType
from typing import Any

__all__ = ["OnPrint", "Substitutes", "builtins_for", "line_in", "load", "unload"]

Substitutes = Mapping[str, ModuleType]
"""Names of modules, and the modules to import in their place."""

OnPrint = Callable[[int, str], None]
"""Called with the line of a print in the snippet, from 1, and what it printed."""

_numbers = itertools.count(1)


def load(
    code: str,
    *,
    path: str,
    first_line: int,
    substitutes: Substitutes | None = None,
    on_print: OnPrint | None = None,
) -> dict[str, Any]:
    """Run a snippet as a module of its own.

    Args:
        code: The snippet.
        path: The page, which tracebacks name.
        first_line: The line of the page on which the snippet begins, from 1.
        substitutes: What to import in place of what; None changes nothing.
        on_print: What to do with prints; None prints.

    Returns:
        The namespace of the module; its `__name__` is unique, and `unload` forgets it.

    Raises:
        Exception: Whatever the snippet raises; its traceback has the lines of the page.
    """
    name = f"page_snippet_{next(_numbers)}"
    module = ModuleType(name)
    module.__file__ = path
    above = first_line - 1
    compiled = _compiled(code, path, above)
    said = on_print and _moved_up(on_print, above)
    names = vars(module)
    names["__builtins__"] = builtins_for(substitutes, said, path=path)
    sys.modules[name] = module  # dataclasses and annotations look their module up
    try:
        exec(compiled, names)
    except BaseException:
        unload(names)
        raise
    return names


@lru_cache(maxsize=64)  # each event loop runs the same snippet, one soon after the other
def _compiled(code: str, path: str, above: int) -> CodeType:
    return compile("\n" * above + code, path, "exec", dont_inherit=True)


def unload(names: Mapping[str, Any]) -> None:
    """Forget a module that `load` made.

    Args:
        names: Its namespace.
    """
    sys.modules.pop(names["__name__"], None)


def builtins_for(
    substitutes: Substitutes | None, on_print: OnPrint | None = None, *, path: str | None = None
) -> dict[str, Any]:
    """Make the builtins of a snippet.

    Args:
        substitutes: What to import in place of what; None changes nothing.
        on_print: Called with the line in the file and the text of each print; None prints.
        path: The file whose lines count; None is that of whoever calls print.

    Returns:
        A namespace for `__builtins__`.
    """
    names = dict(vars(builtins))
    if substitutes:
        names["__import__"] = _import(substitutes)
    if on_print is not None:
        names["print"] = _print(on_print, path)
    return names


def line_in(frame: FrameType | None, path: str) -> int | None:
    """Find the innermost line of a file in a stack.

    Args:
        frame: The innermost frame.
        path: The file, as it was compiled.
    """
    while frame is not None:
        if frame.f_code.co_filename == path:
            return frame.f_lineno
        frame = frame.f_back
    return None


def _moved_up(on_print: OnPrint, lines: int) -> OnPrint:
    return lambda line, text: on_print(line - lines, text)


def _print(on_print: OnPrint, path: str | None) -> Callable[..., None]:
    def said(*values: Any, sep: str | None = None, file: Any = None, **others: Any) -> None:
        if file not in (None, sys.stdout):
            print(*values, sep=sep, file=file, **others)
            return
        caller = sys._getframe(1)
        line = line_in(caller, path or caller.f_code.co_filename) or caller.f_lineno
        on_print(line, (" " if sep is None else sep).join(map(_text, values)))

    said.__name__ = said.__qualname__ = "print"
    return said


def _text(value: Any) -> str:
    """As the check of snippets in memory writes it: a set in order, so that it can be compared."""
    if isinstance(value, set) and value:
        return f"{{{', '.join(map(repr, sorted(value)))}}}"
    return str(value)


# Importing

_Import = Callable[..., ModuleType]


def _import(substitutes: Substitutes) -> _Import:
    packages: dict[str, ModuleType] = {}

    def substitute(
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: tuple[str, ...] | None = (),
        level: int = 0,
    ) -> ModuleType:
        other = None if level else substitutes.get(name)
        if other is None:
            return __import__(name, globals, locals, fromlist or (), level)
        # `import a.b` binds `a`, through which the snippet then reaches `b`.
        return other if fromlist else _package(name, other, packages)

    substitute.__name__ = substitute.__qualname__ = "__import__"
    return substitute


def _package(name: str, module: ModuleType, packages: dict[str, ModuleType]) -> ModuleType:
    """Put a module where its dotted name says, below packages that hold nothing else."""
    parts = name.split(".")
    packages[name] = module
    for length in range(len(parts) - 1, 0, -1):
        above = ".".join(parts[:length])
        package = packages.setdefault(above, ModuleType(above))
        setattr(package, parts[length], packages[".".join(parts[: length + 1])])
    return packages[parts[0]]
