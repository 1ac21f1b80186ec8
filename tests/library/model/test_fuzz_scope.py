"""Whatever bytes a client puts into its handshake, the scope is read, and only as documented."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from reference_ws.datastructures import URL, Headers, QueryParams, full_path
from reference_ws.websockets import WebSocket

# Bytes that mean something in a URL come more often than chance has them.
_PARTS = (
    "% / ? # @ : [ ] ::1 \\ & = a h.example 8080 99999 %2F %ff .. ; + \r\n \0 \u00ff \ud800".split(
        " "
    )
)
SPICY = st.lists(
    st.sampled_from([part.encode("utf-8", "surrogatepass") for part in _PARTS])
    | st.binary(max_size=2),
    max_size=6,
).map(b"".join)
NAMES = st.sampled_from([b"host", b"Host", b"cookie", b"X-A", b"\xc9", b""])
HEADERS = st.lists(st.tuples(NAMES, SPICY), max_size=3)
PATHS = SPICY.map(lambda data: data.decode("utf-8", "surrogateescape"))
SERVERS = st.none() | st.tuples(
    st.none() | st.sampled_from(["h.example", "::1", "127.0.0.1", "/run/socket"]),
    st.none() | st.integers(0, 65535),
)
SCOPES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"type": st.just("websocket")},
    optional={
        "path": PATHS,
        "root_path": PATHS,
        "query_string": SPICY,
        "headers": HEADERS,
        "scheme": st.sampled_from(["ws", "wss", "https", "http", "", "javascript", "\n"]),
        "server": SERVERS,
        "client": st.none() | st.tuples(st.just("::1"), st.integers(0, 65535)),
        "subprotocols": st.lists(PATHS, max_size=2),
        "extensions": st.none() | st.just({}),
    },
)


@given(scope=SCOPES)
def test_a_scope_can_be_read_whatever_is_in_it(scope: dict[str, Any]) -> None:
    websocket = WebSocket(scope)
    url = websocket.url
    assert isinstance(url, str) and url.isascii() and url.isprintable() and " " not in url
    assert url.scheme in ("ws", "wss")
    assert url.port is None or 0 <= url.port <= 65535
    assert url.fragment == "" and url.username is None and url.password is None
    assert url == urlsplit(url).geturl() or not url.netloc
    name = (url.hostname or "").partition("%")[0]  # a zone or an escape keeps its case
    assert name == name.lower()
    assert websocket.subprotocols == scope.get("subprotocols", [])
    assert websocket.client is None or websocket.client == scope["client"]
    assert dict(websocket) == scope


@given(scope=SCOPES, host=SPICY)
def test_a_host_never_changes_the_path_or_the_query(scope: dict[str, Any], host: bytes) -> None:
    without = URL.from_scope({**scope, "headers": [], "server": ("h.example", 80)})
    hostile = URL.from_scope({**scope, "headers": [(b"host", host)], "server": ("h.example", 80)})
    assert (hostile.path, hostile.query) == (without.path, without.query)
    assert hostile.scheme == without.scheme
    assert unquote(hostile.path, errors="replace") == _sendable(full_path(scope))


def _sendable(path: str) -> str:
    """What has no UTF-8 form is replaced."""
    return path.encode("utf-8", "replace").decode("utf-8", "replace")


@given(pairs=HEADERS)
def test_headers_keep_every_value(pairs: list[tuple[bytes, bytes]]) -> None:
    headers = Headers(pairs)
    wanted = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in pairs]
    assert headers.multi_items() == wanted
    assert sorted(headers) == sorted({name for name, _ in wanted})
    for name in headers:
        assert headers.getlist(name) == [value for other, value in wanted if other == name]
        assert headers[name.upper() if name.upper().lower() == name else name] is not None
    assert Headers(headers).multi_items() == wanted


@given(query=SPICY)
def test_a_query_is_read_as_the_standard_library_reads_it(query: bytes) -> None:
    params = QueryParams(query)
    wanted = parse_qsl(query.decode("utf-8", "replace"), keep_blank_values=True)
    assert params.multi_items() == wanted
    assert dict(params) == dict(wanted)
    assert QueryParams(str(params)).multi_items() == wanted
