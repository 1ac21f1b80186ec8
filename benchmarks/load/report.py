"""What is told of a run: a table, what was found, and the same as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from .counts import Finding, Result
from .known import Known, spared

__all__ = ["as_json", "judge", "report"]

FORMAT = 1
SHOWN = 10
"""How many of what is no finding are printed; the JSON has them all."""


def judge(result: Result, known: Sequence[Known]) -> list[tuple[Finding, str | None]]:
    """Each finding, with the reason why it is the server's own, or None."""
    judged = []
    for finding in result.findings():
        reasons = (one.reason for one in known if one.fits(result.target, finding))
        judged.append((finding, next(reasons, None)))
    return judged


def report(results: Sequence[Result], known: Sequence[Known], console: Console) -> int:
    """Print the table and the findings.

    Returns:
        The exit status: 1 if a finding is not listed as known.
    """
    table = Table("", "clients", "sent", "received", box=None, pad_edge=False)
    for title in ("lost", "doubled", "failed", "tasks", "fds", "endpoints"):
        table.add_column(title, justify="right")
    for title in ("calm, s", "hostile, s", "own, s", "MiB", "s"):
        table.add_column(title, justify="right")
    for one in results:
        counts = (one.losses, one.doubles, one.failures, one.tasks, one.descriptors, one.endpoints)
        table.add_row(
            one.target,
            *(str(n) for n in (one.clients, one.sent, one.received)),
            *(_number(count.total()) for count in counts),
            *(f"{n:.2f}" for n in (one.longest_calm, one.longest_hostile, one.own_delay)),
            f"{one.peak_memory:.0f}",
            f"{one.seconds:.0f}",
        )
    console.print(table)
    console.print(
        "calm, hostile: the longest wait of a well-behaved client, without and with hostile ones; "
        "own: by how much the clients' own process was late at most"
    )
    unknown = 0
    for one in results:
        if one.longest_while:
            console.print(f"{one.target}: the longest wait: {one.longest_while}", markup=False)
        for attack, why in spared(one.target, known).items():
            told = f"{one.target}: spared: {attack} ({why})"
            console.print(told, markup=False, highlight=False)
        for finding, reason in judge(one, known):
            unknown += reason is None
            told = f"{finding.what} {finding.count}: {finding.detail}"
            shown = f"known: {reason}" if reason else "FOUND"
            console.print(f"{one.target}: {told} ({shown})", markup=False, highlight=False)
        for title, counted in (("raised to the server", one.raised), ("logged", one.logged)):
            for text, n in counted.most_common(SHOWN):
                console.print(f"{one.target}: {title} {n}: {text}", markup=False, highlight=False)
    return 1 if unknown else 0


def as_json(
    results: Sequence[Result], known: Sequence[Known], options: dict[str, Any]
) -> dict[str, Any]:
    """The same for a program: facts, findings, and which of them are known."""
    return {
        "format": FORMAT,
        "options": options,
        "results": [
            {
                **one.as_json(),
                "spared": spared(one.target, known),
                "findings": [
                    {**vars(finding), "known": reason} for finding, reason in judge(one, known)
                ],
            }
            for one in results
        ],
    }


def _number(count: int) -> str:
    return f"[red]{count}[/red]" if count else "0"
