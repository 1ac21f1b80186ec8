"""Yaat: its pages add WebSocket routes to the application; its router is no ASGI application."""

from __future__ import annotations

import importlib
import sys

import python_multipart.multipart

# Yaat imports python-multipart by its former name, which Litestar's multipart has taken over.
_other = sys.modules.get("multipart"), sys.modules.get("multipart.multipart")
sys.modules["multipart"] = python_multipart
sys.modules["multipart.multipart"] = python_multipart.multipart
try:
    importlib.import_module("yaat")
finally:
    for _name, _module in zip(("multipart", "multipart.multipart"), _other, strict=True):
        if _module is None:
            del sys.modules[_name]
        else:
            sys.modules[_name] = _module

ADAPTER = {
    "package": "yaat",
    "version": "1",
    "modules": {"datastructures": "yaat.components"},
    "names": {
        "PlainTextResponse": "yaat.responses:TextResponse",
        "StreamingResponse": "yaat.responses:StreamResponse",
        "WebSocketRouter": "yaat:Yaat",
        "WebSocketState": "yaat.websockets:WebSocketStates",
    },
}
