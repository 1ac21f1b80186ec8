"""How a call came out, in a form in which the class and the model can be compared."""

from __future__ import annotations

from json import JSONDecodeError
from typing import Any

from reference_ws.exceptions import WebSocketDisconnect, WrongFrameKind

__all__ = ["Cancelled", "Outcome", "ResponseFault", "ServerFault", "described"]

Outcome = tuple[Any, ...]


class Cancelled(BaseException):
    """What an event loop throws into a call that is cancelled."""


class ServerFault(RuntimeError):
    """An error of the server that says nothing about the client."""


class ResponseFault(Exception):
    """An error of a denial response."""


def described(error: BaseException) -> Outcome:
    """Return what is documented of an exception: its type, what it carries, and its cause."""
    kind = type(error).__name__
    if isinstance(error, ServerFault):
        return ("raises", kind, str(error))
    if isinstance(error, WebSocketDisconnect):
        found = isinstance(error.__cause__, OSError)
        return ("raises", kind, error.code, error.reason, "of an OSError" if found else "")
    if isinstance(error, WrongFrameKind):
        return ("raises", kind, error.expected, error.payload)
    if isinstance(error, (JSONDecodeError, UnicodeDecodeError, StopAsyncIteration)):
        return ("raises", kind)
    if isinstance(error, ValueError):
        return ("raises", "ValueError")  # a lone surrogate is one of its subclasses
    if type(error) is RuntimeError:
        text = str(error)
        said = text.startswith("expected ") and ", got " in text
        return ("raises", kind, "expected …, got …" if said else text)
    return ("raises", kind)
