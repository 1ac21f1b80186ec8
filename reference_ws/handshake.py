"""What the answer to a handshake may carry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from .datastructures import items_of

__all__ = ["HeaderItems", "acceptable_headers", "acceptable_subprotocol"]

HeaderItems = (
    Mapping[str, str]
    | Mapping[bytes, bytes]
    | Iterable[tuple[str, str]]
    | Iterable[tuple[bytes, bytes]]
)
"""Header fields as a caller may write them: a mapping or pairs, str or bytes."""

_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_UNSAFE = re.compile(rb"[\r\n\0]")


def acceptable_headers(
    headers: HeaderItems | None, own: frozenset[bytes] = frozenset()
) -> list[tuple[bytes, bytes]]:
    """Give the headers as a list of byte pairs with lower-case names, in their order.

    Args:
        headers: A mapping or pairs, names and values str or bytes; None means none.
        own: Names of the handshake that this answer may carry all the same.

    Raises:
        TypeError: It is neither a mapping nor pairs, or an item is neither str nor bytes.
        ValueError: A name is no token, a value holds CR, LF, NUL or a character outside
            latin-1, or a name belongs to the handshake itself (ASGI WebSocket, Accept;
            RFC 9110, 5.5 and 5.6.2).
    """
    if headers is None:
        return []
    if isinstance(headers, (str, bytes)):
        raise TypeError(f"expected headers as a mapping or pairs, got {headers!r}")
    return [_acceptable(pair, own) for pair in items_of(headers)]


def _acceptable(pair: Sequence[str | bytes], own: frozenset[bytes]) -> tuple[bytes, bytes]:
    if isinstance(pair, (str, bytes)) or len(pair) != 2:
        raise TypeError(f"expected a header as a pair of name and value, got {pair!r}")
    name, value = (_latin1(part, pair[0]) for part in pair)
    name = name.lower()
    if not _TOKEN.fullmatch(name):
        raise ValueError(f"expected a header name, got {pair[0]!r}")
    if name.startswith(b"sec-websocket-") and name not in own:
        raise ValueError(
            f"expected a header that is not part of the handshake itself, got {pair[0]!r}; "
            "a subprotocol is named with subprotocol="
        )
    if _UNSAFE.search(value):
        raise ValueError(f"expected no CR, LF or NUL in header {pair[0]!r}, got {pair[1]!r}")
    return name, value


def _latin1(part: str | bytes, name: str | bytes) -> bytes:
    if isinstance(part, bytes):
        return part
    if not isinstance(part, str):
        raise TypeError(f"expected header {name!r} in str or bytes, got {part!r}")
    try:
        return part.encode("latin-1")
    except UnicodeEncodeError as error:
        raise ValueError(f"expected latin-1 characters in header {name!r}, got {part!r}") from error


def acceptable_subprotocol(subprotocol: str | None, offered: Sequence[str]) -> str | None:
    """Give the subprotocol if the client offered it; None means none.

    Args:
        subprotocol: The name to agree on.
        offered: What the client offered.

    Raises:
        TypeError: It is not a str.
        ValueError: The client did not offer it (RFC 6455, 4.2.2, 5).
    """
    if subprotocol is None:
        return None
    if not isinstance(subprotocol, str):
        raise TypeError(f"expected a subprotocol as a str, got {subprotocol!r}")
    if subprotocol not in offered:
        raise ValueError(
            f"expected a subprotocol that the client offered ({', '.join(offered) or 'none'}), "
            f"got {subprotocol!r}"
        )
    return str.__str__(subprotocol)
