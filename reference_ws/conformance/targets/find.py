"""What is tested: a package or a class, found by the name that a command line gives.

Calls are never translated: a call that differs is what the suite looks for. What only has another
name is what an adapter is for.
"""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from .adapter import SHIPPED, Adapter, AdapterError, builtin_exception, read_adapter
from .known import MODULES
from .standing import named, raising

__all__ = [
    "AdapterTarget",
    "ClassTarget",
    "Missing",
    "PackageTarget",
    "Target",
    "TargetError",
    "find_target",
    "import_from_here",
    "systems_of",
]


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

    @property
    def adapter(self) -> str | None:
        """The name and version of its adapter, None without one."""

    @property
    def backends(self) -> tuple[str, ...]:
        """The event loops on which it runs."""

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

    def beside(self, module: str, name: str) -> bool:
        """Tell whether a documented name is none of what is tested, and there is none to test."""

    @property
    def unlike(self) -> tuple[str, ...]:
        """Attributes that mean something else to the target: what uses them is not supported."""


@dataclass(frozen=True)
class PackageTarget:
    """A package with the documented modules and names."""

    spec: str
    adapter: None = None
    backends: tuple[str, ...] = ("asyncio", "trio")
    unlike: tuple[str, ...] = ()

    @property
    def package(self) -> str:
        return self.spec.partition(".")[0]

    def place(self, module: str, name: str) -> tuple[str, str]:
        return f"{self.spec}.{module}", name

    def get(self, module: str, name: str) -> Any:
        return _attribute(*self.place(module, name))

    def provides(self, module: str, name: str) -> bool:
        return module in MODULES

    def beside(self, module: str, name: str) -> bool:
        return False


@dataclass(frozen=True)
class AdapterTarget:
    """A package through an adapter: what the adapter's module defines, else what its facts name."""

    spec: str
    module: ModuleType
    facts: Adapter
    _made: dict[tuple[str, str], Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def package(self) -> str:
        return self.facts.package

    @property
    def name(self) -> str:
        """The name of the adapter: that of its file."""
        return Path(self.module.__file__ or self.spec).stem

    @property
    def adapter(self) -> str:
        return f"{self.name} {self.facts.version}"

    @property
    def backends(self) -> tuple[str, ...]:
        return self.facts.backends

    @property
    def unlike(self) -> tuple[str, ...]:
        return self.facts.unlike

    def place(self, module: str, name: str) -> tuple[str, str]:
        if name in vars(self.module):
            return self.module.__name__, name
        if name in self.facts.names:
            where, _, own = self.facts.names[name].partition(":")
            return where, own
        return self.facts.modules.get(module, f"{self.package}.{module}"), name

    def get(self, module: str, name: str) -> Any:
        if (module, name) not in self._made:
            self._made[module, name] = self._make(module, name)
        return self._made[module, name]

    def _make(self, module: str, name: str) -> Any:
        found = _attribute(*self.place(module, name))
        if name in self.facts.methods:
            found = named(found, self.facts.methods[name])
        if name == "WebSocket" and self.facts.exceptions:
            found = raising(found, self.exceptions())
        return found

    def exceptions(self) -> dict[Any, tuple[Any, ...]]:
        """Which exceptions of the package stand for which others."""
        return {
            _attribute(*own.split(":")): tuple(
                builtin_exception(name) or self.get("websockets", name) for name in names
            )
            for own, names in self.facts.exceptions.items()
        }

    def provides(self, module: str, name: str) -> bool:
        return module in MODULES

    def beside(self, module: str, name: str) -> bool:
        return False


@dataclass(frozen=True)
class ClassTarget:
    """One class, and what stands beside it in its module; nothing of the reference."""

    module: str
    name: str
    adapter: None = None
    backends: tuple[str, ...] = ("asyncio", "trio")
    unlike: tuple[str, ...] = ()

    @property
    def spec(self) -> str:
        return f"{self.module}:{self.name}"

    @property
    def package(self) -> str:
        return self.module.partition(".")[0]

    def place(self, module: str, name: str) -> tuple[str, str]:
        own = (module, name) == ("websockets", "WebSocket")
        return self.module, self.name if own else name

    def get(self, module: str, name: str) -> Any:
        return _attribute(*self.place(module, name))

    def provides(self, module: str, name: str) -> bool:
        return module in MODULES

    def beside(self, module: str, name: str) -> bool:
        if module == "websockets" or module not in MODULES:
            return False
        return not hasattr(importlib.import_module(self.module), name)


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
        spec: `reference`, a package, `module:Class`, or an adapter: its module or its file.

    Returns:
        The target; None for the reference.

    Raises:
        TargetError: It cannot be imported, or holds no WebSocket class.
    """
    if spec == "reference":
        return None
    module, colon, name = spec.partition(":")
    if not spec.endswith(".py") and (
        not all(part.isidentifier() for part in module.split("."))
        or (colon and not name.isidentifier())
    ):
        raise TargetError(
            f"expected a package, 'module:Class' or an adapter as the target, got {spec!r}"
        )
    try:
        target: Target = ClassTarget(module, name) if colon else _package(spec)
        target.get("websockets", "WebSocket")
    except AdapterError as error:
        raise TargetError(str(error)) from None
    except Missing as error:
        if find_spec(target.package) is None:
            raise TargetError(
                f"expected to import {target.package!r}, found no such module"
            ) from None
        raise TargetError(f"target {spec!r}: {error}{_hint(spec, colon)}") from None
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and error.name == spec:
            raise TargetError(f"expected to import {spec!r}, found no such module") from None
        said = f"{type(error).__name__}: {error}"
        raise TargetError(f"expected to import the target {spec!r}, got {said}") from error
    return target


def systems_of(target: Target) -> set[str]:
    """Give the systems whose documentation speaks for a target: its own, and what that takes on.

    Args:
        target: What is tested; for one class, what its package's adapter says counts too.

    Raises:
        AdapterError: The adapter has a mistake.
    """
    facts = target.facts if isinstance(target, AdapterTarget) else None
    if facts is None and (SHIPPED / f"{target.package}.py").is_file():
        shipped = read_adapter(target.package)
        facts = shipped[1] if shipped else None
    return {target.package, *(facts.like if facts else ())}


def _package(spec: str) -> Target:
    found = read_adapter(spec)
    if found is not None:
        return AdapterTarget(spec, *found)
    if spec.endswith(".py"):
        raise AdapterError(f"expected facts of an adapter in {spec!r}, got no ADAPTER in it")
    return PackageTarget(spec)


def _hint(spec: str, colon: str) -> str:
    """Say what to pass for a package that does not have the documented modules."""
    if colon or spec.endswith(".py"):
        return ""
    try:
        alone = hasattr(importlib.import_module(spec), "WebSocket")
    except Exception:
        return ""
    if alone:
        return f" (to test only that class, write '{spec}:WebSocket')"
    return f" (if its names differ, pass one class as '{spec}.module:Class', or write an adapter)"


def import_from_here() -> None:
    """Let a target lie in the working folder, as it may for `python -m`."""
    if "" not in sys.path:
        sys.path.insert(0, "")
