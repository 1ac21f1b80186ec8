"""The WebSocket class: one connection as an application sees it.

Which step is legal in which state is a table in `state`; this file only does the steps.
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
    """A WebSocket connection, which is also a read-only mapping of its scope.

    A socket equals only itself, and you can put it into a set.

    Args:
        scope: The connection scope, of type `websocket`.
        receive: The server's receive callable; you can read the scope without it.
        send: The server's send callable; you can read the scope without it.

    Attributes:
        scope: The scope that you passed.
        client_state: The state of the client's side, from the messages received so far.
        application_state: The state of the application's side, from the messages sent so far.

    Raises:
        TypeError: The scope is not a mapping, or `receive` or `send` is not callable.
        ValueError: The scope has another type.

    Source: Starlette, Lilya, Yaat; Starlette, for the optional callables; this project, for the
    errors and for the attributes about closing.
    """

    encode_json: Callable[[Any], str | bytes] = staticmethod(encode)
    """Encodes the JSON for `send_json()`; override it to use another codec."""

    decode_json: Callable[[str | bytes], Any] = staticmethod(decode)
    """Decodes the JSON for `receive_json()` and `iter_json()`; override it to use another codec."""

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
        """Return the next message as the server sent it, and update `client_state`.

        After you have closed the connection, you can call it until it returns
        `websocket.disconnect`.

        Raises:
            WebSocketDisconnected: `websocket.disconnect` has already been received.
            RuntimeError: The message is not legal in this state (see `state.RECEIVE`), or the
                socket has no receive callable.

        Source: ASGI WebSocket.
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
        """Send a message unchanged, and update `application_state`; only the type is checked.

        If the send is cancelled, or raises anything other than OSError, the former state is
        restored; note that a cancelled close can still have reached the client. After an OSError,
        nothing more can be sent.

        Args:
            message: The ASGI message, a mapping with the key `type`.

        Raises:
            WebSocketDisconnected: The connection had already ended.
            WebSocketDisconnect: The client has disconnected: the server raised OSError.
            RuntimeError: The message is not legal in this state (see `state.SEND`), or the
                socket has no send callable.

        Source: ASGI WebSocket.
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
        """Accept the handshake.

        A pending `websocket.connect` is received first.

        Args:
            subprotocol: One of the subprotocols that the client offered, or None.
            headers: Headers to add, a mapping or pairs, as str or bytes.

        Raises:
            TypeError: An argument has the wrong type; nothing was received or sent.
            ValueError: An argument cannot be sent; nothing was received or sent.
            WebSocketDisconnect: The client has disconnected.
            RuntimeError: The handshake has already been answered.

        Source: ASGI WebSocket, Accept; RFC 6455, 4.2.2.
        """
        message: Message = {"type": "websocket.accept", "subprotocol": None, "headers": []}
        if subprotocol is not None:
            message["subprotocol"] = acceptable_subprotocol(subprotocol, self.subprotocols)
        if headers is not None:
            message["headers"] = acceptable_headers(headers)
        await self._answer(message)

    async def send_denial_response(self, response: ASGIApp) -> None:
        """Refuse the handshake with an HTTP response.

        A pending `websocket.connect` is received first.

        Args:
            response: An ASGI HTTP response or application, which is called with an `http` scope.

        Raises:
            TypeError: The response is not callable.
            RuntimeError: The server does not support denial responses, the handshake has already
                been answered, or the response sent no start or no last chunk. If nothing was sent,
                you can still accept or close the socket.
            WebSocketDisconnect: The client has disconnected.

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
        """Return the text of the next text message.

        Raises:
            WrongFrameKind: The message was binary; the exception holds it.
            WebSocketDisconnect: The client has disconnected.
            WebSocketDisconnected: The connection had already ended.
            RuntimeError: The handshake has not been accepted.

        Source: ASGI WebSocket, Receive; Starlette, Lilya, Yaat.
        """
        if self.application_state is not _CONNECTED or self.client_state is not _CONNECTED:
            self._readable()
        receive = self._receive
        return self._payload(await receive(), "text")  # type: ignore[no-any-return]

    async def receive_bytes(self) -> bytes:
        """Return the payload of the next binary message.

        Raises:
            WrongFrameKind: The message was text; the exception holds it.
            WebSocketDisconnect: The client has disconnected.
            WebSocketDisconnected: The connection had already ended.
            RuntimeError: The handshake has not been accepted.

        Source: ASGI WebSocket, Receive; Starlette, Lilya, Yaat.
        """
        if self.application_state is not _CONNECTED or self.client_state is not _CONNECTED:
            self._readable()
        receive = self._receive
        return self._payload(await receive(), "bytes")  # type: ignore[no-any-return]

    async def receive_json(self, mode: str = "text") -> Any:
        """Return the next message, decoded as JSON.

        Args:
            mode: The kind of message, `"text"` or `"binary"`; `"bytes"` means the same as
                `"binary"`.

        Raises:
            json.JSONDecodeError: The message does not contain JSON; the exception holds it.
            UnicodeDecodeError: The binary message is not valid UTF-8; the exception holds it.
            WrongFrameKind: The message was of the other kind; the exception holds it.
            WebSocketDisconnect: The client has disconnected.
            WebSocketDisconnected: The connection had already ended.
            RuntimeError: The mode is unknown, or the handshake has not been accepted.

        Source: Starlette, Lilya, Yaat; RFC 8259.
        """
        receive = self.receive_text if kind_of(mode) == "text" else self.receive_bytes
        return self.decode_json(await receive())

    def iter_text(self) -> AsyncIterator[str]:
        """Iterate over text messages until the connection ends.

        The loop ends without an exception, whichever side ended the connection.

        Raises:
            WrongFrameKind: A message was binary; the connection stays open.
            RuntimeError: The handshake has not been accepted.

        Source: Starlette, Lilya; this project, for ending without an exception in all cases.
        """
        return Payloads(self, "text", None)

    def iter_bytes(self) -> AsyncIterator[bytes]:
        """Iterate over binary messages until the connection ends.

        The loop ends without an exception, whichever side ended the connection.

        Raises:
            WrongFrameKind: A message was text; the connection stays open.
            RuntimeError: The handshake has not been accepted.

        Source: Starlette, Lilya; this project, for ending without an exception in all cases.
        """
        return Payloads(self, "bytes", None)

    def iter_json(self, mode: str = "text") -> AsyncIterator[Any]:
        """Iterate over messages, decoded as JSON, until the connection ends.

        The loop ends without an exception, whichever side ended the connection.

        Args:
            mode: The kind of message, as for `receive_json()`.

        Raises:
            ValueError: A message does not contain JSON or is of the other kind, as for
                `receive_json()`; the connection stays open.
            RuntimeError: The mode is unknown, or the handshake has not been accepted.

        Source: Starlette, Lilya; this project, for the mode.
        """
        return Payloads(self, kind_of(mode), self.decode_json)

    # Sending

    async def send_text(self, data: str) -> None:
        """Send a text message.

        Args:
            data: The text as a str; `""` is sent as an empty message.

        Raises:
            TypeError: The data is not a str; nothing was sent.
            ValueError: The text contains a lone surrogate; nothing was sent.
            WebSocketDisconnect: The client has disconnected.
            WebSocketDisconnected: The connection had already ended.
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
            data: The payload as bytes, bytearray or memoryview; `b""` is sent as an empty message.

        Raises:
            TypeError: The data has another type; nothing was sent.
            WebSocketDisconnect: The client has disconnected.
            WebSocketDisconnected: The connection had already ended.
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
        """Send a message that contains compact JSON.

        Args:
            data: Any value that JSON can represent.
            mode: The kind of message, `"text"` or `"binary"`; `"bytes"` means the same as
                `"binary"`.

        Raises:
            TypeError: JSON cannot represent the data; nothing was sent.
            ValueError: The data contains NaN, Infinity, a lone surrogate or itself; nothing was
                sent.
            WebSocketDisconnect: The client has disconnected.
            WebSocketDisconnected: The connection had already ended.
            RuntimeError: The mode is unknown, or the handshake has not been accepted.

        Source: Starlette, Lilya, Yaat; RFC 8259.
        """
        kind = kind_of(mode)
        payload: Any = json_payload(self.encode_json(data), kind)
        await (self.send_text(payload) if kind == "text" else self.send_bytes(payload))

    # Closing

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        """Close the connection, or refuse the handshake if it has not been answered.

        A pending `websocket.connect` is received first.
        If either side has already ended the connection, this method validates its arguments and
        does nothing else.

        Args:
            code: The close code, an int: 1000-1003, 1007-1014 or 3000-4999.
            reason: The close reason, at most 123 bytes of UTF-8.

        Raises:
            TypeError: An argument has the wrong type; nothing was sent.
            ValueError: An argument cannot be sent; nothing was sent, and the connection stays open.
            RuntimeError: A denial response has been started and is not complete.

        Source: ASGI WebSocket, Close; RFC 6455, 5.5.1 and 7.4; WHATWG WebSockets, for a second
        close.
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
        """Return the payload of a message; raise if it has no payload of this kind."""
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
    """A small ASGI application that closes or refuses each connection.

    Args:
        code: The close code, as for `WebSocket.close()`.
        reason: The close reason, as for `WebSocket.close()`.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: An argument cannot be sent.

    Source: Starlette, Lilya.
    """

    def __init__(self, code: int = 1000, reason: str | None = None) -> None:
        self.code = sendable_code(code)
        self.reason = sendable_reason(reason)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Close the connection, or refuse the handshake.

        Args:
            scope: The connection scope, of type `websocket`.
            receive: The server's receive callable.
            send: The server's send callable.

        Raises:
            ValueError: The scope has another type.

        Source: ASGI WebSocket, Close.
        """
        await WebSocket(scope, receive, send).close(self.code, self.reason)
