"""What the pages document, by module: this is what a target may have in its own place."""

from __future__ import annotations

import importlib

__all__ = ["DOCUMENTED", "MODULES", "documented_names"]

DOCUMENTED = "reference_ws"

MODULES = ("constants", "datastructures", "exceptions", "responses", "routing", "websockets")
"""The documented modules that are the target's. `types` has no behaviour and `testing` belongs
to the suite, so both stay the reference's."""


def documented_names() -> frozenset[str]:
    """Return the names that the documented modules export, and a target may replace."""
    modules = [importlib.import_module(f"{DOCUMENTED}.{name}") for name in MODULES]
    return frozenset(name for module in modules for name in module.__all__)
