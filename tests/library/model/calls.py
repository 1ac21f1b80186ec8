"""The calls that a program may start: what the class is asked, and what the model says of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import nullcontext, suppress
from typing import Any, NamedTuple

from reference_ws.types import ASGIApp, Message, Receive, Scope, Send
from tests.library.model.model import Model, Steps
from tests.library.model.outcomes import ResponseFault

__all__ = ["CALLS", "Call"]


class Call(NamedTuple):
    """One call.

    `real` is given the socket and a number that no other call has, and returns what is awaited;
    `model` returns the steps; `weight` says how often it is chosen; a call that `takes` returns
    what the client has sent, or raises with it.
    """

    real: Callable[[Any, int], Awaitable[Any]]
    model: Callable[[Model, int], Steps]
    weight: int = 1
    takes: bool = False


def _refused(error: type[Exception]) -> Callable[[Model, int], Steps]:
    """An argument is refused before anything else, whatever the state."""

    def steps(model: Model, number: int) -> Steps:
        raise error("expected another argument, got this one")
        yield

    return steps


def _accept(subprotocol: str | None, headers: list[tuple[bytes, bytes]]) -> Message:
    return {"type": "websocket.accept", "subprotocol": subprotocol, "headers": headers}


def _close(code: int, reason: str) -> Message:
    return {"type": "websocket.close", "code": code, "reason": reason}


def _text(text: str) -> Message:
    return {"type": "websocket.send", "text": text}


def _data(data: bytes) -> Message:
    return {"type": "websocket.send", "bytes": data}


def response(script: str) -> ASGIApp:
    """A response that does what each word of the script says; `?` is for what may fail."""

    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        for word in script.split():
            with suppress(Exception) if word.startswith("?") else nullcontext():
                await _part(word.removeprefix("?"), receive, send)

    return respond


async def _part(word: str, receive: Receive, send: Send) -> None:
    if word == "raise":
        raise ResponseFault
    if word == "push":
        await send({"type": "http.response.push", "path": "/", "headers": []})
    elif word == "read":
        await receive()
    elif word == "start":
        await send({"type": "http.response.start", "status": 403})
    else:
        more = {"more_body": True} if word == "more" else {}
        await send({"type": "http.response.body", "body": b"part", **more})


def _iterate(method: str, *arguments: str) -> Callable[[Any, int], Awaitable[Any]]:
    """One iterator for the whole program, as `async for` keeps it."""

    def step(socket: Any, number: int) -> Awaitable[Any]:
        kept = socket.scope.setdefault("iterators", {})
        if (method, arguments) not in kept:
            kept[method, arguments] = getattr(socket, method)(*arguments)
        following: Awaitable[Any] = kept[method, arguments].__anext__()
        return following

    return step


LONG = "x" * 124

METHODS: dict[str, Call] = {
    "accept()": Call(lambda s, n: s.accept(), lambda m, n: m.answer(_accept(None, [])), weight=8),
    "accept('chat', headers)": Call(
        lambda s, n: s.accept("chat", {"X-Seat": str(n)}),
        lambda m, n: m.answer(_accept("chat", [(b"x-seat", b"%d" % n)])),
        weight=4,
    ),
    "close()": Call(lambda s, n: s.close(), lambda m, n: m.close(_close(1000, "")), weight=4),
    "close(4000, number)": Call(
        lambda s, n: s.close(4000, f"{n}"), lambda m, n: m.close(_close(4000, f"{n}")), weight=4
    ),
    "receive()": Call(lambda s, n: s.receive(), lambda m, n: m.receive(), weight=6, takes=True),
    "send_text(number)": Call(
        lambda s, n: s.send_text(f"{n}"), lambda m, n: m.send(_text(f"{n}")), weight=6
    ),
    "send_bytes(number)": Call(
        lambda s, n: s.send_bytes(bytearray(b"%d" % n)),
        lambda m, n: m.send(_data(b"%d" % n)),
        weight=4,
    ),
    "send_json([number])": Call(
        lambda s, n: s.send_json([n]), lambda m, n: m.send(_text(f"[{n}]")), weight=2
    ),
    "send_json([number], 'binary')": Call(
        lambda s, n: s.send_json([n], "binary"), lambda m, n: m.send(_data(b"[%d]" % n)), weight=2
    ),
}

TAKING: dict[str, Call] = {
    "receive_text()": Call(
        lambda s, n: s.receive_text(), lambda m, n: m.receive_kind("text"), 6, True
    ),
    "receive_bytes()": Call(
        lambda s, n: s.receive_bytes(), lambda m, n: m.receive_kind("bytes"), 4, True
    ),
    "receive_json()": Call(
        lambda s, n: s.receive_json(), lambda m, n: m.receive_kind("text", True), 4, True
    ),
    "receive_json('binary')": Call(
        lambda s, n: s.receive_json("binary"), lambda m, n: m.receive_kind("bytes", True), 3, True
    ),
    "anext(iter_text())": Call(_iterate("iter_text"), lambda m, n: m.iterate("text"), 5, True),
    "anext(iter_bytes())": Call(_iterate("iter_bytes"), lambda m, n: m.iterate("bytes"), 3, True),
    "anext(iter_json())": Call(
        _iterate("iter_json"), lambda m, n: m.iterate("text", True), 3, True
    ),
    "anext(iter_json('bytes'))": Call(
        _iterate("iter_json", "bytes"), lambda m, n: m.iterate("bytes", True), 3, True
    ),
}

REFUSED: dict[str, Call] = {
    "accept('other')": Call(lambda s, n: s.accept("other"), _refused(ValueError)),
    "accept(b'chat')": Call(lambda s, n: s.accept(b"chat"), _refused(TypeError)),
    "accept(headers with LF)": Call(
        lambda s, n: s.accept(headers=[("x", "a\nb")]), _refused(ValueError)
    ),
    "accept(headers=['x'])": Call(lambda s, n: s.accept(headers=["x"]), _refused(TypeError)),
    "close(1006)": Call(lambda s, n: s.close(1006), _refused(ValueError)),
    "close(True)": Call(lambda s, n: s.close(True), _refused(TypeError)),
    "close(reason too long)": Call(lambda s, n: s.close(1000, LONG), _refused(ValueError)),
    "close(reason=b'')": Call(lambda s, n: s.close(1000, b""), _refused(TypeError)),
    "close(reason surrogate)": Call(lambda s, n: s.close(1000, "\ud800"), _refused(ValueError)),
    "send_text(b'')": Call(lambda s, n: s.send_text(b""), _refused(TypeError)),
    "send_text(surrogate)": Call(lambda s, n: s.send_text("\ud800"), _refused(ValueError)),
    "send_bytes('')": Call(lambda s, n: s.send_bytes(""), _refused(TypeError)),
    "send_json(nan)": Call(lambda s, n: s.send_json(float("nan")), _refused(ValueError)),
    "send_json(set)": Call(lambda s, n: s.send_json({1}), _refused(TypeError)),
    "send_json(surrogate)": Call(lambda s, n: s.send_json("\ud800"), _refused(ValueError)),
    "send_json(mode)": Call(lambda s, n: s.send_json(1, "utf-8"), _refused(RuntimeError)),
    "receive_json(mode)": Call(lambda s, n: s.receive_json("utf-8"), _refused(RuntimeError)),
    "deny(404)": Call(lambda s, n: s.send_denial_response(404), _refused(TypeError)),
}

# Messages that nobody may change: the class hands them on as they are.
RAW: dict[str, tuple[Any, int]] = {
    "accept": ({"type": "websocket.accept"}, 6),
    "close": ({"type": "websocket.close"}, 2),
    "close None": ({"type": "websocket.close", "code": None, "reason": None}, 2),
    "close 4002": ({"type": "websocket.close", "code": 4002, "reason": "raw"}, 2),
    "text": (_text("raw"), 3),
    "bytes": (_data(b"raw"), 2),
    "start": ({"type": "websocket.http.response.start", "status": 404, "headers": []}, 5),
    "more": ({"type": "websocket.http.response.body", "body": b"m", "more_body": True}, 4),
    "last": ({"type": "websocket.http.response.body", "body": b"l"}, 4),
    "None": (None, 1),
    "list": ([], 1),
    "no type": ({}, 1),
    "type []": ({"type": []}, 1),
    "type None": ({"type": None}, 1),
    "connect": ({"type": "websocket.connect"}, 1),
    "receive": ({"type": "websocket.receive", "text": ""}, 1),
    "http": ({"type": "http.response.start", "status": 200}, 1),
}

SCRIPTS: dict[str, int] = {
    "start last": 4,
    "start more last": 3,
    "": 1,
    "start": 2,
    "start more": 1,
    "raise": 1,
    "start raise": 2,
    "push": 1,
    "start push": 1,
    "read read": 2,
    "start read read": 3,
    "start more read read last": 2,
    "start last raise": 1,
    "?push start last": 1,
    "start ?more ?last": 1,
    "read ?read start last": 1,
}


def _raw(message: Any, weight: int) -> Call:
    return Call(lambda s, n: s.send(message), lambda m, n: m.send(message), weight)


def _denial(script: str, weight: int) -> Call:
    return Call(
        lambda s, n: s.send_denial_response(response(script)), lambda m, n: m.deny(script), weight
    )


CALLS: dict[str, Call] = {
    **METHODS,
    **TAKING,
    **REFUSED,
    **{f"send({name})": _raw(*raw) for name, raw in RAW.items()},
    **{f"deny({script})": _denial(script, weight) for script, weight in SCRIPTS.items()},
}
