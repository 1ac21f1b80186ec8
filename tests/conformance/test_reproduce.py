"""A script that shows a target's behaviour where the suite is not installed."""

from __future__ import annotations

import ast
import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reference_ws.conformance.pages.catalogue import english
from reference_ws.conformance.pages.model import Example
from reference_ws.conformance.report import memory_driver, server_driver
from reference_ws.conformance.report.script import ScriptError, reproduction, served, substituted
from reference_ws.conformance.report.steps import bytes_of
from reference_ws.conformance.targets import standing
from reference_ws.conformance.targets.find import ClassTarget, PackageTarget, find_target
from tests.conformance.suite_pages import LIMIT, ROOT, example

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
    return printed(folder, "-I", "-X", "utf8", "-c", _ISOLATED)


def printed(folder: Path, *words: str, env: dict[str, str] | None = None) -> str:
    """What Python prints in a folder, and it ends well."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=LIMIT,
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
    assert substituted(code, find_target("yaat")).splitlines() == [
        "from yaat.responses import JSONResponse",
        "from yaat.responses import TextResponse as PlainTextResponse",
        "from yaat.websockets import WebSocket",
        "from yaat.websockets import WebSocketStates as State",
        "import json",
    ]
    target = ClassTarget("tests.library.second_socket", "WebSocket")
    assert substituted(code, target).splitlines() == [
        "from tests.library.second_socket import JSONResponse",
        "from tests.library.second_socket import PlainTextResponse",
        "from tests.library.second_socket import WebSocket",
        "from tests.library.second_socket import WebSocketState as State",
        "import json",
    ]
    assert substituted(code, None) == code


def test_a_script_stays_alone(tmp_path: Path) -> None:
    found: Example = example(tmp_path, "print(1)\n#> 1\n")
    assert "CONVERSATIONS" not in reproduction(found, None)


def test_an_example_with_the_suites_client_has_no_script(tmp_path: Path) -> None:
    found = example(tmp_path, "from reference_ws.testing import connect\n")
    with pytest.raises(ScriptError, match="expected an example without the suite's client"):
        reproduction(found, PackageTarget("mine"))


def isolated(folder: Path, script: str, name: str = "script.py") -> str:
    """Run a script where the packages of this environment are, and nothing of ours."""
    folder.joinpath("reference_ws.py").write_text("raise ImportError('not here')\n", "utf-8")
    (folder / name).write_text(script, "utf-8")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return printed(folder, "-W", "ignore", "-X", "utf8", name, env=environment)


def of_page(id: str) -> Example:
    return next(one for page in english().pages for one in page.examples if one.id == id)


@pytest.mark.parametrize(
    "name", ["starlette", "fastapi", "litestar", "quart", "falcon", "blacksheep", "lilya", "yaat"]
)
def test_a_script_imports_a_framework_through_its_adapter(tmp_path: Path, name: str) -> None:
    script = reproduction(of_page("accept-default"), find_target(name))
    assert "reference_ws" not in script and name in script
    told = " ".join(isolated(tmp_path, script).split())
    assert "'text': 'welcome'" in told and "! return happened after that" in told


def test_a_script_has_the_exceptions_and_methods_of_an_adapter(tmp_path: Path) -> None:
    told = isolated(tmp_path, reproduction(of_page("accept-twice"), find_target("falcon")))
    assert "'text': 'open already'" in told
    told = isolated(tmp_path, reproduction(of_page("send-bytes"), find_target("falcon")))
    assert "'bytes': b" in told


@pytest.mark.parametrize("target", [None, "starlette", "fastapi"])
def test_a_script_for_a_server_serves_and_speaks(tmp_path: Path, target: str | None) -> None:
    found = find_target(target) if target else None
    script = served(of_page("accept-subprotocol"), found, "uvicorn")
    if target is None:  # what it serves is the reference; the rest is the standard library's
        assert script.count("reference_ws") == 1
        script = f"import sys\n\nsys.path.insert(0, {str(ROOT)!r})\n{script}"
        folder = tmp_path / "served"
        folder.mkdir()
        (folder / "served.py").write_text(script, "utf-8")
        done = [sys.executable, str(folder / "served.py")]
        output = subprocess.run(done, capture_output=True, text=True, timeout=LIMIT).stdout
    else:
        assert "reference_ws" not in script
        output = isolated(tmp_path, script, "served.py")
    told = [" ".join(line.split()) for line in output.splitlines()]
    assert told[0].startswith("$ ") and "uvicorn served:app" in told[0]
    assert "HTTP 101 Switching Protocols happened" in told
    assert "Sec-WebSocket-Protocol: chat.v1" in told
    assert told.count("close 1000 '' happened") == 2


def test_frames_of_a_script_are_those_of_the_page(tmp_path: Path) -> None:
    code = "async def app(scope, receive, send):\n    pass\n"
    long = "a" * 300
    talk = f"""\
> connect /
< accept
> "안녕"
> b"\\x00"
> "he" + "llo"
> ping b"x"
> "{long}"
> close 4001 "bye"
"""
    steps = bytes_of(example(tmp_path, code, talk).conversations[0])
    sent = [step["sends"] for step in steps if "sends" in step]
    assert sent[0] == b"\x81\x86" + bytes(4) + "안녕".encode()
    assert sent[1] == b"\x82\x81" + bytes(4) + b"\0"
    assert sent[2] == b"\x01\x82" + bytes(4) + b"he" + b"\x80\x83" + bytes(4) + b"llo"
    assert sent[3] == b"\x89\x81" + bytes(4) + b"x"
    assert sent[4] == b"\x81\xfe\x01\x2c" + bytes(4) + long.encode()
    assert sent[5] == b"\x88\x85" + bytes(4) + b"\x0f\xa1bye"


@pytest.mark.parametrize(
    ("code", "talk", "said"),
    [
        ("print(1)\n#> 1\n", "", "expected an application to serve, got"),
        (
            "async def app(scope, receive, send):\n    pass\n",
            "> lifespan startup\n< complete",
            "lifespan",
        ),
    ],
)
def test_what_no_client_can_ask_has_no_script(
    tmp_path: Path, code: str, talk: str, said: str
) -> None:
    with pytest.raises(ScriptError, match=said):
        served(example(tmp_path, code, talk), None, "uvicorn")


def names_in(code: str) -> set[str]:
    """What a module defines; modules that it imports are the same for all."""
    found: set[str] = set()
    for node in ast.parse(code).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return found


def test_no_driver_has_a_name_of_an_example() -> None:
    drivers = [memory_driver, server_driver, standing]
    taken = {one for module in drivers for one in names_in(inspect.getsource(module))}
    apps = [one for page in english().pages for one in page.examples if one.kind == "app"]
    assert len(apps) > 100
    assert [
        (one.id, names_in(one.code) & taken) for one in apps if names_in(one.code) & taken
    ] == []
