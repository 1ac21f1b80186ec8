"""Whether a page in another language is the same page, and whether it is still up to date.

A section is what stands between one heading and the next.
Its code must be the code of the English page, so only its prose can grow old: that is what its
hash is made of, in a form that no reformatting changes.
"""

from __future__ import annotations

import hashlib
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator

from markdown_it.token import Token

from ..conversation.events import Conversation
from ..conversation.faults import PageFault
from .markup import HEADING, block_tokens, read_attributes
from .model import SOURCES, Example, Page

__all__ = ["TOP", "digest", "parity", "sections", "untranslated_sources"]

TOP = "top"
"""The name of what stands before the first heading that has an id."""


def sections(text: str) -> dict[str, str]:
    """Give the prose of each section, by the id of its heading, in one normal form.

    Args:
        text: The Markdown of a page.
    """
    prose: dict[str, list[str]] = {TOP: []}
    name = TOP
    for token in block_tokens(text):
        if token.type == "inline":
            match = HEADING.fullmatch(token.content)
            found = read_attributes(match["attributes"]).id if match else None
            if found:
                name = found
                prose[name] = []
            prose[name].append(
                " ".join((match["text"] if found and match else token.content).split())
            )
        elif token.type == "fence":
            prose[name] += _words_of(token)
        elif token.type == "html_block":
            prose[name].append(" ".join(token.content.split()))
    return {id: "\n".join(filter(None, lines)) for id, lines in prose.items()}


def digest(prose: str) -> str:
    """Give the short hash by which a translation remembers what it was made from.

    Args:
        prose: A section, as `sections` gives it.
    """
    return hashlib.sha256(prose.encode()).hexdigest()[:16]


def _words_of(fence: Token) -> Iterator[str]:
    """What of a fence is for readers: notes, comments, and all of a fence that is not executed."""
    language = fence.info.strip(" {}").lstrip(".").split()[:1]
    if language == ["ws"]:
        yield from (line[1:].strip() for line in fence.content.split("\n") if line[:1] == "#")
    elif language == ["python"]:
        yield from (comment[1:].strip() for comment in _comments(fence.content))
    elif language == ["js"]:
        yield from re.findall(r"(?:^|\s)//(?!>) ?(.*)$", fence.content, re.M)
    else:
        yield " ".join(fence.content.split())


def _comments(code: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    return [comment for comment in comments if not comment.startswith("#>")]


# The same page in another language


def parity(english: Page, other: Page) -> Iterator[PageFault]:
    """Find where a translated page is not the same page.

    Args:
        english: The English page.
        other: Its translation.
    """
    ids = [heading.id for heading in english.headings if heading.id]
    theirs = {heading.id: heading for heading in other.headings if heading.id}
    for missing in [id for id in ids if id not in theirs]:
        yield PageFault(other.path, 1, f"expected section {missing!r}, got none")
    for id in [id for id in theirs if id not in ids]:
        yield PageFault(
            other.path, theirs[id].line, f"expected no section {id!r}: English has none"
        )
    if [id for id in theirs if id in ids] != [id for id in ids if id in theirs]:
        yield PageFault(other.path, 1, "expected the sections in the order of the English page")
    levels = {one.id: one.level for one in english.requirements}
    systems = {one.id: one.systems for one in english.requirements}
    depths = {one.id: one.level for one in english.headings}
    for requirement in other.requirements:
        wanted = levels.get(requirement.id)
        if wanted != requirement.level:
            said = f"expected level {wanted}, got {requirement.level}"
            yield PageFault(other.path, requirement.line, f"{requirement.id}: {said}")
        named = systems.get(requirement.id, ())
        if wanted == requirement.level and named != requirement.systems:
            said = f"expected systems {' '.join(named)!r}, got {' '.join(requirement.systems)!r}"
            yield PageFault(other.path, requirement.line, f"{requirement.id}: {said}")
    for id, heading in theirs.items():
        if id in depths and depths[id] != heading.level:
            yield PageFault(other.path, heading.line, f"{id}: expected another depth of heading")
        if id in levels and id not in {one.id for one in other.requirements}:
            yield PageFault(
                other.path, heading.line, f"{id}: expected level {levels[id]}, got none"
            )
    yield from _examples(english, other)
    yield from _references(english, other)


def _examples(english: Page, other: Page) -> Iterator[PageFault]:
    if [one.id for one in english.examples] != [one.id for one in other.examples]:
        yield PageFault(other.path, 1, "expected the examples of the English page, in their order")
    originals = {one.id: one for one in english.examples}
    for example in other.examples:
        original = originals.get(example.id)
        if original is None:
            continue
        if (original.kind, original.requirement) != (example.kind, example.requirement):
            yield PageFault(other.path, example.line, f"{example.id}: expected the same kind")
        if _code(original) != _code(example):
            said = "expected the code of the English page, up to comments"
            yield PageFault(other.path, example.line, f"{example.id}: {said}")
        if list(map(_steps, original.conversations)) != list(map(_steps, example.conversations)):
            said = "expected the conversations of the English page, up to notes"
            yield PageFault(other.path, example.line, f"{example.id}: {said}")


def _code(example: Example) -> list[str]:
    """The code without comments; what it prints is no comment."""
    if example.kind == "javascript":
        return [re.sub(r"(?:^|\s+)//(?!>).*$", "", line) for line in example.code.split("\n")]
    tokens = tokenize.generate_tokens(io.StringIO(example.code).readline)
    return [
        token.string
        for token in tokens
        if token.type not in (tokenize.COMMENT, tokenize.NL) or token.string.startswith("#>")
    ]


def _steps(conversation: Conversation) -> tuple[object, ...]:
    steps = tuple((step.text.strip(), step.fields) for step in conversation.steps)
    # A note more or less would leave a reader of one language without it.
    return steps, len(conversation.notes)


_LINK = re.compile(r"\]\(([^)\s]+)\)")
_NAME = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")


def _references(english: Page, other: Page) -> Iterator[PageFault]:
    """Links lead to the same places, and identifiers are the same."""
    theirs = sections(other.path.read_text("utf-8"))
    lines = {heading.id: heading.line for heading in other.headings}
    for id, prose in sections(english.path.read_text("utf-8")).items():
        for pattern, what in ((_LINK, "a link to"), (_NAME, "the name")):
            missing = Counter(pattern.findall(prose)) - Counter(pattern.findall(theirs.get(id, "")))
            for wanted in missing if id in theirs else ():
                said = f"{id}: expected {what} {wanted!r} as in the English section"
                yield PageFault(other.path, lines.get(id, 1), said)


def untranslated_sources(page: Page, language: str) -> Iterator[PageFault]:
    """Find sources that are not introduced in the language of the page.

    Args:
        page: The page.
        language: `ko` or `pt`.
    """
    wanted = SOURCES[("en", "ko", "pt").index(language)]
    for number, line in enumerate(page.path.read_text("utf-8").split("\n"), 1):
        if line.startswith(SOURCES) and not line.startswith(wanted):
            yield PageFault(page.path, number, f"expected {wanted!r}, got {line.split()[0]!r}")
