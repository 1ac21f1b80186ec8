"""What is the same in every language is made once, and what nobody reads is not parsed."""

from __future__ import annotations

import gc
import re
from typing import Any, Literal

from jinja2 import Environment, FileSystemBytecodeCache
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from website.colours import Colours

COMPILED = FileSystemBytecodeCache()
_HIGHLIGHT = "pymdownx.highlight"
_COLOURS = f"{Colours.__module__}:{Colours.__qualname__}"


def on_startup(*, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    """Free no cycles in a build: it keeps nearly all it makes until it ends, and that is soon."""
    if command != "serve":
        gc.disable()


@event_priority(100)  # before the plugins take the extensions over
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Colour each snippet once."""
    extensions = config.markdown_extensions
    if _HIGHLIGHT in extensions:
        extensions[extensions.index(_HIGHLIGHT)] = _COLOURS
        config.mdx_configs[_COLOURS] = config.mdx_configs.pop(_HIGHLIGHT, {})
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Compile each template of the API reference once, also for later builds."""
    plugin: Any = config.plugins["mkdocstrings"]
    plugin.get_handler("python").env.bytecode_cache = COMPILED
    return files


def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
    """Compile each template of the theme once, also for later builds."""
    env.bytecode_cache = COMPILED
    return env


_CODE = re.compile(r"<pre\b.*?</pre>", re.DOTALL)
_COLOUR = re.compile(r"</?span\b[^>]*>")


@event_priority(100)  # before the search reads the page
def _take_colours(
    context: dict[str, Any], *, page: Page, config: MkDocsConfig, nav: Navigation
) -> None:
    """Let the search read code without its colours, which are most of the tags of a page."""
    context["ws_content"] = page.content
    page.content = _CODE.sub(lambda match: _COLOUR.sub("", match[0]), page.content or "")


@event_priority(-100)
def _put_colours_back(
    context: dict[str, Any], *, page: Page, config: MkDocsConfig, nav: Navigation
) -> None:
    page.content = context.pop("ws_content")


on_page_context = CombinedEvent(_take_colours, _put_colours_back)
