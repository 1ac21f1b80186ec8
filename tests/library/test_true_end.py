"""Whatever fails or is cancelled while others go on, the state and the end stay true.

The coroutines are driven by hand, so that each stops exactly where the server keeps it waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from typing import Any

import pytest

from reference_ws.responses import PlainTextResponse
from reference_ws.state import WebSocketState
from reference_ws.types import Message
from reference_ws.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

CONNECTING, CONNECTED, DISCONNECTED, _ = WebSocketState
EXTENSIONS: dict[str, Any] = {"websocket.http.response": {}}
LEFT = {"type": "websocket.disconnect", "code": 4001, "reason": "lunch"}


class Cancelled(BaseException):
    """What an event loop throws into a call that is cancelled."""


class Wait:
    """One call of the server's receive or send, kept waiting."""

    def __init__(self, message: Message | None = None) -> None:
        self.message = message

    def __await__(self) -> Generator[Wait, Any, Any]:
        return (yield self)


class Call:
    """A call of the socket, driven to the next place where it waits."""

    def __init__(self, coroutine: Coroutine[Wait, Any, Any]) -> None:
        self._coroutine = coroutine
        self.result: Any = None
        self.error: BaseException | None = None
        self.wait: Wait | None = None
        self._step(coroutine.send, None)

    def give(self, value: Any = None) -> Call:
        self._step(self._coroutine.send, value)
        return self

    def throw(self, error: BaseException) -> Call:
        self._step(self._coroutine.throw, error)
        return self

    def _step(self, advance: Any, value: Any) -> None:
        try:
            self.wait = advance(value)
        except StopIteration as end:
            self.wait, self.result = None, end.value
        except BaseException as error:
            self.wait, self.error = None, error


def socket(accepted: bool = True) -> WebSocket:
    async def receive() -> Message:
        message: Message = await Wait()
        return message

    async def send(message: Message) -> None:
        await Wait(message)

    made = WebSocket({"type": "websocket", "extensions": EXTENSIONS}, receive, send)
    if accepted:
        Call(made.accept()).give({"type": "websocket.connect"}).give()
        assert made.application_state is made.client_state is CONNECTED
    return made


def end(websocket: WebSocket) -> tuple[int | None, str | None]:
    return websocket.close_code, websocket.close_reason


FAILURES = [OSError("gone"), RuntimeError("the server"), Cancelled()]


@pytest.mark.parametrize("failure", FAILURES, ids=repr)
def test_a_close_that_fails_leaves_the_end_that_was_received(failure: BaseException) -> None:
    websocket = socket()
    close = Call(websocket.close(1000))
    Call(websocket.receive()).give(LEFT)
    close.throw(failure)
    assert end(websocket) == (4001, "lunch")
    lost = isinstance(failure, OSError)
    assert websocket.application_state is (DISCONNECTED if lost else CONNECTED)
    with pytest.raises(WebSocketDisconnected, match="4001"):
        raise Call(websocket.send_text("")).error or AssertionError


def test_a_send_that_fails_after_the_close_changes_nothing() -> None:
    websocket = socket()
    send = Call(websocket.send_text("slow"))
    Call(websocket.close(4000)).give()
    send.throw(OSError("gone"))
    assert isinstance(send.error, WebSocketDisconnect)
    assert (send.error.code, end(websocket)) == (4000, (4000, ""))
    assert isinstance(Call(websocket.receive_text()).error, WebSocketDisconnected)


def test_a_close_that_is_cancelled_after_a_loss_does_not_reopen() -> None:
    websocket = socket()
    close, send = Call(websocket.close(4000)), None
    websocket.application_state = CONNECTED  # another task was sending before the close began
    send = Call(websocket.send_text("slow"))
    websocket.application_state = DISCONNECTED
    send.throw(OSError("gone"))
    close.throw(Cancelled())
    assert (websocket.application_state, end(websocket)) == (DISCONNECTED, (1006, ""))


def test_a_client_that_leaves_during_a_denial_has_its_true_code() -> None:
    async def response(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 403})
        await receive()
        assert await receive() == {"type": "http.disconnect"}

    websocket = socket(accepted=False)
    denial = Call(websocket.send_denial_response(response))
    denial.give({"type": "websocket.connect"}).give().give(LEFT)
    assert isinstance(denial.error, WebSocketDisconnect)
    assert end(websocket) == (4001, "lunch")


@pytest.mark.parametrize("second", ["accept", "close", "deny"])
def test_the_connect_is_received_once(second: str) -> None:
    websocket = socket(accepted=False)
    first = Call(websocket.accept())
    calls: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
        "accept": websocket.accept,
        "close": websocket.close,
        "deny": lambda: websocket.send_denial_response(PlainTextResponse("no", 403)),
    }
    other = Call(calls[second]())
    assert first.wait is not None and first.wait.message is None
    assert other.wait is not None and other.wait.message is not None
    while other.wait is not None:
        other.give()
    first.give({"type": "websocket.connect"})
    assert isinstance(first.error, RuntimeError)
    accepted = second == "accept"
    assert websocket.application_state is (CONNECTED if accepted else DISCONNECTED)
    assert websocket.client_state is CONNECTED


@pytest.mark.parametrize("failure", FAILURES[1:], ids=repr)
def test_an_accept_that_fails_is_undone_also_below_a_close(failure: BaseException) -> None:
    websocket = socket(accepted=False)
    accept = Call(websocket.accept()).give({"type": "websocket.connect"})
    close = Call(websocket.close())
    accept.throw(failure)
    assert websocket.application_state is DISCONNECTED
    close.throw(Cancelled())
    assert (websocket.application_state, end(websocket)) == (CONNECTING, (None, None))


@pytest.mark.parametrize("failure", FAILURES[1:], ids=repr)
def test_an_accept_that_fails_is_undone_after_the_client_has_left(failure: BaseException) -> None:
    websocket = socket(accepted=False)
    accept = Call(websocket.accept()).give({"type": "websocket.connect"})
    Call(websocket.receive()).give(LEFT)
    accept.throw(failure)
    assert (websocket.application_state, end(websocket)) == (CONNECTING, (4001, "lunch"))


def test_a_raw_close_without_a_code_is_1000() -> None:
    websocket = socket()
    Call(websocket.send({"type": "websocket.close", "code": None, "reason": None})).give()
    assert end(websocket) == (1000, "")


def test_every_task_that_receives_learns_the_end_and_loses_nothing() -> None:
    websocket = socket()
    calls = [Call(websocket.receive_text()) for _ in range(2)]
    raw, loop = Call(websocket.receive()), Call(anext(websocket.iter_text()))  # type: ignore[arg-type]
    late = Call(websocket.receive())
    calls[0].give(dict(LEFT))
    for call in (calls[1], raw, loop):
        call.give(dict(LEFT))
    late.give({"type": "websocket.receive", "text": "on its way"})
    assert [type(call.error) for call in calls] == [WebSocketDisconnect, WebSocketDisconnected]
    assert isinstance(raw.error, WebSocketDisconnected)
    assert isinstance(loop.error, StopAsyncIteration)
    assert late.result == {"type": "websocket.receive", "text": "on its way"}


def test_receiving_during_a_denial_names_what_is_possible_there() -> None:
    websocket = socket(accepted=False)
    Call(websocket.receive()).give({"type": "websocket.connect"})
    Call(websocket.send({"type": "websocket.http.response.start", "status": 403})).give()
    error = Call(websocket.receive_text()).error
    assert isinstance(error, RuntimeError)
    assert "websocket.http.response.body" in str(error) and "accept" not in str(error)


@pytest.mark.parametrize("fault", [{"code": "abc"}, {"code": []}, {"code": 1.5}, {"reason": b"x"}])
def test_a_malformed_disconnect_is_an_error_and_an_end(fault: dict[str, Any]) -> None:
    websocket = socket()
    error = Call(websocket.receive_text()).give({"type": "websocket.disconnect", **fault}).error
    assert isinstance(error, RuntimeError)
    assert not isinstance(error, WebSocketDisconnect)
    assert "expected a code that is an int" in str(error)
    assert (websocket.client_state, end(websocket)) == (DISCONNECTED, (1005, ""))


# Subclasses


class Shouting(WebSocket):
    async def receive_text(self) -> str:
        return (await super().receive_text()).upper()

    async def send_text(self, data: str) -> None:
        await super().send_text(data + " ")


def test_what_builds_on_text_goes_through_an_overridden_method() -> None:
    plain = socket()
    websocket = Shouting(plain.scope, plain._receive, plain._send)
    websocket.application_state = websocket.client_state = CONNECTED
    text = {"type": "websocket.receive", "text": "true"}
    assert Call(anext(websocket.iter_text())).give(text).result == "TRUE"  # type: ignore[arg-type]
    assert Call(websocket.receive_json()).give({**text, "text": "1"}).result == 1
    sending = Call(websocket.send_json(True))
    assert sending.wait is not None
    assert sending.wait.message == {"type": "websocket.send", "text": "true "}
    ended = Call(anext(websocket.iter_json())).give(LEFT).error  # type: ignore[arg-type]
    assert isinstance(ended, StopAsyncIteration)


def test_a_subclass_that_overrides_nothing_keeps_the_short_way() -> None:
    class Plain(WebSocket):
        pass

    assert Plain.receive_text is WebSocket.receive_text
    assert Plain.iter_json is WebSocket.iter_json
    assert Shouting.iter_text is not WebSocket.iter_text
    assert Shouting.iter_bytes is WebSocket.iter_bytes
