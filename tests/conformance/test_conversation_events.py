from __future__ import annotations

import pytest

from reference_ws.conformance.conversation.events import (
    Accept,
    Bytes,
    Close,
    Complete,
    Connect,
    Deny,
    Disconnect,
    End,
    Event,
    Failed,
    Json,
    Lifespan,
    MemoryOnly,
    Note,
    Raw,
    Request,
    Response,
    Text,
    memory_only,
)
from tests.conformance.conversations import parse


def test_a_whole_conversation_keeps_order_lines_and_fields() -> None:
    conversation = parse(
        """
        # first a note
        > connect /chat?room=1
          subprotocols: chat.v2, chat.v1
          cookie: a=b: c
        < accept chat.v2
          x-one: 1

        > "hi"
        < close 1000 "bye"
        """
    )
    assert [step.event for step in conversation.steps] == [
        Connect("/chat", "room=1", (("cookie", "a=b: c"),), ("chat.v2", "chat.v1")),
        Accept("chat.v2", (("x-one", "1"),)),
        Text("hi"),
        Close((1000,), "bye"),
    ]
    assert [step.line for step in conversation.steps] == [12, 15, 18, 19]
    assert [step.direction for step in conversation.steps] == [">", "<", ">", "<"]
    assert conversation.steps[0].text == "> connect /chat?room=1"
    assert conversation.steps[0].fields == ("subprotocols: chat.v2, chat.v1", "cookie: a=b: c")
    assert conversation.notes == (Note("first a note", 11),)
    assert conversation.items[0] == Note("first a note", 11)
    assert (conversation.line, conversation.form, conversation.clients) == (10, "websocket", ("",))


@pytest.mark.parametrize(
    ("line", "event"),
    [
        (r'> "hi 안녕\n"', Text("hi 안녕\n")),
        (r'> b"\x00\xff"', Bytes(b"\x00\xff")),
        ("> b'a | b ! c'", Bytes(b"a | b ! c")),
        ('> {"ok": true}', Json({"ok": True})),
        ("> [1]", Json([1])),
        ("> json 5", Json(5)),
        ('> json "x"', Json("x")),
        ("> message {'type': 'websocket.receive', 'text': None}", None),
        ('< "a | b ! c"', Text("a | b ! c")),
        ('< {"a": "\\" | "}', Json({"a": '" | '})),
        ("< json null", Json(None)),
    ],
)
def test_payloads_are_literals(line: str, event: Event | None) -> None:
    got = parse(f"> connect /\n< accept\n{line}\n> close").steps[2].event
    assert got == (event or Raw({"type": "websocket.receive", "text": None}))


@pytest.mark.parametrize(
    ("line", "event"),
    [
        ("> close", Close((None,))),
        ('> close 1001 "bye"', Close((1001,), "bye")),
        ("> close 1000|1001", Close((1000, 1001))),
        ("> disconnect", Disconnect((1006,))),
        ("> disconnect 1005|1006", Disconnect((1005, 1006))),
        ("< close 4999", Close((4999,))),
        ("! return", End(None)),
        ("! RuntimeError", End("RuntimeError")),
    ],
)
def test_ends(line: str, event: Event) -> None:
    assert parse(f"> connect /\n< accept\n{line}").steps[-1].event == event


def test_a_denial_has_headers_and_body_chunks() -> None:
    step = parse(
        """
        > connect /
        < deny 404
          content-type: text/plain
          body "no "
          body b"entry"
        """
    ).steps[1]
    assert step.event == Deny(404, (("content-type", "text/plain"),), (b"no ", b"entry"))


def test_connect_can_change_the_scope() -> None:
    event = (
        parse(
            """
        > connect /
          scope: {"headers": [(b"X-A", b"1")]}
          scope: {"extensions": None}
          without: scheme, subprotocols
        < close 1000
        """
        )
        .steps[0]
        .event
    )
    assert event == Connect(
        "/",
        scope={"headers": [(b"X-A", b"1")], "extensions": None},
        without=("scheme", "subprotocols"),
    )
    assert isinstance(event, Connect) and event.target == "/"


def test_plain_http_is_a_form_of_its_own() -> None:
    conversation = parse("> request GET /chat?a=1\n  accept: */*\n< response 426\n  body b'x'")
    assert conversation.form == "request"
    assert [step.event for step in conversation.steps] == [
        Request("GET", "/chat?a=1", (("accept", "*/*"),)),
        Response(426, (), (b"x",)),
    ]


def test_lifespan_is_a_form_of_its_own() -> None:
    conversation = parse('> lifespan startup\n< complete\n> lifespan shutdown\n< failed "x"')
    assert conversation.form == "lifespan"
    assert [step.event for step in conversation.steps] == [
        Lifespan("startup"),
        Complete(),
        Lifespan("shutdown"),
        Failed("x"),
    ]
    assert parse("> lifespan startup\n! ValueError").steps[1].event == End("ValueError")


def test_alternatives_are_kept_in_order() -> None:
    step = parse('> connect /\n< accept\n< "a | b" | "c"\n< close 1011 | close 1000 | ! return')
    assert step.steps[2].alternatives == (Text("a | b"), Text("c"))
    assert step.steps[3].alternatives == (Close((1011,)), Close((1000,)), End(None))
    assert step.steps[3].event == Close((1011,))


def test_fields_belong_to_the_first_alternative() -> None:
    step = parse("> connect /\n< deny 404 | close 1000\n  body 'x'".replace("'", '"')).steps[1]
    assert step.alternatives == (Deny(404, (), (b"x",)), Close((1000,)))


def test_a_refused_send_is_allowed_before_and_after_the_end() -> None:
    conversation = parse(
        """
        > connect /
        < accept
        < "x" ! OSError
        > disconnect
        < "y" ! ConnectionResetError
        # a note
        ! RuntimeError
        """
    )
    assert [step.refused for step in conversation.steps] == [
        None, None, "OSError", None, "ConnectionResetError", None,
    ]  # fmt: skip


def test_named_clients_end_one_by_one() -> None:
    conversation = parse(
        """
        ann> connect /room
        ann< accept
        bob> connect /room
        bob< accept
        ann> "hi"
        bob< "hi"
        ann> close
        bob< "ann left"
        bob! return
        """
    )
    assert conversation.clients == ("ann", "bob")
    assert conversation.steps[-1].client == "bob"


def test_json_is_sent_compact_and_as_it_is() -> None:
    assert Json({"a": [1, "안"]}).text == '{"a":[1,"안"]}'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("> connect /\n< accept\n> disconnect 1005|1006", None),
        ("> request GET /\n< response 404", None),
        ("> connect /\n> message {'type': 'websocket.disconnect'}", MemoryOnly.HAND_MADE_MESSAGE),
        ("> connect /\n  scope: {'a': 1}\n< close 1000", MemoryOnly.CHANGED_SCOPE),
        ("> connect /\n  scope: {}\n< close 1000", MemoryOnly.CHANGED_SCOPE),
        ("> connect /\n  without: scheme\n< close 1000", MemoryOnly.CHANGED_SCOPE),
        ("> connect /\n> disconnect\n< close 1000 ! OSError", MemoryOnly.REFUSED_SEND),
        ("> connect /\n> disconnect 1012", MemoryOnly.DISCONNECT_CODE),
        ("> lifespan startup\n< complete", MemoryOnly.LIFESPAN),
    ],
)
def test_memory_only_is_derived(text: str, reason: MemoryOnly | None) -> None:
    assert memory_only(parse(text)) is reason
