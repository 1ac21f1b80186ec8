"""Writes an example as a script that shows a target's behaviour without the suite."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from pprint import pformat
from typing import Any

from reference_ws.testing.handshake import ABSENT, build_scope

from ..conversation.events import (
    Bytes,
    Close,
    Connect,
    Conversation,
    Disconnect,
    Event,
    Json,
    Lifespan,
    Raw,
    Request,
    Step,
    Text,
)
from ..pages.model import Example
from ..targets.find import Target
from ..targets.known import DOCUMENTED, MODULES

__all__ = ["reproduction", "substituted"]


def reproduction(example: Example, target: Target | None) -> str:
    """Write the script.

    Args:
        example: The example.
        target: What is imported; None for the reference.

    Returns:
        The example with the target's imports. Under an application stands a small driver that
        plays the page's client in memory and prints what happens.
    """
    code = substituted(example.code, target).rstrip()
    head = f"# {example.id}, from {example.path.name}:{example.line}"
    if example.kind == "javascript":
        return f"{example.code.rstrip()}\n"
    if example.kind != "app":
        return f"{head}\n{code}\n"
    told = [[_step(step, talk) for step in talk.steps] for talk in example.conversations]
    driver = _body(Path(__file__).with_name("driver.py").read_text("utf-8"))
    return (
        f"{head}\n{code}\n\n\n# From here on: the client of the page.\n\n{driver.strip()}\n\n\n"
        f"CONVERSATIONS = {pformat(told, sort_dicts=False, width=96)}\n\n"
        "asyncio.run(_drive(app, CONVERSATIONS))\n"
    )


def substituted(code: str, target: Target | None) -> str:
    """Write the target's imports into a snippet, for a reader: the suite itself never does.

    Args:
        code: The snippet.
        target: The target; None leaves the snippet as it is.
    """
    if target is None:
        return code
    lines = code.splitlines()
    nodes = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.ImportFrom)]
    for node in sorted(nodes, key=lambda node: -node.lineno):
        package, _, module = (node.module or "").partition(".")
        if package == DOCUMENTED and module in (*MODULES, "types"):
            indent = " " * node.col_offset
            written = [f"{indent}{line}" for line in _imports(node, module, target)]
            lines[node.lineno - 1 : node.end_lineno] = written
    return "\n".join(lines)


def _imports(node: ast.ImportFrom, module: str, target: Target) -> Iterator[str]:
    for alias in node.names:
        wanted = alias.asname or alias.name
        if module == "types":  # annotations only
            yield f"from typing import Any as {wanted}"
            continue
        where, name = target.place(module, alias.name)
        yield f"from {where} import {name}" + (f" as {wanted}" if name != wanted else "")


def _body(text: str) -> str:
    """A module without its docstring and the import that must stand first."""
    _, future = ast.parse(text).body[:2]
    return "\n".join(text.splitlines()[future.end_lineno :])


# Steps


def _step(step: Step, conversation: Conversation) -> dict[str, Any]:
    told: dict[str, Any] = {"client": step.client, "text": step.text.strip()}
    if step.direction != ">":
        return told
    mine = [one for one in conversation.steps if one.client == step.client]
    if step is mine[0]:
        sends = [one for one in mine if one.direction == "<"]
        told |= {"scope": _scope(step.event), "refused": [one.refused for one in sends]}
    return told | {"message": _message(step.event)}


def _scope(event: Event) -> dict[str, Any]:
    match event:
        case Connect():
            return dict(
                build_scope(
                    event.target,
                    headers=event.headers,
                    subprotocols=event.subprotocols,
                    extensions={"websocket.http.response": {}},
                    overrides={**(event.scope or {}), **dict.fromkeys(event.without, ABSENT)},
                )
            )
        case Request():
            scope = dict(build_scope(event.path, headers=event.headers))
            del scope["subprotocols"]
            http = {"type": "http", "method": event.method, "scheme": "http", "extensions": {}}
            return {**scope, **http}
    return {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}


def _message(event: Event) -> dict[str, Any]:
    """The message that a server hands over for what a client does."""
    match event:
        case Connect():
            return {"type": "websocket.connect"}
        case Text(data):
            return {"type": "websocket.receive", "text": data}
        case Bytes(payload):
            return {"type": "websocket.receive", "bytes": payload}
        case Json():
            return {"type": "websocket.receive", "text": event.text}
        case Close(codes, reason):
            code = 1005 if codes[0] is None else codes[0]
            return {"type": "websocket.disconnect", "code": code, "reason": reason}
        case Disconnect(codes):
            return {"type": "websocket.disconnect", "code": codes[0], "reason": ""}
        case Raw(message):
            return dict(message)
        case Request():
            return {"type": "http.request", "body": b"", "more_body": False}
        case Lifespan(phase):
            return {"type": f"lifespan.{phase}"}
    raise ValueError(f"expected something that a client does, got {event!r}")
