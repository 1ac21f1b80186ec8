"""Who is asked by a level: the runner plays nothing that asks somebody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reference_ws.conformance.pages.model import Level, Requirement, System
from reference_ws.conformance.report.known_failures import baseline_of
from reference_ws.conformance.report.results import Result
from reference_ws.conformance.report.standing import score
from reference_ws.conformance.report.verdict import STRICT, counts, is_of_server
from reference_ws.conformance.runner.options import Options, OptionsError, read_options
from reference_ws.conformance.targets.find import find_target, systems_of


def requirement(level: Level, *systems: System) -> Requirement:
    return Requirement("a-rule", level, "A rule", 1, "RFC 6455", ("a-rule",), systems)


@pytest.fixture(scope="module")
def options() -> Options:
    return read_options(target="starlette")


@pytest.mark.parametrize("level", ["must", "should", "may", "info"])
def test_everybody_is_asked_by_a_standard(options: Options, level: Level) -> None:
    assert options.asks(requirement(level))
    assert options.asks(None)


@pytest.mark.parametrize(
    ("systems", "like", "asked"),
    [
        (("starlette", "lilya"), (), True),
        (("yaat",), (), False),
        (("yaat",), ("lilya",), False),
        (("yaat",), ("lilya", "yaat"), True),
        (("yaat",), ("reference",), True),
    ],
)
def test_a_promise_asks_those_who_gave_it(
    options: Options, systems: tuple[System, ...], like: tuple[str, ...], asked: bool
) -> None:
    asking = replace(options, like=like)
    assert asking.asks(requirement("documented", *systems)) is asked


def test_what_is_ours_asks_nobody_else(options: Options) -> None:
    assert not options.asks(requirement("ours"))
    assert not replace(options, like=("starlette", "yaat")).asks(requirement("ours"))
    assert replace(options, like=("reference",)).asks(requirement("ours"))
    assert replace(options, target=None).asks(requirement("ours"))


@pytest.mark.parametrize("spec", ["fastapi", "fastapi:WebSocket"])
def test_an_adapter_takes_on_what_another_system_documents(spec: str) -> None:
    target = find_target(spec)
    assert target is not None
    assert systems_of(target) == {"fastapi", "starlette"}


def test_a_system_that_nobody_knows_is_refused() -> None:
    with pytest.raises(OptionsError, match="expected a system .*, got 'flask'"):
        read_options(target="starlette", like=("flask",))


@pytest.mark.parametrize(
    ("target", "tier", "level", "counted"),
    [
        ("reference", "hypercorn", "must", True),
        ("reference", "hypercorn", "should", True),
        ("reference", "hypercorn", "documented", False),
        ("reference", "hypercorn", "ours", False),
        ("reference", "asyncio", "documented", True),
        ("reference", "trio", "ours", True),
        ("starlette", "hypercorn", "documented", True),
    ],
)
def test_no_server_is_asked_for_what_a_framework_documents(
    target: str, tier: str, level: Level, counted: bool
) -> None:
    result = Result("a", "a", level, tier, "fail")
    found = baseline_of([result], (), STRICT, target)
    assert counts("fail", level, STRICT, of_server=is_of_server(target, tier)) is counted
    assert bool(found) is counted
    chosen = read_options(target=None if target == "reference" else target)
    assert replace(chosen, fail_on=STRICT).fails_by(result) is counted


def test_what_is_not_asked_is_not_counted() -> None:
    results = [
        Result("a", "a", "must", "asyncio", "pass"),
        Result("b", "b", "must", "asyncio", "not-asked"),
    ]
    assert score(results, "must") == (1, 1)
    assert not any(counts(one.outcome, one.level) or one.differs for one in results)
