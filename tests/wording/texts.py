"""Every text that a reader meets, with the place where it is written.

The words in code are names, so a code span shows here as `x`, or as `Error` if it names an
exception; of a fence, only the comments are prose.
"""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Literal

from markdown_it.token import Token

from reference_ws.conformance.pages.markup import HEADING, block_tokens, read_attributes
from reference_ws.conformance.pages.model import LEVELS

__all__ = ["Kind", "Text", "of_catalogue", "of_page", "of_source", "of_words"]

Kind = Literal["prose", "heading", "comment", "docstring", "words", "message"]

_SPAN = re.compile(r"`([^`]+)`")
_EXCEPTION = re.compile(r"[\w.]*(Error|Disconnect|Disconnected|WebSocketException|WrongFrameKind)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)|\[([^\]]*)\]\[[^\]]*\]|<[^>]*>")


@dataclass(frozen=True, slots=True)
class Text:
    """A text in one language.

    Attributes:
        place: The file, with the line or the name under which it is found there.
        kind: What sort of text it is.
        text: Its words.
        level: The level of the requirement, for a heading that has one.
    """

    place: str
    kind: Kind
    text: str
    level: str | None = None

    @property
    def prose(self) -> str:
        """The words with each code span replaced by a placeholder."""
        return _SPAN.sub(_placeholder, self.text)

    @property
    def shown(self) -> str:
        """The words as a page shows them, without the marks of code and of links."""
        return _LINK.sub(r"\1\2", self.text).replace("`", "")


def _placeholder(span: re.Match[str]) -> str:
    return "`Error`" if _EXCEPTION.fullmatch(span[1]) else "`x`"


def of_page(path: Path, root: Path) -> Iterator[Text]:
    """Yield the headings, lines of prose, table rows and code comments of a Markdown file.

    Args:
        path: The file.
        root: The folder from which places are counted.
    """
    name = path.relative_to(root)
    heading = False
    for token in block_tokens(path.read_text("utf-8")):
        first = (token.map or [0])[0] + 1
        if token.type == "heading_open":
            heading = True
        elif token.type == "inline" and heading:
            heading = False
            yield _heading(f"{name}:{first}", token.content)
        elif token.type in ("inline", "html_block"):
            for number, line in enumerate(token.content.split("\n"), first):
                yield Text(f"{name}:{number}", "prose", line)
        elif token.type == "fence":
            for number, comment in _comments(token):
                yield Text(f"{name}:{first + number}", "comment", comment)


def _heading(place: str, content: str) -> Text:
    match = HEADING.fullmatch(content)
    if match is None:
        return Text(place, "heading", content)
    classes = read_attributes(match["attributes"]).classes
    level = next((one for one in classes if one in LEVELS), None)
    return Text(place, "heading", match["text"], level)


def _comments(fence: Token) -> Iterator[tuple[int, str]]:
    """The comments of a fence, each with its line in it; `#>` and `//>` are what code prints."""
    language = fence.info.strip(" {}").lstrip(".").split()[:1]
    if language == ["python"]:
        for token in tokenize.generate_tokens(io.StringIO(fence.content).readline):
            if token.type == tokenize.COMMENT and not token.string.startswith("#>"):
                yield token.start[0], token.string[1:].strip()
    else:
        mark = re.compile(r"(?:^|\s)//(?!>) ?(.*)$" if language == ["js"] else r"(?:^|\s)# (.*)$")
        for number, line in enumerate(fence.content.split("\n"), 1):
            if comment := mark.search(line):
                yield number, comment[1]


def of_catalogue(path: Path, root: Path) -> Iterator[Text]:
    """Yield the docstrings of a catalogue.

    Args:
        path: The JSON file: by name, the text.
        root: The folder from which places are counted.
    """
    for name, text in json.loads(path.read_text("utf-8")).items():
        yield Text(f"{path.relative_to(root)}: {name}", "docstring", text)


def of_words(words: object, place: str) -> Iterator[Text]:
    """Yield every word of the site, in whatever it is nested.

    Args:
        words: A string, or a dataclass or mapping of them.
        place: Where they are written.
    """
    if isinstance(words, str):
        yield Text(place, "words", words)
    elif isinstance(words, Mapping):
        for key, value in words.items():
            yield from of_words(value, f"{place}[{key!r}]")
    elif is_dataclass(words):
        for field in fields(words):
            yield from of_words(getattr(words, field.name), f"{place}: {field.name}")


def of_source(path: Path, root: Path, *, docstrings: bool) -> Iterator[Text]:
    """Yield the texts in Python code that have several words: errors, reports, helps of options.

    Args:
        path: The file.
        root: The folder from which places are counted.
        docstrings: Whether docstrings count as well, as in a file of commands, whose help they are.
    """
    tree = ast.parse(path.read_text("utf-8"))
    expressions = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inside = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in ast.walk(node)
        if part is not node
    }
    for node in ast.walk(tree):
        text = _string(node)
        if id(node) in inside or text is None or len(text.split()) < 3:
            continue
        if docstrings or id(node) not in expressions:
            yield Text(f"{path.relative_to(root)}:{getattr(node, 'lineno', 0)}", "message", text)


def _string(node: ast.AST) -> str | None:
    if isinstance(node, ast.JoinedStr):
        parts = [_string(part) if isinstance(part, ast.Constant) else "`x`" for part in node.values]
        return "".join(filter(None, parts))
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None
