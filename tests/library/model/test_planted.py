"""The model finds each fault that was planted, in a program in which the class is right."""

from __future__ import annotations

import pytest

from reference_ws.websockets import WebSocket
from tests.library.model.lockstep import Disagreement, play
from tests.library.model.planted import PLANTED
from tests.library.model.programs import Finding, find

PROGRAMS = 4000


def programs_until_found(wrong: type[WebSocket]) -> tuple[int, Finding]:
    for number in range(PROGRAMS):
        try:
            find(wrong, f"planted {number}")
        except Finding as finding:
            try:
                play(WebSocket, finding.program, finding.denial)
            except Disagreement:
                continue  # not the planted fault
            return number + 1, finding
    raise AssertionError(f"{wrong.__name__} was not found in {PROGRAMS} programs")


@pytest.mark.parametrize("wrong", PLANTED, ids=lambda wrong: wrong.__name__)
def test_a_planted_fault_is_found(wrong: type[WebSocket]) -> None:
    programs, finding = programs_until_found(wrong)
    print(f"{wrong.__name__}: program {programs}\n{finding}")


def test_there_are_enough_planted_faults() -> None:
    assert len({wrong.__name__ for wrong in PLANTED}) == len(PLANTED) >= 14
