"""Patterns and paths: a second matcher, slow and plain, says what must come out."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reference_ws.paths import Pattern
from reference_ws.responses import Response
from reference_ws.routing import WebSocketRouter
from reference_ws.types import Message
from tests.library.model.by_hand import ByHand
from tests.library.model.driver import Live

PARTS = st.lists(
    st.sampled_from(["{}", "{:path}", "{:int}", "{:str}", "-", "/", "a", "1", "a/", ".", "é"]),
    max_size=6,
)
PATHS = st.text("/-a1.é%\n\0٣", max_size=12).map(lambda rest: "/" + rest)
_GROUPS = {"": "([^/]+)", "str": "([^/]+)", "path": "(.*)", "int": "([0-9]{1,20})"}


def _pattern(parts: list[str]) -> str:
    return "/" + "".join(part.replace("{", f"{{p{at}") for at, part in enumerate(parts))


def _expected(parts: list[str], path: str) -> dict[str, Any] | None:
    """Match with a regular expression, which is right for short paths and slow for long ones."""
    expression, kinds = "/", {}
    for at, part in enumerate(parts):
        if part.startswith("{"):
            kinds[f"p{at}"] = kind = part[1:-1].removeprefix(":")
            expression += _GROUPS[kind]
        else:
            expression += re.escape(part)
    found = re.fullmatch(expression, path, re.DOTALL)
    if found is None:
        return None
    values = zip(kinds.items(), found.groups(), strict=True)
    return {name: int(text) if kind == "int" else text for (name, kind), text in values}


@given(parts=PARTS, path=PATHS)
def test_a_path_matches_as_a_regular_expression_would(parts: list[str], path: str) -> None:
    assert Pattern(_pattern(parts)).match(path) == _expected(parts, path)


@given(parts=PARTS, values=st.lists(st.text("-a1.é", min_size=1, max_size=4), min_size=6))
def test_a_path_that_was_made_from_a_pattern_matches_it(
    parts: list[str], values: list[str]
) -> None:
    path = "/"
    for part, value in zip(parts, values, strict=False):
        filled = "17" if part == "{:int}" else value
        path += filled if part.startswith("{") else part
    found = Pattern(_pattern(parts)).match(path)
    assert found is not None
    assert found == _expected(parts, path)


@given(text=st.text("/{}:apthinsr1-\n é", max_size=20) | st.text(max_size=10))
def test_a_pattern_is_taken_or_refused_with_a_reason(text: str) -> None:
    try:
        pattern = Pattern(text)
    except ValueError as error:
        assert str(error).startswith("expected ") and ", got " in str(error)
    else:
        assert text.startswith("/")
        pattern.match(text)


async def _greet(websocket: Any) -> None:
    await websocket.accept()
    await websocket.send_text("hello")


async def _deny(websocket: Any) -> None:
    await websocket.send_denial_response(Response(None, 404))


def _router() -> WebSocketRouter:
    router, inner = WebSocketRouter(), WebSocketRouter()
    router.add_websocket_route("/{a}-{n:int}", _greet)
    inner.add_websocket_route("/{rest:path}/end", _deny)
    router.mount("in", inner)
    return router


ROUTER = _router()


@given(
    path=st.text(max_size=6) | PATHS | PATHS.map(lambda path: "/in" + path + "/end"),
    root_path=st.sampled_from(["", "/in", "in/", "/"]),
    denial=st.booleans(),
)
def test_a_router_answers_every_path_and_raises_nothing(
    path: str, root_path: str, denial: bool
) -> None:
    driver, sent = ByHand(), []
    scope: dict[str, Any] = {"type": "websocket", "path": path, "root_path": root_path}
    if denial:
        scope["extensions"] = {"websocket.http.response": {}}
    live = driver.begin(0, lambda: ROUTER(scope, driver.receive, driver.send))
    driver.reply(0, ("returns", {"type": "websocket.connect"}))
    while live.waiting is not None:
        sent.append(_sent(live)["type"])
        driver.reply(0, ("returns", None))
    assert live.outcome == ("returns", None)
    denied = ["websocket.http.response.start", "websocket.http.response.body"]
    greeted = ["websocket.accept", "websocket.send", "websocket.close"]
    assert sent in ([denied, greeted] if denial else [["websocket.close"], greeted])


def _sent(live: Live) -> Message:
    assert live.waiting is not None and live.waiting[1] is not None
    return live.waiting[1]
