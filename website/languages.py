"""The languages of a build, as the plugin for languages knows them."""

from __future__ import annotations

from typing import Any

from mkdocs.config.defaults import MkDocsConfig

from .words import DEFAULT

__all__ = ["folder_of", "language_now", "languages_of", "tag_of"]

# The pages are written in the Portuguese of Brazil; their folder and address are shorter.
_TAGS = {"pt": "pt-BR"}


def language_now(config: MkDocsConfig) -> str:
    """Give the language that is being built."""
    plugin: Any = config.plugins["i18n"]
    language: str = plugin.current_language or DEFAULT
    return language


def languages_of(config: MkDocsConfig) -> list[dict[str, str]]:
    """Give the languages of the site, each with its `locale`, its `tag`, its `name` in itself."""
    plugin: Any = config.plugins["i18n"]
    return [
        {"locale": one.locale, "tag": tag_of(one.locale), "name": one.name}
        for one in plugin.config.languages
    ]


def tag_of(language: str) -> str:
    """Give what a page says about its language to browsers, search engines and screen readers."""
    return _TAGS.get(language, language)


def folder_of(language: str) -> str:
    """Give the folder of a language on the site; that of the default is the root."""
    return "" if language == DEFAULT else f"{language}/"
