"""Whether the examples give the same outcome each time, on each server.

Every example that can be played over a server is played a number of times with the reference.
`steady.json` keeps what came of it after each pass, so that a run that was stopped goes on where
it was. A changed example is played anew, and so is every example on a changed server.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from reference_ws.conformance.pages.catalogue import Catalogue, english
from reference_ws.conformance.pages.data import example_hash, requirements
from reference_ws.conformance.report.results import Result, read_run
from reference_ws.conformance.wire.process import KNOWN, known_as

from .steady_counts import Record, Server, WrongFile, load, save

FILE = Path(__file__).with_suffix(".json")
RESULTS = Path(__file__).parents[1] / "docs" / "results"
SERVERS = tuple(name for name in KNOWN if (RESULTS / f"{name}.json").exists())
"""Those whose results the site shows."""
TIMES = 20
UNSTEADY, OPEN = 1, 3

Play = Callable[[str, Sequence[str]], Sequence[Result]]
"""Plays examples over a server once; those that are named, perhaps others as well."""


def examples(pages: Sequence[Path], only: Collection[str] = ()) -> dict[str, str]:
    """Give the hash of each example that can be played over a server.

    Args:
        pages: The pages.
        only: Beginnings of ids; none means all.
    """
    return {
        one.id: example_hash(one)
        for _, _, found in requirements(Catalogue(pages).pages)
        for one in found
        if one.kind in ("app", "client") and one.memory_only is None
        if not only or any(one.id.startswith(start) for start in only)
    }


def missing(server: Server, hashes: Mapping[str, str], times: int) -> list[str]:
    """Name the examples that were not yet played so many times."""
    played = {id: one.plays for id, one in server.records.items()}
    return [id for id in hashes if played.get(id, 0) < times]


def one_pass(name: str, server: Server, hashes: Mapping[str, str], times: int, play: Play) -> int:
    """Play what is missing on a server once, and count it.

    Returns:
        How many results came.

    Raises:
        click.ClickException: None of the examples that were asked for has a verdict.
    """
    wanted = missing(server, hashes, times)
    counted = 0
    for result in play(name, wanted):
        if result.id not in wanted or result.outcome in ("not-run", "error"):
            continue
        server.records.setdefault(result.id, Record(hashes[result.id])).add(result)
        counted += 1
    if not counted:
        raise click.ClickException(f"expected results of {len(wanted)} examples on {name}")
    server.date = datetime.now(UTC).strftime("%Y-%m-%d")
    return counted


def play_with(pages: Sequence[Path]) -> Play:
    """Make what plays examples in a process of its own, as a user would."""

    def play(server: str, ids: Sequence[str]) -> Sequence[Result]:
        with tempfile.TemporaryDirectory(prefix="ws-") as folder:
            file = Path(folder, "results.json")
            command = [sys.executable, "-m", "reference_ws.conformance", "check"]
            command += ["--server", server, "--json", str(file)]
            command += [word for page in pages for word in ("--pages", str(page))]
            command += [word for id in ids for word in ("--select", id)]
            done = subprocess.run(command, capture_output=True, text=True)
            if not file.exists():
                raise click.ClickException(f"{server}: {done.stderr.strip()}")
            return read_run(file).results

    return play


def measure(
    servers: Mapping[str, Server],
    names: Sequence[str],
    hashes: Mapping[str, str],
    *,
    times: int,
    play: Play,
    file: Path,
    console: Console,
) -> None:
    """Play until every example was played so many times on every server that is named."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console) as progress:
        for name in names:
            server = servers[name]
            task = progress.add_task(name, total=len(hashes) * times)
            while missing(server, hashes, times):
                one_pass(name, server, hashes, times, play)
                save(file, servers, times)
                played = (server.records[id].plays for id in hashes if id in server.records)
                progress.update(task, completed=sum(played))


def report(
    servers: Mapping[str, Server], hashes: Mapping[str, str], times: int, console: Console
) -> int:
    """Say what came of it.

    Returns:
        The exit status.
    """
    status = 0
    for name, server in servers.items():
        records = {id: one for id, one in server.records.items() if id in hashes}
        unsteady = {id: one for id, one in records.items() if not one.steady}
        left = len(missing(server, hashes, times))
        plays = sum(one.plays for one in records.values())
        told = f"{len(records)} examples, {plays} plays, {len(unsteady)} unsteady"
        console.print(f"{name} {server.version or ''}: {told}" + (f", {left} open" * bool(left)))
        for id, one in unsteady.items():
            counts = ", ".join(f"{outcome} {count}" for outcome, count in one.outcomes.items())
            console.print("\n".join([f"  {id}: {counts}", *(f"    {seen}" for seen in one.seen)]))
        status = max(status, UNSTEADY if unsteady else 0, OPEN if left else 0)
    return status


@click.command()
@click.option("--server", "names", multiple=True, type=click.Choice(SERVERS), help="Only it.")
@click.option("--times", default=TIMES, show_default=True, type=click.IntRange(2))
@click.option("--only", multiple=True, metavar="ID", help="Ids, or beginnings of ids.")
@click.option("--report", "only_report", is_flag=True, help="Play nothing, say what came of it.")
@click.option("--file", default=FILE, type=click.Path(dir_okay=False, path_type=Path))
def main(
    names: tuple[str, ...], times: int, only: tuple[str, ...], only_report: bool, file: Path
) -> None:
    """Play each example many times on each server; stop and start it as you like.

    Exit status: 0 each example gave one outcome; 1 one did not; 3 not all were played so often.
    """
    pages = list(english().files)
    hashes = examples(pages, only)
    if not hashes:
        raise click.UsageError(f"expected the beginning of an id, got {', '.join(only)!r}")
    console = Console()
    try:
        servers = load(file, examples(pages), {name: known_as(name)[1] for name in SERVERS})
    except WrongFile as error:
        raise click.UsageError(str(error)) from None
    chosen = names or SERVERS
    if not only_report:
        play = play_with(pages)
        measure(servers, chosen, hashes, times=times, play=play, file=file, console=console)
    raise SystemExit(report({n: servers[n] for n in chosen}, hashes, times, console))


if __name__ == "__main__":
    main()
