"""What is tested: a package or a class, found by the name that a command line gives.

A target is data. Calls are never translated: a call that differs is what the suite looks for.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from typing import Any, Protocol

from .known import DOCUMENTED, MODULES, TABLES, Part
from .router import router_given

__all__ = ["Missing", "Target", "TargetError", "find_target", "import_from_here", "version_of"]


class TargetError(Exception):
    """A target that cannot be tested at all."""


class Missing(ImportError):
    """A name or a module that the target does not have; the verdict is `unsupported`."""


class Target(Protocol):
    """What is tested in place of the reference."""

    @property
    def spec(self) -> str:
        """How it is named on the command line."""

    @property
    def package(self) -> str:
        """The package whose version counts."""

    def place(self, module: str, name: str) -> tuple[str, str]:
        """Say in which module and by which name something documented is to be found."""

    def get(self, module: str, name: str) -> Any:
        """Give what stands for a documented name.

        Args:
            module: The documented module, without its package.
            name: The documented name.

        Raises:
            Missing: The target has no such thing.
            Exception: Whatever the target raises while it is imported.
        """

    def provides(self, module: str, name: str) -> bool:
        """Tell whether a documented name is the target's business, present or not."""


@dataclass(frozen=True)
class PackageTarget:
    """A package, or whatever a table says of one."""

    spec: str

    @property
    def package(self) -> str:
        return self.spec.partition(".")[0]

    def part(self, module: str) -> Part:
        table = TABLES.get(self.spec)
        return table[module] if table else Part(f"{self.spec}.{module}")

    def place(self, module: str, name: str) -> tuple[str, str]:
        part = self.part(module)
        where, _, found = part.names.get(name, name).rpartition(":")
        return where or part.module, found

    def get(self, module: str, name: str) -> Any:
        found = _attribute(*self.place(module, name))
        methods = self.part(module).methods.get(name)
        return _renamed(found, methods) if methods else found

    def provides(self, module: str, name: str) -> bool:
        return module in MODULES


@dataclass(frozen=True)
class ClassTarget:
    """One class; names come from its module first, then from the reference."""

    module: str
    name: str

    @property
    def spec(self) -> str:
        return f"{self.module}:{self.name}"

    @property
    def package(self) -> str:
        return self.module.partition(".")[0]

    def place(self, module: str, name: str) -> tuple[str, str]:
        if (module, name) == ("websockets", "WebSocket"):
            return self.module, self.name
        own = hasattr(importlib.import_module(self.module), name)
        return (self.module if own else f"{DOCUMENTED}.{module}"), name

    def get(self, module: str, name: str) -> Any:
        found = _attribute(*self.place(module, name))
        if name == "WebSocketRouter" and found.__module__.partition(".")[0] == DOCUMENTED:
            return router_given(found, _attribute(self.module, self.name))
        return found

    def provides(self, module: str, name: str) -> bool:
        if module not in MODULES:
            return False
        return name == "WebSocketRouter" or self.place(module, name)[0] == self.module


def _renamed(found: Any, methods: Mapping[str, str]) -> Any:
    """A class with some of its methods under the documented names as well."""
    present = {name: own for name, own in methods.items() if hasattr(found, own)}
    return type(found.__name__, (found,), {n: getattr(found, own) for n, own in present.items()})


def _attribute(module: str, name: str) -> Any:
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{module}.".startswith(f"{error.name}."):
            raise Missing(f"expected a module {module!r} with {name!r}, there is none") from None
        raise  # the module is there; what it imports is not
    try:
        return getattr(found, name)
    except AttributeError:
        raise Missing(f"expected {name!r} in {module!r}, it has no such name") from None


def find_target(spec: str) -> Target | None:
    """Find what a command line names.

    Args:
        spec: `reference`, a package, or `module:Class`.

    Returns:
        The target; None for the reference.

    Raises:
        TargetError: It cannot be imported, or holds no WebSocket class.
    """
    if spec == "reference":
        return None
    module, colon, name = spec.partition(":")
    if not all(part.isidentifier() for part in module.split(".")) or (
        colon and not name.isidentifier()
    ):
        raise TargetError(f"expected a package or 'module:Class' as the target, got {spec!r}")
    target: Target = ClassTarget(module, name) if colon else PackageTarget(spec)
    try:
        target.get("websockets", "WebSocket")
    except Missing as error:
        if find_spec(target.package) is None:
            raise TargetError(f"expected to import {target.package!r}, it is not there") from None
        raise TargetError(f"target {spec!r}: {error}{_hint(spec, colon)}") from None
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        raise TargetError(f"expected to import the target {spec!r}, got {said}") from error
    return target


def _hint(spec: str, colon: str) -> str:
    """Say what may have been meant by a module that is no package with the documented names."""
    try:
        alone = not colon and hasattr(importlib.import_module(spec), "WebSocket")
    except Exception:
        return ""
    return f" (for that class alone say '{spec}:WebSocket')" if alone else ""


def import_from_here() -> None:
    """Let a target lie in the working folder, as it may for `python -m`."""
    if "" not in sys.path:
        sys.path.insert(0, "")


def version_of(package: str) -> str | None:
    """Give the version of an installed package, None when it is not known.

    Args:
        package: The name by which it is imported.
    """
    names = metadata.packages_distributions().get(package, [package])
    try:
        return metadata.version(names[0])
    except metadata.PackageNotFoundError:
        return None
