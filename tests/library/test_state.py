"""The class does what the tables say, cell by cell: every state, every message, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anyio
import pytest

from reference_ws.state import MORE_BODY, RECEIVE, SEND, WebSocketState
from reference_ws.types import Message
from reference_ws.websockets import WebSocket, WebSocketDisconnected

STATES = list(WebSocketState)
SENT = sorted({kind for row in SEND.values() for kind in row} | {"websocket.nonsense", "none"})
RECEIVED = sorted({kind for row in RECEIVE.values() for kind in row} | {"websocket.nonsense"})


def message(kind: str) -> Message:
    if kind == MORE_BODY:
        return {"type": "websocket.http.response.body", "body": b"", "more_body": True}
    return {} if kind == "none" else {"type": kind}


class Recorder:
    def __init__(self, arriving: Mapping[str, Any] | None = None) -> None:
        self.arriving = arriving
        self.received = 0
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        self.received += 1
        assert self.arriving is not None
        return dict(self.arriving)

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    def socket(
        self, client: WebSocketState, application: WebSocketState, **scope: Any
    ) -> WebSocket:
        socket = WebSocket({"type": "websocket", **scope}, self.receive, self.send)
        socket.client_state, socket.application_state = client, application
        return socket


@pytest.mark.parametrize("kind", SENT)
@pytest.mark.parametrize("state", STATES)
def test_send_follows_the_table(state: WebSocketState, kind: str) -> None:
    recorder = Recorder()
    socket = recorder.socket(WebSocketState.CONNECTED, state)
    following = SEND[state].get(kind)
    if following is not None:
        anyio.run(socket.send, message(kind))
        assert recorder.sent == [message(kind)]
        assert socket.application_state is following
        return
    with pytest.raises(RuntimeError) as refused:
        anyio.run(socket.send, message(kind))
    assert recorder.sent == []
    assert socket.application_state is state
    if state is not WebSocketState.DISCONNECTED:
        assert str(refused.value).startswith("expected ")
        assert f"got {message(kind).get('type')}" in str(refused.value)
        assert str(refused.value).endswith(f"in state {state.name}")
        assert all(legal in str(refused.value) for legal in SEND[state])


@pytest.mark.parametrize("kind", RECEIVED)
@pytest.mark.parametrize("state", RECEIVE)
def test_receive_follows_the_table(state: WebSocketState, kind: str) -> None:
    recorder = Recorder(message(kind))
    socket = recorder.socket(state, WebSocketState.CONNECTED)
    following = RECEIVE[state].get(kind)
    if following is not None:
        assert anyio.run(socket.receive) == message(kind)
        assert socket.client_state is following
        return
    with pytest.raises(RuntimeError):
        anyio.run(socket.receive)
    assert socket.client_state is state
    assert recorder.received == (state is not WebSocketState.DISCONNECTED)


METHODS: dict[str, tuple[str, Any]] = {
    "accept": ("websocket.accept", lambda s: s.accept()),
    "send_text": ("websocket.send", lambda s: s.send_text("")),
    "send_bytes": ("websocket.send", lambda s: s.send_bytes(b"")),
    "send_json": ("websocket.send", lambda s: s.send_json(1)),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("client", [WebSocketState.CONNECTED, WebSocketState.DISCONNECTED])
def test_the_methods_follow_the_table_too(
    client: WebSocketState, state: WebSocketState, method: str
) -> None:
    recorder = Recorder()
    socket = recorder.socket(client, state)
    kind, call = METHODS[method]

    async def run() -> None:
        await call(socket)

    ended = WebSocketState.DISCONNECTED in (client, state)
    if kind in SEND[state] and not ended:
        anyio.run(run)
        assert [sent["type"] for sent in recorder.sent] == [kind]
        return
    with pytest.raises(WebSocketDisconnected if ended else RuntimeError):
        anyio.run(run)
    assert recorder.sent == []
    assert socket.application_state is state


@pytest.mark.parametrize("state", STATES)
def test_close_is_refused_only_during_a_denial_and_silent_after_the_end(
    state: WebSocketState,
) -> None:
    recorder = Recorder()
    socket = recorder.socket(WebSocketState.CONNECTED, state)
    if state is WebSocketState.RESPONSE:
        with pytest.raises(RuntimeError, match="got websocket.close in state RESPONSE"):
            anyio.run(socket.close)
    else:
        anyio.run(socket.close)
    legal = "websocket.close" in SEND[state]
    assert [sent["type"] for sent in recorder.sent] == ["websocket.close"] * legal


@pytest.mark.parametrize("method", ["receive_text", "receive_bytes", "receive_json"])
@pytest.mark.parametrize("client", list(RECEIVE))
@pytest.mark.parametrize("state", STATES)
def test_payloads_are_received_only_on_an_open_connection(
    state: WebSocketState, client: WebSocketState, method: str
) -> None:
    key = "bytes" if method == "receive_bytes" else "text"
    payload: str | bytes = b"1" if key == "bytes" else "1"
    recorder = Recorder({"type": "websocket.receive", key: payload})
    socket = recorder.socket(client, state)
    if state is client is WebSocketState.CONNECTED:
        assert anyio.run(getattr(socket, method)) == (1 if method == "receive_json" else payload)
        return
    ended = WebSocketState.DISCONNECTED in (state, client)
    with pytest.raises(WebSocketDisconnected if ended else RuntimeError):
        anyio.run(getattr(socket, method))
    assert recorder.received == 0
