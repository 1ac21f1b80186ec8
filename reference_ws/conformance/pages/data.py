"""What pages ask for, as data that any language can read, and hashes of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from ..conversation.compare import describe
from ..conversation.events import Conversation, Note, Step
from .model import Example, Page, Requirement

__all__ = [
    "as_data",
    "example_hash",
    "examples_hash",
    "requirements",
    "requirements_hash",
]


def requirements(pages: Iterable[Page]) -> Iterator[tuple[Page, Requirement, list[Example]]]:
    """Give every requirement with its page and its examples."""
    for page in pages:
        for requirement in page.requirements:
            found = [one for one in page.examples if one.requirement == requirement.id]
            yield page, requirement, found


def requirements_hash(pages: Iterable[Page]) -> str:
    """Give what changes when a requirement or an example comes, goes or is asked of others."""
    listed = [(r.id, r.level, r.systems, r.examples) for _, r, _ in requirements(pages)]
    return _hash(sorted(listed))


def examples_hash(pages: Iterable[Page]) -> str:
    """Give what changes when a snippet or a conversation of a requirement says something else."""
    told = [_said(one) for _, _, examples in requirements(pages) for one in examples]
    return _hash(sorted(told))


def example_hash(example: Example) -> str:
    """Give what changes when this snippet or one of its conversations says something else."""
    return _hash(_said(example))


def _said(example: Example) -> tuple[str, str, list[list[str]]]:
    return example.id, example.code, [_told(talk) for talk in example.conversations]


def _told(conversation: Conversation) -> list[str]:
    return ["\n".join([step.text.strip(), *step.fields]) for step in conversation.steps]


def _hash(data: object) -> str:
    return hashlib.sha256(json.dumps(data).encode()).hexdigest()[:16]


def as_data(pages: Iterable[Page]) -> list[dict[str, Any]]:
    """Give the requirements with their examples, in a form that any language can read.

    Args:
        pages: The pages.

    Returns:
        A list for JSON. The conversations are there twice: as they are written, and as events.
    """
    return [
        {
            "id": requirement.id,
            "level": requirement.level,
            "systems": list(requirement.systems),
            "title": requirement.title,
            "source": requirement.source,
            "page": page.name,
            "address": address(page, requirement.id),
            "examples": [_example(one) for one in examples],
        }
        for page, requirement, examples in requirements(pages)
    ]


def address(page: Page, id: str) -> str:
    """Give the address of a requirement, seen from the site's first page."""
    return f"{page.name}/#{id}"


def _example(example: Example) -> dict[str, Any]:
    return {
        "id": example.id,
        "kind": example.kind,
        "line": example.line,
        "memory_only": example.memory_only.value if example.memory_only else None,
        "code": example.code,
        "conversations": [
            {"form": talk.form, "items": [_item(one) for one in talk.items]}
            for talk in example.conversations
        ],
    }


def _item(item: Step | Note) -> dict[str, Any]:
    if isinstance(item, Note):
        return {"note": item.text}
    direction = "<" if item.direction == "!" else item.direction
    told: dict[str, Any] = {
        "direction": item.direction,
        "client": item.client,
        "text": "\n".join([item.text, *item.fields]),
        "alternatives": [
            {"event": type(event).__name__.lower(), **_plain(asdict(event))}
            for event in item.alternatives
        ],
    }
    told["said"] = [describe(event, direction) for event in item.alternatives]
    return told | ({"refused": item.refused} if item.refused else {})


def _plain(value: Any) -> Any:
    """Make JSON of a value; bytes become an object with their Latin-1 text."""
    match value:
        case bytes():
            return {"latin-1": value.decode("latin-1")}
        case dict():
            return {str(key): _plain(one) for key, one in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(one) for one in value]
        case str() | int() | float() | bool() | None:
            return value
    return repr(value)
