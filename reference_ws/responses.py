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
    """An HTTP response whose body is known at once.

    Args:
        content: The body; a str is sent as UTF-8, None is no body.
        status_code: The HTTP status, 200 to 599.
        headers: Headers to add, a mapping or pairs, str or bytes.
        media_type: The content type; `text/*` gets `; charset=utf-8`.

    Raises:
        TypeError: An argument is of the wrong type.
        ValueError: The status or a header may not be sent.

    Source: ASGI HTTP, Response Start and Response Body; the arguments are those that
    Starlette and Lilya document.
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
        """The headers under the name that Starlette gives to its byte pairs."""
        return self.headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response; to a WebSocket handshake it is sent as a denial.

        Where the server lacks the denial extension the handshake is refused with a close,
        which the client sees as HTTP 403.

        Args:
            scope: The connection scope, of type `http` or `websocket`.
            receive: The receive callable; not called.
            send: The send callable.

        Raises:
            ValueError: The scope is of another type.
        """
        await _send(scope, send, self, _one(self.body))


class PlainTextResponse(Response):
    """A response of type `text/plain`; the arguments are those of `Response`."""

    media_type = "text/plain"


class JSONResponse(Response):
    """A response of type `application/json`.

    Args:
        content: Anything JSON can say.
        status_code: The HTTP status, 200 to 599.
        headers: Headers to add, a mapping or pairs, str or bytes.
        media_type: The content type.

    Raises:
        TypeError: Something in the content has no JSON form, or an argument is of the
            wrong type.
        ValueError: The content holds NaN, Infinity or a lone surrogate, or the status or a
            header may not be sent.

    Source: as `Response`; RFC 8259.
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
    """An HTTP response whose body comes in parts.

    Args:
        content: The parts, str or bytes, from an iterable or an async iterable.
        status_code: The HTTP status, 200 to 599.
        headers: Headers to add, a mapping or pairs, str or bytes.
        media_type: The content type; `text/*` gets `; charset=utf-8`.

    Raises:
        TypeError: An argument is of the wrong type.
        ValueError: The status or a header may not be sent.

    Source: as `Response`.
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
        """The headers under the name that Starlette gives to its byte pairs."""
        return self.headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response, part by part; to a WebSocket handshake it is sent as a denial.

        A generator is closed at the end, also if sending fails or is cancelled.

        Args:
            scope: The connection scope, of type `http` or `websocket`.
            receive: The receive callable; not called.
            send: The send callable.

        Raises:
            ValueError: The scope is of another type.
            TypeError: A part is neither str nor bytes; it was not sent.
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
