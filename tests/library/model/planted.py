"""Sockets that are wrong on purpose, each in one rule; the model must find every one of them."""

from __future__ import annotations

from types import ModuleType

from reference_ws.websockets import WebSocket
from tests.library.model import planted_once, planted_receiving, planted_sending

__all__ = ["PLANTED"]


def _sockets_of(module: ModuleType) -> list[type[WebSocket]]:
    """Every class that the module itself defines."""
    return [each for each in vars(module).values() if _is_socket_of(each, module)]


def _is_socket_of(value: object, module: ModuleType) -> bool:
    return (
        isinstance(value, type)
        and issubclass(value, WebSocket)
        and value.__module__ == module.__name__
    )


PLANTED: list[type[WebSocket]] = [
    socket_class
    for module in (planted_once, planted_sending, planted_receiving)
    for socket_class in _sockets_of(module)
]
