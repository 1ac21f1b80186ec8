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
    "endpoint-in-a-group": (
        ROUTER + "    try:\n        websocket.receive_json()\n"
        "    except AttributeError as error:\n"
        "        raise ExceptionGroup('', [error]) from None\n",
        "< close 1000",
    ),
    "endpoint-own": (ROUTER + ACCEPT + "    None.ping\n", "< accept\n< close 1000"),
    "class-own": (
        ROUTER + ACCEPT + "    await websocket.receive_text()\n",
        '< accept\n> "a"\n< close 1000',
    ),
    "router": (ROUTER + ACCEPT + "    raise KeyError\n", "< accept\n< close 1011"),
}

# A class that lacks much, also what the router of the reference asks of it; its `receive_text`
# looks for what it has not.
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
FOR_THE_ROUTER = """
    def get(self, key):
        return self._right.get(key)

    @property
    def application_state(self):
        return self._right.application_state
"""

LACKS = "expected the extension 'websocket.http.response', the server's scope has none"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    parts = ["# Rules\n"]
    for name, (code, talk) in EXAMPLES.items():
        parts.append(
            f"## It {name} {{ #{name} .must }}\n\nSource: RFC 6455.\n\n"
            f"```python\n{IMPORTS}\n\n{code}```\n\n```ws\n> connect /\n{talk}\n```\n"
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
def test_a_server_without_denial_responses_does_not_support_them(folder: Path, kind: str) -> None:
    ids = ["denies", "asks-for-denial", "may-deny", "refused", "closes", "names-a-message"]
    found = check(folder, "--server", server(kind), ids=ids)
    assert {id: one["outcome"] for id, one in found.items()} == {
        "denies": "unsupported",
        "asks-for-denial": "unsupported",
        "may-deny": "pass",
        "refused-after-accept": "fail",
        "closes": "fail",
        "names-a-message": "fail",
    }
    assert found["denies"]["got"] == found["asks-for-denial"]["got"] == LACKS
    assert found["denies"]["wanted"] == '< deny 404\n  body "no"'
    # Once it is known what the server offers, nothing is played in vain.
    alone = check(folder, "--server", server(kind), ids=["denies"])["denies"]
    again = check(folder, "--server", server(kind), ids=["closes", "denies"])["denies"]
    assert [one["outcome"] for one in (alone, again)] == ["unsupported", "unsupported"]


def test_a_server_with_denial_responses_gets_no_such_excuse(folder: Path) -> None:
    found = check(folder, "--server", "uvicorn", ids=["denies", "asks-for-denial"])
    assert {one["outcome"] for one in found.values()} == {"pass"}
    text = (folder / "rules.md").read_text("utf-8").replace("< deny 404", "< deny 405")
    (folder / "rules.md").write_text(text, "utf-8")
    assert check(folder, "--server", "uvicorn", ids=["denies"])["denies"]["outcome"] == "fail"


def test_what_a_server_does_not_offer_is_no_targets_fault(folder: Path) -> None:
    package(folder, sockets="from reference_ws.websockets import WebSocket\n")
    target = "my_package.websockets:WebSocket"
    found = check(folder, target, "--server", server("none"), ids=["denies"])
    assert (found["denies"]["outcome"], found["denies"]["more"]) == ("not-applicable", LACKS)


@pytest.mark.parametrize("where", [[], ["--server", "uvicorn"]], ids=["memory", "server"])
def test_what_a_class_lacks_is_named_also_below_the_router(folder: Path, where: list[str]) -> None:
    package(folder, sockets=SOCKET + FOR_THE_ROUTER)
    found = check(folder, "my_package.websockets:Socket", *where, ids=["endpoint"])
    for id in ("endpoint", "endpoint-in-a-group"):
        assert (found[id]["outcome"], found[id]["got"]) == (
            "unsupported",
            "expected 'receive_json' on 'Socket', it has no such attribute",
        )


def test_what_the_router_asks_of_a_class_may_be_missing(folder: Path) -> None:
    package(folder, sockets=SOCKET)
    found = check(folder, "my_package.websockets:Socket", ids=["router"])["router"]
    assert (found["outcome"], found["got"]) == (
        "unsupported",
        "expected 'get' on 'Socket', it has no such attribute",
    )


@pytest.mark.parametrize("where", [[], ["--server", "uvicorn"]], ids=["memory", "server"])
def test_a_mistake_of_endpoint_or_class_is_no_gap(folder: Path, where: list[str]) -> None:
    package(folder, sockets=SOCKET + FOR_THE_ROUTER)
    ids = ["endpoint-own", "class-own", "router"]
    found = check(folder, "my_package.websockets:Socket", *where, ids=ids)
    outcomes = {id: one["outcome"] for id, one in found.items()}
    # The endpoint's own mistake the reference shows as well, where it is asked.
    own = "not-applicable" if where else "fail"
    assert outcomes == {"endpoint-own": own, "class-own": "fail", "router": "pass"}
    assert found["class-own"]["got"] == "< close 1011"


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
