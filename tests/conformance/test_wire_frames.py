"""Frames and refusals over a real server, and a client that meets a wrong one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from reference_ws.conformance.conversation.compare import Seen
from reference_ws.conformance.conversation.events import Connect, Ping, Pong
from reference_ws.conformance.wire.client import LenientClient
from reference_ws.conformance.wire.control import Signal
from reference_ws.conformance.wire.server import WireServer
from tests.conformance.wire_pages import SHORT, body, failed, line_of, page, passed


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireServer]:
    with WireServer("uvicorn", log_dir=tmp_path_factory.mktemp("log"), limits=SHORT) as server:
        yield server


OPEN = "> connect /\n< accept\n"
ECHO = body(
    "async for text in websocket.iter_text():",
    "    await websocket.send_text(text)",
)


def test_frames_of_a_client_become_messages(server: WireServer, tmp_path: Path) -> None:
    told = f'{OPEN}> "he" + "" + "llo"\n< "hello"\n> text b"\\xc3" + b"\\xa9"\n< "é"\n> close'
    assert passed(server.play(page(tmp_path, ECHO, told)))


def test_pings_are_answered(server: WireServer, tmp_path: Path) -> None:
    told = f'{OPEN}> ping b"1"\n< pong b"1"\n> "hi"\n< "hi"\n> ping\n< pong\n> close'
    assert passed(server.play(page(tmp_path, ECHO, told)))


def test_a_pong_that_does_not_come_is_awaited_in_vain(server: WireServer, tmp_path: Path) -> None:
    example = page(tmp_path, ECHO, f'{OPEN}< pong b"1"\n> close')
    assert failed(server.play(example), "timeout").line == line_of(example, '< pong b"1"')


def test_text_that_is_none_ends_the_connection(server: WireServer, tmp_path: Path) -> None:
    assert passed(server.play(page(tmp_path, ECHO, f'{OPEN}> text b"\\xff"\n! return')))


def test_subprotocols_may_stand_on_several_lines(server: WireServer, tmp_path: Path) -> None:
    code = body(
        "lines = websocket.headers.getlist('sec-websocket-protocol')",
        "await websocket.send_text(' | '.join(lines))",
        "await websocket.close()",
    )
    lines = "  subprotocols: a, b\n  subprotocols: c\n"
    told = f'> connect /\n{lines}< accept\n< "a, b | c"\n< close 1000'
    assert passed(server.play(page(tmp_path, code, told)))


def test_a_refused_message_is_not_looked_for(server: WireServer, tmp_path: Path) -> None:
    code = body(
        "try:",
        "    await send({'type': 'websocket.send', 'text': 'early'})",
        "except Exception:",
        "    await websocket.accept()",
        "await websocket.close()",
        accept=False,
    )
    told = '> connect /\n< "early" ! Exception\n< accept\n< close 1000'
    assert passed(server.play(page(tmp_path, code, told)))


def test_an_exception_in_place_of_a_step_is_a_variant(server: WireServer, tmp_path: Path) -> None:
    code = body("raise NotImplementedError", accept=False)
    told = '> connect /\n< accept | ! NotImplementedError\n> "hi"\n< "hi"\n< close 1000'
    result = server.play(page(tmp_path, code, told))
    assert (result.outcome, result.variant) == ("pass-variant", "! NotImplementedError")


HEAD = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"


@pytest.mark.parametrize(
    ("pings", "answer", "pongs"),
    [
        ((b"1",), b"\x8a\x011", [Pong(b"1")]),
        ((b"1",), b"\x8a\x012", [Pong(b"2")]),
        ((b"1", b"2"), b"\x8a\x012", [Pong(b"2")]),  # RFC 6455, section 5.5.3
        ((b"1",), b"\x8a\x011\x8a\x011", [Pong(b"1")]),
        ((), b"\x8a\x011", []),
    ],
)
def test_a_client_tells_of_answers_to_its_pings(
    pings: tuple[bytes, ...], answer: bytes, pongs: list[Seen]
) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD)
        await reader.readexactly(7 * len(pings))  # a masked frame with one byte in it
        writer.write(answer + b"\x88\x00")
        await writer.drain()
        writer.close()

    async def run() -> list[Seen]:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        signal = Signal()
        client = await LenientClient.connect(
            server.sockets[0].getsockname()[1], Connect("/"), signal
        )
        for data in pings:
            client.send(Ping(data))
        assert await signal.until(lambda: client.over, 5)
        await client.leave()
        server.close()
        return list(client.seen)[1:-1]

    assert asyncio.run(run()) == pongs
