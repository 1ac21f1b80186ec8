"""The benchmark runs every contender, and what is published is what it writes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.speed import RESULTS, ROOT, WHO


def test_every_contender_is_measured(tmp_path: Path) -> None:
    file = tmp_path / "speed.json"
    command = [sys.executable, "-m", "benchmarks.speed", "--rounds", "1", "--json", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    made, published = (json.loads(one.read_text("utf-8")) for one in (file, RESULTS))
    assert made.keys() == published.keys() == {"operations", "python", "versions"}
    assert made["operations"].keys() == published["operations"].keys()
    for operation, measured in made["operations"].items():
        assert f"\n{operation}  " in done.stdout
        assert set(WHO) - set(measured) <= {"raw", "Yaat"}, operation
        assert published["operations"][operation].keys() == measured.keys()
