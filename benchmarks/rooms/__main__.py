"""Measures the recipes of the pages with many clients, and writes what the site shows.

python -m benchmarks.rooms            everything, on every server
python -m benchmarks.rooms leaving --on hypercorn
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from reference_ws.conformance.wire.process import KNOWN, known_as

from .measures import large_room, leaving, limits, stuck_member, two_processes
from .redis_server import find_redis

__all__ = ["FILE", "main"]

FILE = Path(__file__).parents[2] / "docs" / "results" / "rooms.json"

MEASURES: Mapping[str, tuple[Callable[[str], Awaitable[Any]], Sequence[str]]] = {
    "stuck member": (stuck_member, ["uvicorn", "hypercorn", "granian"]),
    "large room": (large_room, ["uvicorn"]),
    "two processes": (two_processes, ["uvicorn"]),
    "leaving": (leaving, list(KNOWN)),
    "limits": (limits, list(KNOWN)),
}
"""Each measure, and the servers on which it is run."""


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(MEASURES)))
@click.option("--on", "servers", multiple=True, help="A server; by default those of the measure.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write everything there.")
def main(names: tuple[str, ...], servers: tuple[str, ...], file: Path | None) -> None:
    """Measure what the recipes do, print it, and write it to a file if one is named."""
    if not find_redis():
        click.echo("NO REDIS-SERVER: two processes are NOT MEASURED", err=True)
    found: dict[str, Any] = {}
    for name, (measure, usual) in MEASURES.items():
        if (names and name not in names) or (name == "two processes" and not find_redis()):
            continue
        for server in servers or usual:
            result = asyncio.run(_run(measure, server))
            click.echo(f"{name}, {server}: {result}")
            found.setdefault(name, {})[server] = result
    tested = sorted({server for results in found.values() for server in results})
    found["versions"] = {name: known_as(name)[1] for name in tested}
    if file is not None:
        file.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")


async def _run(measure: Callable[[str], Awaitable[Any]], server: str) -> Any:
    return await measure(server)


if __name__ == "__main__":
    main()
