"""The reference's router around a class under test."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

__all__ = ["router_given"]


class _Gap(BaseException):
    """Carries past the router what an endpoint found to be missing."""


def router_given(router: Any, websocket: Any) -> Any:
    """The reference's router, with the class under test where none is named.

    Whatever an endpoint raises, the router makes a close of it. That the class lacks what the
    endpoint uses is no failure of the endpoint: it is raised, as it is without a router.
    """

    class WebSocketRouter(router):  # type: ignore[misc]
        def __init__(self, websocket_class: Callable[..., Any] = websocket) -> None:
            super().__init__(websocket_class)

        def _find(self, scope: Any) -> tuple[Any, Any]:
            endpoint, params = super()._find(scope)
            return (None if endpoint is None else _watched(endpoint)), params

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            try:
                await super().__call__(scope, receive, send)
            except _Gap as gap:
                raise gap.args[0] from None

    return WebSocketRouter


def _watched(endpoint: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
    async def watched(socket: Any) -> None:
        try:
            await endpoint(socket)
        except Exception as error:
            if _lacks(error, socket):
                raise _Gap(error) from None
            raise

    return watched


def _lacks(error: BaseException, socket: Any) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return any(_lacks(one, socket) for one in error.exceptions)
    return isinstance(error, AttributeError) and error.obj is socket and not _own(error, socket)


def _own(error: AttributeError, socket: Any) -> bool:
    """Whether the class itself looked for what it has not: that is a mistake in it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_globals.get("__name__") == type(socket).__module__
