"""What passes between an application and its server: the channels, and what messages carry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NoReturn

from .exceptions import WebSocketDisconnect, WrongFrameKind
from .state import WebSocketState
from .types import Message

__all__ = ["Payloads", "channel", "plain_bytes", "plain_text", "wrong_kind"]

_CONNECTED = WebSocketState.CONNECTED


def channel(name: str, given: object) -> Callable[..., Any]:
    """Return a replacement for a callable that was not passed; calling it raises RuntimeError.

    Args:
        name: `receive` or `send`.
        given: The value that was passed; None if it was left out.

    Raises:
        TypeError: The value is not callable.
    """
    if given is not None:
        raise TypeError(f"expected {name} as a callable, got {given!r}")

    async def refuse(message: Any = None) -> NoReturn:
        raise RuntimeError(f"expected a WebSocket with a {name} channel, got one without {name}=")

    return refuse


def plain_text(data: str) -> str:
    """Return a plain str, whatever subclass of str it was: servers are strict.

    Args:
        data: The text.

    Raises:
        TypeError: It is not a str.
        ValueError: It holds a lone surrogate, which has no UTF-8 form.
    """
    if not isinstance(data, str):
        raise TypeError(f"expected a text message as a str, got {type(data).__name__}")
    data = str.__str__(data)
    if not data.isascii():
        data.encode()
    return data


def plain_bytes(data: bytes | bytearray | memoryview) -> bytes:
    """Return plain bytes of anything bytes-like; later changes to a buffer do not matter.

    Args:
        data: The bytes.

    Raises:
        TypeError: It is not bytes, bytearray or memoryview.
    """
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise TypeError(f"expected a binary message as bytes, got {type(data).__name__}")
    return bytes(data)


def wrong_kind(message: Message, kind: str) -> WrongFrameKind:
    """Return the exception for a message of the other kind; what came instead is in it.

    Args:
        message: The message.
        kind: What was wanted, `"text"` or `"bytes"`.
    """
    return WrongFrameKind(kind, message.get("bytes" if kind == "text" else "text"))


class Payloads:
    """An async iterator over the messages of one kind; ends when the connection has ended.

    An object, not a generator: a generator that is left early would stay behind unfinished,
    which trio warns about.

    Args:
        socket: The `WebSocket`.
        kind: The kind of messages.
        read: What to make of each; None gives it as it is.
    """

    __slots__ = ("_kind", "_read", "_receive", "_socket")

    def __init__(
        self,
        socket: Any,
        kind: Literal["text", "bytes"],
        read: Callable[[Any], Any] | None,
    ) -> None:
        self._socket = socket
        self._receive = socket._receive  # straight: receive_* would cost a frame a message
        self._kind = kind
        self._read = read

    def __aiter__(self) -> Payloads:
        return self

    async def __anext__(self) -> Any:
        socket = self._socket
        try:
            if socket.application_state is not _CONNECTED or socket.client_state is not _CONNECTED:
                socket._readable()
            receive = self._receive
            payload = socket._payload(await receive(), self._kind)
        except WebSocketDisconnect:
            raise StopAsyncIteration from None
        return payload if self._read is None else self._read(payload)
