"""However a client leaves and whatever an endpoint does, the router ends the connection."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest

from reference_ws.endpoint import serve
from reference_ws.exceptions import WebSocketDisconnect, WebSocketException
from reference_ws.responses import PlainTextResponse, StreamingResponse
from reference_ws.routing import WebSocketRouter
from reference_ws.types import Message
from reference_ws.websockets import WebSocket

EXTENSIONS: dict[str, Any] = {"websocket.http.response": {}}


class Server:
    """Gives a connect and then disconnects; its sends fail once the client has gone."""

    def __init__(self, gone: bool = False, **scope: Any) -> None:
        self.scope = {"type": "websocket", "path": "/", "extensions": EXTENSIONS, **scope}
        self.gone = gone
        self.sent: list[Message] = []
        self.messages: list[Message] = [{"type": "websocket.connect"}]

    async def receive(self) -> Message:
        gone = {"type": "websocket.disconnect", "code": 1001}
        return self.messages.pop(0) if self.messages else gone

    async def send(self, message: Message) -> None:
        if self.gone:
            raise OSError("the client has gone")
        self.sent.append(message)

    def run(self, endpoint: Callable[[Any], Awaitable[None]] | None) -> list[str]:
        socket = WebSocket(self.scope, self.receive, self.send)
        anyio.run(serve, endpoint, socket)
        return [str(message["type"]).removeprefix("websocket.") for message in self.sent]


async def fail(websocket: WebSocket) -> None:
    raise LookupError


@pytest.mark.parametrize("endpoint", [None, fail])
@pytest.mark.parametrize("extensions", [EXTENSIONS, {}])
def test_a_refusal_copes_with_a_client_that_has_gone(endpoint: Any, extensions: Any) -> None:
    assert Server(gone=True, extensions=extensions).run(endpoint) == []


def test_a_response_to_plain_http_copes_with_a_client_that_has_gone() -> None:
    router = WebSocketRouter()
    router.add_websocket_route("/known", fail)
    for path in ("/known", "/unknown"):
        server = Server(gone=True, type="http", path=path)
        anyio.run(router, server.scope, server.receive, server.send)


def test_a_denial_that_an_endpoint_leaves_unfinished_is_finished_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def begin(websocket: WebSocket) -> None:
        await websocket.receive()
        start = {"type": "websocket.http.response.start", "status": 403, "headers": []}
        await websocket.send(start)

    async def begin_and_fail(websocket: WebSocket) -> None:
        await begin(websocket)
        raise LookupError

    for endpoint in (begin, begin_and_fail):
        assert Server().run(endpoint) == ["http.response.start", "http.response.body"]
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]


@pytest.mark.parametrize(
    ("leaves", "sent", "logged"),
    [
        ([WebSocketException(4001), WebSocketDisconnect(1001)], 1011, ["ERROR"]),
        ([WebSocketException(4001), ValueError("a failure")], 1011, ["ERROR"]),
        ([WebSocketException(4001)], 4001, []),
        ([UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"), WebSocketException(4001)], 4001, []),
        ([UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no")], 1007, ["WARNING"]),
    ],
)
def test_the_worst_of_a_group_decides(
    leaves: list[Exception], sent: int, logged: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    async def endpoint(websocket: WebSocket) -> None:
        await websocket.accept()
        raise ExceptionGroup("outer", [ExceptionGroup("inner", leaves)])

    server = Server()
    assert server.run(endpoint) == ["accept", "close"]
    assert server.sent[-1]["code"] == sent
    assert [record.levelname for record in caplog.records] == logged


def test_a_code_of_another_package_that_cannot_be_sent_is_1011(
    caplog: pytest.LogCaptureFixture,
) -> None:
    foreign = type("WebSocketException", (Exception,), {"code": 1006, "reason": None})

    async def endpoint(websocket: WebSocket) -> None:
        await websocket.accept()
        raise foreign

    server = Server()
    server.run(endpoint)
    assert server.sent[-1]["code"] == 1011
    assert "expected a close code and reason that can be sent" in caplog.text


@pytest.mark.parametrize("arguments", [(1006,), (999,), (1000, "x" * 124)])
def test_an_exception_checks_what_it_asks_for(arguments: Any) -> None:
    with pytest.raises(ValueError, match="expected a close"):
        WebSocketException(*arguments)
    assert str(WebSocketException(1008, "no\nentry")) == "1008 policy violation: no\\nentry"


def test_every_text_of_a_client_stays_on_one_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    forged = "/a\r\n\u2028\x85\x1b[0mERROR forged"

    async def endpoint(websocket: WebSocket) -> None:
        await websocket.accept()
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad\nreason")

    Server(path=forged).run(endpoint)
    Server(path=forged).run(fail)
    assert [len(record.getMessage().splitlines()) for record in caplog.records] == [1, 1]
    assert str(WebSocketDisconnect(1001, "bye\nERROR")) == "1001 going away: bye\\nERROR"


class Lifespan:
    """A server that starts an application and stops it."""

    def __init__(self, *phases: str, **scope: Any) -> None:
        self.phases = [{"type": f"lifespan.{phase}"} for phase in phases]
        self.scope = {"type": "lifespan", **scope}
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        return self.phases.pop(0)

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    def run(self, router: WebSocketRouter) -> list[str]:
        try:
            anyio.run(router, self.scope, self.receive, self.send)
        finally:
            types = [str(message["type"]).removeprefix("lifespan.") for message in self.sent]
        return types


def test_what_a_lifespan_yields_is_the_state_of_each_connection() -> None:
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def lifespan(app: object) -> Any:
        assert app is router
        yield {"database": "a pool"}

    router = WebSocketRouter(lifespan=lifespan)
    state: dict[str, Any] = {}
    server = Lifespan("startup", "shutdown", state=state)
    assert server.run(router) == ["startup.complete", "shutdown.complete"]
    socket = WebSocket({"type": "websocket", "state": state.copy()})
    assert socket.state.database == "a pool"
    socket.state.mine = 1
    assert socket["state"] == {"database": "a pool", "mine": 1}
    assert state == {"database": "a pool"}


@pytest.mark.parametrize("phase", ["startup", "shutdown"])
def test_a_lifespan_that_fails_is_told_to_the_server(phase: str) -> None:
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def lifespan(app: object) -> Any:
        if phase == "startup":
            raise LookupError("no database")
        yield
        raise LookupError("no database")

    server = Lifespan("startup", "shutdown")
    with pytest.raises(LookupError):
        server.run(WebSocketRouter(lifespan=lifespan))
    assert server.sent[-1]["type"] == f"lifespan.{phase}.failed"
    assert "no database" in server.sent[-1]["message"]


def test_state_needs_a_server_that_keeps_it() -> None:
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def lifespan(app: object) -> Any:
        yield {"database": 1}

    with pytest.raises(RuntimeError, match="expected a server with lifespan state"):
        Lifespan("startup").run(WebSocketRouter(lifespan=lifespan))


@pytest.mark.parametrize("fault", [OSError("gone"), LookupError("broken")])
@pytest.mark.parametrize("asynchronous", [True, False])
def test_a_streaming_response_closes_its_generator(fault: Exception, asynchronous: bool) -> None:
    closed = []

    def parts() -> Any:
        try:
            yield b"one"
            yield b"two"
        finally:
            closed.append(True)

    async def parts_later() -> Any:
        try:
            yield b"one"
            yield b"two"
        finally:
            closed.append(True)

    async def send(message: Message) -> None:
        if message.get("body"):
            raise fault

    async def receive() -> Message:
        return {"type": "http.request"}

    async def respond() -> None:
        await StreamingResponse(parts_later() if asynchronous else parts())(
            {"type": "http"}, receive, send
        )

    with pytest.raises(type(fault)):
        anyio.run(respond)
    assert closed == [True]


def test_a_response_to_another_scope_is_an_error() -> None:
    server = Server(type="lifespan")
    with pytest.raises(ValueError, match="expected a scope of type 'http' or 'websocket'"):
        anyio.run(PlainTextResponse("no"), server.scope, server.receive, server.send)
