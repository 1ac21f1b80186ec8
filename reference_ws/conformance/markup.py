"""The attributes of headings and fences."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

ID = re.compile(r"(?!\d+$)[a-z0-9]+(?:-[a-z0-9]+)*")
HEADING = re.compile(r"(?P<text>.*?)\s*\{:?(?P<attributes>[^{}]*)\}")
INFO = re.compile(r"\{(?P<attributes>[^{}]*)\}|(?P<language>[^\s{}]*)(?P<options>\s.*)?")
OPTIONS = re.compile(r"(?:\s+[\w-]+=(?:\"[^\"]*\"|'[^']*'))*\s*")
LANGUAGES = ("python", "js", "ws")
_ALIASES = {"javascript": "js", "node": "js", "websocket": "ws"}


@dataclass(frozen=True, slots=True)
class Attributes:
    id: str | None
    classes: tuple[str, ...]
    unknown: tuple[str, ...]


def read_attributes(text: str) -> Attributes:
    words = text.split()
    ids = [word[1:] for word in words if word.startswith("#")]
    classes = tuple(word[1:] for word in words if word.startswith("."))
    unknown = [word for word in words if word[0] not in "#."] + ids[1:]
    return Attributes(ids[0] if ids else None, classes, tuple(unknown))


def meant_language(language: str) -> str | None:
    """Tell which of the executed languages a name nearly spells."""
    low = language.lower()
    if low.startswith("py"):
        return "python"
    near = difflib.get_close_matches(low, LANGUAGES, n=1, cutoff=0.7)
    return _ALIASES.get(low) or (near[0] if near else None)
