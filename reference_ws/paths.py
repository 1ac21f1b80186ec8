"""Path patterns: `/rooms/{name}`, `/users/{id:int}`, `/files/{rest:path}`."""

from __future__ import annotations

import re
from collections import deque
from typing import Any

__all__ = ["Pattern"]

_PARAMETER = re.compile(r"\{([^{}:]*)(?::([^{}]*))?\}")
_DIGITS = "0123456789"
# As many digits as fit 64 bits and more; Python itself refuses thousands of them.
_MOST_DIGITS = 20
_CONVERTERS: dict[str, type[str] | type[int]] = {"str": str, "int": int, "path": str}


class Pattern:
    """A path with parameters.

    The first parameter takes as much as it can, then the next. The time grows with the length
    of the path, whatever the pattern: a regular expression with two parameters in one segment
    would try their lengths against each other.

    Args:
        path: The path; it begins with `/`.

    Raises:
        TypeError: It is not a str.
        ValueError: It does not begin with `/`, or a parameter has no name, an unknown type,
            or a name that occurs twice.
    """

    def __init__(self, path: str) -> None:
        if not isinstance(path, str):
            raise TypeError(f"expected a str as the path, got {path!r}")
        if not path.startswith("/"):
            raise ValueError(f"expected a path that begins with '/', got {path!r}")
        self._parameters: dict[str, str] = {}
        self._literals: list[str] = []  # one before each parameter, and one behind the last
        end = 0
        for found in _PARAMETER.finditer(path):
            self._literal(path, path[end : found.start()])
            self._parameter(path, found[1], "str" if found[2] is None else found[2])
            end = found.end()
        self._literal(path, path[end:])

    def _literal(self, path: str, text: str) -> None:
        if "{" in text or "}" in text:
            raise ValueError(f"expected parameters such as {{name}} or {{name:int}}, got {path!r}")
        self._literals.append(text)

    def _parameter(self, path: str, name: str, kind: str) -> None:
        if not name.isidentifier():
            raise ValueError(f"expected an identifier as the name of a parameter, got {path!r}")
        if name in self._parameters:
            raise ValueError(f"expected a different name for each parameter, got {path!r}")
        if kind not in _CONVERTERS:
            raise ValueError(
                f"expected a parameter type of {', '.join(_CONVERTERS)}, got {kind!r} in {path!r}"
            )
        self._parameters[name] = kind

    def match(self, path: str) -> dict[str, Any] | None:
        """Return the parameters if `path` fits the pattern, else None.

        Args:
            path: The path to look at.
        """
        if not path.startswith(self._literals[0]):
            return None
        if not self._parameters:
            return {} if path == self._literals[0] else None
        # From the last parameter to the first: where each would end if it began at a place.
        ends: list[list[int]] = []
        fits = [-1] * len(path) + [len(path)]  # behind the last literal, only the end will do
        for kind, literal in zip(
            reversed(self._parameters.values()), reversed(self._literals), strict=False
        ):
            fits = _ends(path, kind, literal, fits)
            ends.insert(0, fits)
        found, start = {}, len(self._literals[0])
        for index, (name, kind) in enumerate(self._parameters.items()):
            end = ends[index][start]
            if end < 0:
                return None
            found[name] = _CONVERTERS[kind](path[start:end])
            start = end + len(self._literals[index + 1])
        return found


def _ends(path: str, kind: str, literal: str, following: list[int]) -> list[int]:
    """For each place in the path: where a parameter that begins there ends; -1 is nowhere.

    It ends as late as possible, before a literal that what follows in the pattern fits behind.
    """
    ends = [-1] * (len(path) + 1)
    refused = {"str": "/", "path": ""}.get(kind)
    reached: deque[int] = deque()  # the ends that a parameter can reach from here, the last first
    for place in range(len(path), -1, -1):
        char = path[place : place + 1]
        if char and (char == refused if refused is not None else char not in _DIGITS):
            reached.clear()
        while kind == "int" and reached and reached[0] - place > _MOST_DIGITS:
            reached.popleft()
        empty = not reached
        if path.startswith(literal, place) and following[place + len(literal)] >= 0:
            reached.append(place)
        if reached and (kind == "path" or not empty):
            ends[place] = reached[0]
    return ends
