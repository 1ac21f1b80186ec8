"""The built site: complete, whole in its links, and every example on it the executed one."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from reference_ws.conformance.pages.catalogue import Catalogue
from reference_ws.conformance.pages.model import Example, Page
from tests.website.build import DOCS, Built, build_sample, page_file, read_html

RUN_LIMIT = 120  # seconds, for all examples together


@pytest.fixture(scope="module")
def pages() -> list[Page]:
    return Catalogue(sorted(DOCS.glob("*.md"))).pages


@pytest.fixture(scope="module")
def examples(pages: list[Page]) -> list[Example]:
    return [example for page in pages for example in page.examples]


def ending(example: Example) -> str:
    return "js" if example.kind == "javascript" else "py"


def test_the_strict_build_has_no_warning(built: Built) -> None:
    assert built.returncode == 0, built.output
    assert not re.search(r"\b(WARNING|ERROR|DEPRECAT)", built.output), built.output


def test_nothing_of_what_the_site_is_made_with_is_published(site: Path) -> None:
    names = {path.name for path in site.rglob("*")}
    assert not names & {"website", "theme", "hook.py", "words.py", "__pycache__"}


def test_every_id_is_one_anchor_of_its_page(site: Path, pages: list[Page]) -> None:
    wrong = []
    for page in pages:
        ids = read_html(page_file(site, page.name)).ids
        own = [one.id for one in page.headings if one.id] + [one.id for one in page.examples]
        wrong += [f"{page.name}#{id}: {ids.count(id)}" for id in own if ids.count(id) != 1]
    assert wrong == []


def test_links_and_anchors_are_whole(site: Path) -> None:
    read = {path.resolve(): read_html(path) for path in site.rglob("*.html")}
    wrong = []
    for path, html in read.items():
        for link in html.links:
            split = urlsplit(link)
            if split.scheme or split.netloc:
                continue
            start = site if split.path.startswith("/") else path.parent
            target = start.joinpath(unquote(split.path).lstrip("/")) if split.path else path
            target = (target / "index.html" if target.is_dir() else target).resolve()
            there = read.get(target)
            if not target.is_file():
                wrong.append(f"{path.relative_to(site)}: {link}: no such file")
            elif split.fragment and there and unquote(split.fragment) not in there.ids:
                wrong.append(f"{path.relative_to(site)}: {link}: no such anchor")
    assert wrong == []


def test_each_example_has_its_file_and_no_other_file_is_there(
    site: Path, examples: list[Example]
) -> None:
    wanted = {f"{one.id}.{ending(one)}": one.code.encode() for one in examples}
    got = {path.name: path.read_bytes() for path in (site / "examples").iterdir()}
    assert got == wanted


def test_each_page_links_the_file_of_each_of_its_examples(site: Path, pages: list[Page]) -> None:
    for page in pages:
        links = read_html(page_file(site, page.name)).links
        folder = "examples" if page.name == "index" else "../examples"
        wanted = [f"{folder}/{one.id}.{ending(one)}" for one in page.examples]
        assert [link for link in links if "examples/" in link] == wanted, page.name


def runnable(examples: list[Example]) -> list[str]:
    """A client needs the application of its page; the suite runs it beside that."""
    return [f"{one.id}.py" for one in examples if one.kind in ("app", "script")]


def test_every_downloaded_file_runs(site: Path, examples: list[Example]) -> None:
    names = runnable(examples)
    run_all = (
        "import runpy, sys\n"
        "for name in sys.argv[1:]:\n"
        "    try:\n"
        "        runpy.run_path(name, run_name='__main__')\n"
        "    except BaseException as error:\n"
        "        sys.exit(f'{name}: {error!r}')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", run_all, *names],
        cwd=site / "examples",
        capture_output=True,
        text=True,
        timeout=RUN_LIMIT,
    )
    assert done.returncode == 0, done.stderr


def test_a_downloaded_file_runs_as_a_program(site: Path, examples: list[Example]) -> None:
    names = runnable(examples)
    for name in (names[0], names[len(names) // 2], names[-1]):
        done = subprocess.run(
            [sys.executable, name],
            cwd=site / "examples",
            capture_output=True,
            text=True,
            timeout=RUN_LIMIT,
        )
        assert done.returncode == 0, done.stderr


GOOD = """# A page

### A rule { #rule .must }

Source: RFC 6455.

```python
print(1)
#> 1
```
"""


def test_every_fault_of_every_page_stops_the_build_and_names_the_line(tmp_path: Path) -> None:
    built = build_sample(
        tmp_path,
        index=GOOD,
        page=GOOD.replace("rule", "word") + "\n```ws\n> conect /\n```\n",
        third=GOOD.replace("rule", "level").replace(" .must", " .mist"),
        twice=GOOD,
    )
    assert built.returncode != 0
    assert "docs/page.md:13: " in built.output  # an unknown word
    assert "docs/third.md:3: " in built.output  # an unknown level
    assert "docs/twice.md:3: expected a unique id, got 'rule'" in built.output


@pytest.mark.parametrize(
    ("top", "lines"), [("", (12, 14)), ("---\ntitle: Other\n---\n\n", (16, 18))]
)
def test_an_unknown_table_stops_the_build_and_names_the_line(
    tmp_path: Path, top: str, lines: tuple[int, int]
) -> None:
    page = f"{top}{GOOD}\n<!-- close-code -->\n\n<!-- state-table: both -->\n"
    built = build_sample(tmp_path, index="# Home\n", page=page)
    assert built.returncode != 0
    for line in lines:
        assert f"docs/page.md:{line}: " in built.output


def test_a_link_to_no_anchor_stops_the_build(tmp_path: Path) -> None:
    built = build_sample(tmp_path, index="# Home\n\n[rule](page.md#rules)\n", page=GOOD)
    assert built.returncode != 0
    assert "does not contain an anchor '#rules'" in built.output


def test_a_section_that_is_older_than_its_original_says_so(sample: Path) -> None:
    said = (
        "영어 원문이 바뀐 뒤에 아직 다시 번역하지 않았습니다"  # nobody has recorded a translation
    )
    assert said in (sample / "site" / "ko" / "index.html").read_text("utf-8")
    assert said not in (sample / "site" / "index.html").read_text("utf-8")
