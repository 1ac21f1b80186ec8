"""Small repairs, so that one build makes the site in each language."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url
from ws_site import theme_files
from ws_site.current import current
from ws_site.words import DEFAULT, WORDS


@event_priority(100)
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Set the language before the plugins read it; the one that builds each sets it too late."""
    config.theme["language"] = current.language = _language(config)
    return config


@event_priority(100)
def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Keep the theme's files apart: they lie below the pages, and would be taken for theirs."""
    theme_files.set_aside(files, Path(config.docs_dir))
    return files


def on_page_context(
    context: dict[str, Any], *, page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    """Tell a page where it stands in each language."""
    alternates = getattr(page.file, "alternates", {})
    context["ws_languages"] = [
        {
            **language,
            "link": get_relative_url(alternates[language["locale"]].url, page.url),
            "absolute": urljoin(config.site_url or "/", alternates[language["locale"]].url),
        }
        for language in _languages(config)
        if language["locale"] in alternates
    ]
    return context


def on_template_context(
    context: dict[str, Any], *, template_name: str, config: MkDocsConfig
) -> dict[str, Any]:
    """Tell the page that stands for a missing one where each language begins."""
    root = urlsplit(config.site_url or "/").path
    context["ws_words"] = WORDS[_language(config)]
    context["ws_languages"] = [
        {**language, "link": root + _folder(language["locale"])} for language in _languages(config)
    ]
    return context


def on_post_template(output: str, *, template_name: str, config: MkDocsConfig) -> str:
    """Keep a page for missing ones in each language: each build would write over the one before."""
    output = _with_own_search(output, config)
    if template_name != "404.html" or not _folder(_language(config)):
        return output
    place = Path(config.site_dir, _language(config), template_name)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(output, "utf-8")
    return ""  # nothing for the root


def on_post_page(output: str, *, page: Page, config: MkDocsConfig) -> str:
    """Search in the language of the page."""
    return _with_own_search(output, config)


_WORKER = re.compile(r'"([^"]*)assets/javascripts/workers/(search\.[0-9a-f]+\.min\.js)"')


def _with_own_search(output: str, config: MkDocsConfig) -> str:
    worker = r"..%2Fassets%2Fjavascripts%2Fworkers%2F\2"
    query = rf"?language={_language(config)}&worker={worker}"
    # The theme writes its settings as JSON in which `&` is escaped.
    return _WORKER.sub(rf'"\1workers/search.js{query}"'.replace("&", r"\\u0026"), output)


@event_priority(-200)
def on_post_build(*, config: MkDocsConfig) -> None:
    """Give each language an index of its own, once the last language has been built."""
    plugin: Any = config.plugins["i18n"]
    if plugin.building:
        return
    whole = Path(config.site_dir, "search", "search_index.json")
    index = json.loads(whole.read_text("utf-8"))
    folders = {one["locale"]: _folder(one["locale"]) for one in _languages(config)}
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


def _language(config: MkDocsConfig) -> str:
    plugin: Any = config.plugins["i18n"]
    language: str = plugin.current_language or DEFAULT
    return language


def _languages(config: MkDocsConfig) -> list[dict[str, str]]:
    plugin: Any = config.plugins["i18n"]
    return [{"locale": one.locale, "name": one.name} for one in plugin.config.languages]


def _folder(language: str) -> str:
    return "" if language == DEFAULT else f"{language}/"
