"""Plays one conversation against a server: this side is the client, step by step.

A client sees frames, not applications. So `<` steps are compared with what the client saw, and
how the application ended with what the dispatcher inside of the server reports: what a server
makes of such an end differs from one to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ..conversation.compare import Breach, Difference, Seen, describe, is_variant, matches
from ..conversation.events import (
    Accept,
    Bytes,
    Close,
    Connect,
    Conversation,
    Deny,
    Disconnect,
    End,
    Json,
    Ping,
    Request,
    Response,
    Step,
    Text,
)
from .client import LenientClient
from .control import Control, Play, Report

__all__ = ["Limits", "WirePlayer", "whole"]

_ENDS = (Breach, Close, Deny, Disconnect, Response)  # what servers make of an application's end
_ANSWERS = ("websocket.close", "websocket.http.response.start", "http.response.start")
_TELLING = ("websocket.accept", "websocket.send", "websocket.close")


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds that one wait may take.

    `settle` is what a slow server needs to pass on what has happened: one of them looks once
    a second.
    """

    load: float = 5.0
    event: float = 5.0
    end: float = 5.0
    settle: float = 1.5
    cut: float = 2.0
    order: float = 0.25
    cause: float = 1.0


@dataclass
class _Line:
    """One client, and what the dispatcher reports of its connection."""

    client: LenientClient
    report: Report | None = None
    open: bool = True
    closing: bool = False
    gone: bool = False
    ended: bool = False  # as a line of the page says
    announced: int = 0  # messages of the application that lines of the page account for
    sent: int = 0

    def over(self) -> bool:
        """Whether the application has ended."""
        return self.report is not None and self.report.over

    def done(self) -> bool:
        """Whether nothing more is to be seen."""
        return self.client.over or self.over()

    def settled(self) -> bool:
        """Whether nothing more is to be reported."""
        return self.report is None or self.report.over

    def answered(self) -> bool:
        """Whether the application has ended the connection by a message of its own."""
        return self.report is not None and self.report.count("sent", *_ANSWERS) > 0

    def arrived(self) -> bool:
        """Whether the application has taken all that the client did."""
        if self.report is None or self.over():
            return True
        if not self.open:
            return self.report.count("received", "websocket.disconnect") > 0
        return self.report.count("received", "websocket.receive") >= self.sent


class WirePlayer:
    """Plays the conversations of one example.

    Args:
        control: The connection to the server's processes.
        play: The example, loaded.
        port: Where the server listens.
        path: The page, for messages.
        limits: How long to wait.
        last_words: What the server said last, for when it dies.
    """

    def __init__(
        self,
        control: Control,
        play: Play,
        port: int,
        path: str,
        limits: Limits,
        last_words: Callable[[], str],
    ) -> None:
        self.seen: list[str] = []
        self.variants: list[str] = []
        self.stuck = False
        self._control = control
        self._play = play
        self._port = port
        self._path = path
        self._limits = limits
        self._last_words = last_words
        self._lines: dict[str, _Line] = {}
        self._taken: list[Report] = []

    async def run(self, conversation: Conversation) -> None:
        """Play one conversation; afterwards every client is gone.

        Raises:
            Difference: Something else happened than the page says.
        """
        self._lines = {}
        try:
            for step, following in _with_next(conversation.steps):
                await self._step(step, following)
            await self._finish(conversation)
        finally:
            for line in self._lines.values():
                await self._leave(line)
            for line in self._lines.values():
                self.stuck |= not await self._until(line.settled, self._limits.cut)

    # Steps

    async def _step(self, step: Step, following: Step | None) -> None:
        if (line := self._lines.get(step.client)) and line.ended:
            return  # as an alternative allowed
        match step.direction, step.event:
            case ">", Connect() | Request():
                await self._open(step)
            case ">", _:
                await self._act(step, following)
            case "<", _:
                await self._compare(step)
            case _:
                await self._await_end(step)

    async def _open(self, step: Step) -> None:
        opening = step.event
        assert isinstance(opening, (Connect, Request))
        try:
            client = await LenientClient.connect(self._port, opening, self._control.signal)
        except OSError as error:
            raise self._died(step) from error
        line = self._lines[step.client] = _Line(client)
        # Until the application has been called, what other clients do might overtake this one.
        await self._until(lambda: self._attached(line) or client.seen, self._limits.event)
        if line.report is None and not client.seen:
            raise await self._difference(step, line, None, "the application to be called")

    def _attached(self, line: _Line) -> bool:
        """Find the report of a client by its port; a server that hides it plays one at a time."""
        if line.report is None:
            for report in self._play.reports:
                known = report.port in (line.client.port, None)
                if known and not any(report is other for other in self._taken):
                    line.report = report
                    self._taken.append(report)
                    break
        return line.report is not None

    async def _act(self, step: Step, following: Step | None) -> None:
        line = self._lines[step.client]
        if isinstance(step.event, Disconnect):
            line.open = False
            await self._leave(line)
        else:
            line.client.send(step.event)
            line.sent += not isinstance(step.event, (Close, Ping))
            if isinstance(step.event, Close):
                line.open, line.closing = False, True
        if following is not None and following.client != step.client:
            # Between two connections there is no order on the wire; in the conversation there is.
            await self._until(line.arrived, self._limits.order)

    async def _compare(self, step: Step) -> None:
        if step.refused:
            return  # nothing to see: the next step would find it
        line = self._lines[step.client]
        client, limits = line.client, self._limits
        await self._until(lambda: client.seen or line.over(), limits.event)
        if not client.seen and line.over():
            await self._until(lambda: client.seen, limits.settle)
        seen = client.seen.popleft() if client.seen else None
        may_end = any(isinstance(event, End) for event in step.alternatives)
        if seen is not None:
            self.seen.append(f"{step.client}{describe(seen)}")
            if not may_end or await self._is_own(line, seen):
                for number, wanted in enumerate(step.alternatives):
                    if matches(wanted, seen, wire=True):
                        self._account(step, number, seen)
                        return
        if may_end and await self._until(line.over, limits.end) and line.report:
            for number, wanted in enumerate(step.alternatives):
                if line.report.end and matches(wanted, line.report.end, wire=True):
                    self._account(step, number, line.report.end)
                    return
        raise await self._difference(step, line, seen)

    async def _is_own(self, line: _Line, seen: Seen) -> bool:
        """Whether what ends the connection came from the application, not from the server."""
        if line.report is None or not isinstance(seen, _ENDS):
            return True
        await self._until(lambda: line.answered() or line.over(), self._limits.settle)
        return line.answered()

    def _account(self, step: Step, number: int, seen: Seen) -> None:
        line = self._lines[step.client]
        wanted = step.alternatives[number]
        if is_variant(step.alternatives, number, seen):
            self.variants.append(describe(seen))
        line.announced += isinstance(wanted, (Accept, Bytes, Close, Json, Text))
        if isinstance(wanted, (Close, Deny, End)):
            line.open = False
        if isinstance(wanted, End):
            line.ended = True

    async def _await_end(self, step: Step) -> None:
        line = self._lines[step.client]
        await self._until(line.over, self._limits.end)
        end = line.report.end if line.report else None
        if end is None or not matches(step.event, end, wire=True):
            raise await self._difference(step, line, None)
        self.seen.append(f"{step.client}{describe(end)}")
        line.ended = True
        if line.open and line.report and line.report.count("sent", *_TELLING) > line.announced:
            client = line.client
            await self._until(lambda: client.seen, self._limits.settle)
            if client.seen and not isinstance(client.seen[0], Disconnect):
                raise await self._difference(step, line, client.seen[0])

    async def _finish(self, conversation: Conversation) -> None:
        """See every application end, and nothing happen that the page does not tell of."""
        for line in self._lines.values():
            client = line.client
            if line.closing:
                await self._until(line.done, self._limits.cut)
            extra = next((one for one in client.seen if isinstance(one, (Bytes, Text))), None)
            if extra is not None:
                raise await self._difference(_last(conversation, line, self._lines), line, extra)
            await self._leave(line)
        for line in self._lines.values():
            step = _last(conversation, line, self._lines)
            if line.report is None:
                continue  # the server has answered by itself, as a line of the page says
            await self._until(line.over, self._limits.end)
            end = line.report.end
            if end is None or (end.names and not line.ended):
                raise await self._difference(step, line, None, "the application to end")

    async def _leave(self, line: _Line) -> None:
        if not line.gone:
            line.gone = True
            await line.client.leave()

    async def _until(self, condition: Callable[[], object], seconds: float) -> bool:
        held = await self._control.signal.until(lambda: condition() or self._control.died, seconds)
        return held and not self._control.died

    # Differences

    async def _difference(
        self, step: Step, line: _Line, seen: Seen | None, wanted: str = ""
    ) -> Difference:
        """Tell what happened in place of a step: the application's end rather than its echo."""
        if isinstance(seen, _ENDS):
            await self._until(line.over, self._limits.cause)
        report = line.report
        if self._control.died or (report is not None and report.lost):
            return self._died(step)
        end = report.end if report else None
        got, more = ("nothing", _activity(report)) if seen is None else (describe(seen), "")
        told_by_end = seen is None or (isinstance(seen, _ENDS) and not line.answered())
        if report is not None and end is not None and told_by_end:
            got, more = describe(end), report.traceback
        return Difference(
            path=self._path,
            line=step.line,
            client=step.client,
            wanted=wanted or whole(step),
            got=got,
            more=more,
            timeout=got == "nothing",
        )

    def _died(self, step: Step) -> Difference:
        return Difference(
            path=self._path,
            line=step.line,
            client=step.client,
            wanted=whole(step),
            got="the end of the server",
            more=self._last_words(),
        )


def whole(step: Step) -> str:
    """Give a step as the page has it, with its indented lines."""
    return "\n  ".join([step.text.strip(), *(field.strip() for field in step.fields)])


def _activity(report: Report | None) -> str:
    """What the application did last, in words for an error."""
    if report is None:
        return "the application was not called"
    sent, received = (report.types(way) or ["nothing"] for way in ("sent", "received"))
    return f"the application had last sent {sent[-1]} and received {received[-1]}"


def _with_next(steps: Sequence[Step]) -> Iterable[tuple[Step, Step | None]]:
    return zip(steps, [*steps[1:], None], strict=True)


def _last(conversation: Conversation, line: _Line, lines: dict[str, _Line]) -> Step:
    client = next(name for name, one in lines.items() if one is line)
    return [step for step in conversation.steps if step.client == client][-1]
