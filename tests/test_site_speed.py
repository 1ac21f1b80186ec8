"""What makes the build fast changes nothing of what it builds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.site_build import build, build_sample

PAGE = """# A page

A word, `code` and [a link](#rule).

### A rule { #rule .must }

It holds.

Source: ours.

```python
async def app(scope, receive, send):
    await receive()
    await send({"type": "websocket.close"})  # <goodbye>
```

```ws
# Told at once.
> connect /
< close 1000
```

The same code in another language:

```text
async def app(scope, receive, send):
    await receive()
    await send({"type": "websocket.close"})  # <goodbye>
```

    plain   code
"""


def files(site: Path) -> dict[str, bytes]:
    """Every file but those that hold the time of the build."""
    return {
        str(path.relative_to(site)): path.read_bytes()
        for path in sorted(site.rglob("*"))
        if path.is_file() and path.name not in ("sitemap.xml", "sitemap.xml.gz")
    }


@pytest.fixture(scope="module")
def fast(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    built = build_sample(folder, index=PAGE)
    assert built.returncode == 0, built.output
    return folder


def test_the_site_is_the_same_without_it(fast: Path) -> None:
    settings = fast / "mkdocs.yml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("  - website/speed.py\n", ""), "utf-8")
    assert settings.read_text("utf-8") != text
    plain = build(fast, fast / "plain")
    assert plain.returncode == 0, plain.output
    assert files(fast / "site") == files(fast / "plain")


def test_the_page_has_its_colours_and_the_search_has_the_code(fast: Path) -> None:
    page = (fast / "site" / "index.html").read_text("utf-8")
    assert '<span class="k">async</span>' in page
    index = json.loads((fast / "site" / "search" / "en.json").read_text("utf-8"))
    found = " ".join(doc["text"] for doc in index["docs"])
    assert "async def app(scope, receive, send):\n    await receive()" in found
    assert "&lt;goodbye&gt;" in found


@pytest.mark.parametrize(
    ("folder", "who"), [("", "client"), ("ko", "클라이언트"), ("pt", "cliente")]
)
def test_what_comes_late_has_come(fast: Path, folder: str, who: str) -> None:
    page = (fast / "site" / folder / "index.html").read_text("utf-8")
    assert "<!-- later" not in page
    assert page.count('<figure class="ws-talk"') == 1
    assert f'<span class="ws-sr">{who}: </span>' in page
    assert page.count('<div class="ws-run"') == 1


def test_neither_conversations_nor_runs_are_in_the_search(fast: Path) -> None:
    index = (fast / "site" / "search" / "en.json").read_text("utf-8")
    page = (fast / "site" / "index.html").read_text("utf-8")
    assert "It holds." in index and "It holds." in page
    for text in ("Told at once.", "Download"):
        assert text in page
        assert text not in index
