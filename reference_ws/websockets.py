"""The WebSocket class: one connection as an application sees it.

Which step is legal when stands in `state`; this file only does the steps.
A plain socket goes straight to the server's channels; `layered` serves subclasses.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Literal

from .closing import sendable_code, sendable_reason
from .datastructures import HeaderItems, acceptable_headers
from .denial import Denial
from .ending import Ending
from .exceptions import (
    WebSocketDisconnect,
    WebSocketDisconnected,
    WebSocketException,
    WrongFrameKind,
)
from .jsontext import decode, encode, json_payload, kind_of
from .layered import honour_overrides
from .messages import Payloads, channel, plain_bytes, plain_text, wrong_kind
from .scope import acceptable_subprotocol, websocket_scope
from .state import AFTER_LOSS, SEND, WebSocketState, may_read, step
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
_CONNECTING, _CONNECTED, _DISCONNECTED, _ = WebSocketState


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

    _overrides = False  # whether a subclass has a receive or a send of its own

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls._overrides = honour_overrides(WebSocket, cls)

    def __init__(
        self, scope: Scope, receive: Receive | None = None, send: Send | None = None
    ) -> None:
        self.scope = websocket_scope(scope)  # super().__init__() costs as much as all the rest
        receive = receive if callable(receive) else channel("receive", receive)
        send = send if callable(send) else channel("send", send)
        self._server_receive = self._receive = receive
        self._server_send = self._send = send
        if self._overrides:  # its own receive and send are asked in the place of the server's
            self._receive, self._send = self.receive, self.send
        # Not on the class: an attribute that a class has too is slower to read, and one that
        # begins later is slower to write.
        self.client_state = self.application_state = self._before_end = _CONNECTING
        self._sent = self._left = self._lost = None
        self._connecting = 0  # how many calls are receiving before the connect has come

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
        receive = self._server_receive
        if self.client_state is _CONNECTING:
            self._connecting += 1
            try:
                message = await receive()
            finally:
                self._connecting -= 1
        else:
            message = await receive()
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
        former, self.application_state = self.application_state, following
        if following is _DISCONNECTED:
            self._end_with(message, former)
        try:
            await self._server_send(message)
        except BaseException as error:
            self._take_back(error, former, following)
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
        message: Message = {"type": "websocket.accept", "subprotocol": None, "headers": []}
        if subprotocol is not None:
            message["subprotocol"] = acceptable_subprotocol(subprotocol, self.subprotocols)
        if headers is not None:
            message["headers"] = acceptable_headers(headers)
        await self._answer(message)

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
        denial = Denial(self.scope, self.receive, self.send)
        if self.client_state is _CONNECTING and not self._connecting:
            await self.receive()
        try:
            await denial.play(response)
        finally:
            if denial.unfinished:
                self._end_unsent()

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
        receive = self._receive
        return self._payload(await receive(), "text")  # type: ignore[no-any-return]

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
        receive = self._receive
        return self._payload(await receive(), "bytes")  # type: ignore[no-any-return]

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
        receive = self.receive_text if kind_of(mode) == "text" else self.receive_bytes
        return self.decode_json(await receive())

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
        send = self._send
        try:
            await send({"type": "websocket.send", "text": data})
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
        send = self._send
        try:
            await send({"type": "websocket.send", "bytes": data})
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
        payload: Any = json_payload(self.encode_json(data), kind)
        await (self.send_text(payload) if kind == "text" else self.send_bytes(payload))

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
        message: Message = {"type": "websocket.close", "code": sendable_code(code)}
        message["reason"] = "" if reason is None else sendable_reason(reason)
        try:
            await self._answer(message)
        except WebSocketDisconnect:
            return

    # What the steps share

    async def _answer(self, message: Message) -> None:
        # granian dies if a close leaves the connect message unread; whoever finds another call
        # receiving it must not receive as well, or the client's first message would be gone.
        if self.client_state is _CONNECTING and not self._connecting:
            if message["type"] not in SEND[self.application_state]:
                self._legal(message)
            receive = self._receive
            self._connecting += 1
            try:
                connect = await receive()
            finally:
                self._connecting -= 1
            self._arrived(connect)
        former = self.application_state
        following = SEND[former].get(message["type"])
        if following is None or self.client_state is _DISCONNECTED:
            following = self._legal(message)
        if following is _DISCONNECTED:
            self._end_with(message, former)
        self.application_state = following
        try:
            await self._send(message)
        except BaseException as error:
            self._take_back(error, former, following)
            raise

    def _legal(self, message: Mapping[str, Any]) -> WebSocketState:
        if self.application_state is _DISCONNECTED or self.client_state is _DISCONNECTED:
            raise self._ended()
        return step(SEND, self.application_state, message)

    def _readable(self) -> None:
        state = AFTER_LOSS if self._lost and not self._sent else self.application_state
        if state is _DISCONNECTED or self.client_state is _DISCONNECTED:
            raise self._ended()
        may_read(state, self.client_state)

    def _payload(self, message: Message, kind: Literal["text", "bytes"]) -> Any:
        """Give what a message carries; one that carries nothing of this kind raises."""
        try:  # servers may send both keys, one of them None
            if message["type"] == "websocket.receive" and (payload := message[kind]) is not None:
                return payload
        except KeyError:
            pass
        if message.get("type") == "websocket.receive":
            raise wrong_kind(message, kind)
        if not (self._overrides and self.client_state is _DISCONNECTED):  # seen by receive()
            self._arrived(message)
        raise WebSocketDisconnect(*self._end())


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
