"""The scope of a connection, as an ASGI server makes it of a client's opening handshake."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from enum import Enum
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from reference_ws.types import Scope

__all__ = ["ABSENT", "Absent", "HeadersLike", "build_scope"]

HeadersLike = (
    Mapping[str, str | bytes]
    | Mapping[bytes, str | bytes]
    | Iterable[tuple[str | bytes, str | bytes]]
)

TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110 section 5.6.2
HOST = re.compile(r"[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\]")
NOT_IN_TARGET = re.compile(r"[\x00-\x20\x7f#]")
# The request names that the client itself writes; a second one would be no valid handshake.
RESERVED = ("upgrade", "connection", "sec-websocket-key", "sec-websocket-version")
SUBPROTOCOL = "sec-websocket-protocol"
# The sample nonce of RFC 6455 section 1.3: nothing in memory depends on its randomness.
KEY = b"dGhlIHNhbXBsZSBub25jZQ=="


class Absent(Enum):
    """The type of `ABSENT`."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT
"""Use it as a value in `scope` to remove a key that some servers leave out."""


def build_scope(
    url: str,
    *,
    headers: HeadersLike = (),
    subprotocols: Sequence[str] = (),
    extensions: Mapping[str, Any] | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Scope:
    """Build a complete WebSocket connection scope (ASGI WebSocket, Connection Scope, version 2.5).

    Args:
        url: `/path?query`, or `ws://` or `wss://` with a host, an optional port, path and query.
        headers: Further request headers, a mapping or pairs; a `host` replaces the one of the URL.
        subprotocols: What the client offers, in its order.
        extensions: The value under `extensions`.
        overrides: Merged over the scope at last; `ABSENT` as a value takes the key out.

    Raises:
        ValueError: Something could not be sent in a real handshake.
        TypeError: A header or a subprotocol is no text.
    """
    scheme, host, server, target = _split(url)
    path, _, query = target.partition("?")
    raw_path = quote(path, safe="/%:@!$&'()*+,;=~[]^`{}|\\\"<>").encode()
    fixed = [
        (b"host", host.encode()),
        (b"upgrade", b"websocket"),
        (b"connection", b"Upgrade"),
        (b"sec-websocket-key", KEY),
        (b"sec-websocket-version", b"13"),
    ]
    offered = _subprotocols(subprotocols)
    if offered:
        fixed.append((SUBPROTOCOL.encode(), ", ".join(offered).encode()))
    given = _headers(headers)
    if any(name == b"host" for name, _ in given):
        del fixed[0]
    scope: Scope = {
        "type": "websocket",
        "asgi": {"version": "3.0", "spec_version": "2.5"},
        "http_version": "1.1",
        "scheme": scheme,
        "path": unquote(raw_path.decode()),
        "raw_path": raw_path,
        "query_string": quote(query, safe="".join(map(chr, range(0x21, 0x7F)))).encode(),
        "root_path": "",
        "headers": fixed + given,
        "client": ("127.0.0.1", 50000),
        "server": server,
        "subprotocols": offered,
        "state": {},
        "extensions": None if extensions is None else deepcopy(dict(extensions)),
    }
    scope.update(overrides or {})
    return {key: value for key, value in scope.items() if value is not ABSENT}


def _split(url: str) -> tuple[str, str, tuple[str, int], str]:
    """Scheme, Host header, listening address and request target of the URL."""
    if NOT_IN_TARGET.search(url):
        what = "a url without spaces, control characters and fragment (RFC 6455 section 3)"
        raise ValueError(f"expected {what}, got {url!r}")
    if url.startswith("/"):
        return "ws", "localhost", ("127.0.0.1", 80), url
    parts = urlsplit(url)
    if parts.scheme not in ("ws", "wss") or not parts.netloc:
        raise ValueError(f"expected a url that starts with '/', 'ws://' or 'wss://', got {url!r}")
    host, port = parts.netloc, parts.port  # a port out of range is urlsplit's own ValueError
    name = host.removesuffix(f":{port}")
    if not HOST.fullmatch(name):
        raise ValueError(f"expected a host and an optional port, got {host!r} in {url!r}")
    port = port if port is not None else {"ws": 80, "wss": 443}[parts.scheme]
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, host, (name.strip("[]"), port), target


def _headers(headers: HeadersLike) -> list[tuple[bytes, bytes]]:
    pairs: Iterable[Any] = headers.items() if isinstance(headers, Mapping) else headers
    return [_header(name, value) for name, value in pairs]


def _header(name: str | bytes, value: str | bytes) -> tuple[bytes, bytes]:
    plain = _latin_1(name).lower()
    if not TOKEN.fullmatch(plain):
        raise ValueError(f"expected a header name that is a token, got {name!r}")
    if plain in RESERVED or plain == SUBPROTOCOL:
        whose = "the argument subprotocols" if plain == SUBPROTOCOL else "the client's own"
        raise ValueError(f"expected {whose} in place of the header {name!r}, got {value!r}")
    content = _latin_1(value).strip(" \t")  # RFC 9110 section 5.5: not part of the value
    if re.search(r"[\r\n\0]", content):
        raise ValueError(f"expected a value of {name!r} without CR, LF and NUL, got {value!r}")
    return plain.encode("latin-1"), content.encode("latin-1")


def _latin_1(item: str | bytes) -> str:
    if isinstance(item, bytes):
        return item.decode("latin-1")
    if not isinstance(item, str):
        raise TypeError(f"expected a header of str or bytes, got {item!r}")
    try:
        item.encode("latin-1")
    except UnicodeEncodeError as error:
        raise ValueError(f"expected a header that latin-1 can encode, got {item!r}") from error
    return item


def _subprotocols(subprotocols: Sequence[str]) -> list[str]:
    if isinstance(subprotocols, str):
        raise TypeError(f"expected a sequence of subprotocols, got the str {subprotocols!r}")
    offered = list(subprotocols)
    for name in offered:
        if not isinstance(name, str):
            raise TypeError(f"expected a subprotocol that is a str, got {name!r}")
        if not TOKEN.fullmatch(name):
            raise ValueError(f"expected a subprotocol that is a token, got {name!r}")
        if offered.count(name) > 1:
            raise ValueError(f"expected subprotocols that differ, got {name!r} more than once")
    return offered
