"""A state table as a drawing: states as boxes, messages as arrows from one to the next."""

from __future__ import annotations

from collections.abc import Iterator

from reference_ws.state import Table, WebSocketState

from .drawing import LINE, WIDTH, Label, arrow, box, code, drawing, line, lines, text
from .vocabulary import Words

__all__ = ["draw_states"]

_GAP = 5
_BOX = 26
_WIDEST = 190
_MORE = " with "


def draw_states(name: str, table: Table, words: Words) -> str:
    """Draw a table.

    The first state is on top and the last, out of which nothing leads, at the bottom; each message
    that leads out of the first has a column.

    Args:
        name: `client_state` or `application_state`.
        table: Which message leads where.
        words: The words of the language.

    Raises:
        ValueError: The table has another shape.
    """
    last = [state for state, row in table.items() if not row]
    first = next(iter(table))
    if len(last) != 1 or first in last:
        raise ValueError(f"expected a table that begins in one state and ends in another: {table}")
    columns = [_column(table, message, first) for message in _leaving(table, first)]
    width = WIDTH / len(columns)
    drawn = set[WebSocketState]().union(*columns, {first, *last})
    if drawn != set(table):
        raise ValueError(f"expected states that lead from {first.name} to the end, got {table}")
    room = width - 2
    arrows = [_arrows(table, first, column, room) for column in columns]
    depth = max(map(len, columns))
    levels = [
        max((len(one[i]) for one in arrows if i < len(one) - 1 or len(one) == depth), default=1)
        for i in range(depth)
    ]
    staying = max(len(_stays(table, state, room)) for column in columns for state in column)
    parts: list[str] = []
    y = 1.0
    parts += _state(WIDTH / 2, y, WIDTH - 2, first, [])
    tops = [y + _BOX]
    heights = [LINE * lines_ + 26 for lines_ in levels]
    inner = _BOX + LINE * staying + 3
    for height in heights[:-1]:
        tops.append(tops[-1] + height + inner)
    end = tops[-1] + heights[-1]
    for number, (column, labels) in enumerate(zip(columns, arrows, strict=True)):
        x = width * (number + 0.5)
        for i, state in enumerate(column):
            top = tops[i]
            bottom = end if i == len(column) - 1 else top + heights[i]
            parts.append(arrow(x, top, x, bottom - 1, "sent"))
            middle = (top + bottom - 6 + LINE * (len(labels[i]) - 1)) / 2 + 4
            parts.append(lines(x, middle, labels[i], "ws-drawing__on-line"))
            if state not in last:
                stays = _stays(table, state, room)
                parts += _state(x, bottom, min(width - _GAP, _WIDEST), state, stays, height=inner)
    parts += _state(WIDTH / 2, end, WIDTH - 2, last[0], [])
    told = [
        words.drawings.leads.format(state.name, message, following.name)
        for state, row in table.items()
        for message, following in row.items()
    ]
    title = words.drawings.states.format(name)
    return drawing(f"ws-{name.replace('_', '-')}", title, told, end + _BOX + 1, parts)


def _leaving(table: Table, state: WebSocketState) -> list[str]:
    return [message for message, following in table[state].items() if following is not state]


def _column(table: Table, message: str, first: WebSocketState) -> list[WebSocketState]:
    """Follow a message down to the state out of which nothing leads."""
    found = [table[first][message]]
    while leaving := _leaving(table, found[-1]):
        if len(leaving) > 1 or table[found[-1]][leaving[0]] in (first, *found):
            raise ValueError(f"expected one way on from {found[-1].name}, got {leaving}")
        found.append(table[found[-1]][leaving[0]])
    return found


def _arrows(
    table: Table, first: WebSocketState, column: list[WebSocketState], room: float
) -> list[list[Label]]:
    """Give the labels of a column's arrows; each arrow leads to the state of the same number."""
    found = []
    before = first
    for state in column:
        message = next(one for one, following in table[before].items() if following is state)
        found.append(code(message.replace(_MORE, " + "), room))
        before = state
    return found


def _stays(table: Table, state: WebSocketState, room: float) -> list[Label]:
    """Give the messages that change nothing."""
    staying = [one for one, following in table[state].items() if following is state]
    return [label for message in staying for label in code(message.replace(_MORE, " +\xa0"), room)]


def _state(
    x: float,
    y: float,
    width: float,
    state: WebSocketState,
    stays: list[Label],
    height: float = _BOX,
) -> Iterator[str]:
    yield box(x, y, width, height)
    yield text(x, y + 17, Label(state.name), "ws-drawing__state")
    if stays:
        left = x - width / 2 + 6
        yield line(left, y + _BOX - 2, x + width / 2 - 6, y + _BOX - 2, "lane")
        # A loop: the message leaves the connection in the state.
        loop = f"M{left + 7:g} {y + 9:g}a4 4 0 1 1 -5 0m-1 3v-4h4"
        yield f'<path class="ws-drawing__loop" d="{loop}"/>'
        yield lines(x, y + _BOX + 12 + LINE * (len(stays) - 1), stays)
