"""The search: each language has an index of its own and a worker that reads it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig

from .languages import folder_of, language_now, languages_of

__all__ = ["divide_index", "with_own_search"]

_WORKER = re.compile(r'assets/javascripts/workers/(search\.[0-9a-f]+\.min\.js)(?=")')


def with_own_search(output: str, config: MkDocsConfig) -> str:
    """Give a page whose search asks for the index of its language.

    Args:
        output: The page.
        config: The settings of the build.
    """
    worker = r"..%2Fassets%2Fjavascripts%2Fworkers%2F\1"
    query = rf"?language={language_now(config)}&worker={worker}"
    # The theme writes its settings as JSON in which `&` is escaped.
    return _WORKER.sub(f"workers/search.js{query}".replace("&", r"\\u0026"), output)


def divide_index(config: MkDocsConfig) -> None:
    """Write an index for each language.

    Args:
        config: The settings of the build, whose last language has been built.
    """
    whole = Path(config.site_dir, "search", "search_index.json")
    index = json.loads(whole.read_text("utf-8"))
    folders = {one["locale"]: folder_of(one["locale"]) for one in languages_of(config)}
    others = tuple(filter(None, folders.values()))
    for language, folder in folders.items():
        if folder:
            docs = [doc for doc in index["docs"] if doc["location"].startswith(folder)]
        else:
            docs = [doc for doc in index["docs"] if not doc["location"].startswith(others)]
        text = json.dumps({**index, "docs": docs}, ensure_ascii=False, separators=(",", ":"))
        whole.with_name(f"{language}.json").write_text(text, "utf-8")
    # What every page fetches at once is small; the worker fetches the rest when it is needed.
    whole.write_text(json.dumps({**index, "docs": []}), "utf-8")
