"""What a client sends is handled in linear time, and refused with documented exceptions only."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from reference_ws.datastructures import URL, Headers, QueryParams
from reference_ws.jsontext import decode
from reference_ws.paths import Pattern

SMALL, LARGE = 8_000, 32_000
# Linear work grows fourfold, quadratic work sixteenfold; timers and caches need some room.
MOST = 9

REFUSED: dict[str, Callable[[int], str]] = {
    "an int of too many digits beside an open string": lambda n: (
        "[" + "1" * 4301 + ',"' + '\\"' * n
    ),
    "NaN behind escapes": lambda n: '["' + '\\"' * n + '",NaN]',
    "NaN behind strings": lambda n: "[" + '"",' * n + "NaN]",
    "NaN behind numbers": lambda n: "[" + "1," * n + "NaN]",
    "NaN behind large exponents": lambda n: "[" + "1e300," * n + "NaN]",
    "an exponent behind digits": lambda n: "[1." + "1" * n + "e999]",
    "many digits": lambda n: "1" * (4301 + n),
    "an open string": lambda n: '"' + "\\\\" * n,
    "brackets": lambda n: "[" * n,
}


def cost(work: Callable[[], object]) -> float:
    """The least processor time of several runs: a busy machine only ever adds to it."""
    taken = []
    for _ in range(7):
        started = time.thread_time()
        work()
        taken.append(time.thread_time() - started)
    return max(min(taken), 1e-4)


def refuse(text: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        decode(text)


@pytest.mark.parametrize("name", REFUSED)
def test_refusing_json_takes_linear_time(name: str) -> None:
    small, large = REFUSED[name](SMALL), REFUSED[name](LARGE)
    assert cost(lambda: refuse(large)) < MOST * cost(lambda: refuse(small))


PATTERNS = {
    "/{y}-{m}-{d}": "-",
    "/{a}{b}{c}x": "a",
    "/{a:path}-{b:path}-{c:path}x": "-",
    "/{a:path}/{b}/{c:path}x": "/",
    "/{a:int}{b:int}{c}x": "1",
    "/{a:path}{b:int}{c:path}x": "1",
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_matching_a_path_takes_linear_time(pattern: str) -> None:
    compiled, char = Pattern(pattern), PATTERNS[pattern]

    def match(size: int) -> Callable[[], object]:
        path = "/" + char * size + "/"
        assert compiled.match(path) is None
        return lambda: compiled.match(path)

    assert cost(match(LARGE)) < MOST * cost(match(SMALL))


@pytest.mark.parametrize(
    ("pattern", "path", "found"),
    [
        ("/{y}-{m}-{d}", "/2026-11-25", {"y": "2026", "m": "11", "d": "25"}),
        ("/{y}-{m}-{d}", "/a-b-c-d", {"y": "a-b", "m": "c", "d": "d"}),
        ("/{name}.{ext}", "/a.tar.gz", {"name": "a.tar", "ext": "gz"}),
        ("/{a}-{n:int}", "/x-y-5", {"a": "x-y", "n": 5}),
        ("/{n:int}-{a}", "/5-x-y", {"n": 5, "a": "x-y"}),
        ("/{a:path}/end/{b:path}", "/x/end/y/end/z", {"a": "x/end/y", "b": "z"}),
        ("/{a:path}", "/", {"a": ""}),
        ("/{a}", "/", None),
        ("/{n:int}", "/" + "1" * 20, {"n": 11111111111111111111}),
        ("/{n:int}", "/" + "1" * 21, None),
        ("/{n:int}{m:int}", "/" + "1" * 21, {"n": 11111111111111111111, "m": 1}),
        ("/{n:int}", "/٣", None),
        ("/plain", "/plainer", None),
    ],
)
def test_the_first_parameter_takes_as_much_as_it_can(
    pattern: str, path: str, found: dict[str, object] | None
) -> None:
    assert Pattern(pattern).match(path) == found


def test_looking_names_up_takes_linear_time() -> None:
    def names(size: int) -> Callable[[], object]:
        query = QueryParams("&".join(f"k{number}=1" for number in range(size)))
        headers = Headers([(f"k{number}", "1") for number in range(size)])
        return lambda: (dict(query), dict(headers), [*query.values()], "x" in query)

    assert cost(names(4 * 2000)) < MOST * cost(names(2000))


@pytest.mark.parametrize(
    "root", ["api", "/api", "api/", "@evil.example", "//evil.example", "?", "#"]
)
def test_a_root_path_never_changes_the_host(root: str) -> None:
    headers = [(b"host", b"bank.example")]
    url = URL.from_scope({"type": "websocket", "headers": headers, "root_path": root, "path": "/x"})
    assert (url.hostname, url.query, url.fragment) == ("bank.example", "", "")
    assert url.path.endswith("/x")


@pytest.mark.parametrize("scheme", ["javascript", "ws://evil.example/?", "", None, 5, "WSS"])
def test_a_scheme_is_never_more_than_a_scheme(scheme: object) -> None:
    url = URL.from_scope({"type": "websocket", "scheme": scheme, "server": ("h", 1), "path": "/"})
    assert url == ("wss" if scheme == "WSS" else "ws") + "://h:1/"


def test_an_iterator_of_headers_is_read_once_and_kept() -> None:
    from reference_ws.websockets import WebSocket

    pairs = iter([(b"host", b"h.example"), (b"x", b"1")])
    websocket = WebSocket({"type": "websocket", "path": "/", "headers": pairs})
    assert websocket.url == "ws://h.example/"
    assert websocket.headers["x"] == "1"
    assert websocket["headers"] == [(b"host", b"h.example"), (b"x", b"1")]
