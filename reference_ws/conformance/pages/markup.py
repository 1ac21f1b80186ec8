"""The blocks of a page, and the attributes of headings and fences."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

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
    options: tuple[tuple[str, str], ...] = ()


def _headings_inline(state: StateCore) -> None:
    """Read what stands inside of headings only: of all other text the source is what counts."""
    for opening, inline in pairwise(state.tokens):
        if opening.type == "heading_open":
            inline.children = []
            state.md.inline.parse(inline.content, state.md, state.env, inline.children)


_BLOCKS = MarkdownIt("commonmark")
_BLOCKS.core.ruler.at("inline", _headings_inline)


@lru_cache(maxsize=128)  # a page is read, shown and compared with its translations
def block_tokens(text: str) -> tuple[Token, ...]:
    """Read a page as CommonMark.

    Args:
        text: The Markdown of the page.

    Returns:
        The tokens, which are not to be changed; only those of headings have children.
    """
    return tuple(_BLOCKS.parse(text))


_OPTION = re.compile(r"(?<!\S)([\w-]+)=\"([^\"]*)\"(?!\S)")


def read_attributes(text: str) -> Attributes:
    """Read `#id .class name="value"`; what is nothing of that is `unknown`."""
    words = _OPTION.sub("", text).split()
    ids = [word[1:] for word in words if word.startswith("#")]
    classes = tuple(word[1:] for word in words if word.startswith("."))
    unknown = [word for word in words if word[0] not in "#."] + ids[1:]
    options = tuple((match[1], match[2]) for match in _OPTION.finditer(text))
    return Attributes(ids[0] if ids else None, classes, tuple(unknown), options)


def meant_language(language: str) -> str | None:
    """Tell which of the executed languages a name nearly spells."""
    low = language.lower()
    if low.startswith("py"):
        return "python"
    near = difflib.get_close_matches(low, LANGUAGES, n=1, cutoff=0.7)
    return _ALIASES.get(low) or (near[0] if near else None)
