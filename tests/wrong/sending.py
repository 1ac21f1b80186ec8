"""Wrong in sending."""

from __future__ import annotations

from typing import Any

from reference_ws.messages import plain_bytes, plain_text
from reference_ws.websockets import WebSocket, WebSocketDisconnect

from .base import CONNECTED, CONNECTING, DISCONNECTED, Dumping


class TextAsBytes(WebSocket):
    """Text goes out as a binary message."""

    async def send_text(self, data: str) -> None:
        await self.send_bytes(plain_text(data).encode())


class TextAsLatin1(WebSocket):
    """What latin-1 does not have is sent as a question mark."""

    async def send_text(self, data: str) -> None:
        await super().send_text(plain_text(data).encode("latin-1", "replace").decode("latin-1"))


class BytesAsText(WebSocket):
    """Bytes go out as a text message."""

    async def send_bytes(self, data: bytes | bytearray | memoryview) -> None:
        await self.send_text(plain_bytes(data).decode("latin-1"))


class EmptyNotSent(WebSocket):
    """An empty message is not sent."""

    async def send_text(self, data: str) -> None:
        if data != "":
            await super().send_text(data)

    async def send_bytes(self, data: bytes | bytearray | memoryview) -> None:
        if data != b"":
            await super().send_bytes(data)


class SurrogateSent(WebSocket):
    """Text that has no UTF-8 form goes out."""

    async def send_text(self, data: str) -> None:
        try:
            await super().send_text(data)
        except UnicodeEncodeError:
            await self._send({"type": "websocket.send", "text": data})


class BytesTakenAsText(WebSocket):
    """send_text() sends bytes as well."""

    async def send_text(self, data: Any) -> None:
        await (self.send_bytes(data) if isinstance(data, bytes) else super().send_text(data))


class TextHeldBack(WebSocket):
    """Text waits for the next JSON or the close, whatever is sent meanwhile."""

    _held: tuple[str, ...] = ()

    async def send_text(self, data: str) -> None:
        if self.application_state is CONNECTED:
            self._held += (plain_text(data).encode().decode(),)
        else:
            await super().send_text(data)

    async def _let_go(self) -> None:
        held, self._held = self._held, ()
        for data in held:
            await super().send_text(data)

    async def send_json(self, data: Any, mode: str = "text") -> None:
        await self._let_go()
        await super().send_json(data, mode)

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        await self._let_go()
        await super().close(code, reason)


# JSON


class JSONEscaped(Dumping):
    """JSON is sent as ASCII."""

    OPTIONS = {"ensure_ascii": True}


class JSONSpaced(Dumping):
    """JSON is sent with spaces."""

    OPTIONS = {"separators": (", ", ": ")}


class NaNSent(Dumping):
    """NaN and the infinities are sent."""

    OPTIONS = {"allow_nan": True}


class AnythingIsJSON(Dumping):
    """What has no JSON form is sent as its description."""

    OPTIONS = {"default": str}


class StringsAreJSON(WebSocket):
    """A str is taken for finished JSON."""

    async def send_json(self, data: Any, mode: str = "text") -> None:
        if isinstance(data, str) and mode == "text":
            await self.send_text(data)
        else:
            await super().send_json(data, mode)


class BinaryModeAsText(WebSocket):
    """send_json(mode="binary") sends text."""

    async def send_json(self, data: Any, mode: str = "text") -> None:
        await super().send_json(data, "text" if mode in ("binary", "bytes") else mode)


class BinaryByDefault(WebSocket):
    """JSON is binary unless the mode says otherwise."""

    async def receive_json(self, mode: str = "binary") -> Any:
        return await super().receive_json(mode)

    async def send_json(self, data: Any, mode: str = "binary") -> None:
        await super().send_json(data, mode)


class AnyMode(WebSocket):
    """An unknown mode means text."""

    async def receive_json(self, mode: str = "text") -> Any:
        return await super().receive_json(mode if mode in ("binary", "bytes") else "text")

    async def send_json(self, data: Any, mode: str = "text") -> None:
        await super().send_json(data, mode if mode in ("binary", "bytes") else "text")


class UnknownModeIsValueError(WebSocket):
    """An unknown mode is a ValueError."""

    async def receive_json(self, mode: str = "text") -> Any:
        self._check(mode)
        return await super().receive_json(mode)

    async def send_json(self, data: Any, mode: str = "text") -> None:
        self._check(mode)
        await super().send_json(data, mode)

    def _check(self, mode: str) -> None:
        if mode not in ("text", "binary", "bytes"):
            raise ValueError(mode)


class OneModeFewer(WebSocket):
    """Of the two names of the binary mode one is unknown."""

    UNKNOWN = "bytes"

    async def receive_json(self, mode: str = "text") -> Any:
        return await super().receive_json("unknown" if mode == self.UNKNOWN else mode)

    async def send_json(self, data: Any, mode: str = "text") -> None:
        await super().send_json(data, "unknown" if mode == self.UNKNOWN else mode)


class OtherModeFewer(OneModeFewer):
    """The binary mode is only called bytes."""

    UNKNOWN = "binary"


# When sending is possible


class SentBeforeAccept(WebSocket):
    """What is sent before the handshake is accepted goes to the server."""

    async def send_text(self, data: str) -> None:
        if self.application_state is CONNECTING:
            await self._send({"type": "websocket.send", "text": data})
        else:
            await super().send_text(data)


class SilentAfterClose(WebSocket):
    """What is sent after one's own close is dropped without a word."""

    async def send_text(self, data: str) -> None:
        if self.application_state is not DISCONNECTED:
            await super().send_text(data)

    async def send_bytes(self, data: bytes | bytearray | memoryview) -> None:
        if self.application_state is not DISCONNECTED:
            await super().send_bytes(data)

    async def send_json(self, data: Any, mode: str = "text") -> None:
        if self.application_state is not DISCONNECTED:
            await super().send_json(data, mode)


class SentAfterTheEnd(WebSocket):
    """What is sent after the disconnect was seen still goes to the server."""

    async def send_text(self, data: str) -> None:
        if self.client_state is DISCONNECTED:
            await self._send({"type": "websocket.send", "text": data})
        else:
            await super().send_text(data)


class OSErrorLeaks(WebSocket):
    """The server's OSError reaches the application."""

    async def send_text(self, data: str) -> None:
        try:
            await super().send_text(data)
        except WebSocketDisconnect as error:
            raise (error.__cause__ or error) from None
