"""The GitHub action: its step does what the command does, and passes on what it found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conformance.suite_pages import LIMIT, ROOT, environment, package

ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
INSTALL, CHECK = ACTION["runs"]["steps"]


def run(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the step as a runner of GitHub does, with these inputs."""
    unknown = inputs.keys() - ACTION["inputs"].keys()
    assert not unknown
    given = {name: one["default"] for name, one in ACTION["inputs"].items()} | inputs
    found = {
        name: given[template.removeprefix("${{ inputs.").removesuffix(" }}")]
        for name, template in CHECK["env"].items()
    }
    files = {
        "RUNNER_TEMP": str(folder),
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", CHECK["run"]],
        cwd=folder,
        env=environment(**files, **found),
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )


def results_file(folder: Path) -> str:
    name, _, file = (folder / "output").read_text().splitlines()[-1].partition("=")
    assert ACTION["outputs"][name]["value"] == "${{ steps.check.outputs.results }}"
    return file


def results(folder: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(Path(results_file(folder)).read_text("utf-8"))
    return data


def test_inputs_become_options_and_the_summary_is_shown(tmp_path: Path) -> None:
    done = run(tmp_path, select="accept-twice\nclose-twice\n", server="uvicorn", memory="true")
    assert done.returncode == 0, done.stderr
    found = results(tmp_path)
    assert found["tiers"] == ["memory", "uvicorn"]
    assert found["select"] == ["accept-twice", "close-twice"]
    summary = (tmp_path / "summary").read_text("utf-8")
    assert "MUST" in summary
    # What a pinned step promises: which suite, and which requirements it asks.
    told = f"reference-ws {found['suite']}, requirements `{found['requirements_hash']}`"
    assert told in summary.splitlines()


def test_the_other_inputs_become_options_as_well(tmp_path: Path) -> None:
    inputs = {"select": "*-twice", "exclude": "[b-z]*", "backend": "asyncio"}
    assert run(tmp_path, **inputs).returncode == 0
    earlier = tmp_path / "earlier.json"
    Path(results_file(tmp_path)).rename(earlier)
    more = {"compare": str(earlier), "fail-on": "should\nunsupported", "strict": "true"}
    done = run(tmp_path, **inputs, **more)
    assert done.returncode == 0, done.stderr
    found = results(tmp_path)
    assert found["exclude"] == ["[b-z]*"]
    assert found["fail_on"] == ["should", "unsupported"]
    assert {one["tier"] for one in found["results"]} == {"asyncio"}
    assert "Nothing changed." in (tmp_path / "summary").read_text("utf-8")


def test_a_failure_fails_the_step_and_is_in_the_summary_unless_it_is_known(tmp_path: Path) -> None:
    sockets = (
        "from reference_ws.websockets import WebSocket as Right\n\n\n"
        "class WebSocket(Right):\n    async def close(self, *args):\n        raise OSError\n"
    )
    package(tmp_path, "mine", sockets)
    inputs = {"target": "mine", "select": "close-twice", "strict": "true"}
    assert run(tmp_path, **inputs).returncode == 1
    assert "What differs" in (tmp_path / "summary").read_text("utf-8")
    ids = {one["id"] for one in results(tmp_path)["results"] if one["outcome"] == "fail"}
    assert ids
    entries = "".join(f'[[known]]\nid = "{one}"\nreason = "it raises"\n' for one in sorted(ids))
    (tmp_path / "known.toml").write_text(entries)
    done = run(tmp_path, known="known.toml", **inputs)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"memory": "yes"}, "expected true or false for the input memory, got 'yes'"),
        ({"strict": "yes"}, "expected true or false for the input strict, got 'yes'"),
        ({"fail-on": "may"}, "'may' is not one of"),
        ({"target": "no_such_package"}, "no_such_package"),
        ({"select": '$(touch "$RUNNER_TEMP/pwned")'}, "expected the beginning of an id"),
    ],
)
def test_a_wrong_input_is_named_and_runs_nothing(
    tmp_path: Path, inputs: dict[str, str], told: str
) -> None:
    done = run(tmp_path, **inputs)
    assert done.returncode == 2
    assert told in done.stderr
    assert not (tmp_path / "pwned").exists()


def test_it_installs_itself_with_the_extra_that_the_command_needs() -> None:
    assert INSTALL["env"] == {"ACTION_PATH": "${{ github.action_path }}"}
    assert INSTALL["run"] == 'python -m pip install --quiet "${ACTION_PATH}[conformance]"'
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert "conformance" in project["optional-dependencies"]


def test_no_input_is_written_into_a_script() -> None:
    assert not any("${{" in step["run"] for step in (INSTALL, CHECK))
