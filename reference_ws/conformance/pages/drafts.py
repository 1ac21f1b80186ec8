"""What is known of a snippet and of a section while its page is being read."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ..conversation.events import Conversation, MemoryOnly, memory_only
from .model import Example, Heading, Kind, Level, System


@dataclass(slots=True)
class Snippet:
    id: str
    requirement: str | None
    code: str
    line: int
    kind: Kind
    defines_app: bool
    conversations: list[Conversation] = field(default_factory=list)
    has_fence: bool = False  # also one with mistakes, which are reported by themselves
    valid: bool = True  # of what is no Python nothing more is reported

    def example(self, page: str, path: Path) -> Example:
        reasons = [memory_only(one) for one in self.conversations]
        reason = MemoryOnly.NO_APP if self.kind == "script" else None
        if reasons and all(reasons):
            reason = reasons[0]
        return Example(
            id=self.id,
            requirement=self.requirement,
            code=self.code,
            line=self.line,
            conversations=tuple(self.conversations),
            kind=self.kind,
            defines_app=self.defines_app,
            memory_only=reason,
            page=page,
            path=path,
        )


@dataclass(slots=True)
class Section:
    """What stands between one heading and the next."""

    heading: Heading
    level: Level | None
    systems: tuple[System, ...] = ()
    source: str | None = None
    snippets: list[Snippet] = field(default_factory=list)
