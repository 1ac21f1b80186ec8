"""Frames, long messages, and what a server may refuse, in the notation and in memory."""

from __future__ import annotations

from textwrap import dedent

import anyio
import pytest

from reference_ws.conformance.conversation.compare import Difference, describe
from reference_ws.conformance.conversation.events import (
    Bytes,
    Connect,
    Event,
    Fragments,
    MemoryOnly,
    Ping,
    Pong,
    Raw,
    Text,
    WireOnly,
    memory_only,
    wire_only,
)
from reference_ws.conformance.conversation.faults import PageFaults
from reference_ws.conformance.memory.play import play
from reference_ws.types import ASGIApp, Message, Receive, Scope, Send
from tests.conformance.conversations import parse

OPEN = "> connect /\n< accept\n"


def event_of(line: str) -> Event:
    return parse(f"{OPEN}{line}\n> close").steps[2].event


# The notation


@pytest.mark.parametrize(
    ("line", "event"),
    [
        ('> "he" + "llo"', Fragments((b"he", b"llo"), True)),
        ('> "안" + "" + "b + c"', Fragments(("안".encode(), b"", b"b + c"), True)),
        (r'> b"\x00" + b"\xff"', Fragments((b"\x00", b"\xff"), False)),
        (r'> text b"\xc3" + b"\xa9"', Fragments((b"\xc3", b"\xa9"), True)),
        (r'> text b"\xff"', Fragments((b"\xff",), True)),
        ('> "x" * 65536', Text("x" * 65536)),
        ('< b"ab" * 3', Bytes(b"ababab")),
        ('> ping b"x"', Ping(b"x")),
        ("> ping", Ping(b"")),
        ('< pong b"x"', Pong(b"x")),
        ("< pong", Pong(b"")),
        ('< message {"type": "nonsense"} ! Exception', Raw({"type": "nonsense"})),
    ],
)
def test_what_a_line_means(line: str, event: Event) -> None:
    assert event_of(line) == event


@pytest.mark.parametrize(
    ("fragments", "whole"),
    [
        (Fragments((b"\xc3", b"\xa9"), True), Text("é")),
        (Fragments((b"\xc3", b"\xa9"), False), Bytes(b"\xc3\xa9")),
        (Fragments((b"\xff",), True), None),
    ],
)
def test_fragments_are_one_message(fragments: Fragments, whole: Text | Bytes | None) -> None:
    assert fragments.whole == whole


def test_several_lines_of_subprotocols_are_kept_apart() -> None:
    one = parse("> connect /\n  subprotocols: a, b\n< close 1000").steps[0].event
    two = parse("> connect /\n  subprotocols: a, b\n  subprotocols: c\n< close 1000").steps[0].event
    assert one == Connect("/", subprotocols=("a", "b"))
    assert two == Connect("/", subprotocols=("a", "b", "c"), lines=(2, 1))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('> "a" + b"b"', "expected parts of one kind, all text or all binary"),
        ('> text "a"', "expected parts of one kind"),
        ("> text", "expected 'text' and the bytes of its frames"),
        ('> "a" + ', "expected JSON that can be sent"),
        ('> b"a" + ', "expected a Python bytes literal"),
        ('< "a" + "b"', "expected JSON that can be sent"),
        (f'> "{"x" * 126}" + "a"', "expected parts of at most 125 bytes, got 126"),
        ('> "x" * 0', "expected JSON that can be sent"),
        ('> ping "x"', "expected a Python bytes literal"),
        (f'> ping b"{"x" * 126}"', "expected at most 125 bytes in a control frame, got 126"),
        ('> pong b"x"', "only the application does 'pong'"),
        ('< message {"type": "x"}', "expected '! Exception' after a raw message"),
        ('< "x" | ! return', "expected alternatives that all end the connection or all go on"),
    ],
)
def test_a_bad_line_is_named(line: str, message: str) -> None:
    with pytest.raises(PageFaults) as caught:
        parse(f"{OPEN}{line}\n> close")
    assert caught.value.faults[0].message.startswith(message)
    assert caught.value.faults[0].line == 13


@pytest.mark.parametrize("line", ["> ping", "< pong", '> "a" + "b"'])
def test_frames_need_an_open_connection(line: str) -> None:
    with pytest.raises(PageFaults, match="expected '< accept' before the first message"):
        parse(f"> connect /\n{line}\n> disconnect")


def test_a_conversation_that_no_tier_can_play_is_a_fault() -> None:
    with pytest.raises(PageFaults, match="hand-made-message together with control-frame"):
        parse(f'{OPEN}> ping\n> message {{"type": "websocket.disconnect"}}')


# Where it can be played


@pytest.mark.parametrize(
    ("line", "memory", "wire"),
    [
        ('> "a" + "b"', None, None),
        ("> ping", None, WireOnly.CONTROL_FRAME),
        (r'> text b"\xff"', None, WireOnly.NOT_UTF_8),
        (r'> text b"\xc3" + b"\xa9"', None, None),
        ('< "x" ! Exception', None, None),
        ('< message {"type": "x"} ! Exception', None, None),
        ('< "x" ! OSError', MemoryOnly.REFUSED_SEND, None),
    ],
)
def test_where_a_line_can_be_played(
    line: str, memory: MemoryOnly | None, wire: WireOnly | None
) -> None:
    conversation = parse(f"{OPEN}{line}\n> close")
    assert (memory_only(conversation), wire_only(conversation)) == (memory, wire)


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (Text("x" * 126), '< "x" * 126'),
        (Text("x" * 125), f'< "{"x" * 125}"'),
        (Bytes(b"\0" * 200), r"< b'\x00' * 200"),
        (Text("xy" * 100), f'< "{"xy" * 100}"'),
        (Pong(b"x"), "< pong b'x'"),
        (Fragments((b"a", b"b"), True), "< text b'a' + b'b'"),
        (Fragments((b"a", b"b"), False), "< b'a' + b'b'"),
    ],
)
def test_events_are_told_in_the_notation(event: Event, text: str) -> None:
    assert describe(event) == text


# In memory


def played(app: ASGIApp, text: str) -> str | None:
    return anyio.run(play, app, parse(dedent(text)), "page.md", 0)


def sends(*messages: Message, suppress: bool = True) -> ASGIApp:
    """Send these messages whatever the server makes of them."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        for message in messages:
            try:
                await send(message)
            except Exception:
                if not suppress:
                    raise

    return app


ACCEPT: Message = {"type": "websocket.accept"}
CLOSE: Message = {"type": "websocket.close"}
HELLO: Message = {"type": "websocket.send", "text": "hello"}


def test_fragments_are_delivered_whole() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(ACCEPT)
        for _ in range(2):
            await send({**await receive(), "type": "websocket.send"})
        await send(CLOSE)

    told = f'{OPEN}> "he" + "llo"\n< "hello"\n> b"a" + b"b"\n< b"ab"\n< close 1000'
    assert played(app, told) is None


@pytest.mark.parametrize(
    ("messages", "told"),
    [
        ((HELLO, ACCEPT, CLOSE), '> connect /\n< "hello" ! Exception\n< accept\n< close 1000'),
        ((ACCEPT, ACCEPT, CLOSE), f"{OPEN}< accept ! Exception\n< close 1000"),
        ((ACCEPT, CLOSE, HELLO), f'{OPEN}< close 1000\n< "hello" ! Exception'),
        (
            (ACCEPT, {"type": "nonsense"}, CLOSE),
            f'{OPEN}< message {{"type": "nonsense"}} ! Exception\n< close 1000',
        ),
        (
            (ACCEPT, {"type": "websocket.send", "text": "\ud800"}, CLOSE),
            OPEN + '< message {"type": "websocket.send", "text": "\\ud800"} ! Exception\n'
            "< close 1000",
        ),
        (
            (
                {"type": "websocket.http.response.start", "status": 404},
                ACCEPT,
                {"type": "websocket.http.response.body", "body": b"no"},
            ),
            '> connect /\n< accept ! Exception\n< deny 404\n  body "no"',
        ),
    ],
)
def test_what_no_server_may_pass_on_is_refused(messages: tuple[Message, ...], told: str) -> None:
    assert played(sends(*messages), told) is None


def test_a_sound_message_that_is_said_to_be_refused_differs() -> None:
    with pytest.raises(Difference) as caught:
        played(sends(ACCEPT, HELLO, CLOSE), f'{OPEN}< "hello" ! Exception\n< close 1000')
    assert (caught.value.wanted, caught.value.got) == ('< "hello" ! Exception', '< "hello"')


def test_a_refusal_that_the_page_does_not_tell_of_is_a_breach() -> None:
    with pytest.raises(Difference, match="a breach of the specification"):
        played(sends(HELLO, ACCEPT, CLOSE), f"{OPEN}< close 1000")


def test_a_server_that_raises_is_a_permitted_alternative() -> None:
    bad = {"type": "websocket.close", "code": 1006}
    told = f"{OPEN}< close 1000 | ! Exception"
    assert played(sends(ACCEPT, bad, suppress=False), told) == "! ASGIViolation"
    with pytest.raises(Difference):
        played(sends(ACCEPT, bad), told)  # the application has swallowed it and gone on


def test_an_exception_in_place_of_a_step_ends_the_conversation() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise NotImplementedError

    told = '> connect /\n< accept | ! NotImplementedError\n> "hi"\n< "hi"\n< close 1000'
    assert played(app, told) == "! NotImplementedError"
    with pytest.raises(Difference):
        played(app, told.replace("NotImpl", "Impl"))
