"""Small pages with one example each, for tests that play them over a server."""

from __future__ import annotations

from pathlib import Path

from reference_ws.conformance.conversation.compare import Difference
from reference_ws.conformance.pages.model import Example
from reference_ws.conformance.pages.parse import parse_page
from reference_ws.conformance.wire.server import Limits, WireResult

SHORT = Limits(load=2.0, event=0.5, end=0.5, settle=0.2, cut=0.3)

HEAD = "from reference_ws.websockets import WebSocket\n\n\n"
ECHO = """
async def app(scope, receive, send):
    websocket = WebSocket(scope, receive, send)
    await websocket.accept()
    async for text in websocket.iter_text():
        print(text)
        {mark}
        await websocket.send_text(text)
"""


def page(tmp_path: Path, code: str, *conversations: str, name: str = "page") -> Example:
    """Write a page with one example; the snippet begins on line 4."""
    fences = [f"```ws\n{text.strip()}\n```\n" for text in conversations]
    text = "# Title\n\n```python\n" + HEAD + code.strip() + "\n```\n\n" + "\n".join(fences)
    path = tmp_path / f"{name}.md"
    path.write_text(text, "utf-8")
    (example,) = parse_page(path, strict_headings=False).examples
    return example


def body(*lines: str, accept: bool = True) -> str:
    """Write an application of these lines."""
    first = ["websocket = WebSocket(scope, receive, send)"]
    first += ["await websocket.accept()"] if accept else []
    return "async def app(scope, receive, send):\n" + "".join(
        f"    {line}\n" for line in [*first, *lines]
    )


def line_of(example: Example, text: str) -> int:
    """The first line of the page that is this text."""
    return example.path.read_text("utf-8").splitlines().index(text) + 1


def passed(result: WireResult) -> bool:
    if result.detail is not None:
        raise AssertionError(f"{result.detail}\n{result.detail.more}")
    return result.outcome == "pass"


def failed(result: WireResult, outcome: str = "fail") -> Difference:
    assert (result.outcome, bool(result.detail)) == (outcome, True), result
    assert result.detail is not None
    return result.detail
