"""Plays the examples of pages over a server; one start of the server serves them all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from ..conversation.compare import Difference, describe
from ..conversation.events import Conversation, Deny, Step, memory_only
from ..pages import prints
from ..pages.model import Example
from .control import Control, Play, Report
from .player import Limits, WirePlayer, whole
from .process import START_LIMIT, ServerError, ServerProcess, known_as, workers_of

__all__ = ["Limits", "WireResult", "WireServer"]

DENIAL = "websocket.http.response"
NO_DENIAL = f"expected the extension {DENIAL!r}, the server's scope has none"
_NAMES_DENIAL = re.compile(rf"\b{re.escape(DENIAL)}\b(?!\.)")  # not a message, such as its start

Outcome = Literal[
    "pass", "pass-variant", "fail", "unsupported", "timeout", "error", "not-applicable"
]


@dataclass(frozen=True)
class WireResult:
    """What came of an example over a server.

    `seen` is what the clients saw, in the notation of the conversation; `printed` what was
    printed, with its line in the snippet; `left_out` why conversations were not played.
    """

    outcome: Outcome
    detail: Difference | None = None
    variant: str | None = None
    seen: list[str] = field(default_factory=list)
    printed: list[tuple[int, str]] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def raise_unless_passed(self) -> str | None:
        """Give the variants that were seen in place of what the page names first, or None.

        Raises:
            Difference: Something else happened than the page says.
            ValueError: Nothing of the example can be played over a server.
        """
        if self.detail is not None:
            raise self.detail
        if self.outcome == "not-applicable":
            reasons = ", ".join(self.left_out)
            raise ValueError(f"expected an example for a real client, got one with {reasons}")
        return self.variant


class WireServer:
    """A server that runs while the block lasts.

    Args:
        command: A name of `process.KNOWN`, or a command line with ``{app}`` and ``{port}`` in it.
        target: The name of what the snippets' imports give; None is the reference.
        log_dir: The folder for the server's log.
        limits: How long single waits may take.
        start_limit: Seconds until the server must listen.
    """

    def __init__(
        self,
        command: str,
        *,
        target: str | None = None,
        log_dir: Path,
        limits: Limits | None = None,
        start_limit: float = START_LIMIT,
    ) -> None:
        self.command = command
        self.name, self.version = known_as(command)
        self.log = log_dir / f"{self.name}.log"
        self.starts = 0
        self.served: Play | None = None
        self._target = target
        self.limits = limits or Limits()
        self._start_limit = start_limit
        self._suspect = False  # an application hangs in it, or worse
        self._denies: bool | None = None  # whether its scopes offer it, once that was seen

    def __enter__(self) -> Self:
        """Start the server.

        Raises:
            ServerError: It cannot be started.
        """
        self._control = Control()
        try:
            self._process = ServerProcess(
                self.command, log=self.log, environment=self._control.environment
            )
            self._start()
        except BaseException:
            self._control.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the server and everything that it has started."""
        try:
            self._process.end()
        finally:
            self._control.close()

    @property
    def port(self) -> int:
        """The port on which the server listens now."""
        return self._process.port

    @property
    def processes(self) -> int:
        """How many processes of the server have loaded the application."""
        return len(self._control.processes)

    def play(self, example: Example) -> WireResult:
        """Play an example: each of its conversations that a real client can have, in order.

        Args:
            example: An example that defines an application.
        """
        reasons = [memory_only(one) for one in example.conversations]
        left_out = [reason.value for reason in reasons if reason is not None]
        if example.memory_only is not None:
            left_out = left_out or [example.memory_only.value]
        pairs = zip(example.conversations, reasons, strict=True)
        playable = [one for one, reason in pairs if reason is None]
        if not playable or example.memory_only is not None:
            return WireResult("not-applicable", left_out=left_out)
        if self._denies is False and (denials := _denials(playable)):
            # That nothing comes of it would only be seen a second or more later.
            step = denials[0]
            detail = _failed(example, whole(step), "no play", line=step.line, lacks=NO_DENIAL)
            return WireResult("unsupported", detail, left_out=left_out)
        try:
            self._start_again_if_needed()
        except ServerError as error:
            return WireResult("error", _failed(example, "the server to start again", error))
        result = self._control.run(self._play(example, playable, left_out))
        if self._suspect or self._process.answers():
            return result
        self._suspect = True
        if result.detail is not None:
            return result
        words = self._process.last_words()
        return replace(
            result,
            outcome="fail",
            detail=_failed(example, "a server that serves on", "its end", words),
        )

    @contextmanager
    def serving(self, example: Example) -> Iterator[int]:
        """Serve an example to any clients.

        Args:
            example: An example that defines an application.

        Returns:
            The port. What happens there is in `served`.

        Raises:
            Difference: The snippet cannot be loaded, or the server dies.
            ServerError: The server cannot be started again.
        """
        self._start_again_if_needed()
        play = self._control.run(self._load(example))
        self.served = play
        try:
            yield self._process.port
        finally:
            self._control.run(self._finish_serving(play))
            self._suspect = self._suspect or not self._process.answers()
        if self._control.died or not self._process.alive:
            raise _failed(example, "a server that serves on", "its end", self._process.last_words())

    # Starting

    def _start(self) -> None:
        self._control.run(self._control.forget())
        self._suspect = False
        self._process.start(self._start_limit)
        self.starts += 1
        if not self._control.run(self._loaded_dispatcher()):
            workers, loaded = workers_of(self.command), self.processes
            words = self._process.last_words()
            self._process.end()
            where = f" in {workers} workers, {loaded} did" if loaded else ""
            raise ServerError(f"expected {self.command!r} to load the application{where}\n{words}")

    async def _loaded_dispatcher(self) -> bool:
        """Wait for every worker: one that is missing would know nothing of the first examples."""
        control, workers = self._control, workers_of(self.command)
        return await control.signal.until(
            lambda: len(control.processes) >= workers, self._start_limit
        )

    def _start_again_if_needed(self) -> None:
        if self._suspect or self._control.died or not self._process.alive:
            self._process.end(0)  # what hangs is not asked politely
            self._start()

    # On the suite's loop

    async def _load(self, example: Example) -> Play:
        control = self._control
        asked = len(control.processes)
        play = await control.begin(example, self._target, self.limits.load)
        if (raised := play.unloadable) is not None:
            got = describe(raised.end)
            raise _failed(example, "the snippet to load", got, raised.traceback, raised.line)
        if control.died:
            words = self._process.last_words()
            raise _failed(example, "the snippet to load", "the end of the server", words)
        if play.ready < asked:
            self._suspect = True
            raise _failed(example, "the snippet to load", "nothing")
        return play

    async def _play(
        self, example: Example, conversations: list[Conversation], left_out: list[str]
    ) -> WireResult:
        try:
            play = await self._load(example)
        except Difference as difference:
            outcome: Outcome = "timeout" if difference.timeout else "fail"
            return WireResult(outcome, difference, left_out=left_out)
        player = WirePlayer(
            self._control,
            play,
            self._process.port,
            str(example.path),
            self.limits,
            self._process.last_words,
        )
        detail: Difference | None = None
        self._suspect = True  # until it is known better: the wait may be interrupted
        try:
            for conversation in conversations:
                await player.run(conversation)
            detail = _wrong_print(example, play.printed, partly=bool(left_out))
        except Difference as difference:
            detail = difference
        self._suspect = player.stuck
        scopes = [report.extensions for report in play.reports if report.kind == "websocket"]
        if scopes:
            self._denies = any(DENIAL in extensions for extensions in scopes)
        if not self._suspect:
            await self._control.end(self.limits.cut)
        variant = ", ".join(player.variants) or None
        outcome = "pass-variant" if variant else "pass"
        if detail is not None:
            outcome = "timeout" if detail.timeout else "fail"
            if scopes and not self._denies and _asks(example, detail):
                outcome, detail.lacks = "unsupported", NO_DENIAL
        return WireResult(
            outcome, detail, variant, player.seen, play.printed, play.reports, left_out
        )

    async def _finish_serving(self, play: Play) -> None:
        control = self._control
        over = await control.signal.until(
            lambda: control.died or all(report.over for report in play.reports), self.limits.end
        )
        self._suspect = not over
        if over:
            await control.end(self.limits.cut)


def _denials(conversations: Iterable[Conversation]) -> list[Step]:
    """The steps at which nothing but a denial response will do."""
    steps = [step for conversation in conversations for step in conversation.steps]
    return [step for step in steps if all(isinstance(one, Deny) for one in step.alternatives)]


def _asks(example: Example, difference: Difference) -> bool:
    """Whether a difference is about denial responses: a page asks for one, or an error names it."""
    if any(step.line == difference.line for step in _denials(example.conversations)):
        return True
    raised = difference.more.rstrip().rpartition("\n")[2]  # the last of a chain
    return any(map(_NAMES_DENIAL.search, (difference.got, raised)))


def _wrong_print(
    example: Example, printed: list[tuple[int, str]], *, partly: bool
) -> Difference | None:
    """Find the first print that differs; what is played in part need not reach every one."""
    for difference in prints.compare(example.code, printed):
        rest = iter(difference.wanted)
        if partly and all(line in rest for line in difference.got):
            continue
        return _failed(
            example,
            _prints(difference.wanted),
            _prints(difference.got),
            line=example.line + difference.line,
        )
    return None


def _prints(lines: tuple[str, ...]) -> str:
    return "\n".join(f"#> {line}" for line in lines) or "no print"


def _failed(
    example: Example,
    wanted: str,
    got: object,
    more: str = "",
    line: int | None = None,
    lacks: str = "",
) -> Difference:
    return Difference(
        path=str(example.path),
        line=line or example.line,
        client="",
        wanted=wanted,
        got=str(got),
        more=more,
        timeout=got == "nothing",
        lacks=lacks,
    )
