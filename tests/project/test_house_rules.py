"""What the project asks of its own tree."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "reference_ws"
LIBRARY = sorted(PACKAGE.glob("*.py"))
SOURCES = sorted(p for d in ("reference_ws", "tests", "website") for p in (ROOT / d).rglob("*.py"))

# Each may import those on the lines above its own, and nothing else of the package.
LAYERS = [
    {"types", "constants", "closing", "paths"},
    {"lifespan", "exceptions", "datastructures", "state"},
    {"messages", "scope", "denial"},
    {"ending", "jsontext"},
    {"responses", "layered"},
    {"websockets"},
    {"endpoint"},
    {"routing"},
]
ABOVE = {name: set().union(*LAYERS[:level]) for level, row in enumerate(LAYERS) for name in row}

LONGEST = 300  # lines of code, docstrings and blank lines not counted


def imports(path: Path) -> set[str]:
    """Every module that is imported, relative ones with their package."""
    package = [".".join(path.relative_to(ROOT).with_suffix("").parts[:-1])]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[0].split(".")[: len(package[0].split(".")) - node.level + 1])
            module = ".".join(filter(None, [base if node.level else "", node.module]))
            found |= {module} if node.module else {f"{module}.{a.name}" for a in node.names}
    return found


def lines_of_code(path: Path) -> int:
    text = path.read_text("utf-8")
    skipped: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
            first = node.body[0]
            skipped |= set(range(first.lineno, (first.end_lineno or 0) + 1))
    numbered = enumerate(text.splitlines(), 1)
    return sum(
        bool(line.strip()) and not line.strip().startswith("#") and number not in skipped
        for number, line in numbered
    )


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_the_library_needs_the_standard_library_only_and_imports_downward(path: Path) -> None:
    for module in imports(path) - {"__future__"}:
        head, _, rest = module.partition(".")
        if head == "reference_ws":
            assert rest.split(".")[0] in ABOVE[path.stem], f"{path.name} imports {module}"
        else:
            assert head in sys.stdlib_module_names, f"{path.name} imports {module}"


@pytest.mark.parametrize(
    "path", sorted((PACKAGE / "testing").glob("*.py")), ids=lambda path: path.stem
)
def test_testing_knows_no_framework(path: Path) -> None:
    for module in imports(path) - {"__future__"}:
        allowed = module.startswith(
            ("reference_ws.types", "reference_ws.jsontext", "reference_ws.testing")
        )
        head = module.split(".")[0]
        assert allowed or head == "anyio" or head in sys.stdlib_module_names, module


def test_the_class_and_its_table_are_read_in_one_sitting() -> None:
    total = lines_of_code(PACKAGE / "websockets.py") + lines_of_code(PACKAGE / "state.py")
    assert total <= 250, total


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_stay_small(path: Path) -> None:
    assert lines_of_code(path) <= LONGEST


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_what_is_public_is_said(path: Path) -> None:
    name = "reference_ws" if path.stem == "__init__" else f"reference_ws.{path.stem}"
    module = importlib.import_module(name)
    if path.stem == "__init__":
        return
    assert sorted(module.__all__) == list(module.__all__)
    assert all(hasattr(module, public) for public in module.__all__)


def test_a_public_docstring_names_every_argument_and_every_source() -> None:
    missing = []
    for path in LIBRARY:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            text = ast.get_docstring(node) or ""
            if node.name.startswith("_") or not text or "Args:" not in text:
                continue
            names = [a.arg for a in [*node.args.args, *node.args.kwonlyargs]]
            missing += [
                f"{path.name}:{node.lineno} {name}"
                for name in names
                if name not in ("self", "cls") and not re.search(rf"^\s+{name}: ", text, re.M)
            ]
    assert missing == []


def test_no_tracked_file_holds_a_path_of_a_machine_or_a_package_host() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    marks = (
        "/home" + "/",
        "/root" + "/",
        "/work" + "/",
        "files.python" + "hosted",
        "pypi." + "org/simple",
    )
    found = []
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).suffix in {".png", ".ico"} or not (ROOT / name).exists():
            continue
        text = (ROOT / name).read_text("utf-8")
        found += [f"{name}: {mark}" for mark in marks if mark in text]
    assert found == []
