"""The phrases that this project does not use in one language, as its list names them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .texts import Text

__all__ = ["LANGUAGES", "Phrase", "Wording", "read_wording"]

LANGUAGES = ("en", "ko", "pt")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase to avoid.

    Attributes:
        match: The regular expression that finds it; case does not matter.
        use: What to write instead.
        example: A text that has it.
        fine: Texts that have something similar and are right.
        kinds: The kinds of text in which it is sought; all if there are none.
        levels: The levels of headings in which it is sought; all if there are none.
    """

    match: str
    use: str
    example: str
    fine: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()

    def found_in(self, text: Text) -> str | None:
        """Return the words in which the phrase is found, or None."""
        if self.kinds and text.kind not in self.kinds:
            return None
        if self.levels and text.level not in self.levels:
            return None
        found = re.search(self.match, " ".join(text.prose.split()), re.IGNORECASE)
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Wording:
    """What one language avoids: phrases, and headings that are longer than so many characters."""

    longest_heading: int
    phrases: tuple[Phrase, ...]

    def faults(self, texts: Iterable[Text]) -> Iterator[str]:
        """Yield a line for each phrase that is found, and for each heading that is too long."""
        for text in texts:
            for phrase in self.phrases:
                if found := phrase.found_in(text):
                    yield f"{text.place}: expected {phrase.use}, got {found!r}"
            if text.kind == "heading" and len(text.shown) > self.longest_heading:
                expected = f"expected a heading of at most {self.longest_heading} characters"
                yield f"{text.place}: {expected}, got {len(text.shown)}"


def read_wording(language: str) -> Wording:
    """Read the list of a language.

    Args:
        language: `en`, `ko` or `pt`.
    """
    data = tomllib.loads((Path(__file__).parent / f"{language}.toml").read_text("utf-8"))
    phrases = []
    for entry in data["phrase"]:
        fine, kinds, levels = (tuple(entry.get(name, ())) for name in ("fine", "kinds", "levels"))
        words = entry["match"], entry["use"], entry["example"]
        phrases.append(Phrase(*words, fine, kinds, levels))
    return Wording(data["longest_heading"], tuple(phrases))
