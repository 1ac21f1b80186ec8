"""Inline SVG: what every drawing is made of. Colours and type are those of the style sheet.

A drawing is as wide as the narrowest screen has room for, so it needs no zooming there; its text
is text, in the language of the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import escape

__all__ = ["LINE", "WIDTH", "Label", "arrow", "box", "code", "drawing", "line", "lines", "text"]

WIDTH = 340
LINE = 15
"""The height of a line of text."""

_CHARACTER = 6.93  # the width of one in the fixed font
_HEAD = 6


@dataclass(frozen=True, slots=True)
class Label:
    """A line of text: a name out of the code, or words."""

    text: str
    is_code: bool = True


def code(name: str, room: float) -> list[Label]:
    """Break a name of the code after dots and spaces.

    Args:
        name: The name.
        room: How wide a line may be.
    """
    found = [""]
    for part in name.replace(".", ".\0").replace(" ", "\0").split("\0"):
        if found[-1] and (len(found[-1]) + len(part)) * _CHARACTER > room:
            found.append("")
        glue = " " if found[-1] and not found[-1].endswith(".") else ""
        found[-1] += glue + part
    return [Label(one) for one in found]


def drawing(name: str, title: str, told: Iterable[str], height: float, parts: Iterable[str]) -> str:
    """Give a drawing that tells in words what it shows.

    Args:
        name: What its ids begin with.
        title: What it shows, in a few words.
        told: The same as sentences.
        height: Its height.
        parts: The elements.
    """
    return (
        f'<figure class="ws-drawing"><svg role="img" viewBox="0 0 {WIDTH} {height:g}" '
        f'aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(" ".join(told))}</desc>'
        f"{''.join(parts)}</svg></figure>"
    )


def text(x: float, y: float, label: Label, kind: str = "") -> str:
    """Give a line of text with its middle at `x` and its baseline at `y`."""
    names = " ".join(filter(None, ["ws-drawing__code" if label.is_code else "", kind]))
    attribute = f' class="{names}"' if names else ""
    return f'<text x="{x:g}" y="{y:g}"{attribute}>{escape(label.text)}</text>'


def lines(x: float, bottom: float, labels: Sequence[Label], kind: str = "") -> str:
    """Give lines of text, the last of which has its baseline at `bottom`."""
    first = bottom - LINE * (len(labels) - 1)
    return "".join(text(x, first + LINE * i, one, kind) for i, one in enumerate(labels))


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """Give a line."""
    return f'<path class="ws-drawing__{kind}" d="M{x1:g} {y1:g}L{x2:g} {y2:g}"/>'


def arrow(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """Give a level or upright arrow; its head has no id, so a page may have many drawings."""
    along = (x2 > x1) - (x2 < x1), (y2 > y1) - (y2 < y1)
    back = x2 - _HEAD * along[0], y2 - _HEAD * along[1]
    side = _HEAD / 2 * along[1], _HEAD / 2 * along[0]
    return (
        f'<g class="ws-drawing__{kind}"><path d="M{x1:g} {y1:g}L{back[0]:g} {back[1]:g}"/>'
        f'<path class="ws-drawing__head" d="M{x2:g} {y2:g}L{back[0] + side[0]:g} '
        f'{back[1] + side[1]:g}L{back[0] - side[0]:g} {back[1] - side[1]:g}Z"/></g>'
    )


def box(x: float, y: float, width: float, height: float, kind: str = "box") -> str:
    """Give a box whose middle is `x` and whose top is `y`."""
    return (
        f'<rect class="ws-drawing__{kind}" x="{x - width / 2:g}" y="{y:g}" '
        f'width="{width:g}" height="{height:g}" rx="5"/>'
    )
