"""Serves the application above with a server, and shows what a client gets to see of it.

The text of this file is put under an example, so that the two run without the suite: it must
need nothing but the standard library. The server imports the same file as its application.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, BinaryIO

LIMIT = 3.0


class Client:
    """One connection; what it sends are the bytes that the page's client would send."""

    def __init__(self, port: int, opening: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=LIMIT)
        self.socket.sendall(opening.replace(b"{port}", str(port).encode()))
        self.frames: BinaryIO | None = None
        self.over = False

    def next(self) -> str:
        try:
            return self._response() if self.frames is None else self._frame(self.frames)
        except TimeoutError:
            return "nothing"
        except (OSError, http.client.HTTPException) as error:
            self.over = True
            return f"the end of the connection ({type(error).__name__})"

    def _response(self) -> str:
        self.response = response = http.client.HTTPResponse(self.socket)  # it owns its file
        response.begin()
        told = f"HTTP {response.status} {response.reason}"
        for name, value in response.getheaders():
            told += f"\n    {name}: {value}"
        if response.status == 101:
            self.frames = response.fp
            return told
        self.over = True
        return f"{told}\n    body {response.read()!r}"

    def _frame(self, frames: BinaryIO) -> str:
        head = frames.read(2)
        if len(head) < 2:
            self.over = True
            return "the end of the connection"
        final, opcode, length = head[0] & 0x80, head[0] & 0x0F, head[1] & 0x7F
        if length > 125:
            length = int.from_bytes(frames.read(2 if length == 126 else 8), "big")
        data = frames.read(length)
        part = "" if final else ", more follows"
        if opcode == 8:
            self.send(b"\x88" + bytes([0x80 | len(data)]) + bytes(4) + data)
            code = int.from_bytes(data[:2], "big") if data else "without a code"
            return f"close {code} {data[2:].decode('utf-8', 'replace')!r}"
        if opcode == 9:
            self.send(b"\x8a" + bytes([0x80 | len(data)]) + bytes(4) + data)
            return f"ping {data!r}"
        if opcode == 10:
            return f"pong {data!r}"
        if opcode == 1:
            return json.dumps(data.decode("utf-8", "replace"), ensure_ascii=False) + part
        return f"{data!r}{part}"

    def send(self, data: bytes) -> None:
        try:
            self.socket.sendall(data)
        except OSError as error:
            print(f"  cannot be sent: {error}")

    def leave(self) -> None:
        self.over = True
        self.socket.close()


def play(command: list[str], conversations: list[list[dict[str, Any]]]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    here = Path(__file__)
    values = {"{app}": f"{here.stem}:app", "{port}": str(port), "{host}": "127.0.0.1"}
    for name, value in values.items():
        command = [word.replace(name, value) for word in command]
    places = [str(here.parent), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, places))}
    print("$", *command, flush=True)
    server = subprocess.Popen(command, env=environment)
    try:
        await_listening(server, port)
        for number, steps in enumerate(conversations, 1):
            print(f"\nconnection {number}", flush=True)
            converse(port, steps)
    finally:
        server.terminate()
        server.wait()


def await_listening(server: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(400):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            pass
        try:
            status = server.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        sys.exit(f"the server ended with status {status}")
    sys.exit("the server does not listen")


def converse(port: int, steps: list[dict[str, Any]]) -> None:
    clients: dict[str, Client] = {}
    for step in steps:
        name, text = step["client"], step["text"]
        if "opens" in step:
            print(f"  {text}", flush=True)
            clients[name] = Client(port, step["opens"])
        elif "sends" in step:
            print(f"  {text}", flush=True)
            clients[name].send(step["sends"])
        elif step.get("leaves"):
            print(f"  {text}", flush=True)
            clients[name].leave()
        elif step.get("ends"):
            print(f"  {text:<40} the page says about the application", flush=True)
        else:
            print(f"  {text:<40} the page says")
            show(clients[name].next(), "happened")
    for client in clients.values():
        client.socket.settimeout(0.5)
        while not client.over and (seen := client.next()) != "nothing":
            show(seen, "happened after that")
        client.leave()


def show(seen: str, when: str) -> None:
    first, *others = seen.split("\n")
    print("\n".join([f"  {first:<40} {when}", *others]), flush=True)
