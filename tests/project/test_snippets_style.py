"""The snippets of the pages keep to the style that their readers' tools ask for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pytest_examples import CodeExample, find_examples
from pytest_examples.config import ExamplesConfig
from pytest_examples.lint import FormatError, black_check

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


def check(examples: list[CodeExample], folder: Path) -> None:
    """Check snippets: ruff is started once for all, each in a file that says where it comes from.

    Args:
        examples: The snippets.
        folder: An empty one.
    """
    for example in examples:
        black_check(example, STYLE)
        name = f"{example.path.stem}_line_{example.start_line}.py"
        (folder / name).write_text(example.source, "utf-8")
    ruff = [sys.executable, "-m", "ruff", "check", "--no-cache", "--config=pyproject.toml"]
    done = subprocess.run(
        [*ruff, *STYLE.ruff_config(), folder], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_snippets_are_formatted_and_linted(page: Path, tmp_path: Path) -> None:
    check(list(find_examples(str(page))), tmp_path)


@pytest.mark.parametrize(
    ("code", "what"),
    [("import os\n", "page_line_0.py:1:8"), ("x = {'a':1}\n", "black failed")],
    ids=["lint", "format"],
)
def test_a_fault_of_style_is_found(tmp_path: Path, code: str, what: str) -> None:
    good = CodeExample.create("x = 1\n", path=Path("good.md"))
    wrong = CodeExample.create(code, path=Path("page.md"))
    with pytest.raises((AssertionError, FormatError), match=what):
        check([good, wrong], tmp_path)
