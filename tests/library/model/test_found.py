"""Programs that once showed a fault; each fault was mended, and each program stays."""

from __future__ import annotations

import pytest

from tests.library.model.in_tasks import BACKENDS, play_on
from tests.library.model.lockstep import play
from tests.library.model.operations import Program
from tests.library.model.sockets import Overriding, WebSocket

FOUND: dict[str, tuple[type[WebSocket], Program]] = {
    "a denial that never began ends nothing": (
        WebSocket,
        [
            ("start", 0, "deny(start last)"),
            ("start", 1, "deny(start last)"),
            ("give", "connect"),
        ],
    ),
    "after a lost refusal, payloads still need a connect": (
        WebSocket,
        [
            ("start", 0, "send(close 4002)"),
            ("fail", 0, "OSError"),
            ("start", 0, "receive_text()"),
        ],
    ),
    "iterators that were waiting end quietly, also over an overridden receive": (
        Overriding,
        [
            ("start", 0, "accept()"),
            ("give", "connect"),
            ("sent", 0),
            ("start", 1, "anext(iter_text())"),
            ("start", 2, "anext(iter_text())"),
            ("give", "disconnect 4001"),
            ("give", "disconnect 4001"),
        ],
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found_stays_mended(name: str) -> None:
    socket_class, program = FOUND[name]
    play(socket_class, program)
    for backend in BACKENDS:
        play_on(backend)(socket_class, program, True)
