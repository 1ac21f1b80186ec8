"""Which sections of a translation are up to date with the English ones they were made from."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from reference_ws.conformance.pages.translation import digest, sections

__all__ = ["LANGUAGES", "Memory", "Section", "earlier"]

LANGUAGES = ("ko", "pt")

Fault = Literal["stale", "missing", "orphan"]


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a translation that is not as it should be."""

    language: str
    page: str
    id: str
    fault: Fault
    was: str | None = None  # the hash of the English text that was translated

    def __str__(self) -> str:
        return f"docs/{self.language}/{self.page}#{self.id}: {self.fault}"


class Memory:
    """What one language remembers: for each section, the hash of the English text it renders.

    Args:
        docs: The folder of the pages.
        language: The language.
    """

    def __init__(self, docs: Path, language: str) -> None:
        self.docs = docs
        self.language = language
        self.file = docs.parent / "website" / "translated" / f"{language}.json"
        read = self.file.read_text("utf-8") if self.file.exists() else "{}"
        self.known: dict[str, dict[str, str | dict[str, str]]] = json.loads(read)

    def faults(self) -> Iterator[Section]:
        """Give every section that is stale, missing or left over."""
        pages = {path.name for path in self.docs.glob("*.md")}
        for page in sorted(
            pages | {path.name for path in (self.docs / self.language).glob("*.md")}
        ):
            english = self._hashes(self.docs / page)
            theirs = self._hashes(self.docs / self.language / page)
            for id, now in english.items():
                was = self._hash(page, id)
                if id not in theirs:
                    yield Section(self.language, page, id, "missing")
                elif was != now:
                    yield Section(self.language, page, id, "stale", was)
            for id in theirs.keys() - english.keys():
                yield Section(self.language, page, id, "orphan")

    def stale(self, page: str) -> list[str]:
        """Give the sections of a page that are out of date, also those it lacks."""
        english = self._hashes(self.docs / page)
        return [id for id, now in english.items() if self._hash(page, id) != now]

    def record(self, page: str, id: str, why: str | None = None) -> None:
        """Remember that a section renders the English text as it is now.

        Args:
            page: The file's name.
            id: The section.
            why: For an English edit that changes nothing in the translation: what it was.
        """
        now = self._hashes(self.docs / page)[id]
        entry: str | dict[str, str] = {"hash": now, "confirmed": why} if why else now
        self.known.setdefault(page, {})[id] = entry

    def record_page(self, page: str) -> None:
        """Remember all sections of a page, and forget those that are gone."""
        self.known[page] = {}
        for id in self._hashes(self.docs / page):
            self.record(page, id)

    def save(self) -> None:
        """Write the file."""
        self.file.parent.mkdir(exist_ok=True)
        text = json.dumps(self.known, indent=1, sort_keys=True, ensure_ascii=False)
        self.file.write_text(text + "\n", "utf-8")

    def _hash(self, page: str, id: str) -> str | None:
        entry = self.known.get(page, {}).get(id)
        return entry["hash"] if isinstance(entry, dict) else entry

    @staticmethod
    def _hashes(path: Path) -> Mapping[str, str]:
        return _digests(path.read_text("utf-8")) if path.exists() else {}


@lru_cache(maxsize=64)  # each language is compared with the same English pages
def _digests(text: str) -> Mapping[str, str]:
    return {id: digest(prose) for id, prose in sections(text).items()}


def earlier(docs: Path, page: str, id: str, wanted: str) -> str | None:
    """Find the English text that a hash was made of in the history; None if it is not there.

    Args:
        docs: The folder of the pages.
        page: The file's name.
        id: The section.
        wanted: The hash.
    """
    path = docs / page
    for commit in _git(docs, "log", "--format=%H", "--", path.name).split():
        prose = sections(_git(docs, "show", f"{commit}:./{path.name}")).get(id, "")
        if digest(prose) == wanted:
            return prose
    return None


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True)
    return done.stdout
