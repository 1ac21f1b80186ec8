"""Examples over a real server: what passes, what is left out, who else is served."""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.sync.client import connect

from reference_ws.conformance.conversation.compare import Difference
from reference_ws.conformance.wire.process import ServerError
from reference_ws.conformance.wire.server import WireServer
from tests.conformance.wire_pages import ECHO, SHORT, body, failed, page, passed


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireServer]:
    with WireServer("uvicorn", log_dir=tmp_path_factory.mktemp("log"), limits=SHORT) as server:
        yield server


# What passes


def test_an_example_that_keeps_its_word(server: WireServer, tmp_path: Path) -> None:
    example = page(
        tmp_path,
        ECHO.format(mark="#> 안녕"),
        '> connect /\n< accept\n> "안녕"\n< "안녕"\n> close',
    )
    result = server.play(example)
    assert passed(result)
    assert result.seen == ["< accept\n  date: " + result.seen[0].split(": ", 1)[1], '< "안녕"']
    assert result.printed == [(8, "안녕")]
    (report,) = result.reports
    assert report.types("sent") == ["websocket.accept", "websocket.send"]
    assert server.name == "uvicorn" and server.version
    assert result.raise_unless_passed() is None


def test_every_kind_of_message_goes_both_ways(server: WireServer, tmp_path: Path) -> None:
    code = body(
        "await websocket.send_json(await websocket.receive_json())",
        "await websocket.send_bytes(await websocket.receive_bytes())",
        "await websocket.send_text(await websocket.receive_text())",
        "await websocket.close(4000, 'bye')",
    )
    told = (
        '> connect /\n< accept\n> {"a": [1.0, true, null]}\n< {"a": [1, true, null]}\n'
        '> b\'\\x00\\xff\'\n< b\'\\x00\\xff\'\n> ""\n< ""\n< close 4000 "bye"'
    )
    assert passed(server.play(page(tmp_path, code, told)))


def test_a_large_message_arrives_in_one_piece(server: WireServer, tmp_path: Path) -> None:
    code = body("await websocket.send_text('x' * 300_000)", "await websocket.close()")
    told = f'> connect /\n< accept\n< "{"x" * 300_000}"\n< close 1000'
    assert passed(server.play(page(tmp_path, code, told)))


def test_headers_and_subprotocols_go_both_ways(server: WireServer, tmp_path: Path) -> None:
    code = body(
        "print(websocket.subprotocols, websocket.headers['host'], websocket.headers['x-a'])",
        "#> ['b', 'a'] example.org 1",
        "await websocket.accept('a', headers=[('x-one', '1'), ('x-two', '2')])",
        "await websocket.close()",
        accept=False,
    )
    told = (
        "> connect /a?b=c\n  subprotocols: b, a\n  host: example.org\n  x-a: 1\n"
        "< accept a\n  x-one: 1\n  x-two: 2\n< close 1000"
    )
    assert passed(server.play(page(tmp_path, code, told)))
    swapped = told.replace("x-one: 1\n  x-two: 2", "x-two: 2\n  x-one: 1")
    wanted = failed(server.play(page(tmp_path, code, swapped))).wanted
    assert wanted == "< accept a\n  x-two: 2\n  x-one: 1"


def test_a_close_before_accept_is_http_403(server: WireServer, tmp_path: Path) -> None:
    code = body("await websocket.close(1008)", accept=False)
    result = server.play(page(tmp_path, code, "> connect /\n< close 1008"))
    assert passed(result)
    assert result.seen[0].startswith("< deny 403")


def test_a_denial_keeps_status_headers_and_body(server: WireServer, tmp_path: Path) -> None:
    code = body(
        "from reference_ws.responses import StreamingResponse",
        "answer = StreamingResponse([b'slow ', b'down'], 429, headers={'retry-after': '5'})",
        "await websocket.send_denial_response(answer)",
        accept=False,
    )
    told = '> connect /\n< deny 429\n  retry-after: 5\n  body "slow "\n  body "down"'
    assert passed(server.play(page(tmp_path, code, told)))
    told = told.replace("retry-after: 5", "retry-after: 6")
    assert "retry-after: 5" in failed(server.play(page(tmp_path, code, told))).got


def test_plain_http_is_answered(server: WireServer, tmp_path: Path) -> None:
    code = (
        "async def app(scope, receive, send):\n"
        "    start = {'type': 'http.response.start', 'status': 426, 'headers': []}\n"
        "    await send({**start, 'headers': [(b'upgrade', b'websocket')]})\n"
        "    await send({'type': 'http.response.body', 'body': b'no'})\n"
    )
    told = '> request GET /\n< response 426\n  upgrade: websocket\n  body "no"'
    assert passed(server.play(page(tmp_path, code, told)))


def test_clients_share_a_module_and_act_in_order(server: WireServer, tmp_path: Path) -> None:
    code = "room = []\n\n\n" + body(
        "room.append(websocket)",
        "async for text in websocket.iter_text():",
        "    for one in room:",
        "        await one.send_text(text)",
        "room.remove(websocket)",
    )
    told = (
        "ann> connect /\nann< accept\nbob> connect /\nbob< accept\n"
        'ann> "a"\nbob> "b"\nann< "a"\nann< "b"\nbob< "a"\nbob< "b"\n'
        'ann> disconnect\nbob> "c"\nbob< "c"\nbob> close'
    )
    assert passed(server.play(page(tmp_path, code, told)))


def test_further_conversations_go_on_with_the_same_module(
    server: WireServer, tmp_path: Path
) -> None:
    code = "calls = []\n\n\n" + body(
        "calls.append(1)", "await websocket.send_text(str(len(calls)))", "await websocket.close()"
    )
    told = '> connect /\n< accept\n< "{}"\n< close 1000'
    example = page(tmp_path, code, *(told.format(number) for number in (1, 2, 3)))
    assert passed(server.play(example))
    assert passed(server.play(example)), "and each play loads it afresh"


def test_a_permitted_alternative_is_named(server: WireServer, tmp_path: Path) -> None:
    code = body("await websocket.close(1001)")
    result = server.play(page(tmp_path, code, "> connect /\n< accept\n< close 1000|1001"))
    assert (result.outcome, result.variant) == ("pass-variant", "< close 1001")
    code = body("return")
    told = "> connect /\n< accept\n< close 1011 | ! return"
    result = server.play(page(tmp_path, code, told))
    assert (result.outcome, result.variant) == ("pass-variant", "! return")


def test_an_end_that_the_page_announces(server: WireServer, tmp_path: Path) -> None:
    code = body("raise FileNotFoundError('gone')")
    for name in ("FileNotFoundError", "OSError"):
        assert passed(server.play(page(tmp_path, code, f"> connect /\n< accept\n! {name}")))
    code = body("await websocket.close()", "raise KeyError('late')")
    told = "> connect /\n< accept\n< close 1000\n! KeyError"
    assert passed(server.play(page(tmp_path, code, told)))
    code = body("raise KeyError('early')", accept=False)
    assert passed(server.play(page(tmp_path, code, "> connect /\n! KeyError")))


def test_what_no_client_can_do_is_left_out_and_said(server: WireServer, tmp_path: Path) -> None:
    code = body("await websocket.receive_text()", "await websocket.close()")
    told = '> connect /\n< accept\n> "hi"\n< close 1000'
    made = (
        "> connect /\n< accept\n> message {'type': 'websocket.receive', 'text': 'x'}\n< close 1000"
    )
    result = server.play(page(tmp_path, code, told, made))
    assert (result.outcome, result.left_out) == ("pass", ["hand-made-message"])
    result = server.play(page(tmp_path, code, made))
    assert (result.outcome, result.left_out) == ("not-applicable", ["hand-made-message"])
    with pytest.raises(ValueError, match="hand-made-message"):
        result.raise_unless_passed()


def test_another_package_takes_the_place_of_the_documented_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "stranger").mkdir()
    (tmp_path / "stranger" / "websockets.py").write_text(
        "from reference_ws.websockets import WebSocket as _WebSocket\n\n"
        "class WebSocket(_WebSocket):\n"
        "    async def send_text(self, data):\n"
        "        await super().send_text(data.upper())\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    code = body("await websocket.send_text('hi')", "await websocket.close()")
    example = page(tmp_path, code, '> connect /\n< accept\n< "HI"\n< close 1000')
    with WireServer("uvicorn", target="stranger", log_dir=tmp_path, limits=SHORT) as other:
        assert passed(other.play(example))


# Starting


def test_a_command_line_of_ones_own(tmp_path: Path) -> None:
    command = (
        f"{sys.executable} -m uvicorn {{app}} --host {{host}} --port {{port}} --log-level warning"
    )
    good = page(tmp_path, body("await websocket.close()"), "> connect /\n< accept\n< close 1000")
    with WireServer(command, log_dir=tmp_path, limits=SHORT) as server:
        assert (server.name, server.version) == (Path(sys.executable).name, None)
        assert passed(server.play(good))


def test_a_server_that_listens_without_the_application(tmp_path: Path) -> None:
    command = f"{sys.executable} -m http.server --bind {{host}} {{port}} --directory {{app}}"
    with (
        pytest.raises(ServerError, match="to load the application"),
        WireServer(command, log_dir=tmp_path, start_limit=1.0),
    ):
        pass


# Clients of other kinds


def test_any_client_is_served_while_the_block_lasts(server: WireServer, tmp_path: Path) -> None:
    example = page(
        tmp_path, ECHO.format(mark="#> a"), '> connect /\n< accept\n> "a"\n< "a"\n> close'
    )
    with server.serving(example) as port, connect(f"ws://127.0.0.1:{port}/") as client:
        client.send("a")
        assert client.recv() == "a"
    assert server.served is not None
    assert [report.end.names for report in server.served.reports if report.end] == [()]
    assert server.served.printed == [(8, "a")]


def test_a_snippet_that_does_not_load_cannot_be_served(server: WireServer, tmp_path: Path) -> None:
    example = page(tmp_path, "raise KeyError\n\n\n" + body("return"), "> connect /\n! return")
    with pytest.raises(Difference, match="KeyError"), server.serving(example):
        pass


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    before = threading.active_count()
    with (
        WireServer("uvicorn", log_dir=tmp_path, limits=SHORT) as server,
        server.serving(page(tmp_path, body("return"), "> connect /\n< accept\n! return")) as port,
    ):
        group = server._process._process.pid  # type: ignore[union-attr]
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=1)
    assert threading.active_count() == before
