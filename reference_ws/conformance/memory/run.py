"""Runs a snippet of a page, and plays its conversations in memory."""

from __future__ import annotations

import anyio

from ..conversation.compare import Difference
from ..conversation.events import Close, Conversation, Disconnect
from ..pages import prints
from ..pages.model import Example
from ..targets.limit import LimitReached, limit
from ..targets.loader import Substitutes, load, unload
from .play import play

__all__ = ["EXAMPLE_LIMIT", "evaluate", "page_frames"]

EXAMPLE_LIMIT = 20.0
"""Seconds for one example; its single waits have shorter limits of their own."""


def evaluate(
    example: Example, backend: str | None, substitutes: Substitutes | None = None
) -> str | None:
    """Run one example in memory.

    Args:
        example: The example.
        backend: The anyio backend that plays the conversations; None for a snippet without any.
        substitutes: What the snippet imports in place of what; None changes nothing.

    Returns:
        The variants that were seen in place of what the page names first, None without any.

    Raises:
        Difference: Something else happened or was printed than the page says.
        LimitReached: It took longer than `EXAMPLE_LIMIT`.
        Exception: Whatever the snippet raises while it is loaded.
    """
    variants: list[str | None] = []
    for choice in range(_choices(example.conversations)):
        with limit(EXAMPLE_LIMIT):
            variants += _evaluate_once(example, backend, substitutes, choice)
    return ", ".join(dict.fromkeys(filter(None, variants))) or None


def _choices(conversations: tuple[Conversation, ...]) -> int:
    """How many plays it takes until each alternative of the client has been played."""
    events = [s.event for c in conversations for s in c.steps if s.direction == ">"]
    return max([1, *(len(e.codes) for e in events if isinstance(e, (Close, Disconnect)))])


def _evaluate_once(
    example: Example, backend: str | None, substitutes: Substitutes | None, choice: int
) -> list[str | None]:
    path = str(example.path)
    printed: list[tuple[int, str]] = []
    module = load(
        example.code,
        path=path,
        first_line=example.line + 1,
        substitutes=substitutes,
        on_print=lambda line, text: printed.append((line, text)),
    )

    async def play_all() -> list[str | None]:
        exact = substitutes is None  # the pages say all that the reference does
        return [
            await play(module["app"], one, path, choice, exact=exact)
            for one in example.conversations
        ]

    try:
        variants = [] if backend is None else anyio.run(play_all, backend=backend)
    finally:
        unload(module)
    for difference in prints.compare(example.code, printed):
        raise Difference(
            path=path,
            line=example.line + difference.line,
            client="",
            wanted=_printed(difference.wanted),
            got=_printed(difference.got),
        )
    return variants


def _printed(lines: tuple[str, ...]) -> str:
    return "\n".join(f"#> {line}" for line in lines) or "no print"


def page_frames(example: Example, error: BaseException) -> list[int]:
    """Give the lines of the page through which an exception came, the innermost last.

    Args:
        example: The example that raised.
        error: What it raised.
    """
    page = str(example.path)
    if isinstance(error, LimitReached):
        return [line for file, line in reversed(error.where) if file == page]
    lines, trace = [], error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == page:
            lines.append(trace.tb_lineno)
        trace = trace.tb_next
    return lines
