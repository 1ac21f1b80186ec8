"""What makes the build fast changes nothing of what it builds."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.website.build import build


def files(site: Path) -> dict[str, bytes]:
    """Every file but those that hold the time of the build."""
    return {
        str(path.relative_to(site)): path.read_bytes()
        for path in sorted(site.rglob("*"))
        if path.is_file() and path.name not in ("sitemap.xml", "sitemap.xml.gz")
    }


def test_the_site_is_the_same_without_it(sample: Path, tmp_path: Path) -> None:
    root = tmp_path / sample.name
    shutil.copytree(sample, root, ignore=shutil.ignore_patterns("site"))
    settings = root / "mkdocs.yml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("  - website/speed.py\n", ""), "utf-8")
    assert settings.read_text("utf-8") != text
    plain = build(root, root / "site")
    assert plain.returncode == 0, plain.output
    assert files(sample / "site") == files(plain.site)


def test_the_page_has_its_colours_and_the_search_has_the_code(sample: Path) -> None:
    page = (sample / "site" / "index.html").read_text("utf-8")
    assert '<span class="k">async</span>' in page
    index = json.loads((sample / "site" / "search" / "en.json").read_text("utf-8"))
    found = " ".join(doc["text"] for doc in index["docs"])
    assert "async def app(scope, receive, send):\n    await receive()" in found
    assert "&lt;goodbye&gt;" in found


@pytest.mark.parametrize(
    ("folder", "who"), [("", "client"), ("ko", "클라이언트"), ("pt", "cliente")]
)
def test_what_comes_late_has_come(sample: Path, folder: str, who: str) -> None:
    page = (sample / "site" / folder / "index.html").read_text("utf-8")
    assert "<!-- later" not in page
    assert page.count('<figure class="ws-talk"') == 1
    assert f'<span class="ws-sr">{who}: </span>' in page
    assert page.count('<div class="ws-run"') == 1


def test_neither_conversations_nor_runs_are_in_the_search(sample: Path) -> None:
    index = (sample / "site" / "search" / "en.json").read_text("utf-8")
    page = (sample / "site" / "index.html").read_text("utf-8")
    assert "It holds." in index and "It holds." in page
    for text in ("Told at once.", "Download"):
        assert text in page
        assert text not in index
