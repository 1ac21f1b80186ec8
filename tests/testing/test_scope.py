"""The handshake that the in-memory client makes, as the application sees it in its scope."""

from __future__ import annotations

from typing import Any

import pytest

from reference_ws.testing import ABSENT, connect
from tests.testing.apps import anyio_backend as anyio_backend
from tests.testing.apps import sends, sends_then_reads

pytestmark = pytest.mark.anyio


async def test_scope_is_complete() -> None:
    async with connect(
        sends_then_reads(),
        "/caf%C3%A9/b%2Fc?q=1&r=%20",
        headers={"X-A": "é"},
        subprotocols=["a", "b"],
    ) as client:
        assert client.scope == {
            "type": "websocket",
            "asgi": {"version": "3.0", "spec_version": "2.5"},
            "http_version": "1.1",
            "scheme": "ws",
            "path": "/café/b/c",
            "raw_path": b"/caf%C3%A9/b%2Fc",
            "query_string": b"q=1&r=%20",
            "root_path": "",
            "headers": [
                (b"host", b"localhost"),
                (b"upgrade", b"websocket"),
                (b"connection", b"Upgrade"),
                (b"sec-websocket-key", b"dGhlIHNhbXBsZSBub25jZQ=="),
                (b"sec-websocket-version", b"13"),
                (b"sec-websocket-protocol", b"a, b"),
                (b"x-a", b"\xe9"),
            ],
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 80),
            "subprotocols": ["a", "b"],
            "state": {},
            "extensions": {"websocket.http.response": {}},
        }


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("wss://example.org/a", ("wss", b"example.org", ("example.org", 443), b"/a")),
        ("ws://[::1]:8000", ("ws", b"[::1]:8000", ("::1", 8000), b"/")),
        ("//a", ("ws", b"localhost", ("127.0.0.1", 80), b"//a")),
        ("/방", ("ws", b"localhost", ("127.0.0.1", 80), b"/%EB%B0%A9")),
    ],
)
async def test_url_sets_scheme_host_server_and_path(url: str, wanted: tuple[Any, ...]) -> None:
    async with connect(sends_then_reads(), url) as client:
        scope = client.scope
        found = (scope["scheme"], scope["headers"][0][1], scope["server"], scope["raw_path"])
        assert found == wanted


async def test_callers_host_replaces_and_pairs_keep_order_and_duplicates() -> None:
    pairs: list[tuple[str | bytes, str | bytes]] = [
        (b"X-B", "1"),
        ("Host", b"evil.example"),
        ("x-b", " 2 "),
    ]
    async with connect(sends_then_reads(), "/", headers=pairs) as client:
        headers = client.scope["headers"]
    assert headers[-3:] == [(b"x-b", b"1"), (b"host", b"evil.example"), (b"x-b", b"2")]
    assert [name for name, _ in headers].count(b"host") == 1


async def test_scope_is_merged_at_last_and_absent_removes() -> None:
    changes = {"scheme": ABSENT, "headers": [(b"X-Up", b"1")], "subprotocols": None}
    app = sends_then_reads()
    async with connect(app, "/", scope=changes, extensions=None) as client:
        assert "scheme" not in client.scope
        assert client.scope["headers"] == [(b"X-Up", b"1")]
        assert client.scope["extensions"] is None


async def test_default_extensions_are_not_shared() -> None:
    async with connect(sends_then_reads(), "/") as client:
        client.scope["extensions"]["websocket.http.response"]["mine"] = True
    async with connect(sends_then_reads(), "/") as client:
        assert client.scope["extensions"] == {"websocket.http.response": {}}


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        ({"url": "http://a/"}, ValueError, "starts with '/', 'ws://' or 'wss://'"),
        ({"url": "chat"}, ValueError, "got 'chat'"),
        ({"url": "/a#b"}, ValueError, "fragment"),
        ({"url": "/a b"}, ValueError, "without spaces"),
        ({"url": "/a\r\nx: y"}, ValueError, "control characters"),
        ({"url": "ws://user@a/"}, ValueError, "expected a host"),
        ({"url": "ws://a:99999/"}, ValueError, "ort"),
        ({"headers": {"x": "a\r\ny: b"}}, ValueError, "without CR, LF and NUL"),
        ({"headers": {"x": "a\0"}}, ValueError, "without CR, LF and NUL"),
        ({"headers": {"x y": "a"}}, ValueError, "a token, got 'x y'"),
        ({"headers": {"": "a"}}, ValueError, "a token, got ''"),
        ({"headers": {"x": "€"}}, ValueError, "latin-1"),
        ({"headers": {"x": 1}}, TypeError, "str or bytes, got 1"),
        ({"headers": {"Upgrade": "x"}}, ValueError, "the client's own"),
        ({"headers": {"sec-websocket-protocol": "a"}}, ValueError, "argument subprotocols"),
        ({"subprotocols": ["a b"]}, ValueError, "a token, got 'a b'"),
        ({"subprotocols": ["a,b"]}, ValueError, "a token"),
        ({"subprotocols": ["a", "a"]}, ValueError, "more than once"),
        ({"subprotocols": "chat"}, TypeError, "got the str 'chat'"),
        ({"subprotocols": [b"a"]}, TypeError, "got b'a'"),
        ({"timeout": 0}, ValueError, "more than 0 s, got 0"),
    ],
)
def test_impossible_handshake_is_refused_before_the_app_starts(
    arguments: dict[str, Any], kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words):
        connect(sends(), **{"url": "/", **arguments})
