"""A page of the format, turned into a page of the site.

Only whole blocks are touched: a fence of a conversation becomes HTML, a line is put under each
heading of a requirement and under each example. All prose stays Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from reference_ws.conformance.conversation.events import Conversation, memory_only, wire_only
from reference_ws.conformance.conversation.faults import PageFault, PageFaults
from reference_ws.conformance.pages.markup import block_tokens
from reference_ws.conformance.pages.model import SOURCES, Example, Page, Requirement
from reference_ws.conformance.pages.translation import TOP

from .conversation import lines
from .drawings import draw
from .later import Later
from .moved import moved_sections
from .render import render
from .results_page import PageResults
from .sources import link_sources
from .tables import Placeholder, placeholder, table
from .words import Words

__all__ = ["example_path", "render_page", "with_runs_marked"]

_ENDINGS = {"javascript": "js"}


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines of the page, from 0, the last not included, and what stands there instead."""

    first: int
    end: int
    text: list[str]


def example_path(example: Example) -> PurePosixPath:
    """Give the place of an example's file below the folder of its language."""
    return PurePosixPath("examples", f"{example.id}.{_ENDINGS.get(example.kind, 'py')}")


def render_page(
    page: Page,
    text: str,
    *,
    words: Words,
    pages: Iterable[Page],
    link: Callable[[PurePosixPath], str],
    results: PageResults,
    later: Later,
    stale: Collection[str] = (),
) -> str:
    """Give the Markdown that the site shows.

    Args:
        page: The page, read from its file.
        text: Its text, with the line numbers of the file.
        words: The words of its language.
        pages: All pages of its language.
        link: Gives the address of a file of the site, seen from this page.
        results: What came of the runs.
        later: Takes what is put in when the page is finished.
        stale: The sections whose English original has changed since they were translated.

    Raises:
        PageFaults: A placeholder has no table, or a source no address.
    """
    out = text.split("\n")
    blocks = _Renderer(page, words, pages, link, results, later, stale).blocks(text)
    for block in sorted(blocks, key=lambda block: block.first, reverse=True):
        out[block.first : block.end] = block.text
    return "\n".join(out)


class _Renderer:
    """Finds the blocks of one page."""

    def __init__(
        self,
        page: Page,
        words: Words,
        pages: Iterable[Page],
        link: Callable[[PurePosixPath], str],
        results: PageResults,
        later: Later,
        stale: Collection[str],
    ) -> None:
        self.page = page
        self.words = words
        self.pages = pages
        self.link = link
        self.results = results
        self.later = later
        self.stale = stale
        self.examples = {one.line: one for one in page.examples}
        self.headings = {one.line: one.id or TOP for one in page.headings}
        self.requirements = {one.line: one for one in page.requirements}
        self.conversations = {
            talk.line: (example, talk)
            for example in page.examples
            for talk in example.conversations
        }

    def blocks(self, text: str) -> list[_Block]:
        faults: list[PageFault] = []
        found: list[_Block] = []
        in_requirement = False
        tokens = block_tokens(text)
        for token, following in zip(tokens, [*tokens[1:], None], strict=True):
            if token.level or token.map is None:
                continue
            first, end = token.map
            if token.type == "heading_open":
                in_requirement = first + 1 in self.requirements
                if in_requirement:
                    found.append(self._heading(self.requirements[first + 1], end))
                if self.headings.get(first + 1) in self.stale:
                    found.append(
                        _Block(end, end, ["", '!!! warning ""', f"    {self.words.stale}", ""])
                    )
            elif token.type == "fence" and first + 1 in self.examples:
                found += self._example(self.examples[first + 1], first, end)
            elif token.type == "fence" and first + 1 in self.conversations:
                found.append(self._talk(*self.conversations[first + 1], first, end))
            elif token.type == "paragraph_open" and in_requirement and following is not None:
                if following.content.startswith(SOURCES):
                    try:
                        linked = link_sources(following.content)
                    except ValueError as error:
                        faults.append(PageFault(self.page.path, first + 1, str(error)))
                    else:
                        found.append(_Block(first, end, [linked, "{: .ws-source }"]))
            elif token.type == "html_block" and (wanted := placeholder(token.content)):
                try:
                    made = self._table(wanted)
                except ValueError as error:
                    faults.append(PageFault(self.page.path, first + 1, str(error)))
                else:
                    found.append(_Block(first, end, ["", made, ""]))
        if faults:
            raise PageFaults(faults)
        return found

    def _heading(self, requirement: Requirement, end: int) -> _Block:
        html = render(
            "requirement",
            id=requirement.id,
            level=requirement.level,
            title=self.words.level_titles[requirement.level],
            systems=[one.capitalize() for one in requirement.systems],
            words=self.words,
        )
        results = self.later.mark(self.results.line(requirement.id))
        return _Block(end, end, ["", html, results, ""])

    def _table(self, wanted: Placeholder) -> str:
        kind, name = wanted
        if kind == "results":
            return self.later.mark(self.results.table(name))
        if kind == "moved" and name:
            return self.later.mark(moved_sections(name, self.pages, self.results.link))
        if drawn := draw(wanted, self.words):
            return self.later.mark(drawn)
        return table(wanted, self.pages, self.results.columns, self.words)

    def _example(self, example: Example, first: int, end: int) -> Iterator[_Block]:
        language = "js" if example.kind == "javascript" else "python"
        # The first example bears the id of its heading, which is an anchor already.
        own = "" if example.id == example.requirement else f" #{example.id}"
        yield _Block(first, first + 1, [f"```{{.{language}{own}}}"])
        path = example_path(example)
        html = render(
            "example",
            id=example.id,
            where=" ".join(self._where(example)),
            href=self.link(path),
            file=path.name,
            words=self.words,
        )
        yield _Block(end, end, ["", self.later.mark(html), ""])

    def _where(self, example: Example) -> Iterator[str]:
        words = self.words
        if example.kind == "client":
            yield words.ran_python_client
            return
        if example.kind == "javascript":
            yield words.ran_browser_client
            return
        if wire_reasons := list(filter(None, map(wire_only, example.conversations))):
            yield words.ran_on_the_wire
            yield ", ".join(dict.fromkeys(words.wire_reasons[one] for one in wire_reasons)) + "."
            return
        if example.memory_only:
            yield words.ran_script if example.kind == "script" else words.ran_in_memory
            yield words.memory_only.format(words.reasons[example.memory_only])
            return
        yield words.ran_app
        reasons = [reason for one in example.conversations if (reason := memory_only(one))]
        if reasons:
            told = ", ".join(dict.fromkeys(words.reasons[reason] for reason in reasons))
            total = len(example.conversations)
            yield words.partly_memory_only.format(len(reasons), total, told)

    def _talk(self, example: Example, talk: Conversation, first: int, end: int) -> _Block:
        words = self.words
        reason = None if example.memory_only else memory_only(talk)
        html = render(
            "conversation",
            lines=list(lines(talk, words)),
            left=words.server if talk.form == "lifespan" else words.client,
            reason=words.memory_only.format(words.reasons[reason]) if reason else "",
            words=words,
        )
        return _Block(first, end, ["", self.later.mark(html), ""])


# HTML has no such attribute; the badge beside the heading names the systems.
_SYSTEMS = re.compile(r'(<h[1-6]\b[^>]*?) systems="[^"]*"')


def with_runs_marked(html: str) -> str:
    """Give each snippet that has a line about its runs a class, so that no style has to look ahead.

    A selector with `:has` for it doubled the time that a long page took to be shown.

    Args:
        html: The finished page.
    """
    parts = html.split('<div class="ws-run"')
    for number, part in enumerate(parts[:-1]):
        before, found, after = part.rpartition(' highlight">')
        if found:
            parts[number] = f'{before} highlight ws-ran">{after}'
    return _SYSTEMS.sub(r"\1", '<div class="ws-run"'.join(parts))
