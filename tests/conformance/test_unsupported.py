"""What is missing is called missing, and not wrong: in a target, in a server."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.conformance.suite_pages import package, suite

# A server that does not offer the denial response.
PLAIN = """\
import sys

import uvicorn

from reference_ws.conformance.wire.dispatcher import app


async def plain(scope, receive, send):
    offered = {"extensions": {}} if sys.argv[2] == "empty" else {}
    scope = {key: value for key, value in scope.items() if key != "extensions"}
    await app({**scope, **offered}, receive, send)


uvicorn.run(plain, port=int(sys.argv[1]), log_level="critical", lifespan="off")
"""

IMPORTS = """\
from reference_ws.responses import PlainTextResponse
from reference_ws.routing import WebSocketRouter
from reference_ws.websockets import WebSocket
"""
APP = """\
async def app(scope, receive, send):
    websocket = WebSocket(scope, receive, send)
"""
ROUTER = """\
app = WebSocketRouter()


@app.websocket_route("/")
async def endpoint(websocket):
"""
ACCEPT = "    await websocket.accept()\n"
DENY = "    await websocket.send_denial_response(PlainTextResponse('no', 404))\n"
CLOSE = ACCEPT + "    await websocket.close(4000)\n"

EXAMPLES = {
    "denies": (APP + DENY, '< deny 404\n  body "no"'),
    "asks-for-denial": (APP + DENY, "> disconnect"),
    "may-deny": (APP + "    await websocket.close()\n", "< close 1000"),
    "refused-after-accept": (
        APP + ACCEPT + "    try:\n    " + DENY + "    except RuntimeError:\n"
        "        raise ValueError\n",
        "< accept\n< close 1000",
    ),
    "closes": (APP + CLOSE, "< accept\n< close 4001"),
    "names-a-message": (
        APP + "    await websocket.send({'type': 'websocket.http.response.start'})\n"
        "    raise KeyError('websocket.http.response.start')\n",
        "< close 1000",
    ),
    "endpoint": (ROUTER + ACCEPT + "    websocket.receive_json()\n", "< accept\n< close 1000"),
    "class-own": (
        APP + ACCEPT + "    await websocket.receive_text()\n",
        '< accept\n> "a"\n< close 1000',
    ),
    "router": (ROUTER + ACCEPT + "    raise KeyError\n", "< accept\n< close 1011"),
    "not-mine": ("from reference_ws.websockets import WrongFrameKind\n\n\n" + APP, "< close 1000"),
    "lacks": (APP + ACCEPT + "    websocket.ping()\n", "< accept\n< close 1000"),
    "bytes": (APP + ACCEPT + "    await websocket.receive_bytes()\n", "< accept\n< close 1000"),
    "iterates": (APP + ACCEPT + "    websocket.iter_text()\n", "< accept\n< close 1000"),
}

# A class that lacks much; its `receive_text` looks for what it has not.
SOCKET = """\
from reference_ws.websockets import WebSocket as Right


class Socket:
    def __init__(self, scope, receive=None, send=None):
        self._right = Right(scope, receive, send)
        self.accept = self._right.accept
        self.close = self._right.close

    async def receive_text(self):
        return await self.missing()
"""
LACKS = "expected the extension 'websocket.http.response', the server's scope has none"


def imports(code: str) -> str:
    """What a snippet imports: nothing that it does not use."""
    return "\n".join(one for one in IMPORTS.splitlines() if f"{one.split()[-1]}(" in code)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    parts = ["# Rules\n"]
    for name, (code, talk) in EXAMPLES.items():
        parts.append(
            f"## It {name} {{ #{name} .must }}\n\nSource: RFC 6455.\n\n"
            f"```python\n{imports(code)}\n\n{code}```\n\n```ws\n> connect /\n{talk}\n```\n"
        )
    (tmp_path / "rules.md").write_text("\n".join(parts), "utf-8")
    (tmp_path / "plain.py").write_text(PLAIN, "utf-8")
    return tmp_path


def check(folder: Path, *arguments: str, ids: list[str]) -> dict[str, dict[str, str]]:
    """Play some of the rules; give what came of each, in whichever tier came last."""
    words = [*arguments, "--pages", "rules.md", "--json", "r.json"]
    suite("check", *words, *(word for id in ids for word in ("-s", id)), cwd=folder)
    data = json.loads((folder / "r.json").read_text("utf-8"))
    return {one["id"]: one for one in data["results"]}


def server(kind: str) -> str:
    return f"{sys.executable} plain.py {{port}} {kind} {{app}}"


@pytest.mark.parametrize("kind", ["none", "empty"])
def test_denial_responses_are_not_asked_of_a_server_without_them(folder: Path, kind: str) -> None:
    ids = ["denies", "asks-for-denial", "may-deny", "refused", "closes", "names-a-message"]
    found = check(folder, "--server", server(kind), ids=ids)
    assert {id: one["outcome"] for id, one in found.items()} == {
        "denies": "not-applicable",
        "asks-for-denial": "not-applicable",
        "may-deny": "pass",
        "refused-after-accept": "fail",
        "closes": "fail",
        "names-a-message": "fail",
    }
    assert found["denies"]["more"] == found["asks-for-denial"]["more"] == LACKS
    # Once it is known what the server offers, nothing is played in vain.
    alone = check(folder, "--server", server(kind), ids=["denies"])["denies"]
    again = check(folder, "--server", server(kind), ids=["closes", "denies"])["denies"]
    assert [one["outcome"] for one in (alone, again)] == ["not-applicable", "not-applicable"]


def test_a_server_with_denial_responses_gets_no_such_excuse(folder: Path) -> None:
    found = check(folder, "--server", "uvicorn", ids=["denies", "asks-for-denial"])
    assert {one["outcome"] for one in found.values()} == {"pass"}
    text = (folder / "rules.md").read_text("utf-8").replace("< deny 404", "< deny 405")
    (folder / "rules.md").write_text(text, "utf-8")
    assert check(folder, "--server", "uvicorn", ids=["denies"])["denies"]["outcome"] == "fail"


def test_what_a_server_does_not_offer_is_no_targets_fault(folder: Path) -> None:
    both = "from reference_ws.responses import *\nfrom reference_ws.websockets import WebSocket\n"
    package(folder, sockets=both)
    target = "my_package.websockets:WebSocket"
    found = check(folder, target, "--server", server("none"), ids=["denies"])
    assert (found["denies"]["outcome"], found["denies"]["more"]) == ("not-applicable", LACKS)


@pytest.mark.parametrize("where", [[], ["--server", "uvicorn"]], ids=["memory", "server"])
def test_a_class_is_not_asked_for_what_stands_beside_it(folder: Path, where: list[str]) -> None:
    package(folder, sockets=SOCKET)
    ids = ["endpoint", "class-own", "router", "denies", "not-mine", "lacks"]
    found = check(folder, "my_package.websockets:Socket", *where, ids=ids)
    assert {
        id: (one["outcome"], one.get("more")) for id, one in found.items() if "got" not in one
    } == {
        "endpoint": ("not-applicable", "it needs WebSocketRouter in addition to the class"),
        "router": ("not-applicable", "it needs WebSocketRouter in addition to the class"),
        "denies": ("not-applicable", "it needs PlainTextResponse in addition to the class"),
    }
    assert {id: (one["outcome"], one["got"]) for id, one in found.items() if "got" in one} == {
        "class-own": ("fail", "! AttributeError"),
        "lacks": ("unsupported", "expected 'ping' on 'Socket', it has no such attribute"),
        "not-mine": (
            "unsupported",
            "expected 'WrongFrameKind' in 'my_package.websockets', it has no such name",
        ),
    }
    with (folder / "my_package" / "websockets.py").open("a", encoding="utf-8") as file:
        file.write("from reference_ws.routing import WebSocketRouter\n")
    asked = check(folder, "my_package.websockets:Socket", *where, ids=["router"])
    assert asked["router"]["outcome"] == "pass"


GAPS = {
    "dotted": ("websocket.part.name", "expected 'name' on 'a.b.URL', it has no such attribute"),
    "index": ("websocket['path']", "expected 'Socket' to be subscriptable, it is not"),
    "keys": ("dict(websocket)", "expected 'Socket' to be iterable, it is not"),
    "inside": ("'path' in websocket", "expected 'Socket' to be iterable, it is not"),
    "argument": (
        "await websocket.close(why=1)",
        "expected an argument 'why' of Socket.close(), it has no such argument",
    ),
}
NO_GAPS = {"plain": "websocket.number[0]", "own": "websocket.broken"}
GAPPED = """\
class Part:
    __slots__ = ()


Part.__module__, Part.__name__ = "a.b", "a.b.URL"


class WebSocket:
    part = Part()
    number = 1

    def __init__(self, scope, receive=None, send=None):
        pass

    async def close(self, code=1000):
        pass

    @property
    def broken(self):
        return self.nowhere


WebSocket.__name__ = "Socket"
WebSocket.close.__qualname__ = "Socket.close"
"""


@pytest.mark.parametrize("where", [[], ["--server", "uvicorn"]], ids=["memory", "server"])
def test_what_an_object_cannot_do_is_missing(folder: Path, where: list[str]) -> None:
    package(folder, sockets=GAPPED)
    lines = {name: line for name, (line, _) in GAPS.items()} | NO_GAPS
    parts = ["# Gaps\n"]
    for name, line in lines.items():
        parts.append(
            f"## It {name} {{ #{name} .must }}\n\nSource: RFC 6455.\n\n"
            f"```python\n{IMPORTS.splitlines()[-1]}\n\n\n{APP}    {line}\n```\n\n"
            "```ws\n> connect /\n< close 1000\n```\n"
        )
    (folder / "rules.md").write_text("\n".join(parts), "utf-8")
    found = check(folder, "my_package", *where, ids=list(lines))
    assert {id: (found[id]["outcome"], found[id]["got"]) for id in GAPS} == {
        id: ("unsupported", told) for id, (_, told) in GAPS.items()
    }
    # On a server, the reference may fail in the same way.
    outcomes = {found[id]["outcome"] for id in NO_GAPS}
    assert outcomes <= {"fail", "not-applicable"} if where else outcomes == {"fail"}


ADAPTER = """\
from my_package.websockets import Socket

ADAPTER = {
    "package": "my_package",
    "version": "1",
    "backends": ["asyncio"],
    "unlike": ["iter_text"],
    "exceptions": {"builtins:ConnectionError": ["RuntimeError"]},
}


class WebSocket(Socket):
    async def receive_text(self):
        return {}["no such key"]

    async def receive_bytes(self):
        raise NotImplementedError("no bytes here")
"""


@pytest.mark.parametrize("where", [[], ["--server", "uvicorn"]], ids=["memory", "server"])
def test_what_an_adapter_does_is_not_blamed_on_the_target(folder: Path, where: list[str]) -> None:
    package(folder, sockets=SOCKET)
    (folder / "my_adapter.py").write_text(ADAPTER, "utf-8")
    check(folder, "my_adapter.py", *where, ids=["class-own", "bytes", "iterates"])
    data = json.loads((folder / "r.json").read_text("utf-8"))
    found = [one for one in data["results"] if one["tier"] != "trio"]
    assert {one["id"]: (one["outcome"], one["got"]) for one in found} == {
        "class-own": ("error", "in the adapter my_adapter.py: KeyError: 'no such key'"),
        "bytes": ("unsupported", "no bytes here"),
        "iterates": (
            "unsupported",
            "expected 'iter_text' as documented, it means something else in my_package",
        ),
    }
    assert data["target"] == {"name": "my_package", "adapter": "my_adapter 1"}
    if not where:
        trio = [one for one in data["results"] if one["tier"] == "trio"]
        assert {(one["outcome"], one["more"]) for one in trio} == {
            ("not-applicable", "my_package runs on asyncio only")
        }


CLIENT = """\
from reference_ws.testing import connect
from reference_ws.websockets import WebSocket

print(connect.__name__, WebSocket.__name__)
#> connect Socket
"""


def test_the_suites_own_client_says_nothing_about_a_target(folder: Path) -> None:
    package(folder)
    app = f"```python\n{IMPORTS[IMPORTS.index('from reference_ws.web') :]}\n\n{APP}{ACCEPT}```\n"
    talk = "```ws\n> connect /\n< accept\n! return\n```\n"
    page = (
        "# Rules\n\n## It is about the client { #about-client .should }\n\nSource: RFC 6455.\n\n"
        f"```python\n{CLIENT}```\n\n"
        "## It is about the socket { #about-socket .should }\n\nSource: RFC 6455.\n\n"
        f"{app}\n{talk}\n```{{.python #about-socket-by-client}}\n{CLIENT}```\n"
    )
    (folder / "rules.md").write_text(page, "utf-8")
    found = check(folder, "my_package", ids=["about"])
    assert {id: one["outcome"] for id, one in found.items()} == {
        "about-client": "not-applicable",
        "about-socket": "pass",
        "about-socket-by-client": "pass",
    }
    assert found["about-client"]["more"] == "it is about the suite's own client"
