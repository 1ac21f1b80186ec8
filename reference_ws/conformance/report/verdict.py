"""From what happened to an outcome, and whose fault it is."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

from ..conversation.compare import Difference
from ..pages.model import Example, Level
from ..targets import standing
from ..targets.adapter import is_adapter
from ..targets.find import Missing
from ..targets.limit import LimitReached
from ..wire.process import ServerError

__all__ = [
    "DEFAULT",
    "FAIL_ON",
    "MEMORY_TIERS",
    "OUTCOMES",
    "REFERENCE",
    "STRICT",
    "Outcome",
    "Verdict",
    "counts",
    "from_its_fence",
    "is_of_server",
    "judge",
    "same_difference",
    "without_date",
    "without_machine",
]

Outcome = Literal[
    "pass",
    "pass-variant",
    "observed",
    "fail",
    "unsupported",
    "not-asked",
    "not-applicable",
    "timeout",
    "error",
    "not-run",
]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

PASSED: frozenset[Outcome] = frozenset({"pass", "pass-variant", "observed"})
DIFFERED: frozenset[Outcome] = frozenset({"fail", "unsupported", "timeout"})
SILENT: frozenset[Outcome] = frozenset({"not-applicable", "not-asked"})
"""Outcomes that say nothing about what is tested: nobody counts them or shows them as differing."""


@dataclass(frozen=True)
class Verdict:
    """What came of one example in one tier.

    `wanted` and `got` are in the notation of conversations; `more` is what helps to mend it.
    """

    outcome: Outcome
    variant: str | None = None
    wanted: str | None = None
    got: str | None = None
    line: int | None = None
    more: str | None = None

    @property
    def passed(self) -> bool:
        """Whether nothing is amiss."""
        return self.outcome in PASSED


FAIL_ON = ("must", "documented", "should", "unsupported")
"""What can be asked to make a run fail: a level, with those above it, and `unsupported`."""

DEFAULT = ("documented",)
STRICT = ("should", "unsupported")


REFERENCE = "reference"
"""How results call the reference."""

MEMORY_TIERS = ("asyncio", "trio", "memory")


def is_of_server(target: str, tier: str) -> bool:
    """Tell whether a result is the server's: the reference, which is right in memory, stood on it.

    Args:
        target: The name of what was tested.
        tier: Where it was played.
    """
    return target == REFERENCE and tier not in MEMORY_TIERS


def counts(
    outcome: Outcome,
    level: Level | None,
    fail_on: Iterable[str] = DEFAULT,
    *,
    of_server: bool = False,
) -> bool:
    """Tell whether an outcome makes a run fail.

    Args:
        outcome: The outcome.
        level: That of the requirement. None is an example that belongs to none, the
            documentation's own; it and any level that is asked of the reference alone always count.
        fail_on: Names of `FAIL_ON`; without a level among them, that of `DEFAULT`.
        of_server: Whether the result is a server's, which no framework's documentation binds.
    """
    if of_server and level in ("documented", "ours"):
        return False
    asked = set(fail_on)
    lowest = max([FAIL_ON.index(one) for one in asked - {"unsupported"}], default=1)
    if level is None:
        return outcome in DIFFERED
    return (outcome in DIFFERED and (outcome != "unsupported" or "unsupported" in asked)) and (
        level in (*FAIL_ON[: lowest + 1], "ours")
    )


def judge(error: BaseException, example: Example, lines: list[int], level: Level | None) -> Verdict:
    """Turn what was raised while an example was played into a verdict.

    Args:
        error: What was raised.
        example: The example.
        lines: The lines of the page through which it came, the innermost last.
        level: That of the requirement.
    """
    verdict = _judge(error, example, lines)
    if level == "info" and verdict.outcome in DIFFERED - {"unsupported"}:
        return replace(verdict, outcome="observed")
    return verdict


def _judge(error: BaseException, example: Example, lines: list[int]) -> Verdict:
    line = (lines or [example.line])[-1]
    if isinstance(error, Difference):
        told = error.more or ""
        if fault := adapter_in(told):
            return _of_adapter(fault, error.line, told)
        missing = missing_in(told, example.path) or error.lacks or None
        outcome: Outcome = "timeout" if error.timeout else "fail"
        if missing is not None:
            outcome = "unsupported"
        got = missing or error.got
        return Verdict(outcome, None, error.wanted, got, error.line, told or None)
    if isinstance(error, LimitReached):
        return Verdict("timeout", None, "the example to end", str(error), line)
    if isinstance(error, ServerError):
        got, _, more = str(error).partition("\n")
        return Verdict("error", None, "a server that serves", got, line, more or None)
    told = _told(error, example.path)
    wanted = "the snippet to run to its end" if example.kind == "script" else "the snippet to load"
    if isinstance(error, Missing):
        return Verdict("unsupported", None, wanted, str(error), line)
    # What passes through no line of the page is a mistake of the suite.
    name = type(error).__name__
    if not lines:
        return Verdict("error", None, "a suite without mistakes", f"{name}: {error}", line, told)
    if fault := adapter_in(told):
        return _of_adapter(fault, line, told)
    missing = missing_in(told, example.path)
    outcome = "unsupported" if missing else "fail"
    return Verdict(outcome, None, wanted, missing or f"! {name}", line, told)


def _of_adapter(fault: str, line: int, told: str) -> Verdict:
    kind, _, message = fault.partition(": ")[2].partition(": ")
    if kind == NotImplementedError.__name__:
        return Verdict(
            "unsupported", None, "what the page uses", message or "no such thing", line, told
        )
    return Verdict("error", None, "an adapter without mistakes", fault, line, told)


def _told(error: BaseException, page: Path) -> str:
    """The traceback from the page on: how the suite came there helps nobody."""
    trace = error.__traceback__
    while trace is not None and not _of_page(trace.tb_frame.f_code.co_filename, page):
        trace = trace.tb_next
    return "".join(traceback.format_exception(type(error), error, trace or error.__traceback__))


# What a target lacks. A traceback is all that a server's process hands over of an exception.

_FILE = re.compile(r'^[\s|]*File "([^"]+)", line \d+', re.MULTILINE)
_MISSING = re.compile(rf"^[\s|]*(?:\S+\.)?{Missing.__name__}: (.*)$", re.MULTILINE)
_LACKS = re.compile(
    r"^[\s|]*(?:"
    r"AttributeError: (?:type object )?'(?P<kind>[\w.]+)' object has no attribute '(?P<name>\w+)'"
    r"|AttributeError: type object '(?P<type>[\w.]+)' has no attribute '(?P<member>\w+)'"
    r"|TypeError: (?:argument of type )?'(?P<plain>[\w.]+)' (?:object )?is not "
    r"(?P<able>subscriptable|iterable)"
    r"|TypeError: (?P<call>[\w.]+)\(\) got an unexpected keyword argument '(?P<argument>\w+)'"
    r")",
    re.MULTILINE,
)
# A mistake with one of these is the snippet's or its surroundings', not a gap of the target.
_PLAIN = set(
    "NoneType async_generator bool bytes coroutine dict float function generator int list method "
    "str tuple".split()
)


def missing_in(told: str, page: Path) -> str | None:
    """Find in a traceback what the target lacks: a name, or something that the page uses.

    Args:
        told: The traceback as text.
        page: The page. What it uses may be missing; what only the target itself looks for is
            the target's bug.

    Returns:
        What is missing, in words; None when the traceback is about something else.
    """
    if found := _MISSING.search(told):
        return found[1]
    for match in _LACKS.finditer(told):
        files = _files(told[: match.start()])
        if files and _of_page(files[-1], page) and (lacks := _in_words(match)):
            return lacks
    return None


def _in_words(match: re.Match[str]) -> str | None:
    found = match.groupdict()
    kind = found["kind"] or found["type"] or found["plain"]
    if kind in _PLAIN:
        return None
    if call := found["call"]:
        return f"expected an argument {found['argument']!r} of {call}(), it has no such argument"
    if found["plain"]:
        return f"expected {kind!r} to be {found['able']}, it is not"
    return f"expected {found['name'] or found['member']!r} on {kind!r}, it has no such attribute"


def _files(told: str) -> list[str]:
    """The files of a traceback, without what only passes calls on."""
    return [file for file in _FILE.findall(told) if file != standing.__file__]


def adapter_in(told: str) -> str | None:
    """Find in a traceback whether it ends in an adapter, which is no fault of the target's.

    Args:
        told: The traceback as text.

    Returns:
        What was raised there, in words; None when the traceback ends elsewhere.
    """
    files = _files(told)
    if not files or not is_adapter(files[-1]):
        return None
    return f"in the adapter {Path(files[-1]).name}: {told.rstrip().rpartition(chr(10))[2]}"


def _of_page(file: str, page: Path) -> bool:
    return file == str(page)


# Blame

_CHANGING = re.compile(r"^\s*(?:date|server): .*\n?", re.MULTILINE | re.IGNORECASE)
_DATE = re.compile(r"^\s*date: .*\n?", re.MULTILINE | re.IGNORECASE)


def same_difference(one: Difference, other: Difference) -> bool:
    """Tell whether two implementations differ from a page in the same way on one server."""
    return (one.line, one.client, one.timeout) == (
        other.line,
        other.client,
        other.timeout,
    ) and _CHANGING.sub("", one.got).strip() == _CHANGING.sub("", other.got).strip()


# Texts that leave this machine


def without_date(text: str | None) -> str | None:
    """Take the `date` header out of a response: it is another one in each run."""
    return text and _DATE.sub("", text).rstrip("\n")


def from_its_fence(text: str | None, example: Example) -> str | None:
    """Count the lines in a traceback from the example's opening fence, wherever it stands.

    Args:
        text: The traceback.
        example: The example.
    """
    line = re.compile(rf'("{re.escape(str(example.path))}", line )(\d+)')
    return text and line.sub(lambda m: f"{m[1]}{int(m[2]) - example.line}", text)


def without_machine(text: str | None, folders: Iterable[tuple[Path, str]]) -> str | None:
    """Take the places of this machine out of a text, so that it may be published.

    Args:
        text: The text.
        folders: Folders, and what to write for each; the first that fits counts.
    """
    if not text:
        return None
    text = re.sub(r'"[^"\n]*?(?:site|dist)-packages/', '"', text)
    text = re.sub(r'"[^"\n]*/lib/python3[^/"]*/', '"', text)
    for folder, name in folders:
        text = text.replace(f"{folder}/", name)
    return re.sub(r"…/tmp\w{8}/", "…/", text)  # a temporary folder has another name each time
