"""Payloads, close reasons, headers and denials: only documented exceptions, and nothing lost."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reference_ws.datastructures import acceptable_headers
from reference_ws.exceptions import WebSocketDisconnect, WrongFrameKind
from reference_ws.jsontext import decode, encode
from reference_ws.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from reference_ws.websockets import WebSocket, WebSocketClose
from tests.library.model.by_hand import ByHand
from tests.library.model.driver import Live

ANY_TEXT = st.text(st.characters(), max_size=20)  # lone surrogates included
TOKENS = st.lists(
    st.sampled_from(['"', "\\", '\\"', "\\ud800", "[", "]", "{", "}", ",", ":", "1", "-", "0"])
    | st.sampled_from([".", "e", "E+", "9" * 20, "e999", "NaN", "Infinity", "true", "null", " "]),
    max_size=12,
).map("".join)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
NOT_FINITE = st.sampled_from([math.nan, math.inf, -math.inf])
ANYTHING = (
    JSON
    | NOT_FINITE
    | st.lists(NOT_FINITE, max_size=2)
    | st.binary(max_size=4)
    | ANY_TEXT
    | st.just({1})
    | st.just(object())
)


def _strict(text: str) -> Any:
    """Read JSON with the standard library, made strict from outside."""

    def refuse(name: str) -> None:
        raise ValueError(name)

    def finite(digits: str) -> float:
        if math.isinf(number := float(digits)):
            raise ValueError(digits)
        return number

    return json.loads(text, parse_constant=refuse, parse_float=finite)


@example(payload="99999999999999999999e999.")
@example(payload="1e999")
@example(payload=b"[NaN")
@given(payload=TOKENS | ANY_TEXT | TOKENS.map(str.encode) | st.binary(max_size=20))
def test_json_is_read_or_refused_as_the_standard_library_would(payload: str | bytes) -> None:
    try:
        text = payload if isinstance(payload, str) else payload.decode("utf-8")
        wanted = _strict(text)
    except UnicodeDecodeError:
        with pytest.raises(UnicodeDecodeError):
            decode(payload)
    except ValueError:
        with pytest.raises(json.JSONDecodeError) as refused:
            decode(payload)
        assert refused.value.doc == text and 0 <= refused.value.pos <= len(text)
    else:
        assert decode(payload) == wanted


@given(value=JSON)
def test_what_is_sent_as_json_is_what_is_read(value: Any) -> None:
    assert decode(encode(value)) == value
    assert decode(encode(value).encode()) == value


@given(value=ANYTHING)
def test_what_has_no_json_form_is_refused(value: Any) -> None:
    try:
        text = encode(value)
    except (TypeError, ValueError):
        return
    try:
        read = decode(text.encode())
    except ValueError as error:
        pytest.fail(f"{text} was written and cannot be read: {error}")
    assert read == json.loads(json.dumps(value))


@given(depth=st.integers(1, 3) | st.just(100_000), opening=st.sampled_from(["[", '{"a":']))
def test_depth_is_refused_with_the_same_exception(depth: int, opening: str) -> None:
    closing = "]" if opening == "[" else "}"
    text = opening * depth + "1" + closing * depth
    if depth < sys.getrecursionlimit():
        decode(text)
    else:
        with pytest.raises(json.JSONDecodeError):
            decode(text)


# A socket that has been accepted, and one message for it


def _opened() -> tuple[WebSocket, ByHand]:
    driver = ByHand()
    websocket = WebSocket({"type": "websocket", "path": "/"}, driver.receive, driver.send)
    driver.begin(0, websocket.accept)
    driver.reply(0, ("returns", {"type": "websocket.connect"}))
    driver.reply(0, ("returns", None))
    return websocket, driver


@given(
    message=st.fixed_dictionaries(
        {"type": st.just("websocket.receive")},
        optional={
            "text": st.none() | TOKENS | ANY_TEXT,
            "bytes": st.none() | st.binary(max_size=8) | TOKENS.map(str.encode),
        },
    ),
    method=st.sampled_from(["receive_text", "receive_bytes", "receive_json"]),
    binary=st.booleans(),
)
def test_one_except_clause_catches_every_bad_message_and_the_socket_goes_on(
    message: dict[str, Any], method: str, binary: bool
) -> None:
    websocket, driver = _opened()
    arguments = ["binary"] if binary and method == "receive_json" else []
    live = driver.begin(0, lambda: getattr(websocket, method)(*arguments))
    driver.reply(0, ("returns", message))
    if isinstance(live.result, Exception):
        allowed = (WrongFrameKind, json.JSONDecodeError, UnicodeDecodeError)
        assert isinstance(live.result, ValueError) and type(live.result) in allowed
        assert "\n" not in str(live.result) or isinstance(live.result, json.JSONDecodeError)
    again = driver.begin(0, websocket.receive_text)
    driver.reply(0, ("returns", {"type": "websocket.receive", "text": "next"}))
    assert again.outcome == ("returns", "next")
    sent = driver.begin(0, lambda: websocket.send_text("and back"))
    assert sent.waiting == ("send", {"type": "websocket.send", "text": "and back"})


@given(
    code=st.none()
    | st.integers()
    | st.integers(900, 5100)
    | ANY_TEXT
    | st.booleans()
    | st.floats(),
    reason=st.none() | ANY_TEXT | st.binary(max_size=3) | st.integers(),
)
def test_whatever_a_disconnect_carries_the_end_is_an_int_and_a_str(code: Any, reason: Any) -> None:
    websocket, driver = _opened()
    live = driver.begin(0, websocket.receive_text)
    driver.reply(0, ("returns", {"type": "websocket.disconnect", "code": code, "reason": reason}))
    assert type(live.result) in (WebSocketDisconnect, RuntimeError)
    assert type(websocket.close_code) is int and type(websocket.close_reason) is str
    text = str(live.result)
    assert text.isprintable() or isinstance(live.result, RuntimeError)


# What an application may send


@given(
    code=st.integers() | st.integers(900, 5100) | st.booleans() | st.none() | ANY_TEXT,
    reason=st.none() | st.text(max_size=150) | ANY_TEXT | st.binary(max_size=3),
)
def test_a_close_frame_that_is_sent_is_valid(code: Any, reason: Any) -> None:
    try:
        closing = WebSocketClose(code, reason)
    except (TypeError, ValueError) as error:
        assert isinstance(error, UnicodeEncodeError) or str(error).startswith("expected ")
        return
    assert type(closing.code) is int and type(closing.reason) is str
    assert len(closing.reason.encode()) <= 123
    assert closing.code in {*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)}


PIECES = ANY_TEXT | st.binary(max_size=6) | st.sampled_from(["x-a", b"X-B", "a\r\nb", b"\0", "é"])
PAIRS = st.lists(st.tuples(PIECES, PIECES) | st.tuples(PIECES) | PIECES, max_size=4)
NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9a-z-]+")


@given(headers=PAIRS | st.dictionaries(PIECES, PIECES, max_size=3) | PIECES | st.none())
def test_a_header_that_is_sent_cannot_start_a_line(headers: Any) -> None:
    try:
        pairs = acceptable_headers(headers)
    except (TypeError, ValueError):
        return
    for name, value in pairs:
        assert NAME.fullmatch(name) and not name.startswith(b"sec-websocket-")
        assert not re.search(rb"[\r\n\0]", value)


@given(
    make=st.sampled_from([Response, PlainTextResponse, JSONResponse, StreamingResponse]),
    content=ANYTHING | st.lists(ANY_TEXT | st.binary(max_size=3) | st.integers(), max_size=3),
    status=st.integers(100, 700) | st.none() | ANY_TEXT,
    headers=PAIRS | st.none(),
    media_type=st.none() | ANY_TEXT | st.binary(max_size=3) | st.just("text/html"),
)
def test_a_denial_is_refused_when_it_is_made_or_sent_whole(
    make: Callable[..., Any], content: Any, status: Any, headers: Any, media_type: Any
) -> None:
    try:
        response = make(content, status, headers, media_type)
    except (TypeError, ValueError):
        return
    driver = ByHand()
    scope = {"type": "websocket", "path": "/", "extensions": {"websocket.http.response": {}}}
    websocket = WebSocket(scope, driver.receive, driver.send)
    live = driver.begin(0, lambda: websocket.send_denial_response(response))
    driver.reply(0, ("returns", {"type": "websocket.connect"}))
    sent = _sent(driver, live)
    assert sent[0]["type"] == "websocket.http.response.start"
    assert 200 <= sent[0]["status"] <= 599
    for name, value in sent[0]["headers"]:
        assert NAME.fullmatch(name) and not re.search(rb"[\r\n\0]", value)
    assert all(type(part["body"]) is bytes for part in sent[1:])
    if make is StreamingResponse and isinstance(live.result, (TypeError, ValueError)):
        return  # a part that is no part is found when it is its turn
    assert live.outcome == ("returns", None)
    assert [bool(part.get("more_body")) for part in sent[1:]] == [True] * (len(sent) - 2) + [False]
    assert (websocket.close_code, websocket.close_reason) == (1006, "")


def _sent(driver: ByHand, live: Live) -> list[Any]:
    sent = []
    while live.waiting is not None:
        assert live.waiting[0] == "send"
        sent.append(live.waiting[1])
        driver.reply(0, ("returns", None))
    return sent
