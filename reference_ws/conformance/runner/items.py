"""Pages as pytest collectors, their examples as tests."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ..conversation.compare import Difference
from ..conversation.events import WireOnly, wire_only
from ..interruption import interruptible, remembered
from ..memory.run import evaluate, page_frames
from ..pages.model import Example, Page, Requirement
from ..report.known_failures import known_for
from ..report.results import Result
from ..report.verdict import (
    Verdict,
    from_its_fence,
    judge,
    missing_in,
    same_difference,
    without_date,
    without_machine,
)
from ..targets.limit import LimitReached
from ..targets.loggers import unchanged
from ..wire.process import ServerError
from ..wire.shared_state import needs_one_process
from .options import BACKENDS
from .suite import Suite

__all__ = ["ExampleItem", "PageFile"]


class NotApplicable(Exception):
    """An example that says nothing about what is tested here."""


class NotAsked(Exception):
    """A requirement whose level asks somebody else."""


class UnexpectedPass(Exception):
    """An example that passes though it is listed as a known failure."""


class PageFile(pytest.File):
    """One page."""

    def __init__(self, *, suite: Suite, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.suite = suite

    def collect(self) -> Iterator[pytest.Item]:
        """Give a test for each example and each tier in which it can exist."""
        page = self.suite.page(self.path)
        requirements = {requirement.id: requirement for requirement in page.requirements}
        for example in filter(self.suite.selects, page.examples):
            requirement = requirements.get(example.requirement or "")
            for name, kind, tier in self._tests(example):
                yield ExampleItem.from_parent(
                    self,
                    name=name,
                    page=page,
                    example=example,
                    requirement=requirement,
                    kind=kind,
                    tier=tier,
                )

    def _tests(self, example: Example) -> Iterator[tuple[str, str, str]]:
        suite = self.suite
        if not suite.options.memory:
            pass
        elif example.kind == "script":
            yield example.id, "memory", "memory"
        elif example.kind == "app":
            for backend in suite.options.backends:
                if (reason := _wire_only(example)) is None or suite.options.report:
                    yield f"{example.id}[{backend}]", "memory", backend
                else:
                    suite.leave_out(TITLES[backend], reason.value)
        elif not suite.servers:
            suite.leave_out("clients", "need a server")
        for server in suite.servers:
            if example.memory_only is None or suite.options.report:
                yield f"{example.id}[{server}]", "wire", server
            else:
                suite.leave_out(server, example.memory_only.value)


class ExampleItem(pytest.Item):
    """One example in one tier."""

    def __init__(
        self,
        *,
        page: Page,
        example: Example,
        requirement: Requirement | None,
        kind: str,
        tier: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.page = page
        self.example = example
        self.requirement = requirement
        self.kind = kind
        self.tier = tier
        self.verdict = Verdict("not-run")
        self.partly: str | None = None
        if requirement is not None:
            self.user_properties.append(("level", requirement.level))

    @property
    def suite(self) -> Suite:
        """What the run shares."""
        parent = self.parent
        assert isinstance(parent, PageFile)
        return parent.suite

    def runtest(self) -> None:
        """Play the example; whatever differs from the page is raised."""
        level = self.requirement.level if self.requirement else None
        known = known_for(self.suite.options.known, self.example.id, self.tier)
        try:
            with remembered(), _as_what_it_is():
                variant = self._play()
        except NotAsked as reason:
            self.verdict = Verdict("not-asked", more=str(reason))
            pytest.skip(f"not asked: {reason}")
        except NotApplicable as reason:
            self.verdict = Verdict("not-applicable", more=str(reason))
            pytest.skip(f"not applicable: {reason}")
        except (Exception, SystemExit, LimitReached, pytest.fail.Exception) as error:
            self.verdict = judge(error, self.example, page_frames(self.example, error), level)
            outcome = self.verdict.outcome
            if outcome == "error":
                raise
            if known is not None and not self.verdict.passed:
                pytest.xfail(known.reason)
            if self.suite.options.counts(outcome, self.requirement, self.tier) or self._is_own:
                raise
            if not self.verdict.passed:
                pytest.xfail(f"{outcome}, but only {level}")
        else:
            outcome = "observed" if level == "info" else "pass-variant" if variant else "pass"
            self.verdict = Verdict(outcome, variant, more=self.partly)
            if variant is not None:
                self.user_properties.append(("variant", variant))
        if known is not None and not known.is_pattern:
            raise UnexpectedPass
        self.suite.ran[TITLES.get(self.tier, self.tier)] += 1

    @property
    def _is_own(self) -> bool:
        """Whether this is the documentation's own test: what it shows has to be so, every bit."""
        options = self.suite.options
        ours = self.requirement is not None and self.requirement.level == "ours"
        # Over a server a level that asks nobody else is the reference's duty all the same.
        return options.target is None and (self.kind == "memory" or ours and not options.report)

    @interruptible
    def _play(self) -> str | None:
        if not self.suite.options.asks(self.requirement):
            assert self.requirement is not None
            systems = self.requirement.systems
            only = f"only {' and '.join(systems)} document{'' if systems[1:] else 's'} it"
            raise NotAsked(only if systems else "it is this project's own")
        if reason := self.suite.says_nothing(self.page, self.example):
            raise NotApplicable(reason)
        if self.tier == "trio" and self.kind == "memory" and self.suite.no_trio:
            raise NotApplicable("the target cannot run on trio")
        target = self.suite.options.target
        if target and self.tier in BACKENDS and self.tier not in target.backends:
            raise NotApplicable(f"{target.package} runs on {', '.join(target.backends)} only")
        self.suite.refuse_what_is_unlike(self.example)
        if self.kind == "memory":
            if wire_reason := _wire_only(self.example):
                raise NotApplicable(f"on the wire only: {wire_reason.value}")
            backend = self.tier if self.example.kind == "app" else None
            with unchanged(), warnings.catch_warnings():
                if self.suite.substitutes is not None:
                    warnings.simplefilter("ignore")  # a target's own are none of the page's
                return evaluate(self.example, backend, self.suite.substitutes)
        if self.example.memory_only is not None:
            raise NotApplicable(f"in memory only: {self.example.memory_only.value}")
        app = self._app()
        several = self.suite.server(self.tier).processes > 1
        if several and app is not None and needs_one_process(self.example, app):
            raise NotApplicable("it keeps state in one process, and this server has several")
        if self.example.kind == "app":
            return self._play_over_server()
        return self._play_client()

    def _play_over_server(self) -> str | None:
        result = self.suite.server(self.tier).play(self.example)
        difference = result.detail
        if result.left_out:
            left, total = len(result.left_out), len(self.example.conversations)
            reasons = ", ".join(dict.fromkeys(result.left_out))
            self.partly = f"{left} of {total} conversations can be played in memory only: {reasons}"
        if result.outcome == "error" and difference is not None:
            error = ServerError(f"expected {difference.wanted}, got {difference.got}")
            self.suite.give_up(self.tier, error)
            raise error
        if difference is not None and difference.lacks:
            raise NotApplicable(difference.lacks)  # an extension is nobody's duty
        if difference is None or self.suite.options.target is None:
            return result.raise_unless_passed()
        if missing_in(difference.more, self.example.path) is None:
            theirs = self.suite.reference_differs(self.tier, self.example)
            if theirs is not None and theirs.lacks:
                raise NotApplicable(theirs.lacks)
            if theirs is not None and same_difference(difference, theirs):
                got = " ".join(difference.got.split())
                raise NotApplicable(f"the reference differs in the same way on this server: {got}")
        raise difference

    def _play_client(self) -> str | None:
        from ..wire.client_snippets import play_browser_client, play_python_client

        server = self.suite.server(self.tier)
        app = self._app()
        assert app is not None  # the parser refuses a client without one
        if self.example.kind == "javascript":
            play_browser_client(self.example, server, app)
        else:
            play_python_client(self.example, server, app)
        return None

    def _app(self) -> Example | None:
        """The application that is served: of a client the nearest above, else the page's first."""
        if self.example.kind == "app":
            return self.example
        before = [
            one
            for one in self.page.examples
            if one.kind == "app" and one.line < self.example.line
            if one.requirement is not None and one.requirement == self.example.requirement
        ]
        return before[-1] if before else self.page.app

    def result(self) -> Result:
        """Give what came of it."""
        verdict = self.verdict
        requirement = self.requirement
        options = self.suite.options
        known = known_for(options.known, self.example.id, self.tier)
        folders = _folders(self.path.parent) if verdict.got or verdict.more else []
        return Result(
            id=self.example.id,
            requirement=requirement.id if requirement else None,
            level=requirement.level if requirement else None,
            tier=self.tier,
            outcome=verdict.outcome,
            variant=verdict.variant,
            wanted=verdict.wanted,
            got=without_machine(without_date(verdict.got), folders),
            page=None if verdict.passed else self.path.name,
            line=None if verdict.line is None else verdict.line - self.example.line,
            more=without_machine(from_its_fence(verdict.more, self.example), folders),
            known=known.reason if known and not (known.is_pattern and verdict.passed) else None,
        )

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """Say where the example stands."""
        return self.path, self.example.line - 1, self.name

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """Say page, line, requirement, and what differs."""
        error = excinfo.value
        lines = page_frames(self.example, error)
        line = error.line if isinstance(error, Difference) else (lines or [self.example.line])[-1]
        told = [f"{os.path.relpath(self.path)}:{line}: {self.name}"]
        if self.requirement is not None:
            told.append(f"{self.requirement.level.upper()} {self.requirement.title}")
        if self.verdict.outcome == "unsupported":
            told += ["", f"unsupported: {self.verdict.got}"]
        elif isinstance(error, Difference):
            told += ["", *_beside("expected", error.wanted), *_beside("got", error.got)]
            told += ["", error.more] if error.more else []
        elif isinstance(error, UnexpectedPass):
            told += ["", "it passes, but it is listed as a known failure: remove it from the list"]
        elif isinstance(error, (LimitReached, ServerError, pytest.fail.Exception)):
            told += ["", str(error)]
        else:
            told += ["", "".join(traceback.format_exception(error)).rstrip()]
        return "\n".join(told)


TITLES = {"memory": "scripts"} | {name: f"memory ({name})" for name in BACKENDS}
"""How the summary of a run calls the tiers in memory."""


def _wire_only(example: Example) -> WireOnly | None:
    """Why memory has no place for an example: its prints need every conversation."""
    return next(filter(None, map(wire_only, example.conversations)), None)


def _beside(label: str, text: str) -> list[str]:
    first, *others = text.split("\n")
    return [f"    {label:<9} {first}", *(f"    {'':<9} {other}" for other in others)]


def _folders(pages: Path) -> list[tuple[Path, str]]:
    """The places of this machine that a text may name, each with what stands for it."""
    package = Path(__file__).parents[3]
    known = [(pages, ""), (package, ""), (Path(sys.prefix), ""), (Path.cwd(), "")]
    return [*known, (Path(tempfile.gettempdir()), "…/"), (Path.home(), "~/")]


@contextmanager
def _as_what_it_is() -> Iterator[None]:
    """Let a request to stop through as what it is, whatever the event loop has made of it."""
    try:
        yield
    except asyncio.CancelledError:
        # asyncio has cancelled its main task and cannot tell any more why.
        raise KeyboardInterrupt from None
    except BaseExceptionGroup as group:
        # It met a task of the application; pytest would take the group for a failure and go on.
        if group.subgroup(KeyboardInterrupt) is not None:
            raise KeyboardInterrupt from None
        raise
