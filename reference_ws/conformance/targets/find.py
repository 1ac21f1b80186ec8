"""The packages under test: which of their modules and names stand for the documented ones.

A target is data. Calls are never translated: a call that differs is what the suite looks for.
"""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from importlib.util import find_spec
from typing import Any, Protocol

__all__ = ["MODULES", "Missing", "Target", "TargetError", "find_target", "version_of"]

DOCUMENTED = "reference_ws"

MODULES = ("constants", "datastructures", "responses", "routing", "websockets")
"""The documented modules that are the target's. `types` has no behaviour and `testing` belongs
to the suite, so both stay the reference's."""


class TargetError(Exception):
    """A target that cannot be tested at all."""


class Missing(ImportError):
    """A name or a module that the target does not have; the verdict is `unsupported`."""


@dataclass(frozen=True)
class Part:
    """What stands for one documented module.

    `names` maps a documented name to the target's where the two differ; `module:name` when it
    lives elsewhere. `methods` does the same for methods, by their class: only the name may
    differ, not the call.
    """

    module: str
    names: Mapping[str, str] = field(default_factory=dict)
    methods: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


TABLES: Mapping[str, Mapping[str, Part]] = {
    "starlette": {
        "constants": Part("starlette.constants"),
        "datastructures": Part("starlette.datastructures"),
        "responses": Part("starlette.responses"),
        "routing": Part("starlette.routing", {"WebSocketRouter": "Router"}),
        "websockets": Part("starlette.websockets"),
    },
    "lilya": {
        "constants": Part("lilya.constants"),
        "datastructures": Part(
            "lilya.datastructures",
            {
                "Address": "lilya._internal._message:Address",
                "Headers": "Header",
                "QueryParams": "QueryParam",
            },
        ),
        "responses": Part("lilya.responses", {"PlainTextResponse": "PlainText"}),
        "routing": Part(
            "lilya.routing",
            {"WebSocketRouter": "Router"},
            {"WebSocketRouter": {"websocket_route": "websocket"}},
        ),
        "websockets": Part("lilya.websockets"),
    },
    "yaat": {
        "constants": Part("yaat.constants"),
        "datastructures": Part("yaat.components"),
        "responses": Part(
            "yaat.responses",
            {"PlainTextResponse": "TextResponse", "StreamingResponse": "StreamResponse"},
        ),
        # Its pages add WebSocket routes to the application; its router is no ASGI application.
        "routing": Part("yaat.routing", {"WebSocketRouter": "yaat:Yaat"}),
        "websockets": Part("yaat.websockets", {"WebSocketState": "WebSocketStates"}),
    },
}
"""Targets that are known by name; every other package is taken to have the documented names."""


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
            return _given(found, _attribute(self.module, self.name))
        return found

    def provides(self, module: str, name: str) -> bool:
        if module not in MODULES:
            return False
        return name == "WebSocketRouter" or self.place(module, name)[0] == self.module


def _renamed(found: Any, methods: Mapping[str, str]) -> Any:
    """A class with some of its methods under the documented names as well."""
    present = {name: own for name, own in methods.items() if hasattr(found, own)}
    return type(found.__name__, (found,), {n: getattr(found, own) for n, own in present.items()})


# A class within the reference's router


class _Gap(BaseException):
    """Carries past the router what an endpoint found to be missing."""


def _given(router: Any, websocket: Any) -> Any:
    """The reference's router, with the class under test where none is named.

    Whatever an endpoint raises, the router makes a close of it. That the class lacks what the
    endpoint uses is no failure of the endpoint: it is raised, as it is without a router.
    """

    class WebSocketRouter(router):  # type: ignore[misc]
        def __init__(self, websocket_class: Callable[..., Any] = websocket) -> None:
            super().__init__(websocket_class)

        def _find(self, scope: Any) -> tuple[Any, Any]:
            endpoint, params = super()._find(scope)
            return (None if endpoint is None else _watched(endpoint)), params

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            try:
                await super().__call__(scope, receive, send)
            except _Gap as gap:
                raise gap.args[0] from None

    return WebSocketRouter


def _watched(endpoint: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
    async def watched(socket: Any) -> None:
        try:
            await endpoint(socket)
        except Exception as error:
            if _lacks(error, socket):
                raise _Gap(error) from None
            raise

    return watched


def _lacks(error: BaseException, socket: Any) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return any(_lacks(one, socket) for one in error.exceptions)
    return isinstance(error, AttributeError) and error.obj is socket and not _own(error, socket)


def _own(error: AttributeError, socket: Any) -> bool:
    """Whether the class itself looked for what it has not: that is a mistake in it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_globals.get("__name__") == type(socket).__module__


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
