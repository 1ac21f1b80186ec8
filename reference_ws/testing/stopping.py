"""Which exceptions are requests to stop, and which are an application's own: also in groups."""

from __future__ import annotations

from collections.abc import Sequence

import anyio

__all__ = ["first_request_to_stop", "is_stop", "raise_first", "without"]


def is_stop(error: BaseException | None) -> bool:
    """Whether a body was left in a hurry: the process is to stop, or the test was cancelled."""
    if error is None:
        return False
    own = without(anyio.get_cancelled_exc_class(), error)
    return own is None or isinstance(own, GeneratorExit) or first_request_to_stop(own) is not None


def first_request_to_stop(error: BaseException) -> BaseException | None:
    """Find a `KeyboardInterrupt` or `SystemExit`, also inside exception groups.

    Args:
        error: Any exception.

    Returns:
        The request; None if there is none.
    """
    if isinstance(error, BaseExceptionGroup):
        found = (first_request_to_stop(inner) for inner in error.exceptions)
        return next(filter(None, found), None)
    return error if isinstance(error, (KeyboardInterrupt, SystemExit)) else None


def without(kind: type[BaseException], error: BaseException) -> BaseException | None:
    """Take the exceptions of one kind away, also out of groups, as a trio task group makes them.

    Args:
        kind: What is taken away.
        error: Any exception.

    Returns:
        What is left; None if nothing is.
    """
    if isinstance(error, BaseExceptionGroup):
        return error.split(kind)[1]
    return None if isinstance(error, kind) else error


def raise_first(error: BaseException | None, faults: Sequence[BaseException]) -> None:
    """Raise the application's first fault, unless the body's own error is on its way already.

    Args:
        error: What the body of an `async with` raised, if anything.
        faults: What the application did, the cause first; what is not raised becomes a note.
    """
    found = [*faults] if error is None else [error, *faults]
    if not found:
        return
    first, *others = found
    for fault in others:
        first.add_note(f"the application also failed: {fault!r}")
        first.__context__ = first.__context__ or fault
    if first is not error:
        raise first
