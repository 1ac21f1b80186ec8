"""What says how a package names things: a module with a few facts, and what facts cannot say."""

from __future__ import annotations

import builtins
import difflib
import importlib
import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from .known import MODULES, documented_names

__all__ = ["SHIPPED", "Adapter", "AdapterError", "builtin_exception", "is_adapter", "read_adapter"]

SHIPPED = Path(__file__).with_name("adapters")
"""The adapters that the suite comes with, each named like its package."""

_found: set[str] = set()
"""The files of the adapters that were found."""


class AdapterError(Exception):
    """A module that was meant to be an adapter, and is none."""


class Adapter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The facts of an adapter, which its module holds as the dictionary `ADAPTER`.

    Attributes:
        package: The package that it is for.
        version: The adapter's own version.
        backends: The event loops on which the package runs.
        modules: For a documented module, the one that stands for it.
        names: For a documented name, what stands for it, as `module:name`.
        methods: For a documented class, its own name of each documented method.
        like: The systems whose documentation the package takes on: what they document counts.
        unlike: Attributes of the WebSocket that mean something else in the package.
        exceptions: For an exception of the package (`module:name`), the exceptions that it
            stands for: built-in or documented names.
    """

    package: str
    version: str
    backends: tuple[str, ...] = ("asyncio", "trio")
    modules: dict[str, str] = {}
    names: dict[str, str] = {}
    methods: dict[str, dict[str, str]] = {}
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    exceptions: dict[str, tuple[str, ...]] = {}


def read_adapter(spec: str) -> tuple[ModuleType, Adapter] | None:
    """Find an adapter: one that the suite comes with, a module, or a file.

    Args:
        spec: What the command line names.

    Returns:
        The module and its facts; None when it names something else.

    Raises:
        AdapterError: It is an adapter with a mistake.
        Exception: Whatever the module raises while it is imported.
    """
    module = _module(spec)
    if module is None or not isinstance(facts := vars(module).get("ADAPTER"), Mapping):
        return None
    try:
        adapter = msgspec.convert(facts, Adapter)
    except msgspec.ValidationError as error:
        raise AdapterError(f"expected facts of an adapter in {spec!r}, got {error}") from None
    if wrong := sorted(adapter.modules.keys() - set(MODULES)):
        known = ", ".join(MODULES)
        raise AdapterError(f"expected {known} as modules of the adapter {spec!r}, got {wrong[0]!r}")
    documented = documented_names()
    if wrong := sorted({*adapter.names, *adapter.methods} - documented):
        near = difflib.get_close_matches(wrong[0], documented, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise AdapterError(
            f"expected documented names in the adapter {spec!r}, got {wrong[0]!r}{hint}"
        )
    places = [*adapter.names.values(), *adapter.exceptions]
    if wrong := [one for one in places if not all(one.partition(":"))]:
        raise AdapterError(f"expected 'module:name' in the adapter {spec!r}, got {wrong[0]!r}")
    _found.add(str(module.__file__))
    return module, adapter


def _module(spec: str) -> ModuleType | None:
    if spec.endswith(".py"):
        return _from_file(Path(spec))
    if (SHIPPED / f"{spec}.py").is_file():
        return importlib.import_module(f"{__package__}.adapters.{spec}")
    if not all(part.isidentifier() for part in spec.split(".")):
        return None
    try:
        return importlib.import_module(spec)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{spec}.".startswith(f"{error.name}."):
            return None
        raise


def _from_file(file: Path) -> ModuleType:
    if not file.is_file():
        raise AdapterError(f"expected a file with an adapter, got {str(file)!r}")
    name = f"reference_ws_adapter_{file.stem}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, file.resolve())
    assert spec is not None and spec.loader is not None  # its name ends with .py
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def is_adapter(file: str) -> bool:
    """Tell whether a file of this process or of a server's is an adapter that was found.

    Args:
        file: The file, as a traceback names it.
    """
    return file in _found or Path(file).parent == SHIPPED


def builtin_exception(name: str) -> Any:
    """Give a built-in exception by its name, None when there is none."""
    found = vars(builtins).get(name)
    return found if isinstance(found, type) and issubclass(found, BaseException) else None
