"""The snippets of the pages keep to the style that their readers' tools ask for."""

from __future__ import annotations

import pytest
from pytest_examples import CodeExample, find_examples
from pytest_examples.config import ExamplesConfig
from pytest_examples.lint import FormatError, black_check, ruff_check

from tests.website.build import DOCS, ROOT

# A test proves that the other languages have the same code.
PAGES = [*sorted(DOCS.glob("*.md")), ROOT / "README.md"]
STYLE = ExamplesConfig(
    line_length=100,
    target_version="py311",
    ruff_select=["E", "F", "I", "B", "UP", "ASYNC"],
    # No docstrings in examples; `#>` is no comment; `anyio.sleep(0)` is what readers know.
    ruff_ignore=["D", "E262", "E265", "ASYNC115"],
)


def check(example: CodeExample) -> None:
    black_check(example, STYLE)
    ruff_check(example, STYLE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_snippets_are_formatted_and_linted(page: object) -> None:
    for example in find_examples(str(page)):
        check(example)


@pytest.mark.parametrize("code", ["import os\n", "x = {'a':1}\n"], ids=["lint", "format"])
def test_a_fault_of_style_is_found(code: str) -> None:
    with pytest.raises(FormatError):
        check(CodeExample.create(code))
