"""HTTP responses for a denial; any other ASGI response works as well."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Iterable
from contextlib import aclosing
from typing import Any

from .datastructures import HeaderItems, acceptable_headers
from .jsontext import encode
from .types import Receive, Scope, Send

__all__ = ["JSONResponse", "PlainTextResponse", "Response", "StreamingResponse"]


# A refusal may name the version of WebSocket that the server speaks (RFC 6455, 4.4).
_HANDSHAKE = frozenset([b"sec-websocket-version"])


class Response:
    """An HTTP response with a body that is sent in one piece.

    Args:
        content: The body; a str is encoded as UTF-8, and None is an empty body.
        status_code: The HTTP status, an int from 200 to 599.
        headers: Headers to add, a mapping or pairs, as str or bytes.
        media_type: The content type; `; charset=utf-8` is appended to `text/*`.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: The status or a header cannot be sent.

    Source: ASGI HTTP, Response Start and Response Body; Starlette and Lilya, for the arguments.
    """

    media_type: str | None = None

    def __init__(
        self,
        content: str | bytes | None = None,
        status_code: int = 200,
        headers: HeaderItems | None = None,
        media_type: str | None = None,
    ) -> None:
        self.body = self._render(content)
        self.status_code, self.headers = _head(
            status_code, headers, media_type or self.media_type, len(self.body)
        )

    def _render(self, content: object) -> bytes:
        if content is None:
            return b""
        if isinstance(content, str):
            return content.encode()
        if not isinstance(content, bytes):
            raise TypeError(f"expected content as str, bytes or None, got {content!r}")
        return content

    @property
    def raw_headers(self) -> list[tuple[bytes, bytes]]:
        """The headers as pairs of bytes, under the name that Starlette uses."""
        return self.headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response; to a WebSocket handshake, send it as a denial response.

        If the server does not support denial responses, the handshake is refused with
        `websocket.close`, and the client receives HTTP 403.

        Args:
            scope: The connection scope, of type `http` or `websocket`.
            receive: The receive callable, which is not called.
            send: The send callable.

        Raises:
            ValueError: The scope has another type.

        Source: ASGI HTTP; ASGI WebSocket, Denial Response extension.
        """
        await _send(scope, send, self, _one(self.body))


class PlainTextResponse(Response):
    """An HTTP response of type `text/plain`, with the same arguments as `Response`."""

    media_type = "text/plain"


class JSONResponse(Response):
    """An HTTP response with a JSON body, of type `application/json`.

    Args:
        content: Any value that JSON can represent.
        status_code: The HTTP status, an int from 200 to 599.
        headers: Headers to add, a mapping or pairs, as str or bytes.
        media_type: The content type, `application/json` by default.

    Raises:
        TypeError: JSON cannot represent a part of the content, or an argument has the wrong
            type.
        ValueError: The content contains NaN, Infinity or a lone surrogate, or the status or a
            header cannot be sent.

    Source: ASGI HTTP, Response Start and Response Body; RFC 8259.
    """

    media_type = "application/json"

    def __init__(
        self,
        content: object,
        status_code: int = 200,
        headers: HeaderItems | None = None,
        media_type: str | None = None,
    ) -> None:
        super().__init__(encode(content), status_code, headers, media_type)


class StreamingResponse:
    """An HTTP response with a body that is sent in chunks.

    Args:
        content: An iterable or an async iterable of chunks, each a str or bytes.
        status_code: The HTTP status, an int from 200 to 599.
        headers: Headers to add, a mapping or pairs, as str or bytes.
        media_type: The content type; `; charset=utf-8` is appended to `text/*`.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: The status or a header cannot be sent.

    Source: ASGI HTTP, Response Start and Response Body; Starlette and Lilya, for the arguments.
    """

    def __init__(
        self,
        content: Iterable[str | bytes] | AsyncIterable[str | bytes],
        status_code: int = 200,
        headers: HeaderItems | None = None,
        media_type: str | None = None,
    ) -> None:
        if isinstance(content, (str, bytes)) or not isinstance(content, (Iterable, AsyncIterable)):
            raise TypeError(f"expected content as an iterable of parts, got {content!r}")
        self.content = content
        self.status_code, self.headers = _head(status_code, headers, media_type, None)

    @property
    def raw_headers(self) -> list[tuple[bytes, bytes]]:
        """The headers as pairs of bytes, under the name that Starlette uses."""
        return self.headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response in chunks; to a WebSocket handshake, send it as a denial response.

        If `content` is a generator, it is closed afterwards, even if sending fails or is cancelled.

        Args:
            scope: The connection scope, of type `http` or `websocket`.
            receive: The receive callable, which is not called.
            send: The send callable.

        Raises:
            ValueError: The scope has another type.
            TypeError: A chunk is not str or bytes; that chunk was not sent.

        Source: ASGI HTTP; ASGI WebSocket, Denial Response extension.
        """
        parts: Any = self.content
        parts = aiter(parts) if isinstance(parts, AsyncIterable) else iter(parts)
        try:
            await _send(scope, send, self, _each(parts))
        finally:
            if hasattr(parts, "aclose"):
                await parts.aclose()
            elif hasattr(parts, "close"):
                parts.close()


Parts = AsyncGenerator[tuple[bytes, bool], None]
"""Bodies to send, and whether more of them follow."""


async def _one(body: bytes) -> Parts:
    yield body, False


async def _each(parts: Any) -> Parts:
    if hasattr(parts, "__anext__"):
        async for part in parts:
            yield _body(part), True
    else:
        for part in parts:
            yield _body(part), True
    yield b"", False


def _body(part: object) -> bytes:
    if isinstance(part, str):
        return part.encode()
    if not isinstance(part, (bytes, bytearray, memoryview)):
        raise TypeError(f"expected a part as str or bytes, got {part!r}")
    return bytes(part)


async def _send(
    scope: Scope, send: Send, response: Response | StreamingResponse, parts: Parts
) -> None:
    kind = scope.get("type")
    if kind not in ("http", "websocket"):
        raise ValueError(f"expected a scope of type 'http' or 'websocket', got {kind!r}")
    prefix = "websocket." if kind == "websocket" else ""
    if prefix and "websocket.http.response" not in (scope.get("extensions") or {}):
        await send({"type": "websocket.close", "code": 1000, "reason": ""})
        return
    start = {"status": response.status_code, "headers": list(response.headers)}
    await send({"type": prefix + "http.response.start", **start})
    async with aclosing(parts):
        async for body, more in parts:
            more_body = {"more_body": True} if more else {}
            await send({"type": prefix + "http.response.body", "body": body, **more_body})


def _head(
    status_code: int, headers: HeaderItems | None, media_type: str | None, length: int | None
) -> tuple[int, list[tuple[bytes, bytes]]]:
    if not isinstance(status_code, int):
        raise TypeError(f"expected a status code as an int, got {status_code!r}")
    if not 200 <= status_code <= 599:
        raise ValueError(f"expected a status code of 200 to 599, got {int(status_code)}")
    if media_type is not None and not isinstance(media_type, str):
        raise TypeError(f"expected a media type as a str, got {media_type!r}")
    pairs = acceptable_headers(headers, _HANDSHAKE)
    names = {name for name, _ in pairs}
    if length is not None and b"content-length" not in names:
        pairs.append((b"content-length", str(length).encode()))
    if media_type is not None and b"content-type" not in names:
        charset = "; charset=utf-8" if media_type.startswith("text/") else ""
        pairs += acceptable_headers([("content-type", media_type + charset)])
    return int(status_code), pairs
