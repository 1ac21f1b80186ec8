"""Values read from the scope: the URL, the headers, the query, an address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

__all__ = ["Address", "Headers", "QueryParams", "URL", "full_path"]

_HOST = re.compile(r"(?:[A-Za-z0-9\-._~%!$&'()*+,;=]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_PATH_SAFE = "/:@!$&'()*+,;=~-._"
_QUERY_SAFE = _PATH_SAFE + "?%"
_DEFAULT_PORTS = {"ws": 80, "wss": 443, "http": 80, "https": 443}


class Address(NamedTuple):
    """One end of a connection: host and port."""

    host: str
    port: int


class URL(str):
    """A URL that is a `str`, with its parts as attributes.

    Because it is a `str`, `replace` is `str.replace`.

    Source: what Starlette, Lilya and Yaat document; RFC 3986, 3.
    """

    __slots__ = ()

    @classmethod
    def from_scope(cls, scope: Mapping[str, Any]) -> URL:
        """Give the URL that the client asked for.

        The authority is the `Host` header if there is just one and it is well formed, else the
        server's address; a server on a unix socket has none.

        Args:
            scope: The scope of a connection.

        Source: ASGI WebSocket, connection scope; RFC 9112, 3.3; what a hostile Host may not
        do is ours.
        """
        scheme = scope.get("scheme") or "ws"
        path = quote(full_path(scope), safe=_PATH_SAFE, errors="replace")
        query = quote(scope.get("query_string") or b"", safe=_QUERY_SAFE)
        authority = _host(scope) or _server(scope, scheme)
        return cls(f"{scheme}://{authority}{path}{'?' + query if query else ''}")

    @property
    def _parts(self) -> SplitResult:
        return urlsplit(self)  # the standard library remembers the last ones

    @property
    def scheme(self) -> str:
        """The scheme, such as `wss`."""
        return self._parts.scheme

    @property
    def netloc(self) -> str:
        """The authority: user information, host and port as written."""
        return self._parts.netloc

    @property
    def hostname(self) -> str | None:
        """The host in lower case, an IPv6 address without brackets; None without one."""
        return self._parts.hostname

    @property
    def port(self) -> int | None:
        """The port if one is written, else None."""
        return self._parts.port

    @property
    def path(self) -> str:
        """The path, percent-encoded."""
        return self._parts.path

    @property
    def query(self) -> str:
        """The query without its `?`."""
        return self._parts.query

    @property
    def fragment(self) -> str:
        """The fragment without its `#`; a URL from a scope never has one."""
        return self._parts.fragment

    @property
    def username(self) -> str | None:
        """The user name, None without one."""
        return self._parts.username

    @property
    def password(self) -> str | None:
        """The password, None without one."""
        return self._parts.password

    @property
    def is_secure(self) -> bool:
        """Whether the scheme is `wss` or `https`."""
        return self.scheme in ("wss", "https")


def full_path(scope: Mapping[str, Any]) -> str:
    """Give the decoded path with `root_path` in it once, whichever way the server reports it.

    Args:
        scope: The scope of a connection.

    Source: ASGI WebSocket, connection scope; servers differ, so doing both is ours.
    """
    path: str = scope.get("path") or "/"
    if not path.startswith("/"):
        path = "/" + path
    root = (scope.get("root_path") or "").rstrip("/")
    inside = not root or path == root or path.startswith(root + "/")
    return path if inside else root + path


def _host(scope: Mapping[str, Any]) -> str:
    hosts = [value for name, value in scope.get("headers") or () if name.lower() == b"host"]
    host = hosts[0].decode("latin-1") if len(hosts) == 1 else ""
    if not _HOST.fullmatch(host):
        return ""
    try:
        return host if (urlsplit("//" + host).port or 0) <= 65535 else ""
    except ValueError:  # an address in brackets that is none, a port that is too high
        return ""


def _server(scope: Mapping[str, Any], scheme: str) -> str:
    host, port = scope.get("server") or (None, None)
    if host is None or port is None:  # none known, or a unix socket
        return ""
    host = f"[{host}]" if ":" in host else host
    return host if _DEFAULT_PORTS.get(scheme) == int(port) else f"{host}:{port}"


class Headers(Mapping[str, str]):
    """Header fields: immutable, names matched without case, duplicates kept in their order.

    As a mapping, a name that occurs twice gives its first value; `getlist` gives all.
    Bytes are latin-1.

    Args:
        headers: A mapping or pairs, str or bytes.

    Source: RFC 9110, 5.1 and 5.3; ASGI WebSocket, connection scope.
    """

    __slots__ = ("_pairs",)

    def __init__(
        self,
        headers: Mapping[str, str] | Iterable[tuple[str | bytes, str | bytes]] = (),
    ) -> None:
        pairs = headers.items() if isinstance(headers, Mapping) else headers
        self._pairs = tuple((_latin1(name).lower(), _latin1(value)) for name, value in pairs)

    def __getitem__(self, name: str) -> str:
        wanted = name.lower()
        for key, value in self._pairs:
            if key == wanted:
                return value
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(key for key, _ in self._pairs))

    def __len__(self) -> int:
        return len({key for key, _ in self._pairs})

    def __repr__(self) -> str:
        return f"Headers({list(self._pairs)!r})"

    def getlist(self, name: str) -> list[str]:
        """Give every value of a header, in the order they came; `[]` if there is none.

        Args:
            name: The header's name in any case.
        """
        wanted = name.lower()
        return [value for key, value in self._pairs if key == wanted]

    def multi_items(self) -> list[tuple[str, str]]:
        """Give every name and value, duplicates included, in the order they came."""
        return list(self._pairs)


def _latin1(part: str | bytes) -> str:
    return part.decode("latin-1") if isinstance(part, bytes) else part


class QueryParams(Mapping[str, str]):
    """Query parameters: immutable, duplicates kept in their order.

    As a mapping, a name that occurs twice gives its last value; `getlist` gives all.
    `str()` gives the query back in one normal form.

    Args:
        query: The query without its `?`, as str or bytes, or a mapping, or pairs.

    Source: WHATWG URL, 5.1; that the last one counts is what Starlette does.
    """

    __slots__ = ("_pairs",)

    def __init__(
        self, query: str | bytes | Mapping[str, str] | Iterable[tuple[str, str]] = ""
    ) -> None:
        if isinstance(query, bytes):
            query = query.decode("utf-8", "replace")
        if isinstance(query, str):
            query = parse_qsl(query, keep_blank_values=True)
        pairs = query.items() if isinstance(query, Mapping) else query
        self._pairs: tuple[tuple[str, str], ...] = tuple(pairs)

    def __getitem__(self, name: str) -> str:
        for key, value in reversed(self._pairs):
            if key == name:
                return value
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(key for key, _ in self._pairs))

    def __len__(self) -> int:
        return len({key for key, _ in self._pairs})

    def __str__(self) -> str:
        return urlencode(self._pairs)

    def __repr__(self) -> str:
        return f"QueryParams({str(self)!r})"

    def getlist(self, name: str) -> list[str]:
        """Give every value of a parameter, in the order they came; `[]` if there is none.

        Args:
            name: The parameter's name, in the case it was written.
        """
        return [value for key, value in self._pairs if key == name]

    def multi_items(self) -> list[tuple[str, str]]:
        """Give every name and value, duplicates included, in the order they came."""
        return list(self._pairs)
