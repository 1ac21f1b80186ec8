"""Clients that mean harm: input that is costly to read, wrong, or never complete."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping

from .crowd import Crowd
from .frames import FIN, close, masked, text
from .wire import Wire, handshake, opened

__all__ = ["ATTACKS", "JSON_BOMBS", "hostile"]

ROUNDS = 3
READ_LIMIT = 5.0
HALF_OPEN = 0.5  # seconds at most for which a half handshake stays

JSON_BOMBS: Mapping[str, str] = {
    # A number that Python refuses, then text in which its place must be found again.
    "digits then escapes": "[" + "1" * 4301 + ',"' + '\\"' * 16000,
    "escapes then digits": '["' + '\\"' * 16000 + '",' + "1" * 4301 + "]",
    "many numbers then NaN": "[" + "1e5," * 20000 + "NaN]",
    "many quotes": '"' * 40000,
    "infinite": "[" + "1" * 300000 + "e999]",
    "deep": "[" * 100000,
    "deep objects": '{"a":' * 50000,
    "deep and closed": "[" * 50000 + "]" * 50000,
    "wide": "[" + "[]," * 30000 + "[]]",
    "lone surrogate": '["\\ud800"]',
    "nothing": "",
}
"""Text messages for an endpoint that reads JSON."""

_KEY = base64.b64encode(bytes(range(256)) * 200).decode()
_CUT_HANDSHAKE = "GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upg"


def _names(count: int) -> str:
    return "&".join(f"{n:x}=" for n in range(count))


_MESSAGES: dict[str, tuple[str, bytes]] = {
    **{f"JSON, {kind}": ("/json", text(bomb)) for kind, bomb in JSON_BOMBS.items()},
    **{f"JSON kept, {kind}": ("/json/kept", text(bomb) * 3) for kind, bomb in JSON_BOMBS.items()},
    "bytes for text": ("/echo", masked(FIN | 0x2, b"\x00\xff")),
    "bytes for JSON": ("/json", masked(FIN | 0x2, b"{}")),
    "text for binary JSON": ("/json/binary", text("{}")),
    "garbage as binary JSON": ("/json/binary", masked(FIN | 0x2, bytes(range(256)) * 200)),
    "half a character as binary JSON": ("/json/binary", masked(FIN | 0x2, b'"\xf0\x9f"')),
    "text for bytes": ("/look", text("x" * 100000)),
    "text that is not UTF-8": ("/echo", masked(FIN | 0x1, b"\xff\xfe\xc0\x80")),
    "text cut in a character": ("/echo", masked(FIN | 0x1, b"\xf0\x9f")),
    "a close reason that is not UTF-8": ("/echo", masked(FIN | 0x8, b"\x03\xe8\xff\xff")),
    "half a close code": ("/echo", masked(FIN | 0x8, b"\x03")),
    "a close code of 999": ("/echo", close(999)),
    "a close code of 1006": ("/echo", close(1006)),
    "a reserved opcode": ("/echo", masked(FIN | 0x3, b"x")),
    "reserved bits": ("/echo", masked(FIN | 0x71, b"x")),
    "compressed without an extension": ("/echo", masked(FIN | 0x41, b"\xff\xff\xff")),
    "an unmasked frame": ("/echo", masked(FIN | 0x1, b"x", mask=False)),
    "a long ping": ("/echo", masked(FIN | 0x9, b"x" * 200)),
    "a ping in fragments": ("/echo", masked(0x9, b"x")),
    "a continuation of nothing": ("/echo", masked(FIN, b"x")),
    "a message in a message": ("/echo", masked(0x1, b"x") + masked(FIN | 0x1, b"y")),
    "a frame of 2**62 bytes": ("/echo", masked(FIN | 0x2, b"x", length=2**62)),
    "a frame of 2**63 bytes": ("/echo", masked(FIN | 0x2, b"x", length=2**63)),
    "10,000 empty fragments": ("/echo", masked(0x1, b"") + masked(0x0, b"") * 10000),
    "2,000 pings": ("/echo", masked(FIN | 0x9, b"x" * 100) * 2000),
    "messages after the close": ("/echo", close(1000) + text("late") * 100),
    "garbage": ("/echo", bytes(range(255, 0, -1)) * 40),
}

_HANDSHAKES: dict[str, tuple[str, tuple[str, ...]]] = {
    "a path of 800 dashes": ("/" + "-" * 800, ()),
    "a path of 7,000 dashes": ("/" + "-" * 7000, ()),
    "a path of 4,000 digits": ("/numbers/" + "1" * 4000, ()),
    "a path of dots and slashes": ("/files/" + "./" * 2000, ()),
    "a path with escapes": ("/%00%0d%0a%ff%c0%ae%2f" + "%2e%2e%2f" * 400, ()),
    "a path that leaves the host": ("//evil.example/../../echo", ()),
    "12,000 query names": ("/look?" + _names(12000), ()),
    "2,400 query names": ("/look?" + _names(2400), ()),
    "7,000 ampersands": ("/look?" + "&" * 7000, ()),
    "a query of escapes": ("/look?" + "%" * 3000 + "%ff=%00" * 500, ()),
    "90 headers": ("/look", tuple(f"x-{n}: {'v' * 60}" for n in range(90))),
    "a header of 7,000 bytes": ("/look", (f"x: {_KEY[:7000]}",)),
    "a header of 60,000 bytes": ("/look", (f"x: {_KEY[:60000]}",)),
    "600 cookies": ("/look", ("Cookie: " + "; ".join(f"{n}={n}" for n in range(600)),)),
    "a hostile host": ("/look", ("X-Forwarded-Host: a/b?c#d", "Origin: null")),
    "300 subprotocols": (
        "/look",
        ("Sec-WebSocket-Protocol: " + ", ".join(f"p{n}" for n in range(300)),),
    ),
    "latin-1 in a header": ("/look", ("x: \xe9\xff",)),
    "deflate with nonsense": (
        "/look",
        ("Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99; x=y",),
    ),
    "a body": ("/look", ("Content-Length: 99999",)),
    "a body in chunks": ("/look", ("Transfer-Encoding: chunked",)),
    "a path nobody knows": ("/no/such/path", ()),
}

_RAW: dict[str, bytes] = {
    "half a request line": b"GET /ec",
    "half a handshake": _CUT_HANDSHAKE.encode(),
    "no key": b"GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    "version 7": handshake(1, "/echo").replace(b"Version: 13", b"Version: 7"),
    "a key that is too short": handshake(1, "/echo").replace(b"dGhlIHNhbXBsZSBub25jZQ==", b"abc"),
    "POST": handshake(1, "/echo").replace(b"GET", b"POST"),
    "HTTP/1.0": handshake(1, "/echo").replace(b"HTTP/1.1", b"HTTP/1.0"),
    "no HTTP at all": bytes(range(256)) * 20,
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
    "a frame in the handshake": handshake(1, "/echo") + text("early"),
    "two requests": handshake(1, "/echo") + handshake(1, "/echo"),
    "plain HTTP": b"GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
}

ATTACKS: tuple[str, ...] = (*_MESSAGES, *_HANDSHAKES, *_RAW)
"""The names of all attacks."""


async def hostile(crowd: Crowd, number: int) -> None:
    """Attack a few times, each time in another way."""
    attacks = [attack for attack in ATTACKS if attack not in crowd.spared]
    for turn in range(ROUNDS):
        await crowd.pause(1.5)
        # The step is a prime that does not divide their number, so few clients try them all.
        attack = attacks[(number * ROUNDS + turn) * 31 % len(attacks)]
        try:
            async with asyncio.timeout(READ_LIMIT), opened(crowd.port) as wire:
                crowd.result.connections += 1
                with crowd.attacking(attack):
                    await _attack(crowd, wire, attack)
        except OSError:  # the server has ended it, or never will; both are its right
            pass


async def _attack(crowd: Crowd, wire: Wire, attack: str) -> None:
    if attack in _MESSAGES:
        target, frames = _MESSAGES[attack]
        await wire.send(handshake(crowd.port, target))
        await wire.receive(1024)
        await wire.send(frames)
    elif attack in _HANDSHAKES:
        target, lines = _HANDSHAKES[attack]
        await wire.send(handshake(crowd.port, target, *lines))
    else:
        await wire.send(_RAW[attack])
        if attack.startswith("half"):
            await crowd.pause(HALF_OPEN)
            return
    # Read until the server ends it; one that it keeps open is left after a while.
    try:
        async with asyncio.timeout(crowd.pace):
            await wire.until_end()
    except TimeoutError:
        pass
