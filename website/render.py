"""Fills the templates; what comes out is one block of HTML without blank lines."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

__all__ = ["render"]

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates"), encoding="utf-8"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(template: str, **values: object) -> str:
    """Give the HTML of a template.

    Args:
        template: The template's name without its ending.
        **values: What it shows; text is escaped.
    """
    html = _ENVIRONMENT.get_template(f"{template}.html").render(**values)
    # Markdown ends a block of HTML at some blank lines, and indents mean code to it.
    return "\n".join(line.strip() for line in html.splitlines() if line.strip())
