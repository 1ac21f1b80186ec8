"""What the pages document, by module: this is what a target may have in its own place."""

from __future__ import annotations

__all__ = ["DOCUMENTED", "MODULES"]

DOCUMENTED = "reference_ws"

MODULES = ("constants", "datastructures", "exceptions", "responses", "routing", "websockets")
"""The documented modules that are the target's. `types` has no behaviour and `testing` belongs
to the suite, so both stay the reference's."""
