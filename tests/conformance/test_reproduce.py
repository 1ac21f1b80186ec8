"""A script that shows a target's behaviour where the suite is not installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from reference_ws.conformance.pages.model import Example
from reference_ws.conformance.report.script import reproduction, substituted
from reference_ws.conformance.targets.find import ClassTarget, PackageTarget
from tests.conformance.suite_pages import example

APP = """\
from reference_ws.types import Scope
from reference_ws.websockets import WebSocket


async def app(scope: Scope, receive, send):
    websocket = WebSocket(scope, receive, send)
    await websocket.accept()
    await websocket.send_text((await websocket.receive_text()).upper())
    await websocket.close(4000)
"""

TALK = """\
> connect /
< accept
> "안녕 a"
< "안녕 A"
< close 4000
"""

OWN = """\
class WebSocket:
    def __init__(self, scope, receive, send):
        self.receive, self.send = receive, send

    async def accept(self):
        await self.receive()
        await self.send({"type": "websocket.accept"})

    async def receive_text(self):
        return (await self.receive())["text"]

    async def send_text(self, data):
        await self.send({"type": "websocket.send", "text": data})

    async def close(self, code):
        await self.send({"type": "websocket.close", "code": code + 1})
"""


def run(folder: Path, script: str) -> str:
    """Run a script where neither the suite nor anything else of ours is."""
    (folder / "script.py").write_text(script, "utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-X", "utf8", "-c", _ISOLATED],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


_ISOLATED = """\
import runpy, sys
sys.path[:] = ["."] + [path for path in sys.path if "packages" not in path]
sys.modules["reference_ws"] = None
runpy.run_path("script.py", run_name="__main__")
"""


def test_it_shows_what_the_page_says_and_what_happened(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "websockets.py").write_text(OWN, "utf-8")
    output = run(tmp_path, reproduction(example(tmp_path, APP, TALK), PackageTarget("mine")))
    lines = [" ".join(line.split()) for line in output.splitlines()]
    assert "< close 4000 the page says" in lines
    assert "{'type': 'websocket.close', 'code': 4001} happened" in lines
    assert "{'type': 'websocket.send', 'text': '안녕 A'} happened" in lines
    assert lines[-1] == "! return happened after that"


@pytest.mark.parametrize(
    ("body", "talk", "said"),
    [
        ("    raise KeyError('x')", "> connect /\n! KeyError", "! KeyError('x')"),
        ("    await receive()\n    await receive()", "> connect /\n< accept\n> close", "nothing"),
        (
            "    await send({'type': 'websocket.accept'})",
            "> connect /\n< accept ! OSError\n! OSError",
            "{'type': 'websocket.accept'} ! OSError",
        ),
        (
            "    print(sorted((await receive()).items()))\n    #> x",
            "> request GET /a\n< response 200",
            "[('body', b''), ('more_body', False), ('type', 'http.request')]",
        ),
    ],
)
def test_every_end_is_shown(tmp_path: Path, body: str, talk: str, said: str) -> None:
    code = f"async def app(scope, receive, send):\n{body}\n"
    assert said in run(tmp_path, reproduction(example(tmp_path, code, talk), None))


def test_imports_are_written_as_the_target_has_them() -> None:
    code = (
        "from reference_ws.responses import (\n    JSONResponse,\n    PlainTextResponse,\n)\n"
        "from reference_ws.websockets import WebSocket, WebSocketState as State\n"
        "import json\n"
    )
    assert substituted(code, PackageTarget("yaat")).splitlines() == [
        "from yaat.responses import JSONResponse",
        "from yaat.responses import TextResponse as PlainTextResponse",
        "from yaat.websockets import WebSocket",
        "from yaat.websockets import WebSocketStates as State",
        "import json",
    ]
    target = ClassTarget("tests.library.second_socket", "WebSocket")
    assert substituted(code, target).splitlines()[2] == (
        "from tests.library.second_socket import WebSocket"
    )
    assert substituted(code, None) == code


def test_a_script_stays_alone(tmp_path: Path) -> None:
    found: Example = example(tmp_path, "print(1)\n#> 1\n")
    assert "_drive" not in reproduction(found, None)
