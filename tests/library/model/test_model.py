"""The class and the model agree in some thousand steps; `make soak` takes many more."""

from __future__ import annotations

import anyio
import pytest

from reference_ws.state import RECEIVE, SEND
from reference_ws.websockets import WebSocket
from tests.library.model.by_hand import ByHand
from tests.library.model.calls import CALLS
from tests.library.model.in_tasks import BACKENDS, play_in_tasks, play_on
from tests.library.model.lockstep import Disagreement, Lockstep, play
from tests.library.model.messages import GIVEN
from tests.library.model.operations import SLOTS, cancel
from tests.library.model.planted_receiving import CancelledReceiveTakesAMessage
from tests.library.model.planted_sending import ClosesTwice
from tests.library.model.programs import Finding, Made, find, shrink
from tests.library.model.soak import soak
from tests.library.model.sockets import Overriding

SEED = "make test"


@pytest.fixture(scope="module")
def programs() -> list[Made]:
    """Made with the class itself, and played by it: a finding fails every test that asks."""
    return [find(WebSocket, f"{SEED} {number}") for number in range(400)]


def test_the_class_agrees_with_the_model(programs: list[Made]) -> None:
    assert sum(len(made.program) for made in programs) > 5_000


def test_a_subclass_that_overrides_the_raw_methods_agrees_too(programs: list[Made]) -> None:
    for made in programs:
        try:
            play(Overriding, *made)
        except Disagreement:
            raise shrink(play, Overriding, *made) from None


@pytest.mark.parametrize("socket_class", [WebSocket, Overriding])
@pytest.mark.parametrize("backend", BACKENDS)
def test_they_agree_with_tasks_and_real_cancellation(
    backend: str, socket_class: type[WebSocket], programs: list[Made]
) -> None:
    async def run() -> None:
        for made in programs[:80]:
            await play_in_tasks(socket_class, *made)

    anyio.run(run, backend=backend)


def test_the_programs_reach_every_call_and_message_and_every_cell_of_the_tables(
    programs: list[Made],
) -> None:
    operations = [operation for made in programs for operation in made.program]
    assert {each[2] for each in operations if each[0] == "start"} == set(CALLS)
    assert {each[1] for each in operations if each[0] == "give"} == set(GIVEN)
    assert {each[2] for each in operations if each[0] == "fail"} == {"OSError", "ServerFault"}
    moved, live = set(), 0
    for made in programs:
        run = Lockstep(WebSocket, ByHand(), made.denial)
        for operation in [*made.program, *map(cancel, range(SLOTS))]:
            before = run.model.application_state, run.model.client_state
            run.step(operation)
            live = max(live, len(run.live))
            moved.add((before[0], run.model.application_state))
            moved.add((before[1], run.model.client_state))
    wanted = {
        (state, to) for table in (SEND, RECEIVE) for state in table for to in table[state].values()
    }
    assert moved >= wanted
    assert live == SLOTS


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_fault_is_found_with_tasks_as_well(backend: str, programs: list[Made]) -> None:
    for wrong in (ClosesTwice, CancelledReceiveTakesAMessage):
        found = None
        for made in programs:
            try:
                play_on(backend)(wrong, *made)
            except Disagreement as error:
                found = error
                break
        assert found, wrong


def test_a_finding_is_small_and_can_be_pasted() -> None:
    with pytest.raises(Finding) as found:
        for number in range(1000):
            find(ClosesTwice, f"{SEED} {number}")
    finding = found.value
    with pytest.raises(Disagreement):
        play(ClosesTwice, finding.program, finding.denial)
    for left_out in range(len(finding.program)):
        play(ClosesTwice, finding.program[:left_out] + finding.program[left_out + 1 :])
    assert str(finding.program[0]) in str(finding)


def test_soaking_says_what_it_found_and_how_to_find_it_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert soak(2_000, "soak", ClosesTwice) == 1
    said = capsys.readouterr().out
    assert "SEED=soak" in said and "play(ClosesTwice, [" in said
    assert soak(2_000, "soak", ClosesTwice) == 1
    assert capsys.readouterr().out == said


def test_soaking_ends_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert soak(500, SEED) == 0
    assert "the class and the model agree" in capsys.readouterr().out
