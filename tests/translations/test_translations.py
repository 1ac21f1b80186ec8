"""A translation cannot be missing, different or stale without a check that names the section."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import griffe
import pytest

from reference_ws.conformance.pages.catalogue import Catalogue
from reference_ws.conformance.pages.parse import parse_page
from reference_ws.conformance.pages.translation import (
    digest,
    parity,
    sections,
    untranslated_sources,
)
from tests.conformance.suite_pages import LIMIT
from tests.website.build import DOCS, ROOT

LANGUAGES = ("ko", "pt")
NAMES = sorted(path.name for path in DOCS.glob("*.md"))


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "website/translations.py", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=LIMIT)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_the_same_page_in_each_language(name: str, language: str) -> None:
    english, other = parse_page(DOCS / name), parse_page(DOCS / language / name)
    faults = [*parity(english, other), *untranslated_sources(other, language)]
    assert [str(fault) for fault in faults] == []


def test_there_is_no_page_too_many_and_no_page_missing() -> None:
    for language in LANGUAGES:
        assert sorted(path.name for path in (DOCS / language).glob("*.md")) == NAMES


def test_every_section_is_up_to_date() -> None:
    done = run(ROOT)
    assert done.returncode == 0, done.stdout
    assert "every section is up to date" in done.stdout


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_docstring_of_the_reference_is_translated(language: str) -> None:
    folder = ROOT / "website" / "docstrings"
    texts = json.loads((folder / f"{language}.json").read_text("utf-8"))
    english = json.loads((folder / "en.json").read_text("utf-8"))
    assert texts.keys() == english.keys() == shown_docstrings().keys()
    for name, text in english.items():
        assert names_in(texts[name]) == names_in(text), name


def test_no_docstring_is_older_than_its_english_original() -> None:
    # en.json is what was translated: an English edit must reach the other languages with it.
    kept = json.loads((ROOT / "website" / "docstrings" / "en.json").read_text("utf-8"))
    now = shown_docstrings()
    assert {name for name in now if now[name] != kept.get(name)} == set()


@cache
def shown_docstrings() -> dict[str, str]:
    """Every docstring that the API reference shows, by the place of its definition."""
    package = griffe.load("reference_ws", search_paths=[str(ROOT)])
    names = re.findall(r"^::: reference_ws\.(\S+)", (DOCS / "api.md").read_text("utf-8"), re.M)
    # A name may be defined elsewhere than in the module from which it is imported.
    objects = [package[name] for name in [*names, "scope.ScopeView", "ending.Ending"]]
    todo = [one.final_target if isinstance(one, griffe.Alias) else one for one in objects]
    found: dict[str, str] = {}
    while todo:
        one = todo.pop()
        if one.docstring:
            found[one.path] = one.docstring.value
        for name, member in one.members.items():
            if not isinstance(member, griffe.Alias) and (name[0] != "_" or name == "__call__"):
                todo.append(member)
    return found


def names_in(docstring: str) -> list[str]:
    return re.findall(r"^ {4}(\w[\w.]*): ", docstring, re.MULTILINE)


# The detector, tested with planted edits


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the detector reads, with a history of its own."""
    shutil.copytree(DOCS, tmp_path / "docs")
    shutil.copytree(ROOT / "website", tmp_path / "website")
    (tmp_path / "reference_ws").symlink_to(ROOT / "reference_ws")
    identity = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
    for command in (["init", "-q"], ["add", "docs"], [*identity, "commit", "-qm", "pages"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


SENTENCE = "From then on, both sides can send whenever they like."


def test_a_changed_english_section_is_stale_in_each_language_and_nothing_else(
    checkout: Path,
) -> None:
    edit(checkout / "docs/accepting.md", SENTENCE, "From then on, both sides can send.")
    done = run(checkout)
    assert done.returncode == 1
    listed = [line for line in done.stdout.splitlines() if line.startswith("docs/")]
    assert listed == [f"docs/{one}/accepting.md#accept-default: stale" for one in LANGUAGES]
    assert (
        "+Without arguments" in done.stdout and "From then on, both sides can send." in done.stdout
    )
    assert "2 sections to mend" in done.stdout


def test_a_reformatted_section_is_not_stale(checkout: Path) -> None:
    edit(
        checkout / "docs/accepting.md",
        SENTENCE,
        "From then on,\nboth sides can   send whenever they like.",
    )
    assert run(checkout).returncode == 0


def test_a_trivial_edit_is_confirmed_in_one_recorded_command(checkout: Path) -> None:
    edit(checkout / "docs/accepting.md", SENTENCE, SENTENCE.replace("whenever", "when"))
    section = "accepting.md#accept-default"
    assert run(checkout, "confirm", "ko", section, "--why", "a shorter word").returncode == 0
    done = run(checkout)
    assert "docs/ko/" not in done.stdout
    assert "docs/pt/accepting.md#accept-default: stale" in done.stdout
    kept = json.loads((checkout / "website/translated/ko.json").read_text("utf-8"))
    assert kept["accepting.md"]["accept-default"]["confirmed"] == "a shorter word"
    again = run(checkout, "confirm", "ko", section, "--why", "once more")
    assert again.returncode == 2 and "expected a stale section" in again.stderr


@pytest.mark.parametrize(
    ("plant", "said"),
    [
        (
            lambda docs: (docs / "ko/closing.md").unlink(),
            "docs/ko/closing.md#close-default: missing",
        ),
        (
            lambda docs: edit(
                docs / "pt/accepting.md", "{ #accept-default .must }", "{ #acc .must }"
            ),
            "docs/pt/accepting.md#accept-default: missing",
        ),
        (
            lambda docs: edit(docs / "ko/accepting.md", "## ", "## Extra { #extra }\n\n## "),
            "docs/ko/accepting.md#extra: orphan",
        ),
    ],
    ids=["missing-page", "missing-section", "orphan-section"],
)
def test_what_is_missing_or_left_over_is_named(
    checkout: Path, plant: Callable[[Path], None], said: str
) -> None:
    plant(checkout / "docs")
    done = run(checkout)
    assert done.returncode == 1
    assert said in done.stdout


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('send_text("welcome")', 'send_text("bem-vindo")', "accept-default: expected the code"),
        ('< "welcome"', '< "ola"', "accept-default: expected the conversations"),
        ("{ #accept-default .must }", "{ #accept-default .should }", "expected level must"),
        (
            "{ #accept-default .must }",
            "{ #accept-other .must }",
            "expected section 'accept-default'",
        ),
        ("Fonte: ", "Source: ", "expected 'Fonte: '"),
        ("closing.md#close-before-accept", "closing.md#close-default", "expected a link to"),
        ("`accept()`", "`aceitar()`", "expected the name 'accept()'"),
    ],
    ids=["code", "conversation", "level", "id", "source", "link", "name"],
)
def test_what_differs_from_the_english_page_is_named(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    planted = tmp_path / "accepting.md"
    shutil.copy(DOCS / "pt" / "accepting.md", planted)
    edit(planted, old, new)
    other = parse_page(planted)
    faults = [*parity(parse_page(DOCS / "accepting.md"), other), *untranslated_sources(other, "pt")]
    assert any(said in str(fault) for fault in faults), faults


@pytest.mark.parametrize(
    ("name", "mark"), [("accepting.md", "#> "), ("quickstart.md", "//> ")], ids=["python", "js"]
)
def test_what_a_snippet_prints_is_that_of_the_english_page(
    tmp_path: Path, name: str, mark: str
) -> None:
    planted = tmp_path / name
    shutil.copy(DOCS / "pt" / name, planted)
    edit(planted, mark, f"{mark}not ")
    faults = [str(one) for one in parity(parse_page(DOCS / name), parse_page(planted))]
    assert any("expected the code" in one for one in faults), faults


def test_ids_may_repeat_between_languages_only() -> None:
    for folder in (DOCS, DOCS / "ko", DOCS / "pt"):
        assert Catalogue(sorted(folder.glob("*.md"))).pages


def test_the_hash_is_that_of_the_prose() -> None:
    one = sections("# T\n\n## A { #a }\n\nsome\nwords\n\n```python\nx = 1  # why\n```\n")
    other = sections("# T\n\n## A { #a }\n\nsome words\n\n```python\nx = 2  # why\n```\n")
    assert digest(one["a"]) == digest(other["a"])
    assert digest(one["a"]) != digest(sections("## A { #a }\n\nsome words\n")["a"])
