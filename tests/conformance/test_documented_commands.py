"""The page on checking one's own: every command on it runs, and does what the page says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
import yaml

from reference_ws.conformance.report.known_failures import read_known
from reference_ws.conformance.report.results import read_run
from tests.conformance.suite_pages import LIMIT, ROOT, environment, package, suite, suite_process

PAGE = ROOT / "docs" / "conformance.md"
LANGUAGES = ("", "ko", "pt")

# Wrong in two rules: a second close raises, which is a SHOULD, and codes of applications, a MUST.
SOCKETS = """\
from reference_ws.websockets import *
from reference_ws.websockets import WebSocket as Right


class MySocket(Right):
    closed = False

    async def close(self, code=1000, reason=None):
        if self.closed:
            raise RuntimeError("closed twice")
        await super().close(min(code, 4500), reason)
        self.closed = True


WebSocket = MySocket
"""

# Other names for the same, and a constructor with other arguments.
CHANNEL = """

class ChannelClosed(Exception):
    pass


class NotNow(Exception):
    pass


class Channel:
    def __init__(self, receive, send, path):
        self._right = Right({"type": "websocket", "path": path}, receive, send)
        self.close, self.send_text = self._right.close, self._right.send_text

    async def accept(self, subprotocol=None, headers=None):
        try:
            await self._right.accept(subprotocol, headers)
        except RuntimeError:
            raise NotNow from None

    async def send_data(self, data):
        await self._right.send_bytes(data)
"""

SERVER = f"""\
#!{sys.executable}
import sys

import uvicorn

app, _, port = sys.argv[1:]
uvicorn.run(app, port=int(port), log_level="warning")
"""


def fences(language: str, page: Path = PAGE) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text("utf-8"), re.S | re.M)


def commands() -> Iterator[str]:
    for fence in fences("sh"):
        yield from fence.splitlines()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    mine = package(tmp_path, "mypackage", "from mypackage.sockets import *\n")
    (mine / "sockets.py").write_text(SOCKETS + CHANNEL)
    (tmp_path / "my_adapter.py").write_text("".join(fences("text")))
    for name in ("constants", "datastructures", "responses", "routing"):
        (mine / f"{name}.py").write_text(f"from reference_ws.{name} import *\n")
    server = tmp_path / "bin" / "myserver"
    server.parent.mkdir()
    server.write_text(SERVER)
    server.chmod(0o755)
    return tmp_path


# The whole would be played by each command; a few rules are enough to see what it does.
RULES = ("close-code-application", "close-twice", "accept-twice", "url-str")
FEW = {
    "check": [word for rule in RULES for word in ("--select", rule)],
    "baseline": [word for rule in RULES for word in ("--select", rule)],
    "pytest": [f"--ws-select={rule}" for rule in RULES],
}


def status_of(words: list[str]) -> int:
    """The package breaks one MUST: who plays it, and does not know of that, is told."""
    checks = words[0] == "pytest" or words[1] == "check"
    mine = any("mypackage" in word for word in words)  # the adapter wraps another class
    only = any(word.removeprefix("--ws-select=") == "accept-" for word in words)
    spared = "accept-twice" in words or only
    known = any("known.toml" in word for word in words)
    return int(checks and mine and not spared and not known)


def test_every_command_runs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = Path(sys.executable).parent
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:{installed}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTEST_ADDOPTS", "")
    ran: list[str] = []
    for command in commands():
        words = shlex.split(command)
        if words[0] == "pip":
            continue
        selects = any("select" in word for word in words)
        few = [] if selects else FEW.get(words[0], FEW.get(words[1], []))
        done = run(installed, *words, *few, cwd=folder)
        assert done.returncode == status_of(words), f"{command}\n{done.stdout}\n{done.stderr}"
        ran.append(words[0])
    assert len(ran) >= 15 and {*ran} == {"reference-ws", "pytest"}
    assert "closed twice" in (folder / "results.json").read_text("utf-8")
    assert "MUST" in (folder / "summary.md").read_text("utf-8")


def run(installed: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as it is installed; most of our own in this process, which is faster."""
    if words[0] == "reference-ws" and words[1:] != ("list",):
        return suite(*words[1:], cwd=cwd)
    return subprocess.run(
        [str(installed / words[0]), *words[1:]],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )


def test_the_adapter_of_the_page_maps_what_it_says(folder: Path) -> None:
    words = ["check", "my_adapter.py", "-s", "accept-twice", "-s", "send-bytes", "--json", "r.json"]
    done = suite_process(*words, cwd=folder)
    run = read_run(folder / "r.json")
    assert run.target.adapter == "my_adapter 1", done.stderr
    outcomes = {(one.id, one.tier): one.outcome for one in run.results}
    assert outcomes["accept-twice", "asyncio"] == outcomes["send-bytes", "asyncio"] == "pass"
    assert outcomes["accept-twice", "trio"] == "not-applicable"


def test_what_is_installed_is_an_extra_of_this_package() -> None:
    (line,) = [one for one in commands() if one.startswith("pip")]
    (extra,) = re.findall(r"\.\[([a-z-]+)\]", shlex.split(line)[2])
    assert extra in (metadata.metadata("reference-ws").get_all("Provides-Extra") or ())


def test_the_list_of_known_failures_can_be_read(tmp_path: Path) -> None:
    (text,) = fences("toml")
    (tmp_path / "known.toml").write_text(text)
    ids = {tomllib.loads(text)["known"][0]["id"], "url-str"}
    known, pattern = read_known(tmp_path / "known.toml", ids)
    assert known.tier == "memory" and pattern.is_pattern


def test_the_action_is_named_with_a_tag_and_all_of_its_inputs() -> None:
    (text,) = fences("yaml")
    assert re.search(r"uses: OWNER/reference-ws@v\d+\.\d+\.\d+ ", text)
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    section = PAGE.read_text("utf-8").partition("{ #conformance-github }")[2].partition("\n## ")[0]
    assert [name for name in action["inputs"] if not re.search(rf"\b{name}\b", section)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_languages_have_the_same_commands(language: str) -> None:
    page = PAGE.parent / language / PAGE.name
    for kind in ("sh", "text", "toml", "yaml"):
        assert fences(kind, page) == fences(kind)
