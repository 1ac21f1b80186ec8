"""Random programs, and the smallest that still shows a finding."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

from reference_ws.state import WebSocketState
from tests.library.model.by_hand import ByHand
from tests.library.model.calls import CALLS
from tests.library.model.lockstep import Disagreement, Lockstep, play
from tests.library.model.messages import GIVEN
from tests.library.model.operations import (
    SLOTS,
    Operation,
    Program,
    cancel,
    fail,
    give,
    sent,
    start,
)

__all__ = ["Finding", "Made", "Player", "SocketClass", "find", "shrink"]

SocketClass = type[Any]
Player = Callable[[SocketClass, Program, bool], None]

_NAMES, _WEIGHTS = list(CALLS), [call.weight for call in CALLS.values()]
_AFTER = {
    "text": 6, "bytes": 4, "text, no JSON": 2, "bytes, no UTF-8": 2, "text, both keys": 1,
    "bytes, both keys": 1, "neither": 1, "disconnect 4001": 4, "disconnect 1000": 1,
    "disconnect": 1, "disconnect None": 1, "disconnect 'abc'": 1, "disconnect b''": 1,
    "connect": 1, "nonsense": 1, "no type": 1, "type []": 1,
}  # fmt: skip
_BEFORE = {**dict.fromkeys(GIVEN, 1), "connect": 50}
# Most of what can go wrong is near an accept, or after it.
_ACCEPTING: Program = [start(0, "accept()"), give("connect")]
_OPENINGS: list[Program] = [[], _ACCEPTING, [*_ACCEPTING, sent(0)], [*_ACCEPTING, sent(0)]]


class Finding(Disagreement):
    """A program in which the class and the model disagree, as small as it gets."""

    def __init__(self, socket: str, program: Program, denial: bool, what: str) -> None:
        super().__init__(socket, program, denial, what)
        self.socket, self.program, self.denial, self.what = socket, program, denial, what

    def __str__(self) -> str:
        lines = "".join(f"    {operation},\n" for operation in self.program)
        return f"{self.what}\nplay({self.socket}, [\n{lines}], denial={self.denial})"


class Made(NamedTuple):
    """A program that was made and played."""

    program: Program
    denial: bool


def find(socket_class: SocketClass, seed: str) -> Made:
    """Make one program from a seed while it is played by hand; return it.

    Raises:
        Finding: The class does something else than the model says.
    """
    random = Random(seed)
    denial = random.random() < 0.9
    driver = ByHand()
    run = Lockstep(socket_class, driver, denial)
    program: Program = []
    opening = random.choice(_OPENINGS)
    try:
        for number in range(random.randint(4, 30)):
            operation = opening[number] if number < len(opening) else _next(run, random)
            program.append(operation)
            run.step(operation)
        for operation in map(cancel, range(SLOTS)):
            program.append(operation)
            run.step(operation)
    except Disagreement:
        raise shrink(play, socket_class, program, denial) from None
    finally:
        driver.stop()
    return Made(program, denial)


def _next(run: Lockstep, random: Random) -> Operation:
    chances: list[tuple[float, Operation]] = []
    free = [slot for slot in range(SLOTS) if slot not in run.live]
    if free:
        name = random.choices(_NAMES, _WEIGHTS)[0]
        chances.append((3, start(free[0], name)))
    if run.receivers:
        connected = run.model.client_state is not WebSocketState.CONNECTING
        given = _AFTER if connected else _BEFORE
        name = random.choices(list(given), list(given.values()))[0]
        chances.append((3, give(name)))
    for slot in run.live:
        chances += [(0.5, cancel(slot)), (0.4, fail(slot, "ServerFault"))]
        if slot not in run.receivers:
            chances += [(1.2, sent(slot)), (0.4, fail(slot, "OSError"))]
    return random.choices([one for _, one in chances], [weight for weight, _ in chances])[0]


def shrink(player: Player, socket_class: SocketClass, program: Program, denial: bool) -> Finding:
    """Leave out every step without which the class and the model still disagree."""

    def fault(shorter: Program) -> str | None:
        try:
            player(socket_class, shorter, denial)
        except Disagreement as found:
            return str(found)
        return None

    what, place = fault(program), len(program)
    assert what is not None, "the same program must come out the same"
    while place > 0:
        place -= 1
        shorter = program[:place] + program[place + 1 :]
        if found := fault(shorter):
            what, program, place = found, shorter, len(shorter)
    return Finding(socket_class.__name__, program, denial, what)
