"""The WebSocket class: one connection as an application sees it.

Which step is legal when stands in `state`; this file only does the steps.
A plain socket goes straight to the server's channels; `layered` serves subclasses.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from typing import Any, NoReturn

from .channels import missing_channel
from .closing import sendable_code, sendable_reason
from .denial import Denial
from .ending import NO_FRAME, Ending, sent_end
from .exceptions import (
    WebSocketDisconnect,
    WebSocketDisconnected,
    WebSocketException,
    WrongFrameKind,
)
from .handshake import HeaderItems, acceptable_headers, acceptable_subprotocol
from .iterating import Payloads
from .jsontext import decode, encode, json_payload, kind_of
from .layered import honour_overrides
from .payloads import plain_bytes, plain_text, wrong_kind
from .state import RECEIVE, SEND, WebSocketState, refuse, step
from .types import ASGIApp, Message, Receive, Scope, Send

__all__ = [
    "WebSocket",
    "WebSocketClose",
    "WebSocketDisconnect",
    "WebSocketDisconnected",
    "WebSocketException",
    "WebSocketState",
    "WrongFrameKind",
]

# Looked up once: on Python 3.11 a member access costs as much as half a receive.
_CONNECTING = WebSocketState.CONNECTING
_CONNECTED = WebSocketState.CONNECTED
_DISCONNECTED = WebSocketState.DISCONNECTED


class WebSocket(Ending):
    """One WebSocket connection, and a read-only mapping over its scope.

    Two sockets are equal only if they are the same object, and a socket can be a
    member of a set.

    Args:
        scope: The connection scope; its type must be `websocket`.
        receive: The server's receive callable; without it the scope can still be read.
        send: The server's send callable; without it the scope can still be read.

    Attributes:
        scope: The scope as it was given.
        client_state: What has arrived from the client so far.
        application_state: What the application has sent so far.

    Raises:
        TypeError: The scope is no mapping, or a channel cannot be called.
        ValueError: The scope is of another type.

    Source: what Starlette, Lilya and Yaat document; the two channels being optional is
    what Starlette documents, the errors and the close attributes are ours.
    """

    encode_json: Callable[[Any], str | bytes] = staticmethod(encode)
    """Makes the JSON of `send_json`; a subclass may put another codec here."""

    decode_json: Callable[[str | bytes], Any] = staticmethod(decode)
    """Reads the JSON of `receive_json` and `iter_json`; a subclass may put another codec here."""

    # Values for all sockets until one has its own: a socket is made for each connection.
    _overrides = False  # whether a subclass has a receive or a send of its own
    _connecting = 0  # how many calls are receiving before the connect has come

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls._overrides = (cls.receive, cls.send) != (WebSocket.receive, WebSocket.send)
        honour_overrides(WebSocket, cls)

    def __init__(
        self, scope: Scope, receive: Receive | None = None, send: Send | None = None
    ) -> None:
        super().__init__(scope)
        for name, channel in (("receive", receive), ("send", send)):
            if channel is not None and not callable(channel):
                raise TypeError(f"expected {name} as a callable, got {channel!r}")
        self._server_receive = self._receive = receive or missing_channel("receive")
        self._server_send = self._send = send or missing_channel("send")
        if self._overrides:  # its own receive and send are asked in the place of the server's
            self._receive, self._send = self.receive, self.send
        # Not on the class: an attribute that a class has too is slower to read.
        self.client_state = self.application_state = _CONNECTING

    # Raw messages

    async def receive(self) -> Message:
        """Give the next message as the server sent it, and move the state with it.

        After one's own close it stays legal until the disconnect has been seen.

        Raises:
            WebSocketDisconnected: The disconnect has been seen already.
            RuntimeError: The message is not legal in this state, or the socket has no
                receive channel.

        Source: ASGI WebSocket; what is refused stands in `state.RECEIVE`.
        """
        if self.client_state is _DISCONNECTED:
            raise self._ended()
        if self.client_state is _CONNECTING:
            self._connecting += 1
            try:
                message = await self._server_receive()
            finally:
                self._connecting -= 1
        else:
            message = await self._server_receive()
        self._arrived(message)
        return message

    async def send(self, message: Message) -> None:
        """Send a message as it is, and move the state with it; only its type is checked.

        A send that is cancelled, or raises anything but an OSError, gives the state back as it
        was; a cancelled close may have been sent all the same. An OSError ends sending.

        Args:
            message: The ASGI message.

        Raises:
            WebSocketDisconnected: The connection had ended.
            WebSocketDisconnect: The server met an OSError: the client is gone.
            RuntimeError: The message is not legal in this state, or the socket has no
                send channel.

        Source: ASGI WebSocket; what is refused stands in `state.SEND`.
        """
        following = self._legal(message)
        former = self.application_state
        if following is _DISCONNECTED:
            self._before_end = former
            self._own = sent_end(message, former is _CONNECTED)
        self.application_state = following
        try:
            await self._server_send(message)
        except BaseException as error:
            self._take_back(former, following)
            if isinstance(error, OSError):
                raise self._loss() from error
            raise

    # The handshake

    async def accept(
        self, subprotocol: str | None = None, headers: HeaderItems | None = None
    ) -> None:
        """Accept the handshake; receives a pending connect first.

        Args:
            subprotocol: One of those that the client offered, or None.
            headers: Headers to add, a mapping or pairs, str or bytes.

        Raises:
            TypeError: An argument is of the wrong type; nothing was received or sent.
            ValueError: An argument may not be sent; nothing was received or sent.
            WebSocketDisconnect: The client is gone.
            RuntimeError: The handshake has been answered already.

        Source: ASGI WebSocket, Accept; RFC 6455, 4.2.2.
        """
        await self._answer(
            {
                "type": "websocket.accept",
                "subprotocol": acceptable_subprotocol(subprotocol, self.subprotocols),
                "headers": acceptable_headers(headers),
            }
        )

    async def send_denial_response(self, response: ASGIApp) -> None:
        """Refuse the handshake with an HTTP response; receives a pending connect first.

        Args:
            response: An ASGI HTTP response or application; it is called with an `http` scope.

        Raises:
            TypeError: The response cannot be called.
            RuntimeError: The server lacks the extension, the handshake has been answered
                already, or the response started nothing or never finished. Unless
                something was sent, the socket can still be accepted or closed.
            WebSocketDisconnect: The client is gone.

        Source: ASGI WebSocket, Denial Response extension.
        """
        if not callable(response):
            raise TypeError(f"expected an ASGI response, got {response!r}")
        self._legal({"type": "websocket.http.response.start"})
        if "websocket.http.response" not in (self.scope.get("extensions") or {}):
            raise RuntimeError(
                "expected a server with the extension 'websocket.http.response', "
                "got a scope without it"
            )
        if self.client_state is _CONNECTING and not self._connecting:
            await self.receive()
        denial = Denial(self.scope, self.receive, self.send)
        try:
            await denial.play(response)
        finally:
            if denial.is_open and self.application_state is WebSocketState.RESPONSE:
                self.application_state = _DISCONNECTED
                self._own = self._left or NO_FRAME

    # Receiving

    async def receive_text(self) -> str:
        """Give the next text message.

        Raises:
            WrongFrameKind: The message was binary; it is in the exception.
            WebSocketDisconnect: The client is gone.
            WebSocketDisconnected: The connection had ended.
            RuntimeError: The handshake has not been accepted.

        Source: ASGI WebSocket, Receive; Starlette, Lilya, Yaat.
        """
        if self.application_state is not _CONNECTED or self.client_state is not _CONNECTED:
            self._readable()
        message = await self._receive()
        if message.get("type") != "websocket.receive":
            self._not_a_payload(message)
        text: str | None = message.get("text")  # servers may send both keys, one of them None
        if text is None:
            raise wrong_kind(message, "text")
        return text

    async def receive_bytes(self) -> bytes:
        """Give the next binary message.

        Raises:
            WrongFrameKind: The message was text; it is in the exception.
            WebSocketDisconnect: The client is gone.
            WebSocketDisconnected: The connection had ended.
            RuntimeError: The handshake has not been accepted.

        Source: ASGI WebSocket, Receive; Starlette, Lilya, Yaat.
        """
        if self.application_state is not _CONNECTED or self.client_state is not _CONNECTED:
            self._readable()
        message = await self._receive()
        if message.get("type") != "websocket.receive":
            self._not_a_payload(message)
        data: bytes | None = message.get("bytes")
        if data is None:
            raise wrong_kind(message, "bytes")
        return data

    async def receive_json(self, mode: str = "text") -> Any:
        """Give the next message, read as JSON.

        Args:
            mode: `"text"`, or `"binary"` (also called `"bytes"`) for JSON in binary messages.

        Raises:
            json.JSONDecodeError: The message is not JSON; it is in the exception.
            UnicodeDecodeError: The binary message is not UTF-8; it is in the exception.
            WrongFrameKind: The message was of the other kind; it is in the exception.
            WebSocketDisconnect: The client is gone.
            WebSocketDisconnected: The connection had ended.
            RuntimeError: The mode is unknown, or the handshake has not been accepted.

        Source: Starlette, Lilya, Yaat; RFC 8259.
        """
        kind = kind_of(mode)
        if self.application_state is not _CONNECTED or self.client_state is not _CONNECTED:
            self._readable()
        message = await self._receive()
        if message.get("type") != "websocket.receive":
            self._not_a_payload(message)
        payload = message.get(kind)
        if payload is None:
            raise wrong_kind(message, kind)
        return self.decode_json(payload)

    def iter_text(self) -> AsyncIterator[str]:
        """Iterate over text messages; ends quietly when the connection has ended.

        Raises:
            WrongFrameKind: A message was binary; the connection stays usable.
            RuntimeError: The handshake has not been accepted.

        Source: Starlette, Lilya; that any end is a quiet one is ours.
        """
        return Payloads(self, "text", None)

    def iter_bytes(self) -> AsyncIterator[bytes]:
        """Iterate over binary messages; ends quietly when the connection has ended.

        Raises:
            WrongFrameKind: A message was text; the connection stays usable.
            RuntimeError: The handshake has not been accepted.

        Source: Starlette, Lilya; that any end is a quiet one is ours.
        """
        return Payloads(self, "bytes", None)

    def iter_json(self, mode: str = "text") -> AsyncIterator[Any]:
        """Iterate over messages read as JSON; ends quietly when the connection has ended.

        Args:
            mode: As for `receive_json`.

        Raises:
            ValueError: A message was not JSON in this mode, as for `receive_json`; the
                connection stays usable.
            RuntimeError: The mode is unknown, or the handshake has not been accepted.

        Source: Starlette, Lilya; the mode is ours.
        """
        return Payloads(self, kind_of(mode), self.decode_json)

    # Sending

    async def send_text(self, data: str) -> None:
        """Send a text message.

        Args:
            data: The text; `""` is a message too.

        Raises:
            TypeError: It is not a str; nothing was sent.
            ValueError: It holds a lone surrogate; nothing was sent.
            WebSocketDisconnect: The client is gone.
            WebSocketDisconnected: The connection had ended.
            RuntimeError: The handshake has not been accepted.

        Source: ASGI WebSocket, Send; Starlette, Lilya, Yaat.
        """
        if type(data) is not str or not data.isascii():
            data = plain_text(data)
        if self.application_state is not _CONNECTED or self.client_state is _DISCONNECTED:
            self._legal({"type": "websocket.send"})
        try:
            await self._send({"type": "websocket.send", "text": data})
        except OSError as error:
            raise self._loss() from error

    async def send_bytes(self, data: bytes | bytearray | memoryview) -> None:
        """Send a binary message.

        Args:
            data: The bytes; `b""` is a message too.

        Raises:
            TypeError: It is not bytes, bytearray or memoryview; nothing was sent.
            WebSocketDisconnect: The client is gone.
            WebSocketDisconnected: The connection had ended.
            RuntimeError: The handshake has not been accepted.

        Source: ASGI WebSocket, Send; Starlette, Lilya, Yaat.
        """
        if type(data) is not bytes:
            data = plain_bytes(data)
        if self.application_state is not _CONNECTED or self.client_state is _DISCONNECTED:
            self._legal({"type": "websocket.send"})
        try:
            await self._send({"type": "websocket.send", "bytes": data})
        except OSError as error:
            raise self._loss() from error

    async def send_json(self, data: Any, mode: str = "text") -> None:
        """Send a message that holds `data` as compact JSON.

        Args:
            data: Anything JSON can say.
            mode: `"text"`, or `"binary"` (also called `"bytes"`) for a binary message.

        Raises:
            TypeError: Something in it has no JSON form; nothing was sent.
            ValueError: It holds NaN, Infinity, a lone surrogate or itself; nothing was sent.
            WebSocketDisconnect: The client is gone.
            WebSocketDisconnected: The connection had ended.
            RuntimeError: The mode is unknown, or the handshake has not been accepted.

        Source: Starlette, Lilya, Yaat; RFC 8259.
        """
        kind = kind_of(mode)
        message: Message = {"type": "websocket.send"}
        message[kind] = json_payload(self.encode_json(data), kind)
        if self.application_state is not _CONNECTED or self.client_state is _DISCONNECTED:
            self._legal(message)
        try:
            await self._send(message)
        except OSError as error:
            raise self._loss() from error

    # Closing

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        """Close the connection, or refuse the handshake; receives a pending connect first.

        Does nothing if either side has ended the connection already; its arguments are
        checked all the same.

        Args:
            code: The close code: 1000-1003, 1007-1014 or 3000-4999.
            reason: The close reason, at most 123 bytes of UTF-8.

        Raises:
            TypeError: An argument is of the wrong type; nothing was sent.
            ValueError: An argument may not be sent; nothing was sent, the connection stays
                open.
            RuntimeError: A denial response is under way.

        Source: ASGI WebSocket, Close; RFC 6455, 5.5.1 and 7.4; that a second close does
        nothing is WHATWG WebSockets' rule.
        """
        message: Message = {
            "type": "websocket.close",
            "code": sendable_code(code),
            "reason": sendable_reason(reason),
        }
        with suppress(WebSocketDisconnect):
            await self._answer(message)

    # What the steps share

    async def _answer(self, message: Message) -> None:
        self._legal(message)  # before anything is received
        # granian dies if a close leaves the connect message unread; whoever finds another call
        # receiving it must not receive as well, or the client's first message would be gone.
        if self.client_state is _CONNECTING and not self._connecting:
            await self.receive()
        await self.send(message)

    def _legal(self, message: Message) -> WebSocketState:
        if self.application_state is _DISCONNECTED or self.client_state is _DISCONNECTED:
            raise self._ended()
        return step(SEND, self.application_state, message)

    def _readable(self) -> None:
        own_end = self._own or (self.application_state is _DISCONNECTED and not self._lost)
        if own_end or self.client_state is _DISCONNECTED:
            raise self._ended()
        state, got = self.application_state, "a call to receive a message"
        if (state is _CONNECTED or self._lost) and self.client_state is _CONNECTING:
            refuse("websocket.connect first", got, self.client_state)
        if state in (_CONNECTING, WebSocketState.RESPONSE):
            wanted = "websocket.accept first" if state is _CONNECTING else " or ".join(SEND[state])
            refuse(wanted, got, state)

    def _arrived(self, message: Message) -> None:
        if self.client_state is _DISCONNECTED:  # another call has seen the end meanwhile
            if isinstance(message, Mapping) and message.get("type") == "websocket.receive":
                return
            raise self._ended()
        self.client_state = step(RECEIVE, self.client_state, message)
        if self.client_state is _DISCONNECTED:
            self._receive_end(message)

    def _not_a_payload(self, message: Message) -> NoReturn:
        if not (self._overrides and self.client_state is _DISCONNECTED):  # seen by receive()
            self._arrived(message)
        if self.client_state is _DISCONNECTED:
            raise WebSocketDisconnect(*self._end())
        refuse("websocket.receive or websocket.disconnect", message["type"], self.client_state)


class WebSocketClose:
    """A small ASGI application that ends every connection it is given.

    Args:
        code: The close code, as for `WebSocket.close`.
        reason: The close reason, as for `WebSocket.close`.

    Raises:
        TypeError: An argument is of the wrong type.
        ValueError: An argument may not be sent.

    Source: Starlette, Lilya.
    """

    def __init__(self, code: int = 1000, reason: str | None = None) -> None:
        self.code = sendable_code(code)
        self.reason = sendable_reason(reason)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Close, or refuse the handshake.

        Args:
            scope: The connection scope.
            receive: The server's receive callable.
            send: The server's send callable.

        Raises:
            ValueError: The scope is not of type `websocket`.
        """
        await WebSocket(scope, receive, send).close(self.code, self.reason)
