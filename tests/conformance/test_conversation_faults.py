from __future__ import annotations

import pytest

from reference_ws.conformance.conversation.faults import PageFault, PageFaults
from reference_ws.conformance.conversation.parse import (
    parse_conversation,
)
from tests.conformance.conversations import FENCE, parse


def faults(text: str) -> list[str]:
    with pytest.raises(PageFaults) as caught:
        parse(text)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("hello", "expected a line that starts with '>', '<', '!' or '#' (a name may come before)"),
        ("Ann> close", "expected a line that starts with"),
        (">close", "expected a line that starts with"),
        ("> clsoe", "expected a literal or one of connect, json, close, disconnect,"),
        ("> ", "expected a literal or one of connect"),
        ("> accept", "only the application does 'accept', got it after '>'"),
        ("< disconnect", "only the client does 'disconnect', got it after '<'"),
        ('> "a', "expected JSON that can be sent"),
        (r'> "\ud800"', "expected JSON that can be sent"),
        ('> {"a": NaN}', "expected JSON that can be sent"),
        ('> b"é"', "expected a Python bytes literal"),
        ("> json", "expected JSON that can be sent"),
        ("> close 1005", "expected a close code that may be sent (write '> close' without a code)"),
        ("> close 1006", "expected a close code that may be sent (write '> disconnect'), got"),
        ("> close 2000", "expected a close code that may be sent (1000-1003, 1007-1014 and"),
        ("< close 1015", "expected a close code that may be sent"),
        ("< close 1004", "expected a close code that may be sent"),
        ("< close 5000", "expected a close code that may be sent"),
        ("< close", "expected 'close CODE' and perhaps a JSON string, the reason, got ''"),
        ("> close bye", "expected 'close CODE'"),
        ('> close "bye"', "expected 'close CODE'"),
        (
            f'> close 1000 "{"안" * 42}"',
            "expected a close reason of at most 123 bytes of UTF-8, got 126",
        ),
        (r'> close 1000 "\ud800"', "expected JSON that can be sent"),
        ("> disconnect now", "expected 'disconnect', or 'disconnect' and codes"),
        ("> message [1]", "expected a Python dict literal"),
        ("> message {1: 2}", "expected a dict whose keys are strings"),
        ("> message {", "expected a Python dict literal"),
        ("< accept two words", "expected one subprotocol, a token"),
        ("< deny 99", "expected an HTTP status from 200 to 599"),
        ("< deny 101", "expected an HTTP status from 200 to 599"),
        ("! returns", "expected 'return' or the bare name of an exception after '!'"),
        ("! json.JSONDecodeError", "expected 'return' or the bare name of an exception"),
        ('< "x" ! Oops', "expected a builtin exception after '!', such as OSError, got 'Oops'"),
        ('< "x" | "y" ! OSError', "expected either alternatives or a refused send, got both"),
        ("< ! return", "expected an event before '| !', or a line that starts with '!'"),
        ('< "x" | y', "expected a literal or one of accept"),
        ("> lifespan stop", "expected 'lifespan startup' or 'lifespan shutdown'"),
        ("> request get /", "expected 'request METHOD /path'"),
        ("> request GET chat", "expected a path that starts with '/'"),
        ("< failed 5", "expected a JSON string, got '5'"),
        ("> " + "[" * 100_000, "expected JSON that can be sent"),
        ("> message " + "[" * 100_000, "expected a Python dict literal"),
        ("< complete now", "expected nothing after 'complete'"),
        ("> connect", "expected a path that starts with '/'"),
        ("> connect /a b", "expected a path that starts with '/'"),
        ("> connect /안녕", "expected a path that starts with '/'"),
        ("> connect /a#b", "expected a path that starts with '/'"),
        # What is wrong with the order of the lines.
        ("> connect /", "expected one connect, got a second"),
        ("< accept", "expected one accept, got '< accept'"),
        ("< deny 404", "expected a denial before the handshake is accepted"),
        ("> request GET /", "expected a line of a WebSocket conversation"),
        ("< complete", "expected a line of a WebSocket conversation"),
        ('< "x" | ! return', "expected alternatives that all end the connection or all go on"),
        ("ann> close", "expected all clients with a name or none, got both"),
    ],
)
def test_a_bad_line_is_named(line: str, message: str) -> None:
    first, *others = faults(f"> connect /\n< accept\n{line}\n> close")
    assert first.startswith(f"page.md:13: {message}")
    assert others == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "10: expected at least one line that starts with '>'"),
        ("# only a note", "10: expected at least one line that starts with '>'"),
        ("< accept", "11: expected '> connect' as the first line, got '< accept'"),
        ("> connect /\n> 'x'", "12: expected a literal or one of"),
        ('> connect /\n> "x"\n> disconnect', "12: expected '< accept' before the first message"),
        ("> connect /\n> close", "12: expected '> disconnect' (there is no Close frame before"),
        ("> connect /\n< accept", "11: expected the connection to end (close, disconnect, deny or"),
        ("> connect /", "11: expected the connection to end"),
        ("> connect /\n< close 1000\n< accept", "13: expected only '! ExceptionName' or a refused"),
        ("> connect /\n< close 1000\n! return", "13: expected no '! return' after the end"),
        ("> connect /\n! ValueError\n! ValueError", "13: expected nothing after the application"),
        ("  a: b\n> connect /\n! return", "11: expected a line above to which 'a: b' belongs, got"),
        ("> connect /\n# note\n  a: b\n! return", "13: expected a line above to which 'a: b'"),
        ("> connect /\n  a b\n! return", "12: expected 'name: value', got 'a b'"),
        ("> connect /\n  a b: c\n! return", "12: expected a header name, a token, got 'a b'"),
        ("> connect /\n  a: 안\n! return", "12: expected a header value of printable latin-1"),
        ("> connect /\n  a: \x01\n! return", "12: expected a header value of printable latin-1"),
        ("> connect /\n  upgrade: x\n! return", "12: expected no header that belongs to the"),
        ("> connect /\n  Sec-WebSocket-Key: x\n! return", "12: expected no header that belongs"),
        ("> connect /\n  subprotocols: a,,b\n! return", "12: expected names after 'subprotocols:'"),
        ("> connect /\n  subprotocols: a, a\n! return", "12: expected each of the subprotocols"),
        ("> connect /\n  scope: 5\n! return", "12: expected a Python dict literal, got '5'"),
        ("> connect /\n  scope: {'a': 1}\n  scope: {'a': 2}\n! return", "13: expected each key of"),
        ("> connect /\n< accept\n  X-A: 1\n! return", "13: expected a header name in lower case"),
        ("> connect /\n< accept\n  body 'x'\n! return", "13: expected 'name: value', got"),
        ("> connect /\n< deny 404\n  body x", "13: expected a Python bytes literal, got 'x'"),
        ('> connect /\n< deny 404\n  body ""', "13: expected a body chunk that is not empty"),
        ("> connect /\n! return\n  a: b", "13: expected no indented line here"),
        ("ann> connect /\nann! return\nbob< accept", "13: expected '> connect' as the first line"),
        ("ann> connect /\nann< accept", "11: expected the connection of 'ann' to end"),
        ("ann> connect /\nann! return\n> connect /\n! return", "13: expected all clients with a"),
        ("> request GET /", "11: expected '< response' or '!' after '> request GET /', got"),
        ("> request GET /\n< complete", "12: expected '< response' or '!', got '< complete'"),
        ("> request GET /\n< response 200\n> request GET /", "13: expected nothing more, got"),
        ("a> request GET /\n< response 200", "11: expected no client's name, got 'a'"),
        ("> request GET /\n< response 200 | response 404", "12: expected one plain event here"),
        ("> lifespan startup", "11: expected '< complete' or '!' after '> lifespan startup'"),
        ("> lifespan shutdown\n< complete", "11: expected 'lifespan startup' here"),
        ("> lifespan startup\n< failed\n> lifespan shutdown", "13: expected nothing after '<"),
    ],
)  # fmt: skip
def test_a_conversation_that_makes_no_sense_is_named(text: str, message: str) -> None:
    got = faults_of_raw(text)
    assert len(got) == 1
    assert got[0].startswith(f"page.md:{message}")


def faults_of_raw(text: str) -> list[str]:
    with pytest.raises(PageFaults) as caught:
        parse_conversation(text, path="page.md", line=FENCE)
    return [str(fault) for fault in caught.value.faults]


def test_all_faults_of_a_fence_are_found_at_once() -> None:
    got = faults("> conect /\n< accept\n  X-A: 1\n> close 1006")
    assert [fault.split(":")[1] for fault in got] == ["11", "13", "14"]


def test_a_fault_has_fields_and_reads_as_one_line() -> None:
    fault = PageFault("docs/page.md", 3, "expected a, got b")
    assert (str(fault.path), fault.line, fault.message) == ("docs/page.md", 3, "expected a, got b")
    assert str(PageFaults([fault, PageFault("docs/page.md", 1, "x")])) == (
        "docs/page.md:1: x\ndocs/page.md:3: expected a, got b"
    )
