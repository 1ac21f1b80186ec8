"""What is a server's own: a table of findings with a reason each."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from .counts import Finding

__all__ = ["FILE", "Known", "WrongTable", "load_known", "spared"]

FILE = Path(__file__).with_suffix(".toml")


class WrongTable(ValueError):
    """A table that says something else than `known.toml` explains."""


@dataclass(frozen=True)
class Known:
    """One finding that is the server's own.

    Attributes:
        server: Its name.
        what: What is found, such as `tasks`; or `spared`, for an attack that is left out because
            nothing else could be seen behind it.
        detail: Which of them; `*` stands for any text.
        reason: Why it is the server's.
    """

    server: str
    what: str
    detail: str
    reason: str

    def fits(self, server: str, finding: Finding) -> bool:
        """Whether this is that finding."""
        same = (server, finding.what) == (self.server, self.what)
        return same and fnmatchcase(finding.detail, self.detail)


def load_known(file: Path = FILE) -> list[Known]:
    """Read the table.

    Args:
        file: A TOML file with a `[[known]]` for each.

    Raises:
        WrongTable: A key is missing, unknown or no text.
    """
    try:
        entries = tomllib.loads(file.read_text("utf-8")).get("known", [])
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise WrongTable(f"expected a table in {file}, got {error}") from error
    keys = ("server", "what", "detail", "reason")
    for number, entry in enumerate(entries, 1):
        if sorted(entry) != sorted(keys) or not all(
            isinstance(entry[key], str) and entry[key] for key in keys
        ):
            raise WrongTable(f"expected {', '.join(keys)} in entry {number} of {file}, got {entry}")
    return [Known(**entry) for entry in entries]


def spared(server: str, known: Sequence[Known]) -> dict[str, str]:
    """The attacks that a server is spared, with the reasons."""
    return {one.detail: one.reason for one in known if (one.server, one.what) == (server, "spared")}
