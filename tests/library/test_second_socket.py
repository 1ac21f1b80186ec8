"""The pages say enough: a class written from them alone keeps what is asked of one."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from reference_ws import routing
from reference_ws.conformance.memory.run import evaluate
from reference_ws.conformance.pages.model import Example
from reference_ws.conformance.pages.parse import parse_page
from reference_ws.conformance.targets.loader import builtins_for
from tests.library import second_socket
from tests.project.test_house_rules import imports, lines_of_code

DOCS = Path(__file__).parents[2] / "docs"
SOURCE = Path(__file__).with_name("second_socket.py")
PAGES = (
    "accepting sending receiving iterating closing messages disconnects denial "
    "socket url parameters"
).split()
SECOND = {
    "reference_ws.websockets": second_socket,
    "reference_ws.routing": sys.modules[__name__],
}
ASKED = ("must", "documented")
# Values and names, which the pages document on their own; nothing of the class itself.
SHARED = {"constants", "datastructures", "types"}


class WebSocketRouter(routing.WebSocketRouter):
    """The router as the snippets make it, with sockets of the second class."""

    def __init__(self) -> None:
        second: Any = second_socket.WebSocket
        super().__init__(second)


@cache
def examples(page: str) -> list[tuple[str, Example]]:
    """Every example of a page that is played in memory, with the level of its requirement."""
    path = DOCS / f"{page}.md"
    parsed = parse_page(path)
    levels = {requirement.id: requirement.level for requirement in parsed.requirements}
    return [
        (levels[example.requirement], example)
        for example in parsed.examples
        if example.requirement is not None and example.kind in ("app", "script")
    ]


def asked() -> list[Any]:
    return [
        pytest.param(example, id=example.id)
        for page in PAGES
        for level, example in examples(page)
        if level in ASKED
    ]


@pytest.mark.parametrize("example", asked())
def test_the_second_class_keeps_what_is_asked_of_a_class(example: Example) -> None:
    backend = "asyncio" if example.kind == "app" else None
    evaluate(example, backend, SECOND)


def test_every_page_is_asked() -> None:
    assert [page for page in PAGES if not any(level in ASKED for level, *_ in examples(page))] == []


def test_it_is_the_second_class_that_is_asked() -> None:
    seen = builtins_for(SECOND)["__import__"]("reference_ws.websockets", fromlist=("WebSocket",))
    assert seen.WebSocket is second_socket.WebSocket


def test_the_second_class_has_nothing_of_the_first() -> None:
    ours = {name for name in imports(SOURCE) if name.startswith(("reference_ws", "tests"))}
    assert ours <= {f"reference_ws.{name}" for name in SHARED}


def test_the_second_class_is_short() -> None:
    assert lines_of_code(SOURCE) <= 150
