"""The events of the build: every page is read and checked first, then shown in each language."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urljoin, urlsplit

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as SitePage
from mkdocs.utils import get_relative_url

from reference_ws.conformance.conversation.faults import PageFaults
from reference_ws.conformance.pages.catalogue import Catalogue, CatalogueError
from reference_ws.conformance.pages.model import Page
from reference_ws.conformance.report.results import ResultsError

from .freshness import LANGUAGES, Memory
from .languages import folder_of, language_now, languages_of, tag_of
from .later import Later
from .page import example_path, render_page, with_runs_marked
from .results import FOLDER, read_columns
from .results_page import PageResults
from .search import divide_index, with_own_search
from .words import WORDS, language_of

__all__ = ["Website"]

# Who looks for a word is more often after the interface than after the server below it or the
# tests above it; and codes and exceptions, which every page has, are explained on two pages.
WEIGHTS = {
    "servers": 0.5,
    "servers-handshake": 0.5,
    "servers-messages": 0.5,
    "servers-closing": 0.5,
    "testing": 0.7,
    "closing": 1.5,
    "disconnects": 1.5,
}

# The tables of these pages need the room beside them.
WIDE = {"results"}


class Website:
    """One build of the site; the plugin for languages runs the build once for each of them."""

    def __init__(self) -> None:
        self._pages: dict[Path, list[Page]] = {}
        """The pages by folder: the ids of a language are its own."""
        self._stale: dict[Path, list[str]] = {}
        """The sections of each file that are older than their English originals."""
        self._later: dict[Path, Later] = {}
        """What is put into each file's page when it is finished."""
        self._urls: dict[Path, str] = {}
        """Where each page comes to lie on the site."""

    @event_priority(100)
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Set the language before other plugins read it; that for languages sets it too late."""
        language = language_now(config)
        config.theme["language"] = tag_of(language)
        python = config.plugins["mkdocstrings"].config["handlers"]["python"]
        extension = str(Path(__file__).with_name("docstrings_extension.py"))
        python["options"]["extensions"] = [{f"{extension}:Docstrings": {"language": language}}]
        return config

    @event_priority(-200)  # after the files of each language were found
    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Read all pages and add a file for each example; a fault stops the build."""
        for kept in (self._pages, self._stale, self._later):
            kept.clear()
        docs, language = Path(config.docs_dir), language_now(config)
        memory = Memory(docs, language) if language in LANGUAGES else None
        by_folder: dict[Path, dict[Path, File]] = {}
        for file in files.documentation_pages():
            path = _path(file)
            by_folder.setdefault(path.parent, {})[path] = file
            self._urls[path] = file.url
            if memory and language_of(file.src_uri) == memory.language:
                self._stale[path] = memory.stale(path.name)
        faults: list[str] = []
        for folder, found in sorted(by_folder.items()):
            try:
                self._pages[folder] = Catalogue(found).pages
            except CatalogueError as error:
                faults.append(str(error))
                continue
            for page in self._pages[folder]:
                place = PurePosixPath(found[page.path].src_uri).parent
                for example in page.examples:
                    uri = str(place / example_path(example))
                    files.append(File.generated(config, uri, content=example.code))
        if faults:
            raise PluginError("\n".join(faults))
        return files

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> None:
        """Put the pages in the order in which they are read; the requirements keep it."""
        order = {_path(page.file): number for number, page in enumerate(nav.pages)}
        for pages in self._pages.values():
            pages.sort(key=lambda page: order.get(page.path, len(order)))

    def on_page_markdown(
        self, markdown: str, *, page: SitePage, config: MkDocsConfig, files: Files
    ) -> str:
        """Turn a page of the format into one of the site."""
        path = _path(page.file)
        if path.stem in WEIGHTS:
            page.meta["search"] = {"boost": WEIGHTS[path.stem]}
        if path.stem in WIDE:
            page.meta["hide"] = ["toc"]
        pages = self._pages[path.parent]
        read = next(one for one in pages if one.path == path)
        place = PurePosixPath(page.file.src_uri).parent

        def link(to: PurePosixPath) -> str:
            return get_relative_url(str(place / to), page.url)

        words = WORDS[language_of(page.file.src_uri)]
        try:
            columns = read_columns(Path(config.docs_dir))
        except ResultsError as error:
            raise PluginError(str(error)) from error
        results = PageResults(
            columns=columns,
            pages=pages,
            words=words,
            link=lambda to: get_relative_url(self._urls[to.path], page.url),
            file=lambda name: get_relative_url(f"{FOLDER}/{name}", page.url),
        )
        # What the build took from the top of the file is put back as empty lines, so that every
        # line has its number in the file; so is the end, for it to be the text read before.
        missing = _lines(path.read_text(encoding="utf-8")) - _lines(markdown)
        try:
            return render_page(
                read,
                "\n" * missing + markdown.rstrip() + "\n",
                words=words,
                pages=pages,
                link=link,
                results=results,
                later=self._later.setdefault(path, Later()),
                stale=self._stale.get(path, ()),
            )
        except PageFaults as error:
            raise PluginError(str(error)) from error

    def on_page_context(
        self, context: dict[str, Any], *, page: SitePage, config: MkDocsConfig, nav: Navigation
    ) -> dict[str, Any]:
        """Tell a page where it stands in each language."""
        alternates = getattr(page.file, "alternates", {})
        context["ws_languages"] = [
            {
                **language,
                "link": get_relative_url(alternates[language["locale"]].url, page.url),
                "absolute": urljoin(config.site_url or "/", alternates[language["locale"]].url),
            }
            for language in languages_of(config)
            if language["locale"] in alternates
        ]
        return context

    def on_template_context(
        self, context: dict[str, Any], *, template_name: str, config: MkDocsConfig
    ) -> dict[str, Any]:
        """Tell the page that stands for a missing one where each language begins."""
        root = urlsplit(config.site_url or "/").path
        context["ws_words"] = WORDS[language_now(config)]
        context["ws_languages"] = [
            {**language, "link": root + folder_of(language["locale"])}
            for language in languages_of(config)
        ]
        return context

    def on_post_template(self, output: str, *, template_name: str, config: MkDocsConfig) -> str:
        """Tag languages; keep a page for missing ones in each, or a build overwrites the last."""
        if template_name == "sitemap.xml":  # the plugin for languages knows folders, not tags
            for one in languages_of(config):
                output = output.replace(f'hreflang="{one["locale"]}"', f'hreflang="{one["tag"]}"')
        output = with_own_search(output, config)
        if template_name != "404.html" or not folder_of(language_now(config)):
            return output
        place = Path(config.site_dir, language_now(config), template_name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(output, "utf-8")
        return ""  # nothing for the root

    def on_post_page(self, output: str, *, page: SitePage, config: MkDocsConfig) -> str:
        """Put in what neither Markdown nor the search has to read."""
        output = self._later[_path(page.file)].fill(output)
        return with_own_search(with_runs_marked(output), config)

    @event_priority(-200)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Give each language an index of its own, once the last language has been built."""
        plugin: Any = config.plugins["i18n"]
        if not plugin.building:
            divide_index(config)


def _lines(text: str) -> int:
    """Count the lines; other plugins may have taken empty ones from the end."""
    return text.rstrip().count("\n")


def _path(file: File) -> Path:
    """Give the file of a page as a reader of an error would name it."""
    return Path(os.path.relpath(file.abs_src_path or file.src_uri))
