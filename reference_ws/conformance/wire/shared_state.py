"""Whether an example keeps something for later connections in the module itself.

A server with several workers has several such modules, and its connections come to any of them.
"""

from __future__ import annotations

import ast

from ..conversation.events import Connect
from ..pages.model import Example

__all__ = ["needs_one_process"]

_CONTAINERS = ("defaultdict", "dict", "list", "set")


def needs_one_process(example: Example, app: Example) -> bool:
    """Tell whether an example means something only if one process serves all its connections.

    Args:
        example: The example: an application, or a client of one.
        app: The application; the example itself if it is one.
    """
    if not any(map(_keeps, ast.parse(app.code).body)):
        return False
    if example.kind != "app":
        return True
    opened = [
        step for talk in example.conversations for step in talk.steps if type(step.event) is Connect
    ]
    return len(opened) > 1


def _keeps(statement: ast.stmt) -> bool:
    """Whether a statement of the module makes a container that its functions can change."""
    if not isinstance(statement, ast.Assign | ast.AnnAssign):
        return False
    value = statement.value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id in _CONTAINERS
    return isinstance(value, ast.List | ast.Dict | ast.Set)
