"""Who asks for a requirement, and of whom: what its heading says, and whether its source agrees."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .markup import Attributes
from .model import LEVELS, SYSTEMS, Level, System

__all__ = ["attribute_faults", "level_of", "source_fault", "systems_of"]

_NAMED = {"starlette": "Starlette", "lilya": "Lilya", "yaat": "Yaat"}
_STANDARD = re.compile(r"\b(?:ASGI|RFC \d+|WHATWG)\b")
_OURS = re.compile(r"this project|이 프로젝트|d?este projeto", re.IGNORECASE)


def level_of(attributes: Attributes) -> Level | None:
    """Give the level of a heading, None for one that is no requirement."""
    levels = [name for name in LEVELS if name in attributes.classes]
    # A heading with a misspelt level is meant as a requirement: no faults that follow from it.
    return (levels or ["must"])[0] if attributes.classes else None


def systems_of(attributes: Attributes) -> tuple[System, ...]:
    """Give the systems that a heading names, in one order."""
    named = dict(attributes.options).get("systems", "").split()
    return tuple(name for name in SYSTEMS if name in named)


def attribute_faults(attributes: Attributes) -> Iterator[str]:
    """Find what is wrong with the level of a heading and with its systems."""
    for word in attributes.unknown:
        yield f"expected one #id and .classes after a heading, got {word!r}"
    for name in attributes.classes:
        if name not in LEVELS:
            yield f"expected a level ({', '.join(LEVELS)}), got {name!r}"
    levels = [name for name in LEVELS if name in attributes.classes]
    if len(levels) > 1:
        yield f"expected one level, got {' and '.join(levels)}"
    yield from _systems_faults(attributes, documented="documented" in levels)


def _systems_faults(attributes: Attributes, documented: bool) -> Iterator[str]:
    for name, _ in attributes.options:
        if name != "systems":
            yield f'expected no attribute but systems="…" after a heading, got {name!r}'
    given = [value for name, value in attributes.options if name == "systems"]
    if not documented:
        if given:
            yield f"expected systems at level documented only, got {given[0]!r}"
        return
    named = given[0].split() if given else []
    if not named:
        yield f'expected systems="…" at level documented ({", ".join(SYSTEMS)}), got none'
    for one in named:
        if one not in SYSTEMS:
            yield f"expected a system ({', '.join(SYSTEMS)}), got {one!r}"
    if len(set(named)) != len(named) or len(given) > 1:
        yield f"expected each system once, got {' '.join(given)!r}"


def source_fault(level: Level, systems: tuple[System, ...], source: str) -> str | None:
    """Say in what way a source does not agree with a level, None if it does.

    Args:
        level: The level.
        systems: Those of the heading.
        source: The source in the short form that pages write, in any of the languages.
    """
    if level == "must" and not _STANDARD.search(source):
        return f"expected ASGI, an RFC or WHATWG as the source of a MUST, got {source!r}"
    if level == "documented":
        for system in systems:
            if not re.search(rf"\b{_NAMED[system]}(?![A-Za-z])", source):
                return f"expected {_NAMED[system]} in the source, as in systems, got {source!r}"
    if level == "ours" and not _OURS.search(source):
        return f"expected this project in the source of level ours, got {source!r}"
    return None
