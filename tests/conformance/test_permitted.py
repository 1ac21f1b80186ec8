"""What a framework may do otherwise than the reference: it passes, and the result names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from reference_ws.conformance.conversation.compare import Difference
from reference_ws.conformance.memory.run import evaluate
from reference_ws.conformance.pages.model import Example
from reference_ws.conformance.targets.find import find_target
from reference_ws.conformance.targets.substitutes import substitutes_of
from tests.conformance.suite_pages import example, package

POLITE = """\
from reference_ws.websockets import WebSocket as Right


class WebSocket(Right):
    async def close(self, code=1000, reason=None):
        await super().close(code, reason or "Normal Closure")
"""
CLOSE = """\
from reference_ws.websockets import WebSocket


async def app(scope, receive, send):
    websocket = WebSocket(scope, receive, send)
    await websocket.accept()
    await websocket.close(4000)
"""


def closing(folder: Path, step: str) -> Example:
    return example(folder, CLOSE, f"> connect /\n< accept\n{step}")


@pytest.mark.parametrize("step", ["< close 4000", "< close 1000|4000"])
def test_a_framework_may_add_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    package(tmp_path, "polite", POLITE)
    monkeypatch.syspath_prepend(tmp_path)
    target = find_target("polite")
    assert target is not None
    polite = substitutes_of(target)
    variant = 'close 4000 "Normal Closure"'
    assert evaluate(closing(tmp_path, step), "asyncio", polite) == f"< {variant}"
    for wanted in ("< close 4001", '< close 4000 "bye"'):
        with pytest.raises(Difference, match=variant):
            evaluate(closing(tmp_path, wanted), "asyncio", polite)


def test_the_reference_adds_none(tmp_path: Path) -> None:
    added = CLOSE.replace("4000", '4000, "bye"')
    with pytest.raises(Difference, match='close 4000 "bye"'):
        evaluate(example(tmp_path, added, "> connect /\n< accept\n< close 4000"), "asyncio")
