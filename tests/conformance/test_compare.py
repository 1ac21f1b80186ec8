"""What counts as the same event in memory, and what on the wire."""

from __future__ import annotations

import pytest

from reference_ws.conformance.conversation.compare import (
    Breach,
    Difference,
    Seen,
    SeenEnd,
    describe,
    is_variant,
    matches,
)
from reference_ws.conformance.conversation.events import (
    Accept,
    Bytes,
    Close,
    Connect,
    Deny,
    Disconnect,
    End,
    Event,
    Json,
    Raw,
    Request,
    Response,
    Text,
)
from reference_ws.conformance.conversation.parse import (
    parse_conversation,
)

BOTH = (True, False)
WIRE = (True,)
MEMORY = (False,)
NOWHERE = ()


@pytest.mark.parametrize(
    ("wanted", "seen", "where"),
    [
        (Text("a"), Text("a"), BOTH),
        (Text("a"), Text("b"), NOWHERE),
        (Text("a"), Bytes(b"a"), NOWHERE),
        (Bytes(b"a"), Text("a"), NOWHERE),
        (Json({"a": [1, None]}), Text('{ "a": [1.0, null] }'), BOTH),
        (Json(1), Text("true"), NOWHERE),
        (Json([0]), Text("[false]"), NOWHERE),
        (Json([1]), Text("[1, 2]"), NOWHERE),
        (Json({"a": 1}), Text('{"a": 1, "b": 2}'), NOWHERE),
        (Json("NaN"), Text("NaN"), NOWHERE),
        (Json(1), Text("one"), NOWHERE),
        (Json(1), Bytes(b"1"), NOWHERE),
        (Accept("a"), Accept("a"), BOTH),
        (Accept("a"), Accept(), NOWHERE),
        (Accept(None, (("a", "1"),)), Accept(None, (("a", "1"),)), BOTH),
        (Accept(None, (("a", "1"),)), Accept(None, (("date", "x"), ("A", "1"))), WIRE),
        (Accept(None, (("a", "1"), ("b", "2"))), Accept(None, (("b", "2"), ("a", "1"))), NOWHERE),
        (Accept(None, (("a", "1"), ("a", "1"))), Accept(None, (("a", "1"),)), NOWHERE),
        (Close((1000,)), Close((1000,)), BOTH),
        (Close((1000, 1001)), Close((1001,)), BOTH),
        (Close((1000,)), Close((None,)), NOWHERE),
        (Close((1000,), "bye"), Close((1000,)), NOWHERE),
        (Close((1000,)), Close((1000,), "bye"), NOWHERE),
        (Close((1008,), "no"), Deny(403, (("a", "b"),), (b"x",)), WIRE),
        (Close((1008,)), Deny(500), NOWHERE),
        (Deny(403), Close((1008,)), NOWHERE),
        (Deny(404), Deny(404, (("a", "1"),)), BOTH),
        (Deny(404, (("a", "1"),)), Deny(404, (("b", "2"), ("A", "1"))), BOTH),
        (Deny(404, (("a", "1"), ("a", "1"))), Deny(404, (("a", "1"),)), NOWHERE),
        (Deny(404), Deny(404, (), (b"x",)), NOWHERE),
        (Deny(404, (), (b"a", b"b")), Deny(404, (), (b"a", b"", b"b")), BOTH),
        (Deny(404, (), (b"a", b"b")), Deny(404, (), (b"ab",)), WIRE),
        (Deny(404), Response(404), NOWHERE),
        (Response(426, (), (b"a",)), Response(426, (), (b"a",)), BOTH),
        (End(), SeenEnd(), BOTH),
        (End(), SeenEnd.of(KeyError()), NOWHERE),
        (End("LookupError"), SeenEnd.of(KeyError()), BOTH),
        (End("KeyError"), SeenEnd(), NOWHERE),
        (End("OSError"), SeenEnd.of(KeyError()), NOWHERE),
        (Text("a"), SeenEnd(), NOWHERE),
        (Text("a"), Breach("a"), NOWHERE),
        (Close((1006,)), Disconnect(), NOWHERE),
    ],
)
def test_what_matches(wanted: Event, seen: Seen, where: tuple[bool, ...]) -> None:
    assert [wire for wire in BOTH if matches(wanted, seen, wire=wire)] == list(where)


def test_a_variant_is_what_is_not_named_first() -> None:
    assert not is_variant([Close((1000, 1001))], 0, Close((1000,)))
    assert is_variant([Close((1000, 1001))], 0, Close((1001,)))
    assert is_variant([Close((1000,)), End()], 1, SeenEnd())
    assert not is_variant([Close((1008,))], 0, Deny(403))


@pytest.mark.parametrize(
    "text",
    [
        '> connect /a?b=c\n  x: 1\n  subprotocols: a, b\n< accept b\n  y: 2\n> "안\\n"\n> close',
        '> connect /\n< accept\n< b\'\\x00\\xff\'\n> {"a": [1, null]}\n> close 1001 "bye"',
        "> connect /\n< deny 404\n  retry-after: 5\n  body \"안\"\n  body b'\\xff'",
        "> connect /\n  scope: {'path': '/'}\n  without: scheme, state\n> disconnect 1005|1006",
        "> connect /\n< accept\n> disconnect\n! RuntimeError",
        "> connect /\n< accept\n> message {'type': 'x'}\n! return",
        "> connect /\n< accept\n> json 5\n< close 1000|1001",
        "> request GET /a\n  x: 1\n< response 426",
        '> lifespan startup\n< failed "no"',
        "> lifespan startup\n< complete\n> lifespan shutdown\n< failed",
    ],
)
def test_what_is_described_can_be_read_again(text: str) -> None:
    steps = parse_conversation(text, path="page.md", line=1).steps
    told = "\n".join(describe(step.event, ">" if step.direction == ">" else "<") for step in steps)
    again = parse_conversation(told, path="page.md", line=1).steps
    assert [step.alternatives for step in again] == [step.alternatives for step in steps]


def test_what_no_page_can_hold_is_described_too() -> None:
    assert describe(SeenEnd.of(KeyError())) == "! KeyError"
    assert describe(SeenEnd()) == "! return"
    assert describe(Breach("half a frame")) == "half a frame"
    assert describe(Close((None,))) == "< close"
    assert describe(Disconnect()) == "< disconnect"
    assert describe(Connect("/"), ">") == "> connect /"
    assert describe(Request("GET", "/"), ">") == "> request GET /"
    assert describe(Raw({"type": "x"}), ">") == "> message {'type': 'x'}"


def test_a_difference_says_where_and_what() -> None:
    one = Difference(path="a.md", line=7, client="", wanted='< "a"', got="nothing", timeout=True)
    assert str(one) == "a.md:7: expected '< \"a\"', got 'nothing'"
    two = Difference(path="a.md", line=7, client="ann", wanted='< "a"', got='< "b"')
    assert str(two) == "a.md:7: expected '< \"a\"' of client 'ann', got '< \"b\"'"
