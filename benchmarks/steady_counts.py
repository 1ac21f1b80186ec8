"""The file of `steady.py`: how often each example had which outcome on each server."""

from __future__ import annotations

import json
import os
import platform
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reference_ws.conformance.report.results import Result

__all__ = ["Record", "Server", "WrongFile", "load", "save"]

FORMAT = 2


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
        for id, one in data["examples"].items():
            if one["hash"] == hashes.get(id) and name in one["outcomes"]:
                outcomes = Counter(one["outcomes"][name])
                server.records[id] = Record(one["hash"], outcomes, told["seen"].get(id, []))
    return servers


def save(file: Path, servers: Mapping[str, Server], times: int) -> None:
    """Write everything; the old file stays until the new one is whole."""
    hashes = {id: one.hash for server in servers.values() for id, one in server.records.items()}
    head = {
        "format": FORMAT,
        "times": times,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "servers": {
            name: {
                "version": server.version,
                "date": server.date,
                "seen": {
                    id: one.seen for id, one in sorted(server.records.items()) if not one.steady
                },
            }
            for name, server in servers.items()
            if server.records
        },
    }
    # One line for each example.
    lines = []
    for id, hash in sorted(hashes.items()):
        outcomes = {
            name: dict(sorted(server.records[id].outcomes.items()))
            for name, server in servers.items()
            if id in server.records
        }
        lines.append(f"  {json.dumps(id)}: {json.dumps({'hash': hash, 'outcomes': outcomes})}")
    text = json.dumps(head, indent=1, ensure_ascii=False).removesuffix("\n}")
    text += ',\n "examples": {\n' + ",\n".join(lines) + "\n }\n}"
    new = file.with_suffix(".new")
    new.write_text(text + "\n", "utf-8")
    os.replace(new, file)
