"""The command: `python -m benchmarks.load`."""

from __future__ import annotations

import json
import resource
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from reference_ws.conformance.wire.process import KNOWN, ServerError

from .counts import Result
from .in_memory import BACKENDS, in_memory
from .known import FILE, Known, WrongTable, load_known, spared
from .over_server import over_server
from .report import as_json, report

__all__ = ["main"]

MEMORY = {f"memory-{backend}": backend for backend in BACKENDS}
TARGETS = (*MEMORY, *KNOWN)
BESIDE_CLIENTS = 200
"""Descriptors that are neither a client's nor for it."""
WIDTH = 130
_INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it


@click.command()
@click.option(
    "--on", "names", multiple=True, type=click.Choice(TARGETS), help="Only it; may be repeated."
)
@click.option("--clients", default=1000, show_default=True, type=click.IntRange(5))
@click.option("--sockets", default=10000, show_default=True, type=click.IntRange(5))
@click.option("--messages", default=8, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=1, show_default=True, type=int)
@click.option(
    "--patience", default=20.0, show_default=True, type=click.FloatRange(0.1), metavar="SECONDS"
)
@click.option(
    "--limit", default=110.0, show_default=True, type=click.FloatRange(1), metavar="SECONDS"
)
@click.option(
    "--settle", default=20.0, show_default=True, type=click.FloatRange(0.1), metavar="SECONDS"
)
@click.option("--pace", default=1.0, show_default=True, type=click.FloatRange(0, 10))
@click.option("--app", default="benchmarks.load.router:router", metavar="MODULE:NAME")
@click.option("--known", "table", default=FILE, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "file", type=click.Path(path_type=Path, dir_okay=False))
def main(names: tuple[str, ...], table: Path, file: Path | None, **options: Any) -> None:
    """Put servers, and the router in memory, under load with hostile clients among the others.

    Exit status: 0 nothing was lost, doubled or left over; 1 something was that the table of known
    findings does not list; 2 wrong usage; 130 interrupted.
    """
    try:
        known = load_known(table)
    except WrongTable as error:
        raise click.UsageError(str(error)) from None
    chosen = names or TARGETS
    _allow_descriptors(options["clients"])
    signal.signal(signal.SIGTERM, _interrupt)
    # A file or a pipe has no width of its own; the table needs some.
    console = Console() if sys.stdout.isatty() else Console(width=WIDTH)
    progress_console = Console(stderr=True)
    try:
        results = [_one(name, options, known, progress_console) for name in chosen]
    except ServerError as error:
        raise click.UsageError(str(error)) from None
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    if file is not None:
        told = as_json(results, known, {**options, "on": list(chosen)})
        file.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", "utf-8")
    sys.exit(report(results, known, console))


def _one(name: str, options: Mapping[str, Any], known: Sequence[Known], console: Console) -> Result:
    columns = (TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task(name)

        def told(what: str, done: int, of: int) -> None:
            progress.update(task, description=f"{name:<18} {what:<18}", completed=done, total=of)

        common = {key: options[key] for key in ("seed", "patience", "messages", "app", "limit")}
        if name in MEMORY:
            sockets = options["sockets"]
            return in_memory(MEMORY[name], sockets=sockets, progress=told, **common)
        own = {key: options[key] for key in ("clients", "settle", "pace")}
        return over_server(name, spared=spared(name, known), progress=told, **own, **common)


def _allow_descriptors(clients: int) -> None:
    """Raise the soft limit of this process, which its servers inherit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = clients + BESIDE_CLIENTS
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise click.UsageError(
            f"expected a hard limit of at least {needed} open files for {clients} clients, "
            f"got {hard} (ulimit -Hn); raise it, or use --clients {max(5, hard - BESIDE_CLIENTS)}"
        )
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
