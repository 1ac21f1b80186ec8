"""The entry of the command line: it listens for interruptions before it imports the rest."""

from __future__ import annotations

import os
import sys

try:
    import atexit
    import signal
    from collections.abc import Iterable
    from contextlib import suppress
    from types import FrameType
    from typing import NoReturn

    from .interruption import INCOMPLETE, interruptible, listen
except KeyboardInterrupt:  # nobody listens yet
    print("interrupted", file=sys.stderr)
    os._exit(3)

__all__ = ["main"]


def main() -> NoReturn:
    """Run the command line and end with its status."""
    taken = listen(signal.SIGINT, signal.SIGTERM)  # SIGTERM is a CI's Ctrl-C
    # Registered first, it is called last: what is left then is the interpreter's own end, where
    # a handler would no longer be called.
    atexit.register(_ignore, taken)
    try:
        status = _run()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        status = INCOMPLETE
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()

    def leave(number: int, frame: FrameType | None) -> None:
        os._exit(status)

    # All has been said and written: what comes now ends the process, and changes no status.
    for one in taken:
        signal.signal(one, leave)
    raise SystemExit(status)


def _ignore(numbers: Iterable[signal.Signals]) -> None:
    for number in numbers:
        signal.signal(number, signal.SIG_IGN)


@interruptible
def _run() -> int:
    import click

    from .commands import commands

    try:
        return int(commands.main(prog_name="reference-ws", standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:  # what click makes of a KeyboardInterrupt
        raise KeyboardInterrupt from None
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
