"""The client's half of a connection in memory: every wait has a limit, and nothing gets lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Literal, NoReturn

import anyio
import anyio.lowlevel

from reference_ws.types import Message, Scope

from .outcomes import (
    Accepted,
    ApplicationEnded,
    Close,
    ConnectionDenied,
    Denial,
    UnexpectedMessage,
    describe,
)
from .peer import Peer
from .rules import may_be_sent, reason_fits

__all__ = ["JSONMode", "WebSocketClient"]

JSONMode = Literal["text", "binary", "bytes"]


class WebSocketClient:
    """A client that is connected to an application; `connect` gives it.

    Each wait raises `TimeoutError` when its limit passes, `ASGIViolation` when the application broke
    the specification after the messages already taken, and `ApplicationEnded` when it has ended.
    """

    def __init__(self, peer: Peer, timeout: float) -> None:
        self._peer = peer
        self._timeout = timeout
        self._accepted: Accepted | None = None
        self._denial: Denial | None = None
        self._denial_complete = False
        self._finished = False
        self._reported: list[BaseException] = []

    @property
    def scope(self) -> Scope:
        """The scope that the application was called with."""
        return self._peer.scope

    @property
    def sent(self) -> list[Message]:
        """Every message the application has sent so far, read or not."""
        return self._peer.sent

    async def accepted(self) -> Accepted:
        """Wait for the handshake; may be asked again.

        Raises:
            ConnectionDenied: The application refused; the exception has the whole response.
        """
        while self._accepted is None:
            if self._denial is not None:
                raise ConnectionDenied(await self.denied())
            await self._peek("the handshake")
            self._take()
        return self._accepted

    async def denied(self) -> Denial:
        """Wait for the refusal and all of its body; a close before accept is HTTP 403.

        Raises:
            UnexpectedMessage: The application accepted.
        """
        wanted = "a refusal of the connection"
        while self._denial is None or not self._denial_complete:
            if self._accepted is not None:
                raise UnexpectedMessage(f"expected {wanted}, got an accepted connection")
            message = await self._peek(wanted)
            if message["type"] == "websocket.accept":
                raise UnexpectedMessage(f"expected {wanted}, got websocket.accept")
            self._take()
        return self._denial

    async def receive(self) -> Message:
        """Wait for the application's next message, whatever it is, as it was sent."""
        await self._peek("a message")
        return self._take()

    async def receive_text(self) -> str:
        """Wait for a text message.

        Raises:
            UnexpectedMessage: The next message is another one; it stays the next.
        """
        text: str = (await self._expect("a text message", "websocket.send", "text"))["text"]
        self._take()
        return text

    async def receive_bytes(self) -> bytes:
        """Wait for a binary message.

        Raises:
            UnexpectedMessage: The next message is another one; it stays the next.
        """
        data: bytes = (await self._expect("a binary message", "websocket.send", "bytes"))["bytes"]
        self._take()
        return data

    async def receive_json(self, mode: JSONMode = "text") -> Any:
        """Wait for a message that holds JSON (RFC 8259: no NaN, no Infinity).

        Args:
            mode: The kind of message: `"text"`, or `"binary"`, which `"bytes"` also names.

        Raises:
            UnexpectedMessage: The next message is of another kind or no JSON; it stays the next.
            ValueError: The mode is none of these.
        """
        key, kind = _kind(mode)
        wanted = f"a {kind} message that holds JSON"
        message = await self._expect(wanted, "websocket.send", key)
        try:
            value = json.loads(message[key], parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise UnexpectedMessage(f"expected {wanted}, got {describe(message)}") from error
        self._take()
        return value

    async def receive_close(self) -> Close:
        """Wait for the application's Close frame.

        Raises:
            UnexpectedMessage: The next message is another one; it stays the next.
        """
        message = await self._expect("a close", "websocket.close")
        self._take()
        return Close(int(message.get("code", 1000)), message.get("reason") or "")

    async def send_text(self, data: str) -> None:
        """Send a text message, after the handshake.

        Raises:
            TypeError: The data is no `str`.
            ValueError: UTF-8 cannot encode it.
            RuntimeError: This client knows that the connection is over.
        """
        if not isinstance(data, str):
            raise TypeError(f"expected a str to send as text, got {data!r}")
        data.encode()
        await self._deliver({"type": "websocket.receive", "text": data})

    async def send_bytes(self, data: bytes | bytearray | memoryview) -> None:
        """Send a binary message, after the handshake.

        Raises:
            TypeError: The data is not bytes-like.
            RuntimeError: This client knows that the connection is over.
        """
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(f"expected bytes to send as binary, got {data!r}")
        await self._deliver({"type": "websocket.receive", "bytes": bytes(data)})

    async def send_json(self, data: Any, mode: JSONMode = "text") -> None:
        """Send compact JSON, after the handshake.

        Args:
            data: What `json.dumps` takes.
            mode: The kind of message: `"text"`, or `"binary"`, which `"bytes"` also names.

        Raises:
            TypeError: The data has no JSON form.
            ValueError: It holds NaN, Infinity or a lone surrogate, or the mode is none of these.
            RuntimeError: This client knows that the connection is over.
        """
        key, _ = _kind(mode)
        text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        await (self.send_text(text) if key == "text" else self.send_bytes(text.encode()))

    async def send(self, event: Message) -> None:
        """Hand the application a raw event, unchecked and without waiting for the handshake.

        A `websocket.disconnect` also ends the connection, and is given again on each further call.
        """
        await anyio.lowlevel.checkpoint()
        if event.get("type") == "websocket.disconnect":
            self._finished = True
            self._peer.leave(event)
        else:
            self._peer.deliver(event)

    async def close(self, code: int | None = None, reason: str = "") -> None:
        """Send a Close frame, after the handshake; does nothing once the connection is over.

        Args:
            code: The close code; without one the application gets 1005 (RFC 6455 section 7.1.5).
            reason: At most 123 bytes of UTF-8, and only with a code.

        Raises:
            ValueError: A Close frame cannot carry that code or reason.
        """
        if code is not None and not may_be_sent(code):
            raise ValueError(f"expected a code of 1000-1003, 1007-1014 or 3000-4999, got {code!r}")
        if reason and (code is None or not reason_fits(reason)):
            raise ValueError(f"expected a code, and a reason of at most 123 bytes, got {reason!r}")
        await self.accepted()
        await self.disconnect(1005 if code is None else code, reason)

    async def disconnect(self, code: int = 1006, reason: str = "") -> None:
        """Be gone without a Close frame, also before the handshake.

        Args:
            code: What the application is told; servers say 1006 or 1005.
            reason: What the application is told.
        """
        await self.send({"type": "websocket.disconnect", "code": code, "reason": reason})

    async def ended(self) -> None:
        """Wait until the application has ended; raises what it raised."""
        peer = self._peer
        await self._wait("the application to end", lambda: peer.ended or bool(peer.violation))
        for fault in (peer.violation, peer.exception):
            if fault is not None:
                self._report(fault)
                raise fault

    def unreported(self) -> list[BaseException]:
        """The application's faults that no wait has raised yet, the cause first."""
        found = (self._peer.violation, self._peer.exception)
        faults = [fault for fault in dict.fromkeys(found) if fault is not None]
        # A server must put up with its own OSError (ASGI WebSocket, Disconnected Client).
        return [
            fault
            for fault in faults
            if not isinstance(fault, ClientDisconnected) and fault not in self._reported
        ]

    def _report(self, fault: BaseException) -> None:
        self._reported.append(fault)
