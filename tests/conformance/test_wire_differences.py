"""Examples over a real server: each kind of difference is seen, and told with page and line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reference_ws.conformance.wire.server import WireServer
from tests.conformance.wire_pages import ECHO, SHORT, body, failed, line_of, page, passed

# Answers without an application: a close code that may not be sent, half a one, no frame, no HTTP.
RUDE = r"""
import asyncio
import sys

import reference_ws.conformance.wire.dispatcher

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


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireServer]:
    with WireServer("uvicorn", log_dir=tmp_path_factory.mktemp("log"), limits=SHORT) as server:
        yield server


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
