"""The file of `steady.py`: how often each example had which outcome on each server."""

from __future__ import annotations

import json
import os
import platform
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reference_ws.conformance.report.results import Result

__all__ = ["Record", "Server", "WrongFile", "load", "save"]

FORMAT = 1


class WrongFile(Exception):
    """A file that holds something else."""


@dataclass
class Record:
    """What came of one example on one server: how often which outcome, and what was seen."""

    hash: str
    outcomes: Counter[str] = field(default_factory=Counter)
    seen: list[str] = field(default_factory=list)

    @property
    def plays(self) -> int:
        return self.outcomes.total()

    @property
    def steady(self) -> bool:
        return len(self.outcomes) < 2

    def add(self, result: Result) -> None:
        """Count a result; what was seen is of interest only where it is not always the same."""
        self.outcomes[result.outcome] += 1
        told = " ".join(f"{result.outcome}: {result.wanted} → {result.got}".split())
        if result.differs and told not in self.seen:
            self.seen.append(told)


@dataclass
class Server:
    """The records of one server."""

    version: str | None
    date: str = ""
    records: dict[str, Record] = field(default_factory=dict)


def load(
    file: Path, hashes: Mapping[str, str], versions: Mapping[str, str | None]
) -> dict[str, Server]:
    """Read what was counted so far, but for what is of another version or another example."""
    servers = {name: Server(version) for name, version in versions.items()}
    if not file.exists():
        return servers
    data = json.loads(file.read_text("utf-8"))
    if data["format"] != FORMAT:
        raise WrongFile(f"expected format {FORMAT}, got {data['format']!r}: {file}")
    for name, told in data["servers"].items():
        server = servers.get(name)
        if server is None or server.version != told["version"]:
            continue
        server.date = told["date"]
        for id, outcomes in told["outcomes"].items():
            if (found := data["examples"][id]) == hashes.get(id):
                server.records[id] = Record(found, Counter(outcomes), told["seen"].get(id, []))
    return servers


def save(file: Path, servers: Mapping[str, Server], times: int) -> None:
    """Write everything; the old file stays until the new one is whole."""
    hashes = {id: one.hash for server in servers.values() for id, one in server.records.items()}
    data = {
        "format": FORMAT,
        "times": times,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "examples": dict(sorted(hashes.items())),
        "servers": {
            name: {
                "version": server.version,
                "date": server.date,
                "outcomes": {id: one.outcomes for id, one in sorted(server.records.items())},
                "seen": {
                    id: one.seen for id, one in sorted(server.records.items()) if not one.steady
                },
            }
            for name, server in servers.items()
            if server.records
        },
    }
    text = json.dumps(data, indent=1, ensure_ascii=False)
    # One line for each example.
    text = re.sub(r'\{\s+("[a-z-]+": \d+(?:,\s+"[a-z-]+": \d+)*)\s+\}', _on_one_line, text)
    new = file.with_suffix(".new")
    new.write_text(text + "\n", "utf-8")
    os.replace(new, file)


def _on_one_line(found: re.Match[str]) -> str:
    return "{" + " ".join(found[1].split()) + "}"
