"""What a page holds: requirements and examples, as data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from ..conversation.events import (
    Conversation,
    MemoryOnly,
)

Level = Literal["must", "documented", "should", "may", "info", "ours"]
System = Literal["starlette", "lilya", "yaat"]
Kind = Literal["app", "script", "client", "javascript"]

LEVELS: tuple[Level, ...] = get_args(Level)
SYSTEMS: tuple[System, ...] = get_args(System)
"""The systems whose public pages document the interface."""
SOURCES = ("Source: ", "출처: ", "Fonte: ")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its depth, its plain text without the attributes, its id."""

    level: int
    text: str
    id: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Example:
    """A snippet and what goes over the wire when it is served.

    `line` is that of the opening fence: the code starts on the next one. `memory_only` is set when
    no part of the example can exist on the wire.
    """

    id: str
    requirement: str | None
    code: str
    line: int
    conversations: tuple[Conversation, ...]
    kind: Kind
    defines_app: bool
    memory_only: MemoryOnly | None
    page: str
    path: Path


@dataclass(frozen=True, slots=True)
class Requirement:
    """A heading with a level; `source` is the Markdown that names where the rule comes from.

    `systems` are those whose own pages promise it: only they are asked at level `documented`.
    """

    id: str
    level: Level
    title: str
    line: int
    source: str
    examples: tuple[str, ...]
    systems: tuple[System, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A page: everything in the order of its lines."""

    path: Path
    name: str
    title: str
    headings: tuple[Heading, ...]
    requirements: tuple[Requirement, ...]
    examples: tuple[Example, ...]

    @property
    def clients(self) -> tuple[Example, ...]:
        """The examples that are clients of the page's first application."""
        return tuple(one for one in self.examples if one.kind in ("client", "javascript"))

    @property
    def app(self) -> Example | None:
        """The first example that defines an application."""
        return next((one for one in self.examples if one.kind == "app"), None)
