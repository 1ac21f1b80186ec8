"""The steps of a conversation as a script holds them: messages of ASGI, or bytes for a socket."""

from __future__ import annotations

from typing import Any

from reference_ws.testing.handshake import ABSENT, build_scope

from ..conversation.events import (
    Bytes,
    Close,
    Connect,
    Conversation,
    Disconnect,
    End,
    Event,
    Fragments,
    Json,
    Lifespan,
    Ping,
    Raw,
    Request,
    Step,
    Text,
)

__all__ = ["bytes_of", "messages_of"]


def messages_of(conversation: Conversation) -> list[dict[str, Any]]:
    """Give the steps with the scopes and messages that a server hands to the application."""
    return [_step(step, conversation) for step in conversation.steps]


def bytes_of(conversation: Conversation) -> list[dict[str, Any]]:
    """Give the steps with the bytes that a client sends."""
    return [
        {"client": step.client, "text": _text(step), **_wire(step)} for step in conversation.steps
    ]


def _text(step: Step) -> str:
    return step.text.strip()


# In memory


def _step(step: Step, conversation: Conversation) -> dict[str, Any]:
    told: dict[str, Any] = {"client": step.client, "text": step.text.strip()}
    if step.direction != ">":
        return told
    mine = [one for one in conversation.steps if one.client == step.client]
    if step is mine[0]:
        sends = [one for one in mine if one.direction == "<"]
        told |= {"scope": _scope(step.event), "refused": [one.refused for one in sends]}
    return told | {"message": _message(step.event)}


def _scope(event: Event) -> dict[str, Any]:
    match event:
        case Connect():
            return dict(
                build_scope(
                    event.target,
                    headers=event.headers,
                    subprotocols=event.subprotocols,
                    extensions={"websocket.http.response": {}},
                    overrides={**(event.scope or {}), **dict.fromkeys(event.without, ABSENT)},
                )
            )
        case Request():
            scope = dict(build_scope(event.path, headers=event.headers))
            del scope["subprotocols"]
            http = {"type": "http", "method": event.method, "scheme": "http", "extensions": {}}
            return {**scope, **http}
    return {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}


def _message(event: Event) -> dict[str, Any]:
    """The message that a server hands over for what a client does."""
    match event:
        case Connect():
            return {"type": "websocket.connect"}
        case Text(data):
            return {"type": "websocket.receive", "text": data}
        case Bytes(payload):
            return {"type": "websocket.receive", "bytes": payload}
        case Json():
            return {"type": "websocket.receive", "text": event.text}
        case Close(codes, reason):
            code = 1005 if codes[0] is None else codes[0]
            return {"type": "websocket.disconnect", "code": code, "reason": reason}
        case Disconnect(codes):
            return {"type": "websocket.disconnect", "code": codes[0], "reason": ""}
        case Raw(message):
            return dict(message)
        case Request():
            return {"type": "http.request", "body": b"", "more_body": False}
        case Lifespan(phase):
            return {"type": f"lifespan.{phase}"}
    raise ValueError(f"expected something that a client does, got {event!r}")


# Over a connection

_KEY = "dGhlIHNhbXBsZSBub25jZQ=="


def _wire(step: Step) -> dict[str, Any]:
    if step.direction == "<":
        return {"ends": True} if isinstance(step.event, End) else {}
    match step.event:
        case Connect() | Request():
            return {"opens": _opening(step.event)}
        case Disconnect():
            return {"leaves": True}
        case Text(data):
            return {"sends": _frame(0x81, data.encode())}
        case Json():
            return {"sends": _frame(0x81, step.event.text.encode())}
        case Bytes(payload):
            return {"sends": _frame(0x82, payload)}
        case Ping(payload):
            return {"sends": _frame(0x89, payload)}
        case Close(codes, reason):
            code = b"" if codes[0] is None else codes[0].to_bytes(2, "big")
            return {"sends": _frame(0x88, code + reason.encode())}
        case Fragments(parts, is_text):
            heads = [1 if is_text else 2, *[0] * (len(parts) - 1)]
            heads[-1] |= 0x80
            return {"sends": b"".join(map(_frame, heads, parts))}
    raise ValueError(f"expected something that a client does, got {step.event!r}")


def _opening(event: Connect | Request) -> bytes:
    """The handshake or the request; the driver writes the port."""
    headers: list[tuple[str, str]] = []
    if not any(name.lower() == "host" for name, _ in event.headers):
        headers.append(("host", "127.0.0.1:{port}"))
    method, target = "GET", ""
    if isinstance(event, Connect):
        target = event.target
        headers += [("upgrade", "websocket"), ("connection", "Upgrade")]
        headers += [("sec-websocket-key", _KEY), ("sec-websocket-version", "13")]
        if event.subprotocols:
            headers.append(("sec-websocket-protocol", ", ".join(event.subprotocols)))
    else:
        method, target = event.method, event.path
    lines = [f"{name}: {value}" for name, value in (*headers, *event.headers)]
    return "\r\n".join([f"{method} {target} HTTP/1.1", *lines, "", ""]).encode("latin-1")


def _frame(head: int, payload: bytes) -> bytes:
    """A frame of a client, masked with zeros: its payload can be read."""
    size = len(payload)
    if size < 126:
        length = bytes([0x80 | size])
    elif size < 2**16:
        length = bytes([0x80 | 126]) + size.to_bytes(2, "big")
    else:
        length = bytes([0x80 | 127]) + size.to_bytes(8, "big")
    return bytes([head]) + length + bytes(4) + payload
