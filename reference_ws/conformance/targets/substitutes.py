"""Modules that stand for the documented ones and give the names of a target."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any

from .find import Target
from .known import DOCUMENTED, MODULES
from .loader import Substitutes

__all__ = ["substitutes_of"]


def substitutes_of(target: Target) -> Substitutes:
    """Give the modules that a snippet imports in place of the documented ones.

    Args:
        target: What gives their names; it is asked when a snippet uses one.
    """
    return {
        f"{DOCUMENTED}.{name}": _module(f"{target.spec}:{name}", partial(target.get, name))
        for name in MODULES
    }


def _module(name: str, give: Callable[[str], Any]) -> ModuleType:
    module = ModuleType(name)

    def __getattr__(wanted: str) -> Any:
        if wanted.startswith("__"):  # the import system's own questions
            raise AttributeError(wanted)
        return give(wanted)

    vars(module)["__getattr__"] = __getattr__
    return module
