"""The class and the model, step by step beside each other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from reference_ws.state import WebSocketState
from tests.library.model.by_hand import ByHand
from tests.library.model.calls import CALLS
from tests.library.model.driver import Driver, Live, advance
from tests.library.model.ledger import Ledger
from tests.library.model.messages import GIVEN, NUMBERED
from tests.library.model.model import Model
from tests.library.model.operations import SLOTS, Operation, Program, Reply, cancel
from tests.library.model.outcomes import ServerFault

__all__ = ["Disagreement", "Lockstep", "play"]

SCOPE = {"type": "websocket", "path": "/", "subprotocols": ["chat"]}
DENIAL: dict[str, Any] = {"extensions": {"websocket.http.response": {}}}


class Disagreement(AssertionError):
    """The class does something else than the model says."""


class _Pair:
    """One call, as the class and as the model have it."""

    def __init__(self, name: str, real: Live, model: Any) -> None:
        self.call = CALLS[name]
        self.name = name
        self.real = real
        self.steps = model
        self.model = Live()
        advance(model, self.model, ("returns", None))


class Lockstep:
    """Plays a program, and compares after each of its steps.

    Args:
        socket_class: The class to try.
        driver: What runs its calls.
        denial: Whether the server has the denial extension.
    """

    def __init__(
        self, socket_class: Callable[..., Any], driver: Driver, denial: bool = True
    ) -> None:
        scope = {**SCOPE, **(DENIAL if denial else {})}
        self.socket = socket_class(scope, driver.receive, driver.send)
        self.model = Model(denial)
        self.live: dict[int, _Pair] = {}
        self.receivers: list[int] = []  # the slots that wait for a message, the first first
        self.ledger = Ledger()
        self._driver = driver
        self._number = 100  # of the last call or payload
        self._given: int | None = None

    def do(self, operation: Operation) -> int | None:
        """Take a step; return the slot that it was about, or None if it is not possible."""
        kind = operation[0]
        if kind == "start":
            return self._start(operation[1], operation[2])
        slot = (self.receivers or [-1])[0] if kind == "give" else operation[1]
        if slot not in self.live:
            return None
        waiting = self.live[slot].model.waiting
        assert waiting is not None
        where, message = waiting
        if kind == "give":
            self._number += 1
            given = GIVEN[operation[1]](self._number)
            # A payload before the connect is the server's fault, and refused.
            legal = self.model.client_state is not WebSocketState.CONNECTING
            self._given = self._number if legal and operation[1] in NUMBERED else None
            self.ledger.give(given)
            self._reply(slot, ("returns", given))
        elif kind == "cancel":
            self._reply(slot, ("cancelled", None))
        elif kind == "sent" and where == "send":
            self.ledger.end_send(message)
            self._reply(slot, ("returns", None))
        elif kind == "fail" and (where == "send" or operation[2] == "ServerFault"):
            self._number += 1
            kinds = {"OSError": OSError, "ServerFault": ServerFault}
            error = kinds[operation[2]](f"number {self._number}")
            self._reply(slot, ("raises", error))
        else:
            return None
        return slot

    def step(self, operation: Operation) -> None:
        """Take a step of calls that are driven by hand, and compare.

        Raises:
            Disagreement: Something differs.
        """
        slot = self.do(operation)
        if slot is not None:
            self.compare(slot)

    def compare(self, slot: int) -> None:
        """Compare everything that can be seen, after a step of that slot has been taken.

        Raises:
            Disagreement: Something differs.
        """
        pair, model, socket = self.live[slot], self.model, self.socket
        real, wanted = pair.real, pair.model
        if repr(real) != repr(wanted):  # a bytearray equals bytes, and is not what was asked for
            self._differs(pair.name, wanted, real)
        states = (model.application_state, model.client_state)
        if (socket.application_state, socket.client_state) != states:
            seen = socket.application_state.name, socket.client_state.name
            self._differs("the states", tuple(state.name for state in states), seen)
        end = model.end or (None, None)
        if (socket.close_code, socket.close_reason) != end:
            self._differs("the end", end, (socket.close_code, socket.close_reason))
        self._book(slot, pair)
        if self.ledger.faults:
            raise Disagreement("; ".join(self.ledger.faults))

    def _start(self, slot: int, name: str) -> int | None:
        if slot in self.live:
            return None
        self._number += 1
        number, call = self._number, CALLS[name]

        async def begin() -> Any:
            waited: Awaitable[Any] = call.real(self.socket, number)
            return await waited

        real = self._driver.begin(slot, begin)
        self.live[slot] = _Pair(name, real, call.model(self.model, number))
        return slot

    def _reply(self, slot: int, reply: Reply) -> None:
        if slot in self.receivers:
            self.receivers.remove(slot)
        pair = self.live[slot]
        self._driver.reply(slot, reply)
        advance(pair.steps, pair.model, reply)

    def _book(self, slot: int, pair: _Pair) -> None:
        given, self._given = self._given, None
        if given is not None and pair.call.takes and pair.real.waiting is None:
            self.ledger.taken(given, pair.real.result)
        if pair.real.waiting is None:
            del self.live[slot]
        elif pair.real.waiting[0] == "receive":
            self.receivers.append(slot)
        else:
            self.ledger.begin_send(pair.real.waiting[1])

    def _differs(self, what: str, wanted: object, seen: object) -> None:
        raise Disagreement(f"{what}: expected {wanted}, got {seen}")


def play(socket_class: Callable[..., Any], program: Program, denial: bool = True) -> None:
    """Play a program by hand, and cancel at its end whoever still waits.

    Raises:
        Disagreement: The class does something else than the model says.
    """
    driver = ByHand()
    run = Lockstep(socket_class, driver, denial)
    try:
        for operation in [*program, *map(cancel, range(SLOTS))]:
            run.step(operation)
    finally:
        driver.stop()
