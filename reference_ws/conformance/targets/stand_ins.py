"""Modules that stand for the documented ones and give the names of a target.

`reference_ws.conformance.targets.stand_ins.starlette.websockets` is such a module. They are found
by their name alone, so that a server's process finds them as well: the loader there only knows
which name to import in place of which.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from .find import DOCUMENTED, MODULES, ClassTarget, PackageTarget, Target

__all__ = ["substitutions"]

__path__: list[str] = []  # a package without files: what is below it, the finder makes

_DOT = "~"  # a dot would divide the name of the stand-in


def substitutions(target: Target) -> dict[str, str]:
    """Give the names of the documented modules, and those of their stand-ins.

    Args:
        target: What the stand-ins give the names of.
    """
    below = target.spec.replace(".", _DOT)
    return {f"{DOCUMENTED}.{name}": f"{__name__}.{below}.{name}" for name in MODULES}


def _target(below: str) -> Target:
    module, colon, name = below.replace(_DOT, ".").partition(":")
    return ClassTarget(module, name) if colon else PackageTarget(module)


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not fullname.startswith(f"{__name__}."):
            return None
        below, _, module = fullname.removeprefix(f"{__name__}.").partition(".")
        if not module:
            return ModuleSpec(fullname, _Loader(), is_package=True)
        if module not in MODULES:
            return None
        found = _target(below)
        return ModuleSpec(fullname, _Loader(lambda name: found.get(module, name)))


class _Loader(Loader):
    def __init__(self, give: Callable[[str], Any] | None = None) -> None:
        self._give = give

    def exec_module(self, module: ModuleType) -> None:
        if self._give is None:
            return
        give = self._give

        def __getattr__(name: str) -> Any:
            if name.startswith("__"):  # the import system's own questions
                raise AttributeError(name)
            return give(name)

        vars(module)["__getattr__"] = __getattr__


if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
    sys.meta_path.insert(0, _Finder())
