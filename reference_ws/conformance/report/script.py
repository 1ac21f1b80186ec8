"""Writes an example as a script that shows what a target or a server does, without the suite."""

from __future__ import annotations

import ast
import shlex
from collections.abc import Iterator
from pathlib import Path
from pprint import pformat

from ..conversation.events import memory_only
from ..pages.model import Example
from ..targets import standing
from ..targets.adapter import builtin_exception
from ..targets.find import AdapterTarget, Target
from ..targets.known import DOCUMENTED, MODULES
from ..wire.process import KNOWN
from . import memory_driver, server_driver
from .steps import bytes_of, messages_of

__all__ = ["ScriptError", "reproduction", "served", "substituted"]


class ScriptError(Exception):
    """An example of which there is no such script."""


def reproduction(example: Example, target: Target | None) -> str:
    """Write a script that plays an example in memory.

    Args:
        example: The example.
        target: What is imported; None for the reference.

    Returns:
        The example with the target's imports, below what its adapter adds to them. Under an
        application stands a small driver that plays the page's client and prints what happens.

    Raises:
        ScriptError: It needs the suite's own client.
    """
    if example.kind == "javascript":
        return f"{example.code.rstrip()}\n"
    code = _with_target(example, target)
    head = f"# {example.id}, from {example.path.name}:{example.line}"
    if example.kind != "app":
        return f"{head}\n{code}\n"
    told = [messages_of(talk) for talk in example.conversations]
    return (
        f"{head}\n{code}\n\n\n# From here on: the client of the page.\n\n"
        f"{_body(Path(memory_driver.__file__))}\n\n\n"
        f"CONVERSATIONS = {pformat(told, sort_dicts=False, width=96)}\n\n"
        "asyncio.run(play(app, CONVERSATIONS))\n"
    )


def served(example: Example, target: Target | None, server: str) -> str:
    """Write a script that serves an example and speaks its conversations with a plain socket.

    Args:
        example: The example.
        target: What the application imports; None for the reference.
        server: The name of a known server, or a command line with `{app}` and `{port}`.

    Raises:
        ScriptError: It is no application, or nothing of it can be said over a connection.
    """
    if example.kind != "app":
        raise ScriptError(f"expected an application to serve, got {example.id!r} without one")
    reasons = [memory_only(talk) for talk in example.conversations]
    talks = [t for t, reason in zip(example.conversations, reasons, strict=True) if not reason]
    if example.memory_only is not None or not talks:
        reason = example.memory_only or next(filter(None, reasons))
        raise ScriptError(
            f"expected an example that a client can play on a server, got {example.id!r}, "
            f"which runs in memory only ({reason.value}): leave out the server"
        )
    known = KNOWN.get(server)
    words = ", ".join(map(repr, shlex.split(known or server)))
    command = f'[sys.executable, "-m", {words}]' if known else f"[{words}]"
    told = [bytes_of(talk) for talk in talks]
    return (
        f"# {example.id}, from {example.path.name}:{example.line}, served by {server}\n"
        f"{_with_target(example, target)}\n\n\n"
        "# From here on: the server and a client of it. To the server, this file is a module.\n\n"
        f"{_body(Path(server_driver.__file__))}\n\n\n"
        f"COMMAND = {command}\n"
        f"CONVERSATIONS: list[Any] = {pformat(told, sort_dicts=False, width=96)}\n\n"
        'if __name__ == "__main__":\n    play(COMMAND, CONVERSATIONS)\n'
    )


def _with_target(example: Example, target: Target | None) -> str:
    if target is not None and f"{DOCUMENTED}.testing" in example.code:
        raise ScriptError(f"expected an example without the suite's client, got {example.id!r}")
    adapted = ""
    if isinstance(target, AdapterTarget):
        adapted = "\n".join(_adapted(example.code, target))
    code = substituted(example.code, target).rstrip()
    if not adapted:
        return code
    title = f"# What the adapter {target.adapter} adds." if target else ""
    return f"{title}\n\n{adapted}\n\n\n# The example.\n\n{code}"


def substituted(code: str, target: Target | None) -> str:
    """Write the target's imports into a snippet, for a reader: the suite itself never does.

    Args:
        code: The snippet.
        target: The target; None leaves the snippet as it is.
    """
    if target is None:
        return code
    lines = code.splitlines()
    for node in sorted(_imports(code), key=lambda node: -node.lineno):
        module = (node.module or "").partition(".")[2]
        indent = " " * node.col_offset
        written = [f"{indent}{line}" for line in _written(node, module, target)]
        lines[node.lineno - 1 : node.end_lineno] = written
    return "\n".join(lines)


def _imports(code: str) -> Iterator[ast.ImportFrom]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom):
            package, _, module = (node.module or "").partition(".")
            if package == DOCUMENTED and module in (*MODULES, "types"):
                yield node


def _written(node: ast.ImportFrom, module: str, target: Target) -> Iterator[str]:
    for alias in node.names:
        wanted = alias.asname or alias.name
        if module == "types":  # annotations only
            yield f"from typing import Any as {wanted}"
        elif isinstance(target, AdapterTarget) and _is_made(alias.name, target):
            if wanted != alias.name:
                yield f"{wanted} = {alias.name}"
        else:
            yield _import(target.place(module, alias.name), wanted)


def _import(place: tuple[str, str], wanted: str) -> str:
    where, name = place
    return f"from {where} import {name}" + (f" as {wanted}" if name != wanted else "")


# Adapters


def _is_made(name: str, target: AdapterTarget) -> bool:
    """Whether a name is defined by the adapter, and not only found by it."""
    changed = name in target.facts.methods or (name == "WebSocket" and target.facts.exceptions)
    return bool(changed) or target.place("", name)[0] == target.module.__name__


def _adapted(code: str, target: AdapterTarget) -> Iterator[str]:
    """What the adapter's module defines, and the classes that its facts change."""
    if own := _body(Path(str(target.module.__file__)), leave_out="ADAPTER"):
        yield own
    facts = target.facts
    made = [
        ((node.module or "").partition(".")[2], alias.name)
        for node in _imports(code)
        for alias in node.names
        if _is_made(alias.name, target)
    ]
    changed = [one for one in made if one[1] in facts.methods or one[1] == "WebSocket"]
    if changed and (facts.methods or facts.exceptions):
        yield f"\n\n{_body(Path(standing.__file__))}\n\n"
    for module, name in changed:
        if (place := target.place(module, name))[0] != target.module.__name__:
            yield _import(place, name)
        if name in facts.methods:
            yield f"{name} = named({name}, {facts.methods[name]!r})"
        if name == "WebSocket" and facts.exceptions:
            yield from _raising(target)


def _raising(target: AdapterTarget) -> Iterator[str]:
    pairs = []
    for number, (own, names) in enumerate(target.facts.exceptions.items(), 1):
        module, _, name = own.partition(":")
        yield _import((module, name), f"own_{number}")
        for one in names:
            if builtin_exception(one) is None:
                yield _import(target.place("websockets", one), one)
        pairs.append(f"own_{number}: ({', '.join(names)},)")
    yield f"WebSocket = raising(WebSocket, {{{', '.join(pairs)}}})"


def _body(file: Path, leave_out: str = "__all__") -> str:
    """A module without its docstring, the import that must stand first, and one assignment."""
    text = file.read_text("utf-8")
    lines = text.splitlines()
    for node in reversed(ast.parse(text).body):
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        named = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == leave_out
        if docstring or future or named:
            del lines[node.lineno - 1 : node.end_lineno]
    return "\n".join(lines).strip()
