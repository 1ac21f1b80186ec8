"""A WebSocket client that tells what it saw instead of raising.

A strict one hides what a wrong server did. h11 and wsproto's frame decoder read the bytes;
what they refuse is a `Breach`, and nothing is read behind it.
"""

from __future__ import annotations

import asyncio
import base64
import os
from collections import deque
from itertools import islice

import h11
from wsproto.frame_protocol import (
    Frame,
    FrameDecoder,
    FrameProtocol,
    MessageDecoder,
    Opcode,
    ParseFailed,
)

from ..conversation.compare import Breach, Seen
from ..conversation.events import (
    Accept,
    Bytes,
    Close,
    Connect,
    Deny,
    Disconnect,
    Event,
    Fragments,
    Headers,
    Json,
    Ping,
    Pong,
    Request,
    Response,
    Text,
)
from .control import Signal

__all__ = ["LenientClient"]

_CHUNK = 2**16
_LONGEST_HEAD = 2**20
_LEAVING = 1.0
# What the server's half of the handshake consists of; the application has no part in it.
_HANDSHAKE = ("connection", "upgrade", "sec-websocket-accept", "sec-websocket-extensions")
_SUBPROTOCOL = "sec-websocket-protocol"


class LenientClient:
    """One TCP connection; `seen` holds what the server did and nobody has looked at yet.

    Args:
        reader: What comes from the server.
        writer: What goes to it.
        opening: The handshake or the request.
        signal: Told after each change.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        opening: Connect | Request,
        signal: Signal,
    ) -> None:
        self.seen: deque[Seen] = deque()
        self.over = False
        self._reader = reader
        self._writer = writer
        self._signal = signal
        self._plain = isinstance(opening, Request)
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        self._head: h11.Response | None = None
        self._body: list[bytes] = []
        self._frames: FrameDecoder | None = None
        self._messages = MessageDecoder()
        self._parts: list[str | bytes] = []
        self._protocol = FrameProtocol(client=True, extensions=[])
        self._pings: list[bytes] = []
        self._close_sent = False
        self._open(opening)
        self._task = asyncio.create_task(self._read())

    @classmethod
    async def connect(cls, port: int, opening: Connect | Request, signal: Signal) -> LenientClient:
        """Open a connection to a server on the loopback interface and send what opens it.

        Raises:
            OSError: Nobody listens there.
        """
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        return cls(reader, writer, opening, signal)

    @property
    def port(self) -> int:
        """This side's port, by which the server knows the client."""
        return int(self._writer.get_extra_info("sockname")[1])

    def send(self, event: Event) -> None:
        """Send a message or a Close frame; what a lost connection cannot carry is lost."""
        match event:
            case Text(data) | Bytes(data):
                self._write(self._protocol.send_data(data))
            case Json():
                self._write(self._protocol.send_data(event.text))
            case Fragments(parts, is_text):
                self._write(_frames(parts, is_text))
            case Ping(data):
                self._pings.append(data)
                self._write(self._protocol.ping(data))
            case Close(codes, reason):
                self._close_sent = True
                self._write(self._protocol.close(codes[0], reason or None))

    async def leave(self) -> None:
        """Close the TCP connection; without a Close frame before, the client has vanished."""
        self._task.cancel()
        await asyncio.wait([self._task])
        self._writer.close()
        try:
            async with asyncio.timeout(_LEAVING):
                await self._writer.wait_closed()
        except OSError:  # a timeout among others: the server reads no more
            self._writer.transport.abort()
        if not self._task.cancelled():
            self._task.result()

    # Writing

    def _write(self, data: bytes | bytearray) -> None:
        if not self._writer.is_closing():
            self._writer.write(bytes(data))

    def _open(self, opening: Connect | Request) -> None:
        names = {name.lower() for name, _ in opening.headers}
        headers: list[tuple[str, str]] = []
        if "host" not in names:
            host, port = self._writer.get_extra_info("peername")[:2]
            headers.append(("host", f"{host}:{port}"))
        method, target = "GET", ""
        if isinstance(opening, Connect):
            target = opening.target
            key = base64.b64encode(os.urandom(16)).decode()
            headers += [("upgrade", "websocket"), ("connection", "Upgrade")]
            headers += [("sec-websocket-key", key), ("sec-websocket-version", "13")]
            if opening.subprotocols:
                names_left = iter(opening.subprotocols)
                for count in opening.lines or (len(opening.subprotocols),):
                    headers.append((_SUBPROTOCOL, ", ".join(islice(names_left, count))))
        else:
            method, target = opening.method, opening.path
        # h11 reads the answer, for which it must know the question; it would refuse some of the
        # headers that a page sends, so those are written past it.
        plain = [("host", "localhost"), *(pair for pair in headers if pair[0] != "host")]
        self._http.send(h11.Request(method=method, target=target, headers=plain))
        self._http.send(h11.EndOfMessage())
        lines = [f"{name}: {value}" for name, value in (*headers, *opening.headers)]
        text = "\r\n".join([f"{method} {target} HTTP/1.1", *lines, "", ""])
        self._write(text.encode("latin-1"))

    # Reading

    async def _read(self) -> None:
        try:
            while data := await self._reader.read(_CHUNK):
                if not self.over:
                    self._received(data)
            if self._head is not None and not self.over:
                self._received(b"")  # a body may last until the end of the connection
            if not self.over:
                self._saw(Disconnect(), last=True)
        except OSError:
            if not self.over:
                self._saw(Disconnect(), last=True)
        except (h11.RemoteProtocolError, ParseFailed, UnicodeDecodeError) as error:
            self._saw(Breach(f"a breach of the protocol: {error}"), last=True)
        else:
            self._writer.close()  # some servers wait for it before they tell the application

    def _saw(self, event: Seen, *, last: bool = False) -> None:
        self.seen.append(event)
        self.over = self.over or last
        self._signal.notify()

    def _received(self, data: bytes) -> None:
        if self._frames is None:
            self._http.receive_data(data)
            self._read_http()
        else:
            self._frames.receive_bytes(data)
        if self._frames is not None:
            self._read_frames(self._frames)

    def _read_http(self) -> None:
        while True:
            event = self._http.next_event()
            match event:
                case h11.InformationalResponse(status_code=101):
                    self._saw(_accept(event))
                    self._frames = FrameDecoder(client=True)
                    self._frames.receive_bytes(self._http.trailing_data[0])
                    return
                case h11.Response():
                    self._head = event
                case h11.Data():
                    self._body.append(bytes(event.data))
                case h11.EndOfMessage() if self._head is not None:
                    kind = Response if self._plain else Deny
                    body = tuple(filter(None, self._body))
                    self._saw(kind(self._head.status_code, _pairs(self._head), body), last=True)
                    return
                case h11.NEED_DATA | h11.PAUSED | h11.ConnectionClosed():
                    return

    def _read_frames(self, frames: FrameDecoder) -> None:
        while not self.over and (frame := frames.process_buffer()) is not None:
            match frame.opcode:
                case Opcode.PING:
                    self._write(self._protocol.pong(bytes(frame.payload)))  # type: ignore[arg-type]
                case Opcode.PONG:
                    self._pong(bytes(frame.payload))  # type: ignore[arg-type]
                case Opcode.CLOSE:
                    self._close(bytes(frame.payload))  # type: ignore[arg-type]
                case _:
                    self._message(self._messages.process_frame(frame))

    def _message(self, frame: Frame) -> None:
        part = frame.payload
        self._parts.append(part if isinstance(part, str) else bytes(part))  # type: ignore[arg-type]
        if frame.message_finished:
            parts, self._parts = self._parts, []
            if isinstance(part, str):
                self._saw(Text("".join(map(str, parts))))
            else:
                self._saw(Bytes(b"".join(one for one in parts if isinstance(one, bytes))))

    def _pong(self, payload: bytes) -> None:
        """Tell of the answer to a Ping; one that nobody has asked for is no news."""
        if self._pings:
            # A server may answer the last of several only (RFC 6455, section 5.5.3).
            answered = self._pings.index(payload) + 1 if payload in self._pings else 0
            del self._pings[:answered]
            self._saw(Pong(payload))

    def _close(self, payload: bytes) -> None:
        """Tell of a Close frame, whatever its code, and echo it; an echo is not told of."""
        if len(payload) == 1:
            raise ParseFailed("a Close frame with half a code")
        code = int.from_bytes(payload[:2], "big") if payload else None
        reason = payload[2:].decode("utf-8")
        if self._close_sent:
            self.over = True
            self._signal.notify()
            return
        self._close_sent = True
        self._write(_echo(payload))
        self._saw(Close((code,), reason), last=True)


def _echo(payload: bytes) -> bytes:
    """Write a Close frame with what the server wrote, legal or not."""
    return _frame(0x80 | Opcode.CLOSE, payload)


def _frames(parts: tuple[bytes, ...], is_text: bool) -> bytes:
    """Write one message in several frames; wsproto would not split a character of a text."""
    opcodes = [Opcode.TEXT if is_text else Opcode.BINARY, *[Opcode.CONTINUATION] * len(parts)]
    last = len(parts) - 1
    return b"".join(
        _frame(opcodes[number] | (0x80 if number == last else 0), part)
        for number, part in enumerate(parts)
    )


def _frame(head: int, payload: bytes) -> bytes:
    """Write a short frame, masked with nothing."""
    return bytes([head, 0x80 | len(payload)]) + bytes(4) + payload


def _accept(head: h11.InformationalResponse) -> Accept:
    pairs = _pairs(head)
    chosen = next((value for name, value in pairs if name == _SUBPROTOCOL), None)
    others = (pair for pair in pairs if pair[0] not in (*_HANDSHAKE, _SUBPROTOCOL))
    return Accept(chosen, tuple(others))


def _pairs(head: h11.Response | h11.InformationalResponse) -> Headers:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers)
