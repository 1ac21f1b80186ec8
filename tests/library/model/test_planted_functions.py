"""The properties fail on functions that are wrong on purpose, each in one rule."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from reference_ws.datastructures import URL, QueryParams, acceptable_headers
from reference_ws.jsontext import decode
from reference_ws.paths import Pattern
from reference_ws.websockets import WebSocketClose
from tests.library.model import test_fuzz_paths as paths
from tests.library.model import test_fuzz_payloads as payloads
from tests.library.model import test_fuzz_scope as scopes
from tests.library.model import test_linear as linear
from tests.library.model.work import assert_linear


def accept_a_number_too_large(payload: str | bytes) -> Any:
    return json.loads(payload, parse_constant=lambda name: decode(name))


def search_again(payload: str | bytes) -> Any:
    try:
        return decode(payload)
    except ValueError:
        text = str(payload)
        for place in range(0, len(text), 10):
            text[place:].find("NaN")
        raise


def encode_not_a_number(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


class ByExpression(Pattern):
    """Matches as one regular expression: right, and cubic."""

    greedy = ""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        groups = {"str": "[^/]+", "path": ".*", "int": "[0-9]{1,20}"}
        expression = re.escape(self._literals[0])
        for (name, kind), literal in zip(self._parameters.items(), self._literals[1:], strict=True):
            expression += f"(?P<{name}>{groups[kind]}{self.greedy}){re.escape(literal)}"
        self.expression = re.compile(expression, re.DOTALL)

    def match(self, path: str) -> dict[str, Any] | None:
        if (found := self.expression.fullmatch(path)) is None:
            return None
        kinds, texts = self._parameters, found.groupdict()
        return {name: int(texts[name]) if kinds[name] == "int" else texts[name] for name in kinds}


class Reluctant(ByExpression):
    """The first parameter takes as little as it can."""

    greedy = "?"


class TrustingURL(URL):
    @classmethod
    def from_scope(cls, scope: Any) -> URL:
        host = dict(scope.get("headers") or ()).get(b"host", b"h.example").decode("latin-1")
        right = URL.from_scope({**scope, "headers": [], "server": None})
        return URL(
            f"{right.scheme}://{host}{right.path}" + (f"?{right.query}" if right.query else "")
        )


class SearchingParams(QueryParams):
    def __getitem__(self, name: str) -> str:
        return [value for other, value in self.multi_items() if other == name][-1]


class UncheckedClose(WebSocketClose):
    def __init__(self, code: Any = 1000, reason: Any = None) -> None:
        try:
            super().__init__(code, reason)
        except ValueError:
            self.code, self.reason = code, reason or ""


def keep_line_breaks(headers: Any) -> list[tuple[bytes, bytes]]:
    try:
        return acceptable_headers(headers)
    except ValueError:
        return [(b"x-a", b"a\r\nset-cookie: b")]


WRONG: list[tuple[Any, str, Any, Callable[..., Any]]] = [
    (
        payloads,
        "decode",
        accept_a_number_too_large,
        payloads.test_json_is_read_or_refused_as_the_standard_library_would,
    ),
    (payloads, "encode", encode_not_a_number, payloads.test_what_has_no_json_form_is_refused),
    (payloads, "WebSocketClose", UncheckedClose, payloads.test_a_close_frame_that_is_sent_is_valid),
    (
        payloads,
        "acceptable_headers",
        keep_line_breaks,
        payloads.test_a_header_that_is_sent_cannot_start_a_line,
    ),
    (paths, "Pattern", Reluctant, paths.test_a_path_matches_as_a_regular_expression_would),
    (scopes, "URL", TrustingURL, scopes.test_a_host_never_changes_the_path_or_the_query),
    (linear, "Pattern", ByExpression, lambda: hostile("a date of dashes", 60)),
    (linear, "decode", search_again, lambda: hostile("NaN behind escapes", 4_000)),
    (linear, "QueryParams", SearchingParams, lambda: hostile("a query of many names", 150)),
]


def hostile(name: str, size: int) -> None:
    assert_linear(linear.HOSTILE[name][1], size)


@pytest.mark.parametrize(
    ("module", "name", "wrong", "check"), WRONG, ids=[wrong[2].__name__ for wrong in WRONG]
)
def test_a_planted_fault_is_found(
    module: Any, name: str, wrong: Any, check: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, wrong)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        check()
