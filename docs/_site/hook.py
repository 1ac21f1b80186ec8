"""The events of the build: every page is read and checked first, then shown."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as SitePage
from mkdocs.utils import get_relative_url
from ws_site.current import current
from ws_site.fresh import LANGUAGES, Memory
from ws_site.later import Later
from ws_site.page import example_path, render_page
from ws_site.results import FOLDER, read_columns
from ws_site.results_page import PageResults
from ws_site.theme_files import put_back
from ws_site.words import WORDS, language_of

from reference_ws.conformance.conversation.faults import PageFaults
from reference_ws.conformance.pages.catalogue import Catalogue, CatalogueError
from reference_ws.conformance.pages.model import Page
from reference_ws.conformance.report.results import ResultsError

# Who looks for a word is more often after the interface than after the server below it.
LESS_SOUGHT = {"servers": 0.5}

# The pages that were read for this build, by folder: the ids of a language are its own.
_pages: dict[Path, list[Page]] = {}
# The sections of each file that are older than their English originals.
_stale: dict[Path, list[str]] = {}
# What is put into each file's page when it is finished.
_later: dict[Path, Later] = {}
# Where each page comes to lie on the site.
_urls: dict[Path, str] = {}


@event_priority(-200)  # after the files of each language were found
def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Read all pages and add a file for each example; a fault stops the build."""
    put_back(files)
    _pages.clear()
    _stale.clear()
    _later.clear()
    docs = Path(config.docs_dir)
    memory = Memory(docs, current.language) if current.language in LANGUAGES else None
    by_folder: dict[Path, dict[Path, File]] = {}
    for file in files.documentation_pages():
        path = _path(file)
        by_folder.setdefault(path.parent, {})[path] = file
        _urls[path] = file.url
        if memory and language_of(file.src_uri) == memory.language:
            _stale[path] = memory.stale(path.name)
    faults: list[str] = []
    for folder, found in sorted(by_folder.items()):
        try:
            _pages[folder] = Catalogue(found).pages
        except CatalogueError as error:
            faults.append(str(error))
            continue
        for page in _pages[folder]:
            place = PurePosixPath(found[page.path].src_uri).parent
            for example in page.examples:
                uri = str(place / example_path(example))
                files.append(File.generated(config, uri, content=example.code))
    if faults:
        raise PluginError("\n".join(faults))
    return files


def on_nav(nav: Navigation, *, config: MkDocsConfig, files: Files) -> None:
    """Put the pages in the order in which they are read; the table of requirements keeps it."""
    order = {_path(page.file): number for number, page in enumerate(nav.pages)}
    for pages in _pages.values():
        pages.sort(key=lambda page: order.get(page.path, len(order)))


def on_page_markdown(markdown: str, *, page: SitePage, config: MkDocsConfig, files: Files) -> str:
    """Turn a page of the format into one of the site."""
    path = _path(page.file)
    if path.stem in LESS_SOUGHT:
        page.meta["search"] = {"boost": LESS_SOUGHT[path.stem]}
    pages = _pages[path.parent]
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
        link=lambda to: get_relative_url(_urls[to.path], page.url),
        file=lambda name: get_relative_url(f"{FOLDER}/{name}", page.url),
    )
    # What the build took from the top of the file is put back as empty lines, so that every
    # line has the number that it has in the file; so is the end, for it to be the text read before.
    missing = _lines(path.read_text(encoding="utf-8")) - _lines(markdown)
    try:
        return render_page(
            read,
            "\n" * missing + markdown.rstrip() + "\n",
            words=words,
            pages=pages,
            link=link,
            results=results,
            later=_later.setdefault(path, Later()),
            stale=_stale.get(path, ()),
        )
    except PageFaults as error:
        raise PluginError(str(error)) from error


def on_post_page(output: str, *, page: SitePage, config: MkDocsConfig) -> str:
    """Put in what neither Markdown nor the search has to read."""
    return _later[_path(page.file)].fill(output)


def _lines(text: str) -> int:
    """Count the lines; other plugins may have taken empty ones from the end."""
    return text.rstrip().count("\n")


def _path(file: File) -> Path:
    """Give the file of a page as a reader of an error would name it."""
    return Path(os.path.relpath(file.abs_src_path or file.src_uri))
