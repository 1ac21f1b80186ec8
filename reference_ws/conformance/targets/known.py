"""Targets known by name: which of their modules and names stand for the documented ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["DOCUMENTED", "MODULES", "TABLES", "Part", "likeness_of"]

DOCUMENTED = "reference_ws"

MODULES = ("constants", "datastructures", "responses", "routing", "websockets")
"""The documented modules that are the target's. `types` has no behaviour and `testing` belongs
to the suite, so both stay the reference's."""


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


# Packages whose class is that of a documented system: its promises are theirs.
_LIKE = {"fastapi": "starlette"}


def likeness_of(package: str) -> str:
    """Give the system whose documentation a package shares; its own name when it shares none.

    Args:
        package: The name by which it is imported.
    """
    return _LIKE.get(package, package)
