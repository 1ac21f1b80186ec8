"""A Markdown page, read into requirements and examples (skeleton: the parser follows)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .conversation import Conversation, MemoryOnly, PageFault

Level = Literal["must", "should", "may", "info"]
Kind = Literal["app", "script", "client", "javascript"]


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: str  # plain text, without attributes
    id: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Example:
    id: str
    requirement: str | None
    code: str
    line: int  # of the fence's opening line: the code starts at line + 1
    conversations: tuple[Conversation, ...]
    kind: Kind
    defines_app: bool
    memory_only: MemoryOnly | None  # NO_APP, or a reason when no conversation of it can be on the wire
    page: str  # the page's name
    path: Path


@dataclass(frozen=True, slots=True)
class Requirement:
    id: str
    level: Level
    title: str
    line: int
    source: str  # Markdown, without "Source: "
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    path: Path
    name: str  # the stem of the file name unless given
    title: str
    headings: tuple[Heading, ...]
    requirements: tuple[Requirement, ...]
    examples: tuple[Example, ...]  # every kind, in page order

    @property
    def clients(self) -> tuple[Example, ...]: ...  # kind client or javascript

    @property
    def app(self) -> Example | None: ...  # the first app: what the clients are played against


def parse_page(
    path: str | Path, text: str | None = None, *, name: str | None = None, strict_headings: bool = True
) -> Page: ...


def parse_pages(paths: Iterable[str | Path]) -> list[Page]: ...


def page_faults(path: str | Path, text: str | None = None) -> list[PageFault]: ...
