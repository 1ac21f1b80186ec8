"""Examples over a real server: each kind of difference is seen, and told with page and line."""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.sync.client import connect

from reference_ws.conformance.compare import Difference
from reference_ws.conformance.pages import Example, parse_page
from reference_ws.conformance.servers import ServerError
from reference_ws.conformance.wire import Limits, WireResult, WireServer

SHORT = Limits(load=2.0, event=0.5, end=0.5, settle=0.2, cut=0.3)

# Answers without an application: a close code that may not be sent, half a one, no frame, no HTTP.
RUDE = r"""
import asyncio
import sys

import reference_ws.conformance.dispatcher

HEAD = b"HTTP/1.1 101 x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n"
ANSWERS = {
    "/close": HEAD + b"\x88\x02\x03\xed",
    "/half": HEAD + b"\x88\x01x",
    "/frame": HEAD + b"\xf0\x00",
    "/text": b"what?\r\n\r\n",
}


async def serve(reader, writer):
    if line := await reader.readline():
        writer.write(ANSWERS[line.decode().split()[1]])
        await reader.read()
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()


asyncio.run(main())
"""

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


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireServer]:
    with WireServer("uvicorn", log_dir=tmp_path_factory.mktemp("log"), limits=SHORT) as server:
        yield server


def passed(result: WireResult) -> bool:
    if result.detail is not None:
        raise AssertionError(f"{result.detail}\n{result.detail.more}")
    return result.outcome == "pass"


def failed(result: WireResult, outcome: str = "fail") -> Difference:
    assert (result.outcome, bool(result.detail)) == (outcome, True), result
    assert result.detail is not None
    return result.detail


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
    assert failed(server.play(page(tmp_path, code, swapped))).wanted.startswith("< accept a")


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
    (tmp_path / "stranger.py").write_text(
        "from reference_ws.websockets import WebSocket as _WebSocket\n\n"
        "class WebSocket(_WebSocket):\n"
        "    async def send_text(self, data):\n"
        "        await super().send_text(data.upper())\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    target = {"reference_ws.websockets": "stranger"}
    code = body("await websocket.send_text('hi')", "await websocket.close()")
    example = page(tmp_path, code, '> connect /\n< accept\n< "HI"\n< close 1000')
    with WireServer("uvicorn", target=target, log_dir=tmp_path, limits=SHORT) as other:
        assert passed(other.play(example))


# What fails


def test_a_wrong_message(server: WireServer, tmp_path: Path) -> None:
    code = ECHO.format(mark="#> a")
    example = page(tmp_path, code, '> connect /\n< accept\n> "a"\n< "b"\n> close')
    difference = failed(server.play(example))
    assert (difference.line, difference.wanted, difference.got) == (
        line_of(example, '< "b"'),
        '< "b"',
        '< "a"',
    )
    assert str(difference) == f"{example.path}:{difference.line}: expected '< \"b\"', got '< \"a\"'"


def test_a_message_that_the_page_does_not_tell_of(server: WireServer, tmp_path: Path) -> None:
    code = body("await websocket.send_text('more')", "await websocket.receive()")
    example = page(tmp_path, code, "> connect /\n< accept\n> close")
    assert failed(server.play(example)).got == '< "more"'
    code = body("await websocket.send_text('more')")
    example = page(tmp_path, code, "> connect /\n< accept\n! return")
    assert failed(server.play(example)).got == '< "more"'


@pytest.mark.parametrize(
    ("mark", "got"), [("#> b", "#> a"), ("pass", "#> a"), ("#> a\n        #> a", "#> a")]
)
def test_a_wrong_print(server: WireServer, tmp_path: Path, mark: str, got: str) -> None:
    example = page(tmp_path, ECHO.format(mark=mark), '> connect /\n< accept\n> "a"\n< "a"\n> close')
    difference = failed(server.play(example))
    assert difference.line == line_of(example, "        print(text)")
    assert difference.got == got


def test_a_print_that_is_not_reached(server: WireServer, tmp_path: Path) -> None:
    code = ECHO.format(mark="#> a")
    difference = failed(server.play(page(tmp_path, code, "> connect /\n< accept\n> close")))
    assert (difference.wanted, difference.got) == ("#> a", "no print")


def test_an_example_that_hangs_names_what_was_awaited(server: WireServer, tmp_path: Path) -> None:
    code = body("import anyio", "await anyio.sleep_forever()")
    example = page(tmp_path, code, '> connect /\n< accept\n< "hi"\n> close')
    starts = server.starts
    difference = failed(server.play(example), "timeout")
    assert (difference.line, difference.wanted) == (line_of(example, '< "hi"'), '< "hi"')
    assert difference.got == "nothing"
    assert "last sent websocket.accept" in difference.more
    example = page(tmp_path, code, "> connect /\n< accept\n> close")
    difference = failed(server.play(example), "timeout")
    assert difference.wanted == "the application to end"
    assert server.starts == starts + 1, "what hangs is not left running"


def test_an_application_that_never_lets_go_of_the_processor(
    server: WireServer, tmp_path: Path
) -> None:
    example = page(tmp_path, body("while True: pass"), "> connect /\n< accept\n> close")
    failed(server.play(example), "timeout")
    good = page(tmp_path, body("await websocket.close()"), "> connect /\n< accept\n< close 1000")
    assert passed(server.play(good))


def test_an_exception_that_no_line_announces(server: WireServer, tmp_path: Path) -> None:
    example = page(tmp_path, body("{}['a']"), '> connect /\n< accept\n< "hi"\n> close')
    difference = failed(server.play(example))
    assert (difference.wanted, difference.got) == ('< "hi"', "! KeyError")
    raising = line_of(example, "    {}['a']")
    assert f'page.md", line {raising}' in difference.more
    example = page(
        tmp_path, body("await websocket.receive_text()"), "> connect /\n< accept\n> close"
    )
    difference = failed(server.play(example))
    assert difference.wanted == "the application to end"
    assert difference.got == "! WebSocketDisconnect"
    example = page(tmp_path, body("{}['a']", accept=False), "> connect /\n< accept\n> close")
    assert failed(server.play(example)).got == "! KeyError"


def test_an_end_other_than_announced(server: WireServer, tmp_path: Path) -> None:
    told = "> connect /\n< accept\n! {}"
    example = page(tmp_path, body("{}['a']"), told.format("OSError"))
    difference = failed(server.play(example))
    assert (difference.wanted, difference.got) == ("! OSError", "! KeyError")
    assert failed(server.play(page(tmp_path, body("return"), told.format("OSError")))).got == (
        "! return"
    )
    example = page(tmp_path, body("await websocket.receive()"), told.format("return"))
    assert failed(server.play(example), "timeout").got == "nothing"


def test_an_application_that_returns_too_early(server: WireServer, tmp_path: Path) -> None:
    example = page(tmp_path, body("return"), "> connect /\n< accept\n< close 1000")
    assert failed(server.play(example)).got == "! return"


def test_a_snippet_that_does_not_load(server: WireServer, tmp_path: Path) -> None:
    code = "from reference_ws.websockets import Nothing\n\n\n" + body("return")
    example = page(tmp_path, code, "> connect /\n< accept\n! return")
    difference = failed(server.play(example))
    assert (difference.got, difference.line) == ("! ImportError", 7)


def test_a_server_that_dies_is_told_of_and_started_again(
    server: WireServer, tmp_path: Path
) -> None:
    code = body("import os, sys", "sys.stderr.write('last words\\n')", "os._exit(3)")
    example = page(tmp_path, code, '> connect /\n< accept\n< "hi"\n> close')
    starts = server.starts
    difference = failed(server.play(example))
    assert (difference.line, difference.got) == (
        line_of(example, '< "hi"'),
        "the end of the server",
    )
    assert "last words" in difference.more
    good = page(tmp_path, body("await websocket.close()"), "> connect /\n< accept\n< close 1000")
    assert passed(server.play(good))
    assert server.starts == starts + 1


def test_a_server_that_breaks_the_protocol_is_told_of(tmp_path: Path) -> None:
    app = tmp_path / "rude.py"
    app.write_text(RUDE)
    command = f"{sys.executable} {app} {{port}} {{app}}"
    told = "> connect {}\n< accept\n< close 1000"
    code = body("await websocket.close()")
    with WireServer(command, log_dir=tmp_path, limits=SHORT) as rude:
        got = {
            path: failed(rude.play(page(tmp_path, code, told.format(path)))).got
            for path in ("/close", "/frame", "/half", "/text")
        }
    assert got.pop("/close") == "< close 1005"
    assert got["/half"] == "a breach of the protocol: a Close frame with half a code"
    assert all(text.startswith("a breach of the protocol: ") for text in got.values())


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
