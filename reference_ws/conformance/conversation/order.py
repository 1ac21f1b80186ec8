"""Which line may follow which: a conversation makes sense, or it is a fault of the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, cast

from .events import (
    Accept,
    Bytes,
    Close,
    Complete,
    Connect,
    Conversation,
    Deny,
    Disconnect,
    End,
    Event,
    Failed,
    Form,
    Fragments,
    Json,
    Lifespan,
    Ping,
    Pong,
    Raw,
    Request,
    Response,
    Step,
    Text,
    memory_only,
    wire_only,
)
from .notation import Mistake, expected

_State = Literal["connecting", "open", "ended", "over"]  # over: the application has ended too


def form_of(first: Step) -> Form:
    match first.event:
        case Request():
            return "request"
        case Lifespan():
            return "lifespan"
    return "websocket"


def check_websocket(steps: Sequence[Step]) -> Iterable[tuple[int, str]]:
    states: dict[str, _State] = {}
    starts: dict[str, int] = {}
    sound = True  # what follows from an earlier fault is not reported
    for step in steps:
        who = f" of {step.client!r}" if step.client else ""
        if bool(step.client) != bool(steps[0].client):
            yield step.line, "expected all clients with a name or none, got both"
            return
        if isinstance(step.event, Connect):
            if step.client in states:
                sound = False
                yield step.line, f"expected one connect{who}, got a second"
            else:
                states[step.client], starts[step.client] = "connecting", step.line
            continue
        if step.client not in states:
            yield step.line, f"expected '> connect' as the first line{who}, got {step.text!r}"
            return
        try:
            states[step.client] = _after(states[step.client], step)
        except Mistake as mistake:
            sound = False
            yield step.line, str(mistake)
    for client, state in states.items():
        if sound and state in ("connecting", "open"):
            who = f" of {client!r}" if client else ""
            yield (
                starts[client],
                f"expected the connection{who} to end (close, disconnect, deny or '!'), "
                f"got the end of the conversation while it is {state}",
            )
    whole = Conversation(tuple(steps), (), steps[0].line)
    if (here := memory_only(whole)) and (there := wire_only(whole)):
        what = f"{here.value} together with {there.value}"
        yield steps[0].line, f"expected a conversation that can be played somewhere, got {what}"


def _after(state: _State, step: Step) -> _State:
    """Tell the state after a step; all alternatives must lead to the same one."""
    if state == "over":
        expected("nothing after the application has ended", step.text)
    if step.refused:
        return state  # nothing was sent
    if step.direction == "<" and any(isinstance(one, Raw) for one in step.alternatives):
        expected("'! Exception' after a raw message", step.text)
    if step.direction == "!":
        if state == "ended" and cast("End", step.event).exception is None:
            expected("no '! return' after the end (it is implied)", step.text)
        return "over"
    if state == "ended":
        expected("only '! ExceptionName' or a refused send after the end", step.text)
    # An exception may end the conversation early; whatever else may happen must agree.
    early = [isinstance(one, End) and one.exception is not None for one in step.alternatives]
    going_on = [one for one, ends in zip(step.alternatives, early, strict=True) if not ends]
    states = {_next_state(state, event, step) for event in going_on or step.alternatives}
    if len(states) > 1:
        expected("alternatives that all end the connection or all go on", step.text)
    return states.pop()


def _next_state(state: _State, event: Event, step: Step) -> _State:
    match event:
        case Accept() if state == "connecting":
            return "open"
        case Accept():
            expected("one accept", step.text)
        case Deny() if state == "connecting":
            return "ended"
        case Deny():
            expected("a denial before the handshake is accepted", step.text)
        case Close() if step.direction == ">" and state == "connecting":
            expected("'> disconnect' (there is no Close frame before '< accept')", step.text)
        case Close() | Disconnect() | End():
            return "ended"
        case Raw(message) if message.get("type") == "websocket.disconnect":
            return "ended"
        case Raw():
            return state
        case Text() | Bytes() | Json() | Fragments() | Ping() | Pong() if state == "connecting":
            expected("'< accept' before the first message", step.text)
        case Text() | Bytes() | Json() | Fragments() | Ping() | Pong():
            return state
    expected("a line of a WebSocket conversation", step.text)


def check_exchange(steps: Sequence[Step]) -> Iterable[tuple[int, str]]:
    """Check plain HTTP and lifespan: each question has its answer."""
    request = isinstance(steps[0].event, Request)
    ask, answer = ((Request,), (Response,)) if request else ((Lifespan,), (Complete, Failed))
    word = "response" if request else "complete"
    phases = ("startup", "shutdown")
    for index, step in enumerate(steps):
        if step.client:
            yield step.line, f"expected no client's name, got {step.client!r}"
        if step.refused or len(step.alternatives) > 1:
            yield step.line, f"expected one plain event here, got {step.text!r}"
        answered = index % 2 == 1
        if answered and not isinstance(step.event, (*answer, End)):
            yield step.line, f"expected '< {word}' or '!', got {step.text!r}"
            return
        if not answered and (not isinstance(step.event, ask) or index > (0 if request else 2)):
            yield step.line, f"expected nothing more, got {step.text!r}"
            return
        if isinstance(step.event, Lifespan) and step.event.phase != phases[index // 2]:
            yield step.line, f"expected 'lifespan {phases[index // 2]}' here, got {step.text!r}"
        if isinstance(step.event, Failed | End) and step is not steps[-1]:
            yield steps[index + 1].line, f"expected nothing after {step.text!r}"
            return
    if len(steps) % 2:
        yield steps[-1].line, f"expected '< {word}' or '!' after {steps[-1].text!r}, got the end"
