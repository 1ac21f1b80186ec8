"""Wrong in iterating."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from typing import Any

from reference_ws.websockets import WebSocket, WebSocketDisconnect

from .base import CONNECTING, Lacking


class NoIterators(Lacking):
    """There is nothing to iterate over."""

    LACKS = ("iter_bytes", "iter_json", "iter_text")


class IteratorRaises(WebSocket):
    """The iterator does not end when the connection does."""

    async def iter_text(self) -> AsyncGenerator[str, None]:
        while True:
            yield await self.receive_text()


class IteratorRaisesUnlessNormal(WebSocket):
    """The iterator ends quietly only after the codes 1000 and 1001."""

    async def iter_text(self) -> AsyncGenerator[str, None]:
        async for text in super().iter_text():
            yield text
        if self.close_code not in (1000, 1001):
            raise WebSocketDisconnect(self.close_code or 1006, self.close_reason)


class IteratorEndsAtEmpty(WebSocket):
    """An empty message ends the iterator."""

    async def iter_text(self) -> AsyncGenerator[str, None]:
        async for text in super().iter_text():
            if not text:
                return
            yield text


class IteratorReadsAhead(WebSocket):
    """The iterator reads one message ahead; what it holds is lost with the loop."""

    async def iter_text(self) -> AsyncGenerator[str, None]:
        held: list[str] = []
        async for text in super().iter_text():
            if held:
                yield held.pop()
            held.append(text)


class IteratorGivesText(WebSocket):
    """The iterator over JSON gives it unread."""

    async def iter_json(self, mode: str = "text") -> AsyncGenerator[Any, None]:
        async for value in super().iter_json(mode):
            yield json.dumps(value)


class IteratorGivesParts(WebSocket):
    """The iterator over binary messages gives each byte for itself."""

    async def iter_bytes(self) -> AsyncGenerator[bytes, None]:
        async for data in super().iter_bytes():
            for number in data:
                yield bytes([number])


class IteratorSilentBeforeAccept(WebSocket):
    """Iterating before the handshake is accepted gives nothing."""

    async def iter_text(self) -> AsyncGenerator[str, None]:
        if self.application_state is CONNECTING:
            return
        async for text in super().iter_text():
            yield text
