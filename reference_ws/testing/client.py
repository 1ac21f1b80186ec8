"""The client's half of a connection in memory: every wait has a limit, and nothing gets lost."""

from __future__ import annotations

from typing import Any

import anyio.lowlevel

from reference_ws.jsontext import decode, encode
from reference_ws.types import Message, Scope

from .frames import JSONMode, may_be_sent, message_key, reason_fits
from .outcomes import Accepted, Close, ConnectionDenied, Denial, UnexpectedMessage, describe
from .peer import Peer
from .reader import Reader

__all__ = ["WebSocketClient"]


class WebSocketClient:
    """A client that is connected to an application; `connect` gives it.

    Messages come in the order in which they were sent. Where none is left, each wait raises
    `ASGIViolation` when the application has broken the specification, `ApplicationEnded` when it
    has ended, and else, when its limit passes, `TimeoutError`.

    Several tasks may use one client at once: each message goes to one of the calls that wait, the
    call that has waited longest first.
    """

    def __init__(self, peer: Peer, reader: Reader) -> None:
        self._peer = peer
        self._reader = reader

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
        return await self._reader.accepted()

    async def denied(self) -> Denial:
        """Wait for the refusal and all of its body; a close before accept is HTTP 403.

        Raises:
            UnexpectedMessage: The application accepted.
        """
        return await self._reader.denied()

    async def receive(self) -> Message:
        """Wait for the application's next message, whatever it is, as it was sent."""
        await self._reader.peek("a message")
        return self._reader.take()

    async def receive_text(self) -> str:
        """Wait for a text message.

        Raises:
            UnexpectedMessage: The next message is another one; it stays the next.
        """
        await self._reader.expect("a text message", "websocket.send", "text")
        text: str = self._reader.take()["text"]
        return text

    async def receive_bytes(self) -> bytes:
        """Wait for a binary message.

        Raises:
            UnexpectedMessage: The next message is another one; it stays the next.
        """
        await self._reader.expect("a binary message", "websocket.send", "bytes")
        data: bytes = self._reader.take()["bytes"]
        return data

    async def receive_json(self, mode: JSONMode = "text") -> Any:
        """Wait for a message that holds JSON (RFC 8259: no NaN, no Infinity).

        Args:
            mode: The kind of message: `"text"`, or `"binary"`, which `"bytes"` also names.

        Raises:
            UnexpectedMessage: The next message is of another kind or no JSON; it stays the next.
            ValueError: The mode is none of these.
        """
        key = message_key(mode)
        wanted = f"a {'text' if key == 'text' else 'binary'} message that holds JSON"
        message = await self._reader.expect(wanted, "websocket.send", key)
        try:
            value = decode(message[key])
        except ValueError as error:
            raise UnexpectedMessage(f"expected {wanted}, got {describe(message)}") from error
        self._reader.take()
        return value

    async def receive_close(self) -> Close:
        """Wait for the application's Close frame.

        Raises:
            UnexpectedMessage: The next message is another one; it stays the next.
        """
        await self._reader.expect("a close", "websocket.close")
        message = self._reader.take()
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
        text = encode(data)
        if message_key(mode) == "text":
            await self.send_text(text)
        else:
            await self.send_bytes(text.encode())

    async def send(self, event: Message) -> None:
        """Hand the application a raw event, unchecked and without waiting for the handshake.

        A `websocket.disconnect` also ends the connection, and is given again on each further call.
        """
        await anyio.lowlevel.checkpoint()
        self._hand_over(event)

    async def close(self, code: int | None = None, reason: str = "") -> None:
        """Send a Close frame, after the handshake; does nothing once the connection is over.

        A refused connection is over as well.

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
        try:
            await self._reader.opened()
        except ConnectionDenied:
            return
        self._hand_over(_disconnect(1005 if code is None else code, reason))

    async def disconnect(self, code: int = 1006, reason: str = "") -> None:
        """Be gone without a Close frame, also before the handshake.

        Args:
            code: What the application is told; servers say 1006 or 1005.
            reason: What the application is told.
        """
        await self.send(_disconnect(code, reason))

    async def ended(self) -> None:
        """Wait until the application has ended; raises what it raised."""
        await self._reader.ended()

    async def _deliver(self, event: Message) -> None:
        if not await self._reader.opened():
            raise RuntimeError(f"expected an open connection for {event!r}, got one at its end")
        # No await in between: another task's close comes before this message or after it.
        self._hand_over(event)

    def _hand_over(self, event: Message) -> None:
        if event.get("type") == "websocket.disconnect":
            self._reader.over = True
            self._peer.leave(dict(event))
        else:
            self._peer.deliver(dict(event))


def _disconnect(code: int, reason: str) -> Message:
    return {"type": "websocket.disconnect", "code": code, "reason": reason}
