"""Walks the blocks of one page, and collects every fault on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from markdown_it.token import Token

from ..conversation.faults import (
    PageFault,
    PageFaults,
)
from ..conversation.parse import (
    parse_conversation,
)
from .drafts import Section, Snippet
from .levels import attribute_faults, level_of, source_fault, systems_of
from .markup import (
    HEADING,
    ID,
    INFO,
    LANGUAGES,
    OPTIONS,
    Attributes,
    block_tokens,
    meant_language,
    read_attributes,
)
from .model import SOURCES, Heading, Kind, Page, Requirement
from .snippets import python_faults


class Reader:
    """Walks the blocks of one page."""

    def __init__(self, path: Path, name: str, strict: bool) -> None:
        self.path = path
        self.name = name
        self.strict = strict
        self.faults: list[PageFault] = []
        self.sections = [Section(Heading(0, "", None, 1), None)]
        self.ids: dict[str, int] = {}
        self.python_fences: dict[int, str] = {}
        self.lines: list[str] = []

    def fault(self, line: int, message: str) -> None:
        self.faults.append(PageFault(self.path, line, message))

    def read(self, text: str) -> None:
        text = _without_front_matter(text.replace("\r\n", "\n"))
        self.lines = text.split("\n")
        tokens = block_tokens(text)
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
                    section.systems,
                )
                for section in self.sections
                if section.level
            ),
            examples=tuple(one.example(self.name, self.path) for one in self._snippets()),
        )

    # Headings and prose

    def _heading(self, token: Token, inline: Token, line: int) -> None:
        if token.level:
            self.fault(line, "expected a heading outside of lists and quotes")
        depth = int(token.tag[1:])
        match = HEADING.fullmatch(inline.content)
        attributes = read_attributes(match["attributes"] if match else "")
        text = "".join(
            " " if child.type == "softbreak" else child.content for child in inline.children or ()
        )
        if plain := HEADING.fullmatch(text):
            text = plain["text"]
        for message in attribute_faults(attributes):
            self.fault(line, message)
        level, systems = level_of(attributes), systems_of(attributes)
        if attributes.id is not None:
            self._register(attributes.id, line)
        elif (self.strict and depth > 1) or level:
            self.fault(line, f"expected an id after the heading, as {{ #id }}, got {text!r}")
        self.sections.append(Section(Heading(depth, text, attributes.id, line), level, systems))

    def _register(self, id: str, line: int) -> None:
        if not ID.fullmatch(id):
            self.fault(line, f"expected an id of words and '-', in lower case, got {id!r}")
        elif id in self.ids:
            self.fault(line, f"expected a unique id, got {id!r} as on line {self.ids[id]}")
        else:
            self.ids[id] = line

    def _paragraph(self, content: str, following: Sequence[Token], line: int) -> None:
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
        match = INFO.fullmatch(token.info.strip())
        attributes = read_attributes((match and match["attributes"]) or "")
        language = (match and match["language"]) or next(iter(attributes.classes), "")
        if match is None:
            language = token.info.split()[0].strip("{.}")
        if language not in LANGUAGES:
            if meant := meant_language(language):
                self.fault(
                    line, f"expected {meant!r} as the language of the fence, got {language!r}"
                )
            else:
                self._no_prompts(token, line)
            return
        if match is None or not OPTIONS.fullmatch(match["options"] or "") or attributes.unknown:
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

    def _snippet(self, token: Token, attributes: Attributes, language: str, line: int) -> None:
        section = self.sections[-1]
        classes = attributes.classes[1:]
        for name in classes:
            if language != "python" or name != "client":
                self.fault(line, f"expected no class but 'client' on a python fence, got {name!r}")
        defines_app, valid = False, True
        kind: Kind = "javascript"
        if language == "python":
            self.python_fences[line] = token.content
            faults, names = python_faults(token.content)
            for offset, message in faults:
                self.fault(line + offset, message)
            valid, defines_app = names is not None, "app" in (names or ())
            kind = "client" if "client" in classes else "app" if defines_app else "script"
            if kind == "client" and defines_app:
                self.fault(line, "expected a client without an 'app' of its own")
        requirement = section.heading.id if section.level else None
        id = self._example_id(attributes.id, language, line)
        section.snippets.append(
            Snippet(id, requirement, token.content, line, kind, defines_app, valid=valid)
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

    def _conversation(self, token: Token, attributes: Attributes, line: int) -> None:
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

    def _finish(self, section: Section) -> None:
        if section.level and not section.snippets:
            self.fault(section.heading.line, "expected an example for this requirement, got none")
        if section.level and not section.source:
            wanted = f"a paragraph that starts with {SOURCES[0].strip()!r}"
            self.fault(section.heading.line, f"expected {wanted} in this requirement, got none")
        elif section.level and section.source:
            if message := source_fault(section.level, section.systems, section.source):
                self.fault(section.heading.line, message)
        for snippet in section.snippets:
            if snippet.kind == "app" and not snippet.has_fence:
                self.fault(snippet.line, "expected a ws fence under this 'app', got none")

    def _snippets(self) -> Iterator[Snippet]:
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
