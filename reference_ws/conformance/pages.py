"""A Markdown page, read into requirements and examples.

The page is parsed as CommonMark, so what counts as a fence here is what a reader sees as one.
Every mistake of a page is found in one go and carries the page and the line.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pytest_examples.find_examples import find_examples

from .conversation import (
    parse_conversation,
)
from .events import (
    Conversation,
    MemoryOnly,
    memory_only,
)
from .faults import (
    PageFault,
    PageFaults,
)
from .prints import misplaced

Level = Literal["must", "should", "may", "info"]
Kind = Literal["app", "script", "client", "javascript"]

LEVELS: tuple[Level, ...] = ("must", "should", "may", "info")
SOURCES = ("Source: ", "출처: ", "Fonte: ")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its depth, its plain text without the attributes, its id."""

    level: int
    text: str
    id: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Example:
    """A snippet and what goes over the wire when it is served.

    `line` is that of the opening fence: the code starts on the next one. `memory_only` is set when
    no part of the example can exist on the wire.
    """

    id: str
    requirement: str | None
    code: str
    line: int
    conversations: tuple[Conversation, ...]
    kind: Kind
    defines_app: bool
    memory_only: MemoryOnly | None
    page: str
    path: Path


@dataclass(frozen=True, slots=True)
class Requirement:
    """A heading with a level; `source` is the Markdown that names where the rule comes from."""

    id: str
    level: Level
    title: str
    line: int
    source: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page: everything in the order of its lines."""

    path: Path
    name: str
    title: str
    headings: tuple[Heading, ...]
    requirements: tuple[Requirement, ...]
    examples: tuple[Example, ...]

    @property
    def clients(self) -> tuple[Example, ...]:
        """The examples that are clients of the page's first application."""
        return tuple(one for one in self.examples if one.kind in ("client", "javascript"))

    @property
    def app(self) -> Example | None:
        """The first example that defines an application."""
        return next((one for one in self.examples if one.kind == "app"), None)


def parse_page(
    path: str | Path,
    text: str | None = None,
    *,
    name: str | None = None,
    strict_headings: bool = True,
) -> Page:
    """Read one page.

    Args:
        path: The page's file.
        text: The text of the page when it is at hand; else the file is read, and its fences are
            compared with those that pytest-examples finds in it.
        name: The page's name; the stem of its file name unless given.
        strict_headings: Whether headings below the title and examples outside of requirements
            must have an id. Else such examples are called ``name-1``, ``name-2`` and so on.

    Returns:
        The page.

    Raises:
        PageFaults: The page has mistakes. Holds every one.
    """
    path = Path(path)
    reader = _Reader(path, name or path.stem.lower(), strict_headings)
    reader.read(path.read_text(encoding="utf-8") if text is None else text)
    if text is None:
        reader.compare_with_finder()
    if reader.faults:
        raise PageFaults(reader.faults)
    return reader.page()


def parse_pages(paths: Iterable[str | Path]) -> list[Page]:
    """Read the pages of one language and check what holds over all of them.

    Args:
        paths: The pages' files.

    Returns:
        The pages in the order given.

    Raises:
        PageFaults: Some page has mistakes, or an id of a requirement or an example occurs twice.
    """
    pages: list[Page] = []
    faults: list[PageFault] = []
    for path in paths:
        try:
            pages.append(parse_page(path))
        except PageFaults as found:
            faults += found.faults
    faults += repeated_ids(pages)
    if faults:
        raise PageFaults(faults)
    return pages


def repeated_ids(pages: Iterable[Page]) -> list[PageFault]:
    """Find ids of requirements and examples that occur on several pages.

    Args:
        pages: Pages of one language.

    Returns:
        A fault for each id that an earlier page has already.
    """
    seen: dict[str, tuple[Page, int]] = {}
    faults = []
    for page in pages:
        own = {one.id: one.line for one in page.examples}
        own |= {one.id: one.line for one in page.requirements}
        for id, line in own.items():
            first, first_line = seen.setdefault(id, (page, line))
            if first is not page:
                message = f"expected an id of its own, got {id!r} as on {first.path}:{first_line}"
                faults.append(PageFault(page.path, line, message))
    return faults


def page_faults(
    path: str | Path, text: str | None = None, *, strict_headings: bool = True
) -> list[PageFault]:
    """List the mistakes of one page.

    Args:
        path: The page's file.
        text: As for `parse_page`.
        strict_headings: As for `parse_page`.

    Returns:
        The mistakes in the order of their lines; none for a good page.
    """
    try:
        parse_page(path, text, strict_headings=strict_headings)
    except PageFaults as found:
        return list(found.faults)
    return []


# Attributes of headings and fences

_ID = re.compile(r"(?!\d+$)[a-z0-9]+(?:-[a-z0-9]+)*")
_HEADING = re.compile(r"(?P<text>.*?)\s*\{:?(?P<attributes>[^{}]*)\}")
_INFO = re.compile(r"\{(?P<attributes>[^{}]*)\}|(?P<language>[^\s{}]*)(?P<options>\s.*)?")
_OPTIONS = re.compile(r"(?:\s+[\w-]+=(?:\"[^\"]*\"|'[^']*'))*\s*")
_LANGUAGES = ("python", "js", "ws")
_ALIASES = {"javascript": "js", "node": "js", "websocket": "ws"}


@dataclass(frozen=True, slots=True)
class _Attributes:
    id: str | None
    classes: tuple[str, ...]
    unknown: tuple[str, ...]


def _attributes(text: str) -> _Attributes:
    words = text.split()
    ids = [word[1:] for word in words if word.startswith("#")]
    classes = tuple(word[1:] for word in words if word.startswith("."))
    unknown = [word for word in words if word[0] not in "#."] + ids[1:]
    return _Attributes(ids[0] if ids else None, classes, tuple(unknown))


def _meant(language: str) -> str | None:
    """Tell which of the executed languages a name nearly spells."""
    low = language.lower()
    if low.startswith("py"):
        return "python"
    near = difflib.get_close_matches(low, _LANGUAGES, n=1, cutoff=0.7)
    return _ALIASES.get(low) or (near[0] if near else None)


# Reading


@dataclass(slots=True)
class _Snippet:
    id: str
    requirement: str | None
    code: str
    line: int
    kind: Kind
    defines_app: bool
    conversations: list[Conversation] = field(default_factory=list)
    has_fence: bool = False  # also one with mistakes, which are reported by themselves
    valid: bool = True  # of what is no Python nothing more is reported

    def example(self, page: str, path: Path) -> Example:
        reasons = [memory_only(one) for one in self.conversations]
        reason = MemoryOnly.NO_APP if self.kind == "script" else None
        if reasons and all(reasons):
            reason = reasons[0]
        return Example(
            id=self.id,
            requirement=self.requirement,
            code=self.code,
            line=self.line,
            conversations=tuple(self.conversations),
            kind=self.kind,
            defines_app=self.defines_app,
            memory_only=reason,
            page=page,
            path=path,
        )


@dataclass(slots=True)
class _Section:
    """What stands between one heading and the next."""

    heading: Heading
    level: Level | None
    source: str | None = None
    snippets: list[_Snippet] = field(default_factory=list)


class _Reader:
    """Walks the blocks of one page."""

    def __init__(self, path: Path, name: str, strict: bool) -> None:
        self.path = path
        self.name = name
        self.strict = strict
        self.faults: list[PageFault] = []
        self.sections = [_Section(Heading(0, "", None, 1), None)]
        self.ids: dict[str, int] = {}
        self.python_fences: dict[int, str] = {}
        self.lines: list[str] = []

    def fault(self, line: int, message: str) -> None:
        self.faults.append(PageFault(self.path, line, message))

    def read(self, text: str) -> None:
        text = _without_front_matter(text.replace("\r\n", "\n"))
        self.lines = text.split("\n")
        tokens = MarkdownIt("commonmark").parse(text)
        for index, token in enumerate(tokens):
            line = token.map[0] + 1 if token.map else 0
            match token.type:
                case "heading_open":
                    self._heading(token, tokens[index + 1], line)
                case "paragraph_open" if token.level == 0:
                    self._paragraph(tokens[index + 1].content, tokens[index + 3 :], line)
                case "fence":
                    self._fence(token, line)
                case "code_block" | "html_block":
                    self._other_block(token, line)
        for section in self.sections:
            self._finish(section)
        if self.strict and not any(one.heading.level == 1 for one in self.sections):
            self.fault(1, "expected a title (a heading of level 1), got none")
        self._check_clients()

    def page(self) -> Page:
        headings = tuple(section.heading for section in self.sections[1:])
        return Page(
            path=self.path,
            name=self.name,
            title=next((one.text for one in headings if one.level == 1), self.name),
            headings=headings,
            requirements=tuple(
                Requirement(
                    section.heading.id or "",
                    section.level,
                    section.heading.text,
                    section.heading.line,
                    section.source or "",
                    tuple(one.id for one in section.snippets),
                )
                for section in self.sections
                if section.level
            ),
            examples=tuple(one.example(self.name, self.path) for one in self._snippets()),
        )

    def compare_with_finder(self) -> None:
        """Compare with what pytest-examples finds, for that is what is executed."""
        found = {one.start_line: one.source for one in find_examples(self.path)}
        for line in sorted(found.keys() | self.python_fences.keys()):
            here, there = self.python_fences.get(line), found.get(line)
            if there is None:
                self.fault(line, "this python fence would not be executed: no finder sees it")
            elif here is None:
                self.fault(line, "this would be executed, but it is no python fence to a reader")
            elif here != there:
                self.fault(line, "expected a snippet without '```' in it: it would be cut short")

    # Headings and prose

    def _heading(self, token: Token, inline: Token, line: int) -> None:
        if token.level:
            self.fault(line, "expected a heading outside of lists and quotes")
        depth = int(token.tag[1:])
        match = _HEADING.fullmatch(inline.content)
        attributes = _attributes(match["attributes"] if match else "")
        text = "".join(
            " " if child.type == "softbreak" else child.content for child in inline.children or ()
        )
        if plain := _HEADING.fullmatch(text):
            text = plain["text"]
        level = self._level(attributes, line)
        if attributes.id is not None:
            self._register(attributes.id, line)
        elif (self.strict and depth > 1) or level:
            self.fault(line, f"expected an id behind the heading, as {{ #id }}, got {text!r}")
        self.sections.append(_Section(Heading(depth, text, attributes.id, line), level))

    def _level(self, attributes: _Attributes, line: int) -> Level | None:
        for word in attributes.unknown:
            self.fault(line, f"expected one #id and .classes behind a heading, got {word!r}")
        for name in attributes.classes:
            if name not in LEVELS:
                self.fault(line, f"expected a level ({', '.join(LEVELS)}), got {name!r}")
        levels = [name for name in LEVELS if name in attributes.classes]
        if len(levels) > 1:
            self.fault(line, f"expected one level, got {' and '.join(levels)}")
        # A heading with a misspelt level is meant as a requirement: no faults that follow from it.
        return (levels or ["must"])[0] if attributes.classes else None

    def _register(self, id: str, line: int) -> None:
        if not _ID.fullmatch(id):
            self.fault(line, f"expected an id of words and '-', in lower case, got {id!r}")
        elif id in self.ids:
            self.fault(line, f"expected an id of its own, got {id!r} as on line {self.ids[id]}")
        else:
            self.ids[id] = line

    def _paragraph(self, content: str, following: list[Token], line: int) -> None:
        section = self.sections[-1]
        first, *rest = content.split("\n")
        for offset, other in enumerate(rest, 1):
            if section.level and other.startswith(SOURCES):
                self.fault(line + offset, "expected the source as a paragraph of its own")
        prefix = next((one for one in SOURCES if first.startswith(one)), None)
        if prefix is None or section.level is None:
            return
        if section.source is not None:
            self.fault(line, "expected one source in a requirement, got a second")
        section.source = content.removeprefix(prefix).strip()
        if following and following[0].type == "paragraph_open":
            self.fault(line, "expected the source as the last paragraph of the prose")

    # Fences

    def _fence(self, token: Token, line: int) -> None:
        match = _INFO.fullmatch(token.info.strip())
        attributes = _attributes((match and match["attributes"]) or "")
        language = (match and match["language"]) or next(iter(attributes.classes), "")
        if match is None:
            language = token.info.split()[0].strip("{.}")
        if language not in _LANGUAGES:
            if meant := _meant(language):
                self.fault(
                    line, f"expected {meant!r} as the language of the fence, got {language!r}"
                )
            else:
                self._no_prompts(token, line)
            return
        if match is None or not _OPTIONS.fullmatch(match["options"] or "") or attributes.unknown:
            self.fault(line, f"expected {language} or {{.{language} #id}}, got {token.info!r}")
            return
        if not self._well_placed(token, line):
            return
        if language == "ws":
            self._conversation(token, attributes, line)
        else:
            self._snippet(token, attributes, language, line)

    def _well_placed(self, token: Token, line: int) -> bool:
        opening = self.lines[line - 1]
        if token.level or not opening.startswith(("`", "~")):
            self.fault(line, "expected the fence at the left margin, outside of lists and quotes")
        elif token.markup != "```":
            self.fault(line, f"expected a fence of three backticks, got {token.markup!r}")
        elif self.lines[(token.map or [0, 1])[1] - 1].strip() != "```":
            self.fault(line, "expected a closing fence, got the end of the page")
        else:
            return True
        return False

    def _no_prompts(self, token: Token, line: int) -> None:
        for offset, text in enumerate(token.content.split("\n"), int(token.type == "fence")):
            if text.lstrip().startswith(">>> "):
                self.fault(line + offset, "expected a python fence with '#>', got a console prompt")
                return

    def _other_block(self, token: Token, line: int) -> None:
        self._no_prompts(token, line)
        for offset, text in enumerate(token.content.split("\n")):
            if text.lstrip().startswith(("```", "~~~")):
                self.fault(
                    line + offset, "expected the fence at the left margin, outside of other blocks"
                )
                return

    def _snippet(self, token: Token, attributes: _Attributes, language: str, line: int) -> None:
        section = self.sections[-1]
        classes = attributes.classes[1:]
        for name in classes:
            if language != "python" or name != "client":
                self.fault(line, f"expected no class but 'client' on a python fence, got {name!r}")
        defines_app, valid = False, True
        kind: Kind = "javascript"
        if language == "python":
            self.python_fences[line] = token.content
            names = self._check_python(token.content, line)
            valid, defines_app = names is not None, "app" in (names or ())
            kind = "client" if "client" in classes else "app" if defines_app else "script"
            if kind == "client" and defines_app:
                self.fault(line, "expected a client without an 'app' of its own")
        requirement = section.heading.id if section.level else None
        id = self._example_id(attributes.id, language, line)
        section.snippets.append(
            _Snippet(id, requirement, token.content, line, kind, defines_app, valid=valid)
        )

    def _example_id(self, given: str | None, language: str, line: int) -> str:
        section = self.sections[-1]
        if given is None:
            if language == "js":
                given = f"{section.heading.id or self.name}-js"
            elif (
                section.level
                and section.heading.id
                and not any(one.kind != "javascript" for one in section.snippets)
            ):
                return section.heading.id
            elif self.strict:
                self.fault(line, f"expected an id for this example, as {{.{language} #id}}")
                return ""
            else:
                given = f"{self.name}-{len(self.python_fences)}"
        self._register(given, line)
        return given

    def _check_python(self, code: str, line: int) -> set[str] | None:
        """Report the faults of a snippet; give the names that it binds, None if it is no Python."""
        try:
            tree = ast.parse(code)
        except SyntaxError as error:
            self.fault(line + (error.lineno or 1), f"expected valid python, got {error.msg}")
            return None
        for node in ast.walk(tree):
            if message := _unwanted(node):
                self.fault(line + cast("ast.stmt", node).lineno, message)
        for number in misplaced(code):
            self.fault(line + number, "expected '#>' directly under a print")
        return set(_bound(tree))

    def _conversation(self, token: Token, attributes: _Attributes, line: int) -> None:
        snippet = next(
            (one for one in reversed(self.sections[-1].snippets) if one.kind != "javascript"), None
        )
        if attributes.id or attributes.classes[1:]:
            self.fault(line, "expected a ws fence without id or classes")
        if snippet is None:
            self.fault(line, "expected a python fence above the conversation in its section")
        elif snippet.valid and not snippet.defines_app or snippet.kind == "client":
            self.fault(line, f"expected an 'app' in the snippet on line {snippet.line}, got none")
        else:
            snippet.has_fence = True
        try:
            conversation = parse_conversation(token.content, path=self.path, line=line)
        except PageFaults as found:
            self.faults += found.faults
        else:
            if snippet is not None:
                snippet.conversations.append(conversation)

    # What holds for a section and for the page

    def _finish(self, section: _Section) -> None:
        if section.level and not section.snippets:
            self.fault(section.heading.line, "expected an example for this requirement, got none")
        if section.level and not section.source:
            wanted = f"a paragraph that starts with {SOURCES[0].strip()!r}"
            self.fault(section.heading.line, f"expected {wanted} in this requirement, got none")
        for snippet in section.snippets:
            if snippet.kind == "app" and not snippet.has_fence:
                self.fault(snippet.line, "expected a ws fence under this 'app', got none")

    def _snippets(self) -> Iterator[_Snippet]:
        for section in self.sections:
            yield from section.snippets

    def _check_clients(self) -> None:
        snippets = list(self._snippets())
        if any(one.kind == "app" for one in snippets):
            return
        for snippet in snippets:
            if snippet.kind in ("client", "javascript"):
                self.fault(snippet.line, "expected an 'app' on this page for the client, got none")


def _without_front_matter(text: str) -> str:
    """Blank the YAML at the top, which CommonMark does not know; the lines keep their numbers."""
    match = re.match(r"---\n.*?\n---(?:\n|\Z)", text, re.DOTALL)
    return "\n" * match[0].count("\n") + text[match.end() :] if match else text


def _bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that a module binds, without those inside of its functions and classes."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
            return
        case ast.Lambda() | ast.AnnAssign(value=None):
            return
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.alias(name=name, asname=asname):
            yield asname or name.partition(".")[0]
    for child in ast.iter_child_nodes(node):
        yield from _bound(child)


def _unwanted(node: ast.AST) -> str | None:
    """Say what is wrong with a statement that a reader should not copy."""
    match node:
        case ast.ImportFrom(module="reference_ws", level=0):
            return "expected an import from a submodule, got 'from reference_ws import'"
        case ast.Import(names=names) if any(name.name == "reference_ws" for name in names):
            return "expected an import from a submodule, got 'import reference_ws'"
        case ast.Compare(left=ast.Name(id="__name__")):
            return "expected a snippet without a '__main__' guard"
    return None
