"""Coloured code, made once: most snippets are the same in every language."""

from __future__ import annotations

from typing import Any

from pymdownx.highlight import Highlight, HighlightExtension  # type: ignore[import-untyped]

__all__ = ["Colours"]

_made: dict[str, str] = {}


class Colours(HighlightExtension):  # type: ignore[misc]
    """The extension that colours code, with a memory."""

    def get_pymdownx_highlighter(self) -> type[Highlight]:
        """Give what colours the fences."""
        return _Remembering


class _Remembering(Highlight):  # type: ignore[misc]
    def highlight(self, *args: Any, **options: Any) -> str:
        # The running number of a fence is only in the ids of its lines, where those have ids.
        if not self.line_spans and not self.line_anchors:
            options.pop("code_block_count", None)
        settings = {name: value for name, value in vars(self).items() if name != "md"}
        key = repr((args, options, settings))
        if key not in _made:
            _made[key] = super().highlight(*args, **options)
        return _made[key]
