"""The commands: a thin face over pytest."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .interruption import INCOMPLETE, uninterrupted
from .pages.catalogue import CatalogueError, english
from .pages.data import address, as_data, requirements
from .pages.model import LEVELS, Example, Page
from .report.known_failures import Known, KnownError, baseline_of, read_known, write_known
from .report.markdown import markdown
from .report.results import ResultsError, Run, read_run, write_json
from .report.script import ScriptError, reproduction, served
from .report.terminal import show as show_run
from .report.text import badge, heading
from .report.verdict import FAIL_ON, STRICT
from .targets.find import Target, TargetError, find_target, import_from_here

if TYPE_CHECKING:
    from .runner.options import Options

# What runs is imported by the commands that run: to list and to show needs no pytest.
__all__ = ["commands"]

FILE = click.Path(dir_okay=False, path_type=Path, resolve_path=True)
THERE = click.Path(dir_okay=False, path_type=Path, exists=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="reference-ws")
def commands() -> None:
    """Test implementations of the ASGI WebSocket interface, and servers, against its documentation.

    Exit status: 0 passed; 1 failed at MUST or at what is documented (--strict and --fail-on
    change that); 2 wrong usage; 3 incomplete, because some examples have no verdict.
    """
    import_from_here()
    for stream in (sys.stdout, sys.stderr):  # a terminal that cannot show a sign shows another
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="replace")


# Running


SELECTING = (
    click.option(
        "--pages",
        multiple=True,
        type=click.Path(exists=True, path_type=Path, resolve_path=True),
        help="Your own pages, in place of those that the suite contains.",
    ),
    click.option(
        "--like",
        multiple=True,
        metavar="NAME",
        help="TARGET follows the documentation of starlette, lilya or yaat; "
        "reference, if it claims to be this library.",
    ),
    click.option("--known", type=THERE, help="A TOML file of known failures."),
    click.option(
        "--fail-on",
        multiple=True,
        type=click.Choice(FAIL_ON),
        help="Fail the run on failures at this level and above, or on what is unsupported; "
        "by default documented.",
    ),
    click.option(
        "--strict", is_flag=True, help="Fail on SHOULD and on what is unsupported as well."
    ),
    click.option(
        "--backend",
        "backends",
        multiple=True,
        type=click.Choice(["asyncio", "trio"]),
        help="The event loop for the examples in memory; by default both.",
    ),
    click.option(
        "--exclude", multiple=True, metavar="ID", help="Leave these out; ID is as for --select."
    ),
    click.option(
        "--select",
        "-s",
        multiple=True,
        metavar="ID",
        help='Run only these: ids, beginnings of ids, or patterns such as "*-twice".',
    ),
    click.option(
        "--memory/--no-memory",
        default=None,
        help="Play the examples in memory, or do not; by default only without --server.",
    ),
    click.option(
        "--server",
        "servers",
        multiple=True,
        metavar="NAME",
        help='A server by name, or a command such as "mycommand {app} --port {port}".',
    ),
    click.argument("target", default="reference"),
)
"""What says what is run, and what counts."""


def selecting(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say what is run."""
    for option in SELECTING:
        command = option(command)
    return command


def read(
    *,
    memory: bool | None,
    servers: tuple[str, ...],
    strict: bool,
    fail_on: tuple[str, ...],
    **asked: Any,
) -> Options:
    """Look at what is asked for, and end with status 2 when it cannot be done."""
    from .runner.options import OptionsError, read_options

    try:
        options = read_options(
            servers=servers,
            memory=not servers if memory is None else memory,
            fail_on=_failing(fail_on, strict),
            **asked,
        )
        _ = options.catalogue.pages  # a fault of a page is wrong usage, not half a run
        return options
    except (OptionsError, CatalogueError) as error:
        raise click.UsageError(str(error)) from None


def _look_at(file: Path) -> None:
    """See before the run, not after it, that a file can be written."""
    if not file.parent.is_dir():
        raise click.UsageError(f"expected a folder for {file.name!r}, got {str(file.parent)!r}")


@uninterrupted  # but for the examples: what has a verdict is kept, and the servers are ended
def execute(options: Options, json: Path | None = None, junit: Path | None = None) -> Run:
    """Run the suite, with a display of the progress on a terminal."""
    from .runner.preflight import NothingCanWork
    from .runner.progress import Progress
    from .runner.run import run_suite

    try:
        with Progress(options.fails_by) as progress:
            return run_suite(options, progress, json, junit)
    except NothingCanWork as why:
        click.echo(f"Error: {why}", err=True)
        raise SystemExit(why.status) from None


@commands.command()
@selecting
@click.option("--json", type=FILE, help="Write all results to this file.")
@click.option("--junit", type=FILE, help="Write a JUnit report to this file.")
@click.option("--markdown", "summary_file", type=FILE, help="Write a summary for CI to this file.")
@click.option("--badge", "badge_file", type=FILE, help="Write a badge of shields.io to this file.")
@click.option(
    "--compare", type=THERE, help="Show what changed since an earlier run; its JSON file."
)
@click.option(
    "--exitfirst", "-x", "exit_first", is_flag=True, help="Stop at the first failure that counts."
)
@click.option(
    "--verbose",
    "-v",
    is_flag=True,
    help="Show all details, even if they fill more than one screen.",
)
def check(
    json: Path | None,
    junit: Path | None,
    summary_file: Path | None,
    badge_file: Path | None,
    verbose: bool,
    **asked: Any,
) -> None:
    """Test TARGET: a package, package.module:Class, an adapter, or the reference itself."""
    for file in filter(None, (json, junit, summary_file, badge_file)):
        _look_at(file)
    options = read(**asked)

    @uninterrupted
    def execute_and_write() -> Run:
        run = execute(options, json, junit)
        if summary_file is not None:
            summary_file.write_text(markdown(run, options.earlier), "utf-8")
        if badge_file is not None:
            write_json(badge(run), badge_file)
        return run

    run = execute_and_write()
    show_run(run, verbose=verbose, earlier=options.earlier)
    raise SystemExit(run.status)


@commands.command()
@selecting
@click.option("--from", "results", type=THERE, help="Read this results file, and run nothing.")
@click.option("-o", "--output", type=FILE, required=True, help="The file to write.")
def baseline(results: Path | None, output: Path, **asked: Any) -> None:
    """Write the failures of TARGET to a file of known failures, so that only others count."""
    _look_at(output)
    if results:
        run = _read(results)
        known = _read_known(asked["known"], run) if asked["known"] else ()
        fail_on = _failing(asked["fail_on"], asked["strict"]) or run.fail_on
    else:
        options = read(**asked)
        run, known, fail_on = execute(options), options.known, options.fail_on
    if not run.complete:
        show_run(run)
        raise SystemExit(INCOMPLETE)
    failures = baseline_of(run.results, known, fail_on, run.target.name)
    told = f"Known failures of {heading(run)}.\nRemove an entry once its example passes."
    uninterrupted(output.write_text)(write_known(failures, told), "utf-8")
    click.echo(f"{len(failures)} known failures of {heading(run)}")


def _failing(fail_on: tuple[str, ...], strict: bool) -> tuple[str, ...]:
    return (*fail_on, *(STRICT if strict else ()))


def _read_known(file: Path, run: Run) -> tuple[Known, ...]:
    try:
        return read_known(file, {one.id for one in run.results})
    except KnownError as error:
        raise click.UsageError(str(error)) from None


def _read(file: Path) -> Run:
    try:
        return read_run(file)
    except ResultsError as error:
        raise click.UsageError(str(error)) from None


# Looking things up


def _pages() -> list[Page]:
    try:
        return english().pages
    except CatalogueError as error:
        raise click.UsageError(str(error)) from None


@commands.command("list")
@click.argument("words", nargs=-1)
@click.option(
    "--level", "levels", multiple=True, type=click.Choice(LEVELS), help="Only this level."
)
@click.option("--page", "names", multiple=True, metavar="NAME", help="Only this page.")
@click.option("--source", "sources", multiple=True, metavar="WORDS", help="Only with this source.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print everything as JSON, with code and conversations."
)
def list_(
    words: tuple[str, ...],
    levels: tuple[str, ...],
    names: tuple[str, ...],
    sources: tuple[str, ...],
    as_json: bool,
) -> None:
    """List the requirements whose id or title has all WORDS, with level, source and page."""
    pages = _pages()
    there = [page.name for page in pages]
    for name in names:
        if name not in there:
            raise click.UsageError(f"expected a page ({', '.join(there)}), got {name!r}")
    found = [
        (page, one)
        for page, one, _ in requirements(pages)
        if (not levels or one.level in levels) and (not names or page.name in names)
        if _has(f"{one.id} {one.title}", words) and _has(one.source, sources)
    ]
    if not found:
        raise click.UsageError("expected at least one matching requirement, found none")
    if as_json:
        ids = {one.id for _, one in found}
        data = [entry for entry in as_data(pages) if entry["id"] in ids]
        click.echo(json.dumps(data, indent=1, ensure_ascii=False))
        return
    for page, one in found:
        click.echo(f"{one.level:<10} {one.id:<34} {one.title} ({page.name}, {one.source})")


def _has(text: str, words: tuple[str, ...]) -> bool:
    return all(word.casefold() in text.casefold() for word in words)


@commands.command()
@click.argument("id")
@click.option("--target", help="Print a script that shows what this target does.")
@click.option(
    "--server", help="Print a script that serves it with this server and connects a client to it."
)
def show(id: str, target: str | None, server: str | None) -> None:
    """Print the requirement or example ID; with an option, a script that needs no suite."""
    try:
        found = find_target(target) if target else None
    except TargetError as error:
        raise click.UsageError(str(error)) from None
    for page, requirement, examples in requirements(_pages()):
        chosen = [one for one in examples if id in (one.id, requirement.id)]
        if not chosen:
            continue
        if target or server:
            # Of a requirement, the first example that can be such a script.
            click.echo(_script(chosen, found, server))
            return
        click.echo(f"{requirement.level.upper()} {requirement.title}")
        click.echo(f"{requirement.id}, {address(page, requirement.id)}")
        click.echo(f"Source: {requirement.source}")
        for example in chosen:
            click.echo(f"\n# {example.id}, {example.path.name}:{example.line}\n\n{example.code}")
            for talk in example.conversations:
                click.echo()
                for step in talk.steps:
                    click.echo("\n".join([step.text.strip(), *step.fields]))
        return
    hint = "; 'reference-ws list WORDS' finds ids"
    if near := _near(id):
        hint = f"; did you mean {', '.join(near)}?"
    raise click.UsageError(f"expected the id of a requirement or an example, got {id!r}{hint}")


def _near(id: str) -> list[str]:
    """Return ids that begin like a wrong one, else those that are spelt nearly the same."""
    ids = list(
        dict.fromkeys(
            name
            for _, requirement, examples in requirements(_pages())
            for name in (requirement.id, *(one.id for one in examples))
        )
    )
    return [name for name in ids if name.startswith(id)][:3] or get_close_matches(id, ids, 3, 0.8)


def _script(examples: list[Example], target: Target | None, server: str | None) -> str:
    """Write the script of the first example that can be one."""
    reasons = []
    for example in examples:
        try:
            return served(example, target, server) if server else reproduction(example, target)
        except ScriptError as error:
            reasons.append(error)
    raise click.UsageError(str(reasons[0]))
