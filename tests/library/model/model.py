"""What the tables and the pages say of a socket; each call is a generator that waits as it should.

It yields `("receive", None)` where the server's receive must be waiting, `("send", message)` where
the server must have been handed this message, and nothing else.

Nothing is set back: the states and the end follow from which steps were begun and not taken back.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext, suppress
from json import JSONDecodeError
from typing import Any, Literal, NoReturn

from reference_ws.exceptions import WebSocketDisconnect, WebSocketDisconnected, WrongFrameKind
from reference_ws.state import MORE_BODY, RECEIVE, SEND, WebSocketState
from reference_ws.types import Message
from tests.library.model.outcomes import ResponseFault

__all__ = ["Model", "Steps", "Waiting"]

CONNECTING, CONNECTED, DISCONNECTED, RESPONSE = WebSocketState

Waiting = tuple[str, Message | None]
Steps = Generator[Waiting, Any, Any]
End = tuple[int, str]
NO_FRAME: End = (1006, "")


class _Step:
    """A message that was handed to the server and moves the application's state."""

    def __init__(self, following: WebSocketState, end: End | None) -> None:
        self.following = following
        self.end = end


class _Response:
    """How far a denial response has come."""

    def __init__(self) -> None:
        self.asked = self.begun = self.finished = False
        self.left: End | None = None


class Model:
    """One connection.

    Args:
        denial: Whether the server has the denial extension.
    """

    def __init__(self, denial: bool = True) -> None:
        self._denial = denial
        self._steps: list[_Step] = []
        self._lost = False
        self._left: End | None = None
        self._receiving_connect = 0
        self.client_state = CONNECTING

    # What can be read

    @property
    def application_state(self) -> WebSocketState:
        reached = {step.following for step in self._steps}
        if self._lost or DISCONNECTED in reached:
            return DISCONNECTED
        return next((state for state in (RESPONSE, CONNECTED) if state in reached), CONNECTING)

    @property
    def end(self) -> End | None:
        own = next((step.end for step in self._steps if step.end), None)
        return own or self._left or (NO_FRAME if self._lost else None)

    # Raw messages

    def receive(self) -> Steps:
        if self.client_state is DISCONNECTED:
            self._raise_ended()
        message = yield from self._next()
        self._arrive(message)
        return message

    def send(self, message: Any) -> Steps:
        kind = self._legal(message)
        following = SEND[self.application_state][kind]
        step = _Step(following, None)
        if following is DISCONNECTED:
            step.end = self._end_by(message)
        if following is not self.application_state:
            self._steps.append(step)
        try:
            yield "send", message
        except OSError as error:
            self._take_back(step)
            self._lost = True
            raise WebSocketDisconnect(*self._known_end()) from error
        except BaseException:
            self._take_back(step)
            raise

    # Answering the handshake

    def answer(self, message: Message) -> Steps:
        self._legal(message)
        yield from self._connect()
        yield from self.send(message)

    def close(self, message: Message) -> Steps:
        with suppress(WebSocketDisconnect):
            yield from self.answer(message)

    def deny(self, script: str) -> Steps:
        """A response that does what each word of the script says; `?` is for what may fail."""
        self._legal({"type": "websocket.http.response.start"})
        if not self._denial:
            self._refuse()
        yield from self._connect()
        heard = _Response()
        try:
            for word in script.split():
                with suppress(Exception) if word.startswith("?") else nullcontext():
                    yield from self._part(word.removeprefix("?"), heard)
        finally:
            if heard.begun and not heard.finished and self.application_state is RESPONSE:
                self._steps.append(_Step(DISCONNECTED, self._left or NO_FRAME))
        if heard.finished:
            return
        if heard.left:
            raise WebSocketDisconnect(*heard.left)
        self._refuse()

    def _part(self, word: str, heard: _Response) -> Steps:
        if word == "raise":
            raise ResponseFault
        if word == "push":
            self._refuse()
        if word == "read":
            if not heard.asked:
                heard.asked = True  # the request itself, which waits for nobody
                return
            message = yield from self.receive()
            if message["type"] != "websocket.disconnect":
                self._refuse()
            heard.left = self._left
        else:
            yield from self.send(denial_message(word))
            heard.begun |= word == "start"
            heard.finished |= word == "last"

    # Payloads

    def receive_kind(self, kind: Literal["text", "bytes"], json: bool = False) -> Steps:
        self._readable()
        message = yield from self._next()
        self._arrive(message)
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(*self._known_end())
        payload = message.get(kind)
        if payload is None:
            raise WrongFrameKind(kind, message.get("bytes" if kind == "text" else "text"))
        return _json(payload) if json else payload

    def iterate(self, kind: Literal["text", "bytes"], json: bool = False) -> Steps:
        try:
            return (yield from self.receive_kind(kind, json))
        except WebSocketDisconnect:
            raise StopAsyncIteration from None

    # The rules

    def _legal(self, message: Any) -> str:
        if DISCONNECTED in (self.application_state, self.client_state):
            self._raise_ended()
        kind = message.get("type") if isinstance(message, dict) else None
        if kind == "websocket.http.response.body" and message.get("more_body"):
            kind = MORE_BODY
        if not isinstance(kind, str) or kind not in SEND[self.application_state]:
            self._refuse()
        return kind

    def _readable(self) -> None:
        own = any(step.following is DISCONNECTED for step in self._steps)
        if own or self.client_state is DISCONNECTED:
            self._raise_ended()
        accepted = self.application_state is CONNECTED or self._lost
        if not accepted or self.client_state is CONNECTING:
            self._refuse()

    def _arrive(self, message: Message) -> None:
        kind = message.get("type")
        if self.client_state is DISCONNECTED:  # another call has seen the end meanwhile
            if kind != "websocket.receive":
                self._raise_ended()
            return
        if not isinstance(kind, str) or kind not in RECEIVE[self.client_state]:
            self._refuse()
        self.client_state = RECEIVE[self.client_state][kind]
        if self.client_state is DISCONNECTED:
            code, reason = message.get("code"), message.get("reason")
            sound = isinstance(code, int | None) and isinstance(reason, str | None)
            self._left = (1005 if code is None else code, reason or "") if sound else (1005, "")
            if not sound:
                self._refuse()

    def _connect(self) -> Steps:
        if self.client_state is CONNECTING and not self._receiving_connect:
            yield from self.receive()

    def _next(self) -> Steps:
        with self._counted():
            return (yield "receive", None)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        counted = self.client_state is CONNECTING
        self._receiving_connect += counted
        try:
            yield
        finally:
            self._receiving_connect -= counted

    def _end_by(self, message: Message) -> End:
        if self.application_state is not CONNECTED:
            return NO_FRAME  # a refusal has no Close frame
        code = message.get("code")
        return (1000 if code is None else code, message.get("reason") or "")

    def _take_back(self, step: _Step) -> None:
        if step in self._steps:
            self._steps.remove(step)

    def _known_end(self) -> End:
        assert self.end is not None
        return self.end

    def _raise_ended(self) -> NoReturn:
        raise WebSocketDisconnected(*self._known_end())

    def _refuse(self) -> NoReturn:
        raise RuntimeError("expected something else, got this")


def denial_message(word: str) -> Message:
    """Return the message that a part of a denial is sent as."""
    if word == "start":
        return {"type": "websocket.http.response.start", "status": 403, "headers": []}
    more = {"more_body": True} if word == "more" else {}
    return {"type": "websocket.http.response.body", "body": b"part", **more}


def _json(payload: str | bytes) -> int:
    if payload[:1] == b"\xff":
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
    if payload[:1] == "[":
        raise JSONDecodeError("NaN is not JSON", str(payload), 0)
    return int(payload)
