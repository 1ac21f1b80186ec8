"""Builds the site as a reader's command does, and reads what came out."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
FOLDERS = ("", "ko/", "pt/")
BUILD_LIMIT = 120  # seconds


@dataclass
class Built:
    """A finished build."""

    site: Path
    returncode: int
    output: str


def build(root: Path, site: Path) -> Built:
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)],
        cwd=root,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=BUILD_LIMIT,
    )
    return Built(site, done.returncode, done.stdout)


@cache
def built_site() -> Built:
    """Give the project's own site, built once for all tests."""
    folder = tempfile.mkdtemp(prefix="site-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return build(ROOT, Path(folder, "site"))


def build_sample(folder: Path, **pages: str) -> Built:
    """Build a small site of other pages with everything else as it is."""
    shutil.copytree(ROOT / "website", folder / "website")
    (folder / "docs").mkdir()
    settings = (ROOT / "mkdocs.yml").read_text("utf-8")
    settings, found = re.subn(r"^nav:\n(?:[ #].*\n|\n)+", "", settings, flags=re.MULTILINE)
    assert found == 1
    (folder / "mkdocs.yml").write_text(settings, "utf-8")
    for language in FOLDERS:  # a page that a language lacks would be a fault of its own
        (folder / "docs" / language).mkdir(exist_ok=True)
        for name, text in pages.items():
            (folder / "docs" / language / f"{name}.md").write_text(text, "utf-8")
    return build(folder, folder / "site")


@dataclass
class Html(HTMLParser):
    """The ids, the links and the loaded files of a page."""

    path: Path
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            elif name in ("href", "src") and value is not None:
                self.links.append(value)


def page_file(site: Path, name: str) -> Path:
    return site / "index.html" if name == "index" else site / name / "index.html"
