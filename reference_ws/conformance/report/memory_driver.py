"""Plays the client of a conversation in memory and shows what the application does.

The text of this file is put under an example, so that the two run without the suite: it must
need nothing but the standard library.
"""

from __future__ import annotations

import asyncio
import builtins
from typing import Any


class Connection:
    """One client; the application's side of it is `receive` and `send`."""

    def __init__(self, scope: dict[str, Any], refused: list[str | None]) -> None:
        self.scope = scope
        self.refused = refused  # for each message of the application, how the server refuses it
        self.inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.seen: asyncio.Queue[str] = asyncio.Queue()
        self.over = False
        self.sends = 0

    def deliver(self, message: dict[str, Any]) -> None:
        self.over = self.over or message["type"] == "websocket.disconnect"
        self.inbox.put_nowait(message)

    async def send(self, message: dict[str, Any]) -> None:
        number, self.sends = self.sends, self.sends + 1
        refused = self.refused[number] if number < len(self.refused) else None
        if refused or self.over:
            self.seen.put_nowait(f"{message!r} ! {refused or 'OSError'}")
            raise getattr(builtins, refused or "OSError")("the server refuses this message")
        self.seen.put_nowait(repr(message))
        if message["type"] == "websocket.close":
            code, reason = message.get("code", 1000), message.get("reason") or ""
            self.deliver({"type": "websocket.disconnect", "code": code, "reason": reason})
        elif message["type"] == "websocket.http.response.body" and not message.get("more_body"):
            self.deliver({"type": "websocket.disconnect", "code": 1006, "reason": ""})

    async def run(self, app: Any) -> None:
        try:
            await app(self.scope, self.inbox.get, self.send)
        except Exception as error:
            self.seen.put_nowait(f"! {error!r}")
        else:
            self.seen.put_nowait("! return")

    async def next(self) -> str:
        try:
            return await asyncio.wait_for(self.seen.get(), 1)
        except TimeoutError:
            return "nothing"


async def play(app: Any, conversations: list[list[dict[str, Any]]]) -> None:
    for number, steps in enumerate(conversations, 1):
        print(f"\nconnection {number}")
        clients: dict[str, Connection] = {}
        tasks = []
        for step in steps:
            name, text = step["client"], step["text"]
            if "scope" in step:
                clients[name] = Connection(step["scope"], step["refused"])
                tasks.append(asyncio.create_task(clients[name].run(app)))
            if "message" in step:
                print(f"  {text}")
                clients[name].deliver(step["message"])
            else:
                print(f"  {text:<40} the page says")
                print(f"  {await clients[name].next():<40} happened")
        for task in tasks:
            task.cancel()
        for client in clients.values():
            while not client.seen.empty():
                print(f"  {client.seen.get_nowait():<40} happened after that")
