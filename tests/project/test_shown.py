"""Nothing public goes unshown: every name and every parameter occurs in an executed example."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from reference_ws.conformance.pages.parse import parse_page

DOCS = Path(__file__).parents[2] / "docs"
MODULES = ("websockets", "constants", "datastructures", "responses", "routing", "testing", "types")
# Shown through what they do: the scope goes in as a socket, the path through its URL, the state as
# `websocket.state`, and the codec's hooks are called with what is sent and received.
THROUGH = {"from_scope", "full_path", "State", "encode_json", "decode_json"}


# Of the classes, those that an application makes; the others are given to it.
MADE_BY_USERS = {"WebSocket", "WebSocketClose", "WebSocketDisconnect", "WebSocketDisconnected"}


@cache
def texts() -> str:
    return "\n".join(example.code for p in DOCS.glob("*.md") for example in parse_page(p).examples)


@cache
def shown() -> tuple[set[str], set[str], dict[str, int]]:
    """Identifiers, keyword arguments, and the most positional arguments each call was given."""
    names: set[str] = set()
    keywords: set[str] = set()
    positional: dict[str, int] = defaultdict(int)
    for path in DOCS.glob("*.md"):
        for example in parse_page(path).examples:
            if example.kind == "javascript":
                continue
            for node in ast.walk(ast.parse(example.code)):
                match node:
                    case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                        names.add(name)
                    case ast.keyword(arg=str(name)):
                        keywords.add(name)
                if isinstance(node, ast.Call):
                    called = getattr(node.func, "id", getattr(node.func, "attr", ""))
                    positional[called] = max(positional[called], len(node.args))
    return names, keywords, positional


def public() -> Iterator[tuple[str, str]]:
    for module in MODULES:
        for name in importlib.import_module(f"reference_ws.{module}").__all__:
            yield module, name


def members() -> Iterator[tuple[str, str, object]]:
    """Each function, class and public member of a class: its owner, its name, the object."""
    for module, name in public():
        value = getattr(importlib.import_module(f"reference_ws.{module}"), name)
        yield module, name, value
        if inspect.isclass(value) and not issubclass(value, Exception):
            for member, inner in vars(value).items():
                if not member.startswith("_"):
                    yield name, member, inner


@pytest.mark.parametrize(("module", "name"), list(public()))
def test_every_public_name_is_shown(module: str, name: str) -> None:
    assert name in shown()[0] or name in THROUGH


@pytest.mark.parametrize(("owner", "name", "value"), list(members()))
def test_every_member_and_parameter_is_shown(owner: str, name: str, value: object) -> None:
    names, keywords, positional = shown()
    if name in THROUGH:
        return
    # A member of an enum may be shown by what the example prints.
    assert name in names or name in texts(), f"{owner}.{name}"
    made_for_them = inspect.isclass(value) and owner in ("testing", "constants", "websockets")
    if not callable(value) or owner == "types" or (made_for_them and name not in MADE_BY_USERS):
        return
    try:
        parameters = list(inspect.signature(value).parameters.values())
    except ValueError:  # built in
        return
    parameters = [p for p in parameters if p.name not in ("self", "cls") and p.name[0] != "_"]
    for place, parameter in enumerate(parameters, 1):
        given = parameter.name in keywords or positional[name] >= place
        assert given, f"{owner}.{name}({parameter.name}=)"
