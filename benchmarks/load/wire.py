"""One client's TCP connection, and a WebSocket on it that reads only when it is asked to."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidHandshake
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

__all__ = ["Ended", "Socket", "Wire", "handshake", "opened"]

_CHUNK = 2**16


class Ended(Exception):
    """The server has ended a connection that this client still needed."""


class Wire:
    """A TCP connection without a buffer of its own, so that a slow reader is slow for the kernel.

    Args:
        connected: A connected socket that does not block.
    """

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected

    async def send(self, data: bytes) -> None:
        """Hand over all bytes.

        Raises:
            OSError: The connection is gone.
        """
        await asyncio.get_running_loop().sock_sendall(self._socket, data)

    async def receive(self, size: int = _CHUNK) -> bytes:
        """Wait for bytes; none means that the server has ended the connection.

        Raises:
            OSError: The connection is gone.
        """
        return await asyncio.get_running_loop().sock_recv(self._socket, size)

    async def until_end(self) -> bytes:
        """Read until the server ends the connection, however it does."""
        got = b""
        try:
            while data := await self.receive():
                got = got or data
        except OSError:
            pass
        return got

    def finish(self) -> None:
        """Send FIN: nothing more is coming, but what comes is read."""
        self._socket.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Be gone at once: the server gets a TCP reset."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def close(self) -> None:
        """Close the connection; a second time does nothing."""
        self._socket.close()


@asynccontextmanager
async def opened(port: int, *, receive_buffer: int | None = None) -> AsyncIterator[Wire]:
    """Connect to a server on the loopback interface, and leave it at the end."""
    connecting = socket.socket()
    try:
        connecting.setblocking(False)
        connecting.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if receive_buffer is not None:
            connecting.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        await asyncio.get_running_loop().sock_connect(connecting, ("127.0.0.1", port))
        yield Wire(connecting)
    finally:
        connecting.close()


def handshake(port: int, target: str, *lines: str) -> bytes:
    """Write an opening handshake, whatever is in its target and its further header lines."""
    head = [
        f"GET {target} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
    ]
    return "\r\n".join([*head, *lines, "", ""]).encode("latin-1")


class Socket:
    """A well-behaved WebSocket; what the server does wrong is an exception.

    Args:
        wire: The connection.
        port: Where it leads.
        target: Path and query.
    """

    def __init__(self, wire: Wire, port: int, target: str) -> None:
        self.texts: deque[str] = deque()
        self._wire = wire
        self._parts: list[bytes] = []
        uri = parse_uri(f"ws://127.0.0.1:{port}{target}")
        self._protocol = ClientProtocol(uri, max_size=None)

    async def open(self) -> None:
        """Do the opening handshake.

        Raises:
            Ended: The server has refused, or ended the connection.
        """
        self._protocol.send_request(self._protocol.connect())
        await self._flush()
        while self._protocol.state is State.CONNECTING:
            if not await self._read():
                break
        if (refused := self._protocol.handshake_exc) is not None:
            kind = str(refused) if isinstance(refused, InvalidHandshake) else repr(refused)
            raise Ended(f"no handshake: {kind}")
        if self._protocol.state is not State.OPEN and self._protocol.close_rcvd is None:
            raise Ended("no handshake: the connection ended")

    async def send(self, text: str) -> None:
        """Send a text message."""
        if self._protocol.state is not State.OPEN:
            raise Ended(self._how())
        self._protocol.send_text(text.encode())
        await self._flush()

    async def receive(self, size: int = _CHUNK) -> str:
        """Wait for a text message.

        Raises:
            Ended: The connection has ended.
        """
        while not self.texts:
            if not await self._read(size) and not self.texts:
                raise Ended(self._how())
        return self.texts.popleft()

    async def close(self, code: int) -> int | None:
        """Do the closing handshake.

        Returns:
            The code of the server's Close frame, None without one.
        """
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(code)
            await self._flush()
        while self._protocol.close_rcvd is None and await self._read():
            pass
        received = self._protocol.close_rcvd
        return None if received is None else received.code

    @property
    def close_code(self) -> int | None:
        """The code of the server's Close frame, 1005 for one without, None without a frame."""
        received = self._protocol.close_rcvd
        return None if received is None else int(received.code)

    def _how(self) -> str:
        received = self._protocol.close_rcvd
        if received is not None:
            return f"closed by the server with {received.code} {received.reason}".rstrip()
        broken = self._protocol.parser_exc
        return f"a breach of the protocol: {broken}" if broken else "cut by the server"

    async def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                try:
                    await self._wire.send(data)
                except OSError:
                    return  # what the server has sent before it left is still to be read

    async def _read(self, size: int = _CHUNK) -> bool:
        try:
            data = await self._wire.receive(size)
        except OSError:
            data = b""
        if data:
            self._protocol.receive_data(data)
        else:
            self._protocol.receive_eof()
        for event in self._protocol.events_received():
            if isinstance(event, Frame):
                self._frame(event)
        await self._flush()
        return bool(data)

    def _frame(self, frame: Frame) -> None:
        if frame.opcode in (Opcode.TEXT, Opcode.CONT):
            self._parts.append(bytes(frame.data))
            if frame.fin:
                self.texts.append(b"".join(self._parts).decode())
                self._parts.clear()
