"""The words that the site adds to a page; a language is added by an entry of `WORDS`."""

from __future__ import annotations

from collections.abc import Mapping

from . import words_en, words_ko, words_pt
from .vocabulary import Words

__all__ = ["DEFAULT", "WORDS", "Words", "language_of"]

DEFAULT = "en"

WORDS: Mapping[str, Words] = {
    "en": words_en.WORDS,
    "ko": words_ko.WORDS,
    "pt": words_pt.WORDS,
}


def language_of(src_uri: str) -> str:
    """Give the language of a page from its place: a folder with a language's name, else English."""
    folder = src_uri.partition("/")[0]
    return folder if folder in WORDS else DEFAULT
