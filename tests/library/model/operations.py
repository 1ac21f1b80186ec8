"""What a program is made of: plain tuples, so that a finding can be pasted into a test.

A step that is not possible where it stands (the slot is busy, nobody waits) does nothing, so any
part of a program is a program: that is what makes shrinking simple.
"""

from __future__ import annotations

from typing import Any

__all__ = ["Operation", "Program", "Reply", "SLOTS", "cancel", "fail", "give", "sent", "start"]

Operation = tuple[Any, ...]
Program = list[Operation]

SLOTS = 3
"""How many calls may be live at once."""

Reply = tuple[str, Any]
"""What a call that waits for the server gets: `returns` a value, `raises` an error, `cancelled`."""


def start(slot: int, call: str) -> Operation:
    """A call begins in a slot that is free."""
    return ("start", slot, call)


def give(message: str) -> Operation:
    """The server hands a message to the call that has waited longest for one."""
    return ("give", message)


def sent(slot: int) -> Operation:
    """The server's send returns."""
    return ("sent", slot)


def fail(slot: int, error: str) -> Operation:
    """The server's send raises `OSError` or `ServerFault`, its receive only the latter."""
    return ("fail", slot, error)


def cancel(slot: int) -> Operation:
    """The call is cancelled where it waits."""
    return ("cancel", slot)
