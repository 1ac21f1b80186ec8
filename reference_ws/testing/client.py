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
    """A client for an application under test; `connect()` returns it.

    The client receives messages in the order in which the application sent them. If no message
    is left, a call that waits raises `ASGIViolation` if the application has violated the
    specification, `ApplicationEnded` if the application has ended, and `TimeoutError` after the
    time limit.

    Several tasks can use one client at the same time. Each message goes to one waiting call, and
    the call that has waited longest receives it.
    """

    def __init__(self, peer: Peer, reader: Reader) -> None:
        self._peer = peer
        self._reader = reader

    @property
    def scope(self) -> Scope:
        """The scope with which the application was called."""
        return self._peer.scope

    @property
    def sent(self) -> list[Message]:
        """All messages that the application has sent so far, also those that you have received."""
        return self._peer.sent

    async def accepted(self) -> Accepted:
        """Wait until the application accepts the connection; you can call it repeatedly.

        Returns:
            The subprotocol and the headers with which the application accepted.

        Raises:
            ConnectionDenied: The application refused the connection; `denial` holds the response.
        """
        return await self._reader.accepted()

    async def denied(self) -> Denial:
        """Wait until the application refuses the connection and has sent the whole response.

        A `websocket.close` before the accept is a refusal with HTTP 403.

        Returns:
            The complete HTTP response.

        Raises:
            UnexpectedMessage: The application accepted the connection.
        """
        return await self._reader.denied()

    async def receive(self) -> Message:
        """Wait for the next message of any kind, and return it as the application sent it."""
        await self._reader.peek("a message")
        return self._reader.take()

    async def receive_text(self) -> str:
        """Wait for a text message and return its text.

        Raises:
            UnexpectedMessage: The next message is of another kind; you can still receive it.
        """
        await self._reader.expect("a text message", "websocket.send", "text")
        text: str = self._reader.take()["text"]
        return text

    async def receive_bytes(self) -> bytes:
        """Wait for a binary message and return its bytes.

        Raises:
            UnexpectedMessage: The next message is of another kind; you can still receive it.
        """
        await self._reader.expect("a binary message", "websocket.send", "bytes")
        data: bytes = self._reader.take()["bytes"]
        return data

    async def receive_json(self, mode: JSONMode = "text") -> Any:
        """Wait for a message that contains JSON and return the decoded value.

        NaN and Infinity are not JSON (RFC 8259).

        Args:
            mode: The kind of message, `"text"` or `"binary"`; `"bytes"` means the same as
                `"binary"`.

        Raises:
            UnexpectedMessage: The next message is of another kind or does not contain JSON; you can
                still receive it.
            ValueError: The mode is unknown.
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
        """Wait for the Close frame of the application and return its code and reason.

        Raises:
            UnexpectedMessage: The next message is of another kind; you can still receive it.
        """
        await self._reader.expect("a close", "websocket.close")
        message = self._reader.take()
        return Close(int(message.get("code", 1000)), message.get("reason") or "")

    async def send_text(self, data: str) -> None:
        """Send a text message after the handshake.

        Args:
            data: The text as a str.

        Raises:
            TypeError: The data is not a str.
            ValueError: UTF-8 cannot encode the text.
            RuntimeError: The client knows that the connection has ended.
        """
        if not isinstance(data, str):
            raise TypeError(f"expected a str to send as text, got {data!r}")
        data.encode()
        await self._deliver({"type": "websocket.receive", "text": data})

    async def send_bytes(self, data: bytes | bytearray | memoryview) -> None:
        """Send a binary message after the handshake.

        Args:
            data: The payload as bytes, bytearray or memoryview.

        Raises:
            TypeError: The data has another type.
            RuntimeError: The client knows that the connection has ended.
        """
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(f"expected bytes to send as binary, got {data!r}")
        await self._deliver({"type": "websocket.receive", "bytes": bytes(data)})

    async def send_json(self, data: Any, mode: JSONMode = "text") -> None:
        """Send a message that contains compact JSON, after the handshake.

        Args:
            data: Any value that JSON can represent.
            mode: The kind of message, `"text"` or `"binary"`; `"bytes"` means the same as
                `"binary"`.

        Raises:
            TypeError: JSON cannot represent the data.
            ValueError: The data contains NaN, Infinity or a lone surrogate, or the mode is unknown.
            RuntimeError: The client knows that the connection has ended.
        """
        text = encode(data)
        if message_key(mode) == "text":
            await self.send_text(text)
        else:
            await self.send_bytes(text.encode())

    async def send(self, event: Message) -> None:
        """Send a raw event to the application.

        The event is not checked, and the call does not wait for the handshake.
        A `websocket.disconnect` also ends the connection; the application receives it again each
        time it calls `receive()`.

        Args:
            event: The ASGI event, a mapping with the key `type`.
        """
        await anyio.lowlevel.checkpoint()
        self._hand_over(event)

    async def close(self, code: int | None = None, reason: str = "") -> None:
        """Send a Close frame after the handshake.

        If the connection has already ended or was refused, this method does nothing.

        Args:
            code: The close code as an int; without a code the application receives 1005
                (RFC 6455 section 7.1.5).
            reason: The close reason, at most 123 bytes of UTF-8; it needs a code.

        Raises:
            ValueError: A Close frame cannot carry this code or this reason.
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
        """Disconnect without a Close frame; this also works before the handshake.

        Args:
            code: The code that the application receives as an int; servers send 1006 or 1005.
            reason: The reason that the application receives.
        """
        await self.send(_disconnect(code, reason))

    async def ended(self) -> None:
        """Wait until the application has ended, and raise the exception that it raised, if any."""
        await self._reader.ended()

    async def _deliver(self, event: Message) -> None:
        if not await self._reader.opened():
            raise RuntimeError(f"expected an open connection for {event!r}, got one that has ended")
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
