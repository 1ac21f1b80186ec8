"""The versions of what is installed, by the names under which it is imported."""

from __future__ import annotations

import re
from importlib import metadata

__all__ = ["version_of"]


def version_of(module: str) -> str | None:
    """Give the version of an installed module, None when it is not known.

    Args:
        module: The name by which it is imported, without a dot.
    """
    # `packages_distributions` makes a path of each file of each distribution: that takes longer
    # than to play a dozen examples.
    file = re.compile(rf"^{re.escape(module)}(?:/|\.py,|\.[^/,]*\.(?:so|pyd),)", re.MULTILINE)
    for distribution in metadata.distributions():
        if declared := distribution.read_text("top_level.txt"):
            provides = module in declared.split()
        else:
            provides = file.search(distribution.read_text("RECORD") or "") is not None
        if provides:
            return distribution.version
    try:
        return metadata.version(module)
    except metadata.PackageNotFoundError:
        return None
