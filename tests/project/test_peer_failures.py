"""Each failure of a framework at MUST or DOCUMENTED has been read, and says what it breaks."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from reference_ws.conformance.report.results import Result, read_run

FILE = Path(__file__).with_name("peer_failures.toml")
RESULTS = Path(__file__).parents[2] / "docs" / "results"
FRAMEWORKS = (
    "starlette",
    "fastapi",
    "litestar",
    "quart",
    "falcon",
    "blacksheep",
    "lilya",
    "yaat",
)


class Failure(msgspec.Struct, forbid_unknown_fields=True):
    """Examples that fail, by which systems, what that breaks, and what happens in its place."""

    ids: tuple[str, ...]
    systems: tuple[str, ...]
    breaks: str
    does: str


def read() -> list[Failure]:
    table = tomllib.loads(FILE.read_text("utf-8"))
    return msgspec.convert(table, dict[str, list[Failure]])["failure"]


def listed(failures: list[Failure], system: str) -> set[str]:
    return {id for one in failures if system in one.systems for id in one.ids}


def failing(results: list[Result]) -> Iterator[str]:
    for one in results:
        if one.level in ("must", "documented") and one.outcome in ("fail", "timeout"):
            yield one.id


@pytest.mark.parametrize("system", FRAMEWORKS)
def test_each_failure_is_listed_and_each_that_is_listed_fails(system: str) -> None:
    results = list(read_run(RESULTS / f"{system}.json").results)
    assert listed(read(), system) == set(failing(results))


def test_each_says_what_it_breaks() -> None:
    for one in read():
        assert one.ids and set(one.systems) <= set(FRAMEWORKS) and one.breaks and one.does, one


def test_what_fails_at_must_is_found() -> None:
    results = [
        Result("a", "a", "must", "asyncio", "fail"),
        Result("b", "b", "documented", "asyncio", "timeout"),
        Result("c", "c", "should", "asyncio", "fail"),
        Result("d", "d", "must", "asyncio", "pass"),
    ]
    assert set(failing(results)) == {"a", "b"}
    assert listed([Failure(("a",), ("yaat",), "a rule", "nothing")], "yaat") == {"a"}
