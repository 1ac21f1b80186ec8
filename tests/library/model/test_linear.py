"""What a client sends costs time that grows with its length, whatever it is made to be."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_ws.datastructures import URL, Headers, QueryParams, acceptable_headers
from reference_ws.exceptions import WebSocketDisconnect, WrongFrameKind
from reference_ws.jsontext import decode
from reference_ws.paths import Pattern
from reference_ws.responses import Response
from reference_ws.routing import WebSocketRouter
from tests.library.model.by_hand import ByHand
from tests.library.model.work import Work, assert_linear, lines_run


def _refused(text: str | bytes) -> Callable[[], object]:
    def refuse() -> None:
        with pytest.raises(ValueError):
            decode(text)

    return refuse


def _scope(**keys: Any) -> dict[str, Any]:
    return {"type": "websocket", "path": "/", **keys}


def _headers(size: int) -> list[tuple[bytes, bytes]]:
    return [(b"x-%d" % number, b"1") for number in range(size)]


def _query(size: int) -> str:
    return "&".join(f"k{number}=1" for number in range(size))


def _every_way(mapping: Any) -> object:
    names = list(mapping)
    return (
        dict(mapping),
        list(mapping.items()),
        list(mapping.values()),
        [mapping.getlist(name) for name in names],
        [name in mapping for name in names],
        mapping == dict(mapping),
        len(mapping),
        str(mapping),
        mapping.multi_items(),
    )


HOSTILE: dict[str, tuple[int, Work]] = {
    "an int of too many digits and an open string": (
        8_000,
        lambda n: _refused("[" + "1" * 4301 + ',"' + '\\"' * n),
    ),
    "an exponent that is too large": (8_000, lambda n: _refused(b"[" + b"1," * n + b"1e999]")),
    "NaN behind escapes": (8_000, lambda n: _refused('["' + '\\"' * n + '",NaN]')),
    "minus signs": (8_000, lambda n: _refused("[" + "-" * n)),
    "brackets": (8_000, lambda n: _refused("[" * n)),
    "open objects": (8_000, lambda n: _refused('{"a":' * n)),
    "digits": (8_000, lambda n: _refused("1" * (n + 4301))),
    "bytes that are no UTF-8": (8_000, lambda n: _refused(b'"' + b"a" * n + b"\xff")),
    "a query of many names": (
        600,
        lambda n: lambda: _every_way(QueryParams(_query(n))),
    ),
    "a query of one name": (
        1_200,
        lambda n: lambda: _every_way(QueryParams("&".join(["a=1"] * n))),
    ),
    "a query of signs": (300, lambda n: lambda: _every_way(QueryParams(b"&=%+;" * n))),
    "many headers": (600, lambda n: lambda: _every_way(Headers(_headers(n)))),
    "one header many times": (
        1_200,
        lambda n: (
            lambda: (
                Headers([(b"a", b"1")] * n).getlist("a"),
                dict(Headers([(b"a", b"1")] * n)),
            )
        ),
    ),
    "many headers to accept": (600, lambda n: lambda: acceptable_headers(_headers(n))),
    "many headers of a response": (
        1_200,
        lambda n: lambda: Response("no", 403, _headers(n)),
    ),
    "many hosts": (
        1_200,
        lambda n: lambda: URL.from_scope(_scope(headers=[(b"host", b"a")] * n)),
    ),
    "a long host": (
        8_000,
        lambda n: lambda: URL.from_scope(_scope(headers=[(b"host", b"a%:" * n)])),
    ),
    "a long address as host": (
        8_000,
        lambda n: lambda: URL.from_scope(_scope(headers=[(b"host", b"[" + b":" * n)])),
    ),
    "a long path": (
        8_000,
        lambda n: (
            lambda: URL.from_scope(_scope(path="/" + "é/" * n, query_string=b"\xff" * n)).path
        ),
    ),
    "slashes of a root path": (
        8_000,
        lambda n: lambda: URL.from_scope(_scope(root_path="/" * n, path="/" * n)),
    ),
    "a reason full of line breaks": (
        8_000,
        lambda n: lambda: str(WebSocketDisconnect(4000, "\n" * n)),
    ),
    "a large message of the wrong kind": (
        80_000,
        lambda n: lambda: str(WrongFrameKind("text", b"\n" * n)),
    ),
    "a date of dashes": (
        800,
        lambda n: lambda: Pattern("/{y}-{m}-{d}").match("/" + "-" * n + "/"),
    ),
    "a router and a long path": (600, lambda n: _routed("/" + "a-" * n)),
    "a router and many slashes": (600, lambda n: _routed("/" * n)),
}


def _routed(path: str) -> Callable[[], object]:
    async def endpoint(websocket: Any) -> None:
        raise AssertionError("no path here is known")

    router, inner = WebSocketRouter(), WebSocketRouter()
    for pattern in ("/{a}-{b}/x", "/a/{rest:path}/end", "/{n:int}{m:int}"):
        router.add_websocket_route(pattern, endpoint)
        inner.add_websocket_route(pattern, endpoint)
    router.mount("/", inner)

    def route() -> None:
        driver = ByHand()
        driver.begin(0, lambda: router(_scope(path=path), driver.receive, driver.send))
        driver.reply(0, ("returns", {"type": "websocket.connect"}))
        driver.reply(0, ("returns", None))

    return route


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_input_costs_linear_time(name: str) -> None:
    size, work = HOSTILE[name]
    assert_linear(work, size)


def test_the_known_inputs_are_answered_as_documented() -> None:
    with pytest.raises(json.JSONDecodeError):
        decode("[" + "1" * 4301 + ',"' + '\\"' * 16000)
    with pytest.raises(json.JSONDecodeError):
        decode(b"1e999")
    assert Pattern("/{y}-{m}-{d}").match("/" + "-" * 800 + "/") is None
    assert len(dict(QueryParams("&".join(f"k{i}=1" for i in range(12000))))) == 12000


JSON_PARTS = st.lists(
    st.sampled_from(
        ['"', "\\", "\\\\", '\\"', "\\u12", "[", "]", "{", "}", ",", ":", "1", "-", "0", ".", "e"]
        + ["E+", "9" * 20, "e999", "NaN", "Infinity", "-Infinity", "true", "null", " ", "\n", "é"]
    ),
    max_size=6,
).map("".join)


@given(start=JSON_PARTS, unit=JSON_PARTS, end=JSON_PARTS)
def test_no_repetition_makes_reading_json_expensive(start: str, unit: str, end: str) -> None:
    def work(size: int) -> Callable[[], object]:
        text = "[" + "1" * 4301 + "," + start + unit * (size // max(len(unit), 1)) + end

        def read() -> None:
            with suppress(json.JSONDecodeError):
                decode(text)

        return read

    assert_linear(work, 4_000)


PATTERN_PARTS = st.lists(
    st.sampled_from(["{}", "{}", "{:path}", "{:int}", "-", "/", "a", "1", "-a"]), max_size=8
)


def _pattern(parts: list[str]) -> str:
    return "/" + "".join(part.replace("{", f"{{p{at}") for at, part in enumerate(parts))


@given(parts=PATTERN_PARTS, unit=st.text("-/a1é", min_size=1, max_size=4), end=st.text("-/a1"))
def test_no_pattern_and_no_path_make_matching_expensive(
    parts: list[str], unit: str, end: str
) -> None:
    pattern = Pattern(_pattern(parts))

    def lines(size: int) -> int:
        path = "/" + unit * size + end
        return lines_run(lambda: pattern.match(path))

    assert lines(160) <= 4 * lines(40) + 100
    # Lines say nothing of what a regular expression does inside.
    assert_linear(lambda size: lambda: pattern.match("/" + unit * size + end), 30)


def test_work_that_is_not_linear_is_seen() -> None:
    with pytest.raises(AssertionError, match="times the work"):
        assert_linear(lambda n: lambda: [i * j for i in range(n) for j in range(n)], 200)
    assert_linear(lambda n: lambda: list(range(n)), 100_000)
    assert lines_run(lambda: None) < lines_run(lambda: _every_way(QueryParams("a=1")))
