"""Path patterns: `/rooms/{name}`, `/users/{id:int}`, `/files/{rest:path}`."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["Pattern"]

_PARAMETER = re.compile(r"\{([^{}:]*)(?::([^{}]*))?\}")
_CONVERTERS: dict[str, tuple[str, type[str] | type[int]]] = {
    "str": ("[^/]+", str),
    # As many digits as fit 64 bits and more; Python itself refuses thousands of them.
    "int": ("[0-9]{1,20}", int),
    "path": (".*", str),
}


class Pattern:
    """A path with parameters, compiled.

    Args:
        path: The path; it begins with `/`.

    Raises:
        TypeError: It is not a str.
        ValueError: It does not begin with `/`, or a parameter has no name, an unknown type,
            or a name that occurs twice.
    """

    def __init__(self, path: str) -> None:
        if not isinstance(path, str):
            raise TypeError(f"expected a path as a str first, got {path!r}")
        if not path.startswith("/"):
            raise ValueError(f"expected a path that begins with '/', got {path!r}")
        self._types: dict[str, type[str] | type[int]] = {}
        expression, end = "", 0
        for found in _PARAMETER.finditer(path):
            expression += self._literal(path, path[end : found.start()])
            expression += self._parameter(path, found[1], "str" if found[2] is None else found[2])
            end = found.end()
        self._expression = re.compile(expression + self._literal(path, path[end:]), re.DOTALL)

    @staticmethod
    def _literal(path: str, text: str) -> str:
        if "{" in text or "}" in text:
            raise ValueError(f"expected parameters such as {{name}} or {{name:int}}, got {path!r}")
        return re.escape(text)

    def _parameter(self, path: str, name: str, kind: str) -> str:
        if not name.isidentifier() or name in self._types:
            raise ValueError(f"expected each parameter with a name of its own, got {path!r}")
        if kind not in _CONVERTERS:
            raise ValueError(
                f"expected a parameter type of {', '.join(_CONVERTERS)}, got {kind!r} in {path!r}"
            )
        expression, self._types[name] = _CONVERTERS[kind]
        return f"(?P<{name}>{expression})"

    def match(self, path: str) -> dict[str, Any] | None:
        """Give the parameters if `path` fits the pattern, else None.

        Args:
            path: The path to look at.
        """
        found = self._expression.fullmatch(path)
        if found is None:
            return None
        return {name: self._types[name](value) for name, value in found.groupdict().items()}
