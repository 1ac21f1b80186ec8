"""Values read from the scope: the URL, the headers, the query, an address; and headers to send."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from urllib.parse import SplitResult

__all__ = ["Address", "Headers", "QueryParams", "State", "URL", "full_path"]

_HOST = re.compile(r"(?:[A-Za-z0-9\-._~%!$&'()*+,;=]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_PATH_SAFE = "/:@!$&'()*+,;=~-._"
_PLAIN_PATH = re.compile(f"[A-Za-z0-9{re.escape(_PATH_SAFE)}]*")  # nothing in it to be quoted
_QUERY_SAFE = _PATH_SAFE + "?%"
_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_UNSAFE = re.compile(rb"[\r\n\0]")
_DEFAULT_PORTS = {"ws": 80, "wss": 443, "http": 80, "https": 443}


class Address(NamedTuple):
    """The address of one side of a connection, as host (str) and port (int)."""

    host: str
    port: int


@cache
def _urllib() -> Any:
    """Import `urllib.parse` at its first use: it is half of what importing the class costs."""
    import urllib.parse

    return urllib.parse


class URL(str):
    """A URL as a `str`, with its parts as attributes.

    The methods are those of `str`, so `replace()` is `str.replace()`.

    Source: Starlette, Lilya, Yaat; RFC 3986, 3.
    """

    __slots__ = ()

    @classmethod
    def from_scope(cls, scope: Mapping[str, Any]) -> URL:
        """Return the URL that the client requested.

        The authority is the `Host` header if the client sent exactly one and it is well formed.
        Otherwise it is the address of the server, or empty for a server on a Unix socket.

        Args:
            scope: The scope of a connection.

        Source: ASGI WebSocket, connection scope; RFC 9112, 3.3; this project, for the protection
        against a hostile Host header.
        """
        scheme = url_scheme(scope)
        path = full_path(scope)
        if not _PLAIN_PATH.fullmatch(path):
            path = _urllib().quote(path, safe=_PATH_SAFE, errors="replace")
        query = _urllib().quote(scope.get("query_string") or b"", safe=_QUERY_SAFE)
        authority = _host(scope) or _server(scope, scheme)
        return cls(f"{scheme}://{authority}{path}{'?' + query if query else ''}")

    @property
    def _parts(self) -> SplitResult:
        parts: SplitResult = _urllib().urlsplit(self)  # it remembers the last ones
        return parts

    @property
    def scheme(self) -> str:
        """The scheme, such as `wss`."""
        return self._parts.scheme

    @property
    def netloc(self) -> str:
        """The authority as written: user information, host and port."""
        return self._parts.netloc

    @property
    def hostname(self) -> str | None:
        """The host in lower case, an IPv6 address without brackets; None if there is no host."""
        return self._parts.hostname

    @property
    def port(self) -> int | None:
        """The port as an int; None if the URL has no port."""
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
        """The fragment without its `#`; always empty for a URL from a scope."""
        return self._parts.fragment

    @property
    def username(self) -> str | None:
        """The user name; None if there is no user name."""
        return self._parts.username

    @property
    def password(self) -> str | None:
        """The password; None if there is no password."""
        return self._parts.password

    @property
    def is_secure(self) -> bool:
        """True if the scheme is `wss` or `https`."""
        return self.scheme in ("wss", "https")


def url_scheme(scope: Mapping[str, Any]) -> str:
    """Return `wss` for a secure connection, also where a proxy's layer says `https`, else `ws`.

    For a scope of type `http` it is `https` or `http`.

    Args:
        scope: The scope of a connection.

    Source: ASGI WebSocket, connection scope; this project, for reading `https` as `wss`.
    """
    secure = str(scope.get("scheme")).lower() in ("wss", "https")
    return ("http" if scope.get("type") == "http" else "ws") + "s" * secure


def root_path(scope: Mapping[str, Any]) -> str:
    """Return the `root_path` with a slash before it and none behind it, or `""`.

    Args:
        scope: The scope of a connection.

    Source: ASGI WebSocket, connection scope; this project, for adding a missing slash.
    """
    root: str = (scope.get("root_path") or "").rstrip("/")
    return root if not root or root.startswith("/") else "/" + root


def header_pairs(scope: Mapping[str, Any]) -> Iterable[tuple[bytes, bytes]]:
    """Return the headers of a scope, which may be an iterator, so that they can be read again.

    Args:
        scope: The scope of a connection; an iterator in it is replaced by a list.

    Source: ASGI WebSocket, connection scope: the headers are an iterable.
    """
    pairs: Iterable[tuple[bytes, bytes]] = scope.get("headers") or ()
    if not isinstance(pairs, (list, tuple)):
        pairs = list(pairs)
        if isinstance(scope, MutableMapping):
            scope["headers"] = pairs
    return pairs


def items_of(pairs: Any) -> Iterable[Any]:
    """Return the pairs of a mapping or of an iterable, duplicates of a multi-dict included.

    Args:
        pairs: A mapping, a multi-dict, or pairs.
    """
    if type(pairs) not in (list, tuple) and isinstance(pairs, Mapping):
        items: Iterable[Any] = getattr(pairs, "multi_items", pairs.items)()
        return items
    return pairs  # type: ignore[no-any-return]


def full_path(scope: Mapping[str, Any]) -> str:
    """Return the decoded path, which contains `root_path` exactly once.

    Some servers include `root_path` in `path` and others leave it out; both are understood.

    Args:
        scope: The scope of a connection.

    Source: ASGI WebSocket, connection scope; this project, for accepting both forms.
    """
    path: str = scope.get("path") or "/"
    if not path.startswith("/"):
        path = "/" + path
    root = root_path(scope)
    inside = not root or path == root or path.startswith(root + "/")
    return path if inside else root + path


def _host(scope: Mapping[str, Any]) -> str:
    pairs = header_pairs(scope)
    hosts = [value for name, value in pairs if len(name) == 4 and name.lower() == b"host"]
    host = hosts[0].decode("latin-1") if len(hosts) == 1 else ""
    if not _HOST.fullmatch(host):
        return ""
    if ":" not in host and host[0] != "[":  # a name alone
        return host
    try:
        return host if (_urllib().urlsplit("//" + host).port or 0) <= 65535 else ""
    except ValueError:  # an address in brackets that is none, a port that is too high
        return ""


def _server(scope: Mapping[str, Any], scheme: str) -> str:
    host, port = scope.get("server") or (None, None)
    if host is None or port is None:  # none known, or a unix socket
        return ""
    host = f"[{host}]" if ":" in host else host
    return host if _DEFAULT_PORTS.get(scheme) == int(port) else f"{host}:{port}"


class Headers(Mapping[str, str]):
    """An immutable mapping of header fields that ignores the case of names.

    Duplicates keep their order. Indexing returns the first value of a name that occurs several
    times; `getlist()` returns all of them. Bytes are decoded as latin-1.

    Args:
        headers: A mapping or pairs, with names and values as str or bytes.

    Source: RFC 9110, 5.1 and 5.3; ASGI WebSocket, connection scope.
    """

    __slots__ = ("_given", "_index", "_scans")

    def __init__(
        self,
        headers: Mapping[str, str] | Iterable[tuple[str | bytes, str | bytes]] = (),
    ) -> None:
        self._given: tuple[tuple[str | bytes, str | bytes], ...] = tuple(items_of(headers))
        self._index: dict[str, list[str]] | None = None
        self._scans = 8  # to decode and index everything costs as much as so many looks

    @property
    def _pairs(self) -> list[tuple[str, str]]:
        return [(_latin1(name).lower(), _latin1(value)) for name, value in self._given]

    @property
    def _values(self) -> dict[str, list[str]]:
        if self._index is None:
            self._index = _by_name(self._pairs)
        return self._index

    def __getitem__(self, name: str) -> str:
        try:
            if self._index is None and self._scans and name.isascii():
                return self._scan(name.lower())
            return self._values[name.lower()][0]
        except (KeyError, AttributeError):
            raise KeyError(name) from None

    def _scan(self, name: str) -> str:
        self._scans -= 1
        raw = name.encode()
        for key, value in self._given:
            if key.lower() == (raw if isinstance(key, bytes) else name):
                return _latin1(value)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Headers({self._pairs!r})"

    def getlist(self, name: str) -> list[str]:
        """Return all values of a header, in their order of arrival.

        Args:
            name: The name of the header, in any case.

        Returns:
            The values; an empty list if the header is missing.
        """
        return list(self._values.get(name.lower(), ()))

    def multi_items(self) -> list[tuple[str, str]]:
        """Return all pairs of name and value, including duplicates, in their order of arrival."""
        return self._pairs


def _by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Look-ups cost the same for twelve names and for twelve thousand."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def _latin1(part: str | bytes) -> str:
    return part.decode("latin-1") if isinstance(part, bytes) else part


HeaderItems = (
    Mapping[str, str]
    | Mapping[bytes, bytes]
    | Iterable[tuple[str, str]]
    | Iterable[tuple[bytes, bytes]]
)
"""Header fields as a caller may write them: a mapping or pairs, str or bytes."""


def acceptable_headers(
    headers: HeaderItems | None, own: frozenset[bytes] = frozenset()
) -> list[tuple[bytes, bytes]]:
    """Return the headers as a list of byte pairs with lower-case names, in their order.

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
    name, value = (_header_bytes(part, pair[0]) for part in pair)
    name = name.lower()
    if not _TOKEN.fullmatch(name):
        raise ValueError(f"expected a header name, got {pair[0]!r}")
    if name.startswith(b"sec-websocket-") and name not in own:
        raise ValueError(
            f"expected a header that is not part of the handshake itself, got {pair[0]!r}; "
            "pass a subprotocol as subprotocol="
        )
    if _UNSAFE.search(value):
        raise ValueError(f"expected no CR, LF or NUL in header {pair[0]!r}, got {pair[1]!r}")
    return name, value


def _header_bytes(part: str | bytes, name: str | bytes) -> bytes:
    if isinstance(part, bytes):
        return part
    if not isinstance(part, str):
        raise TypeError(f"expected header {name!r} in str or bytes, got {part!r}")
    try:
        return part.encode("latin-1")
    except UnicodeEncodeError as error:
        raise ValueError(f"expected latin-1 characters in header {name!r}, got {part!r}") from error


class QueryParams(Mapping[str, str]):
    """An immutable mapping of query parameters.

    Duplicates keep their order. Indexing returns the last value of a name that occurs several
    times; `getlist()` returns all of them. `str()` returns the query in a normalized form.

    Args:
        query: The query without its `?`, as str or bytes, or a mapping, or pairs of str.

    Source: WHATWG URL, 5.1; Starlette, for the last value.
    """

    __slots__ = ("_pairs", "_values")

    def __init__(
        self, query: str | bytes | Mapping[str, str] | Iterable[tuple[str, str]] = ""
    ) -> None:
        if isinstance(query, bytes):
            query = query.decode("utf-8", "replace")
        if isinstance(query, str):
            query = _urllib().parse_qsl(query, keep_blank_values=True)
        self._pairs: tuple[tuple[str, str], ...] = tuple(items_of(query))
        self._values = _by_name(self._pairs)

    def __getitem__(self, name: str) -> str:
        return self._values[name][-1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __str__(self) -> str:
        text: str = _urllib().urlencode(self._pairs)
        return text

    def __repr__(self) -> str:
        return f"QueryParams({str(self)!r})"

    def getlist(self, name: str) -> list[str]:
        """Return all values of a parameter, in their order of arrival.

        Args:
            name: The name of the parameter; its case matters.

        Returns:
            The values; an empty list if the parameter is missing.
        """
        return list(self._values.get(name, ()))

    def multi_items(self) -> list[tuple[str, str]]:
        """Return all pairs of name and value, including duplicates, in their order of arrival."""
        return list(self._pairs)


class State:
    """The state of the application's lifespan, as attributes.

    Reading, setting or deleting an attribute reads or changes `scope["state"]` itself.

    Args:
        scope: The scope of a connection; if it has no state, an empty one is added.

    Source: Starlette; ASGI Lifespan, "Lifespan State".
    """

    def __init__(self, scope: MutableMapping[str, Any]) -> None:
        values = scope.get("state")
        if type(values) is not dict:
            values = scope["state"] = dict(values or {})
        self.__dict__ = values

    if TYPE_CHECKING:  # which attributes there are is the application's own

        def __getattr__(self, name: str) -> Any: ...
        def __setattr__(self, name: str, value: Any) -> None: ...
