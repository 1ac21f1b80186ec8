"""The drawings that a page asks for with a comment such as `<!-- diagram: life -->`."""

from __future__ import annotations

from reference_ws.state import RECEIVE, SEND

from .drawn_lanes import draw_handshake, draw_life
from .drawn_states import draw_states
from .vocabulary import Words

__all__ = ["draw"]


def draw(wanted: tuple[str, str | None], words: Words) -> str | None:
    """Give the drawing that a placeholder stands for; None if it stands for something else.

    Args:
        wanted: The name and the argument.
        words: The words of the language.
    """
    match wanted:
        case ("diagram", "handshake"):
            return draw_handshake(words)
        case ("diagram", "life"):
            return draw_life(words)
        case ("state-diagram", "receive"):
            return draw_states("client_state", RECEIVE, words)
        case ("state-diagram", "send"):
            return draw_states("application_state", SEND, words)
    return None
