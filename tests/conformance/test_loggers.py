"""Handlers and filters of one example do not meet the next one."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from reference_ws.conformance.targets.loggers import remember, unchanged
from tests.conformance.suite_pages import suite

NAME = "tests.loggers"
LEAVES = f"""\
import logging

logging.getLogger("{NAME}").addHandler(logging.NullHandler())
logging.getLogger("{NAME}").addFilter(lambda record: False)
logging.getLogger("{NAME}").setLevel(50)
"""
LOOKS = f"""\
import logging

log = logging.getLogger("{NAME}")
print(log.handlers, log.filters, log.level)
#> [] [] 0
"""
APP = """

async def app(scope, receive, send):
    await receive()
    await send({"type": "websocket.close"})
"""


def test_loggers_are_as_they_were() -> None:
    log = logging.getLogger(NAME)
    handler = logging.NullHandler()
    log.addHandler(handler)
    restore = remember()
    log.removeHandler(handler)
    log.addFilter(lambda record: False)
    log.setLevel("ERROR")
    later = logging.getLogger(f"{NAME}.later")
    later.addHandler(logging.NullHandler())
    restore()
    assert (log.handlers, log.filters, log.level) == ([handler], [], logging.NOTSET)
    assert later.handlers == []
    log.removeHandler(handler)


def test_they_are_also_after_an_exception() -> None:
    log = logging.getLogger(NAME)
    with pytest.raises(ZeroDivisionError), unchanged():
        log.addHandler(logging.NullHandler())
        raise ZeroDivisionError
    assert log.handlers == []


@pytest.mark.parametrize("where", [[], ["--server", "uvicorn"]], ids=["memory", "server"])
def test_what_an_example_leaves_does_not_meet_the_next(tmp_path: Path, where: list[str]) -> None:
    fence = "```ws\n> connect /\n< close 1000\n```\n"
    page = "# Rules\n\n" + "".join(
        f"## Example {name} {{ #{name} .must }}\n\nSource: ours.\n\n"
        f"```python\n{code}{APP}```\n\n{fence}\n"
        for name, code in [("a-leaves", LEAVES), ("b-looks", LOOKS)]
    )
    (tmp_path / "rules.md").write_text(page, "utf-8")
    suite("check", *where, "--pages", "rules.md", "--json", "r.json", cwd=tmp_path, status=0)
    found = json.loads((tmp_path / "r.json").read_text("utf-8"))["results"]
    assert {one["id"]: one["outcome"] for one in found} == {"a-leaves": "pass", "b-looks": "pass"}
