"""The hooks for JSON carry other codecs, in both directions and in both kinds of messages."""

from __future__ import annotations

import json
from typing import Any

import anyio
import msgpack
import msgspec
import orjson
import pytest

from reference_ws.state import WebSocketState
from reference_ws.testing import connect
from reference_ws.types import Receive, Scope, Send
from reference_ws.websockets import WebSocket

MODES = ("text", "binary")


class OrjsonSocket(WebSocket):
    encode_json = staticmethod(orjson.dumps)
    decode_json = staticmethod(orjson.loads)


class MsgspecSocket(WebSocket):
    encode_json = staticmethod(msgspec.json.encode)

    def decode_json(self, payload: str | bytes) -> Any:
        try:
            return msgspec.json.decode(payload)
        except msgspec.DecodeError as error:  # one `except ValueError` catches every bad message
            raise ValueError(str(error)) from error


class MsgpackSocket(WebSocket):
    encode_json = staticmethod(msgpack.packb)
    decode_json = staticmethod(msgpack.unpackb)


# MessagePack is bytes, so it needs binary messages.
CARRIED = [
    *((kind, mode) for kind in (WebSocket, OrjsonSocket, MsgspecSocket) for mode in MODES),
    (MsgpackSocket, "binary"),
]
DATA = {"name": "지민", "scores": [1, 2.5, None]}


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize(("kind", "mode"), CARRIED)
def test_a_codec_carries_data_both_ways(kind: type[WebSocket], mode: str, backend: str) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        websocket = kind(scope, receive, send)
        await websocket.accept()
        await websocket.send_json(await websocket.receive_json(mode), mode)
        async for data in websocket.iter_json(mode):
            await websocket.send_json(data, mode)

    async def run() -> None:
        packed = msgpack.packb(DATA) if kind is MsgpackSocket else json.dumps(DATA).encode()
        async with connect(app, "/") as client:
            for _ in range(2):
                if mode == "text":
                    await client.send_text(packed.decode())
                    assert json.loads(await client.receive_text()) == DATA
                else:
                    await client.send_bytes(packed)
                    got = await client.receive_bytes()
                    load = msgpack.unpackb if kind is MsgpackSocket else json.loads
                    assert load(got) == DATA
            await client.close()

    anyio.run(run, backend=backend)


@pytest.mark.parametrize("kind", [WebSocket, OrjsonSocket, MsgspecSocket])
def test_a_bad_message_is_a_value_error_whatever_the_codec(kind: type[WebSocket]) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        websocket = kind(scope, receive, send)
        await websocket.accept()
        with pytest.raises(ValueError):
            await websocket.receive_json()
        await websocket.close()

    async def run() -> None:
        async with connect(app, "/") as client:
            await client.send_text("{")
            assert (await client.receive_close()).code == 1000

    anyio.run(run)


class NumberSocket(WebSocket):
    def encode_json(self, data: Any) -> Any:
        return 5


def test_what_a_codec_makes_is_checked_before_it_is_sent() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for kind, error in ((NumberSocket, TypeError), (MsgpackSocket, ValueError)):
            websocket = kind(scope, receive, send)
            websocket.client_state = websocket.application_state = WebSocketState.CONNECTED
            with pytest.raises(error):
                await websocket.send_json(b"\xff")  # as text
        await WebSocket(scope, receive, send).close()

    async def run() -> None:
        async with connect(app, "/") as client:
            await client.denied()

    anyio.run(run)
