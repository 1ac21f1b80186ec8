"""HTTP responses for a denial; any other ASGI response works as well."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable

from .handshake import HeaderItems, acceptable_headers
from .jsontext import encode
from .types import Receive, Scope, Send

__all__ = ["JSONResponse", "PlainTextResponse", "Response", "StreamingResponse"]


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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response.

        Args:
            scope: The connection scope; not looked at.
            receive: The receive callable; not called.
            send: The send callable.
        """
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": list(self.headers),
            }
        )
        await send({"type": "http.response.body", "body": self.body})


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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response, part by part.

        Args:
            scope: The connection scope; not looked at.
            receive: The receive callable; not called.
            send: The send callable.
        """
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": list(self.headers),
            }
        )
        if isinstance(self.content, AsyncIterable):
            async for part in self.content:
                await _send_part(part, send)
        else:
            for part in self.content:
                await _send_part(part, send)
        await send({"type": "http.response.body", "body": b""})


async def _send_part(part: str | bytes, send: Send) -> None:
    body = part.encode() if isinstance(part, str) else part
    await send({"type": "http.response.body", "body": body, "more_body": True})


def _head(
    status_code: int, headers: HeaderItems | None, media_type: str | None, length: int | None
) -> tuple[int, list[tuple[bytes, bytes]]]:
    if not isinstance(status_code, int):
        raise TypeError(f"expected a status code as an int, got {status_code!r}")
    if not 200 <= status_code <= 599:
        raise ValueError(f"expected a status code of 200 to 599, got {int(status_code)}")
    pairs = acceptable_headers(headers)
    names = {name for name, _ in pairs}
    if length is not None and b"content-length" not in names:
        pairs.append((b"content-length", str(length).encode()))
    if media_type is not None and b"content-type" not in names:
        charset = "; charset=utf-8" if media_type.startswith("text/") else ""
        pairs.append((b"content-type", f"{media_type}{charset}".encode("latin-1")))
    return int(status_code), pairs
