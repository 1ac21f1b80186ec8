"""Wrong in closing and in close codes."""

from __future__ import annotations

from enum import Enum, IntEnum

from reference_ws.closing import sendable_code, sendable_reason
from reference_ws.constants import WebSocketCloseEvent
from reference_ws.types import Message
from reference_ws.websockets import WebSocket

from .base import CONNECTING, DISCONNECTED

REFUSED = 1005
"""A code that is refused, in place of one that is only refused by a wrong implementation."""


class DefaultCloseCode(WebSocket):
    """close() means 1001."""

    async def close(self, code: int = 1001, reason: str | None = None) -> None:
        await super().close(code, reason)


class ReasonNotSent(WebSocket):
    """The reason is not sent."""

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        sendable_reason(reason)
        await super().close(code)


class CloseForgotten(WebSocket):
    """After close() the connection still looks open."""

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        before = self.application_state
        await super().close(code, reason)
        self.application_state = before


class CloseTwiceRaises(WebSocket):
    """A second close() is an error."""

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        if DISCONNECTED in (self.application_state, self.client_state):
            raise RuntimeError("closed already")
        await super().close(code, reason)


class CloseAcceptsFirst(WebSocket):
    """A refusal is an accept and a close, so that the client sees the code."""

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        sendable_code(code)
        sendable_reason(reason)
        if self.application_state is CONNECTING and self.client_state is not DISCONNECTED:
            await self.accept()
        await super().close(code, reason)


class NothingToReceiveAfterClose(WebSocket):
    """After one's own close even the raw receive is refused."""

    async def receive(self) -> Message:
        if self.application_state is DISCONNECTED:
            raise self._ended()
        return await super().receive()


# Codes


class AnyCloseCode(WebSocket):
    """Codes that may not be sent become 1000."""

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        legal = 1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999
        await super().close(code if legal else 1000, reason)


class FirstCodesOnly(WebSocket):
    """Codes that were registered after RFC 6455 are refused."""

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        await super().close(REFUSED if 1012 <= code <= 1014 else code, reason)


class ClientCodeRefused(WebSocket):
    """The code that is meant for clients is refused."""

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        await super().close(REFUSED if code == 1010 else code, reason)


class BrowserCodesOnly(WebSocket):
    """As in a browser, of the registered codes only 1000 may be sent."""

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        await super().close(REFUSED if 1000 < code < 3000 else code, reason)


class LastCodeRefused(WebSocket):
    """The last code that an application may use is refused."""

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        await super().close(REFUSED if code == 4999 else code, reason)


class CodeNames(IntEnum):
    """Only the codes that RFC 6455 itself lists have names."""

    NORMAL_CLOSURE = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    UNSUPPORTED_DATA = 1003
    NO_STATUS_RECEIVED = 1005
    ABNORMAL_CLOSURE = 1006
    INVALID_FRAME_PAYLOAD_DATA = 1007
    POLICY_VIOLATION = 1008
    MESSAGE_TOO_BIG = 1009
    MISSING_EXTENSION = 1010
    INTERNAL_ERROR = 1011
    TLS_HANDSHAKE = 1015


NamesAreNoNumbers = Enum(  # type: ignore[misc]
    "NamesAreNoNumbers", {one.name: one.value for one in WebSocketCloseEvent}
)
NamesAreNoNumbers.__doc__ = "A name of a code is no int."


# Reasons


class ReasonCut(WebSocket):
    """A reason that is too long is cut."""

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        cut = reason and reason.encode()[:123].decode("utf-8", "ignore")
        await super().close(code, cut)


class ReasonOf125Bytes(WebSocket):
    """That the code takes two bytes of the frame is forgotten."""

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        if reason is not None and 123 < len(reason.encode()) <= 125:
            await self._answer(
                {"type": "websocket.close", "code": sendable_code(code), "reason": reason}
            )
        else:
            await super().close(code, reason)


class ReasonInCharacters(WebSocket):
    """The length of a reason is counted in characters."""

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        if reason is not None and len(reason) <= 123 < len(reason.encode()):
            await self._answer(
                {"type": "websocket.close", "code": sendable_code(code), "reason": reason}
            )
        else:
            await super().close(code, reason)


class BadReasonReplaced(WebSocket):
    """What has no UTF-8 form becomes a question mark in a reason."""

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        await super().close(code, reason and reason.encode(errors="replace").decode())
