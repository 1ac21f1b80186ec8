"""Which examples are asked for: by the beginnings of ids, or by patterns of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase

__all__ = ["chosen", "meaningless"]


def chosen(ids: Collection[str], words: Iterable[str]) -> bool:
    """Tell whether one of the words means one of the ids.

    Args:
        ids: Those of an example and of its requirement.
        words: Beginnings of ids, and patterns with `*`, `?` or `[…]` of whole ids.
    """
    return any(_means(word, id) for word in words for id in ids)


def meaningless(words: Iterable[str], ids: Collection[str]) -> str | None:
    """Give the first word that means nothing, None without any.

    Args:
        words: The words.
        ids: All ids that there are.
    """
    return next((word for word in words if not chosen(ids, [word])), None)


def _means(word: str, id: str) -> bool:
    return fnmatchcase(id, word) if any(sign in word for sign in "*?[") else id.startswith(word)
