"""Builds the site as a reader's command does, and reads what came out."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from fcntl import LOCK_EX, flock
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FOLDERS = ("", "ko/", "pt/")
TAGS = {"en": "en", "ko": "ko", "pt": "pt-BR"}  # what a page says about its language
BUILD_LIMIT = 600  # seconds; nothing waits for it to pass


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


def build_once(folder: Path, name: str, make: Callable[[Path], Built]) -> Built:
    """Build a site in a folder that several processes share, once for all.

    Args:
        folder: The folder that they share.
        name: What the site is called, one name for each.
        make: Builds it, given a folder for it that is empty.
    """
    with (folder / f"{name}.lock").open("w") as lock:
        flock(lock, LOCK_EX)  # the others wait for the first one
        told = folder / f"{name}.json"
        if not told.exists():
            (folder / name).mkdir()
            built = make(folder / name)
            told.write_text(json.dumps([str(built.site), built.returncode, built.output]), "utf-8")
        site, returncode, output = json.loads(told.read_text("utf-8"))
        return Built(Path(site), returncode, output)


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


@cache
def read_html(path: Path) -> Html:
    """Read a page of a site that does not change any more."""
    return Html(path)


def page_file(site: Path, name: str) -> Path:
    return site / "index.html" if name == "index" else site / name / "index.html"
