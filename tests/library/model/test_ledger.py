"""The ledger sees, without the model, what no socket may do."""

from __future__ import annotations

from typing import Any

import pytest

from tests.library.model.ledger import Ledger
from tests.library.model.messages import GIVEN

CLOSE: dict[str, Any] = {"type": "websocket.close"}
TEXT: dict[str, Any] = {"type": "websocket.send", "text": "late"}
PART: dict[str, Any] = {"type": "websocket.http.response.body", "body": b""}


def test_nothing_is_sent_after_a_close_or_the_last_part_of_a_denial() -> None:
    for last in (CLOSE, PART):
        ledger = Ledger()
        ledger.begin_send(last)
        ledger.begin_send(TEXT)  # the other is on its way, and may fail
        assert ledger.faults == []
        ledger.end_send(last)
        ledger.begin_send(TEXT)
        assert len(ledger.faults) == 1


def test_more_of_a_denial_may_follow_a_part_that_says_so() -> None:
    ledger = Ledger()
    ledger.end_send({**PART, "more_body": True})
    ledger.begin_send(PART)
    assert ledger.faults == []


def test_nothing_is_sent_after_the_disconnect() -> None:
    ledger = Ledger()
    ledger.give(GIVEN["disconnect"](1))  # before the connect it is a mistake of the server
    ledger.give(GIVEN["connect"](2))
    ledger.begin_send(TEXT)
    assert ledger.faults == []
    ledger.give(GIVEN["disconnect"](3))
    ledger.begin_send(TEXT)
    assert len(ledger.faults) == 1


@pytest.mark.parametrize("result", [{"type": "websocket.receive", "text": "7"}, "7", b"7", 7])
def test_a_payload_that_was_handed_over_comes_out(result: object) -> None:
    ledger = Ledger()
    ledger.taken(7, result)
    assert ledger.faults == []
    ledger.taken(8, result)
    ledger.taken(8, None)
    assert len(ledger.faults) == 2
