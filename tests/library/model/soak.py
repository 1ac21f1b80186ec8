"""Random programs until told to stop: `make soak`, `STEPS=1000000 make soak`, `SEED=… make soak`.

Each program is made while it is played by hand, then played by hand with a subclass that overrides
the raw methods, then with tasks on asyncio and on trio. A finding ends the run with status 1 and
the smallest program that shows it; the same seed finds it again.
"""

from __future__ import annotations

import os
import random
import sys
import time

import anyio

from reference_ws.websockets import WebSocket
from tests.library.model.in_tasks import BACKENDS, play_in_tasks, play_on
from tests.library.model.lockstep import Disagreement, play
from tests.library.model.programs import Finding, Made, SocketClass, find, shrink
from tests.library.model.sockets import Overriding

__all__ = ["soak"]

_BATCH = 500


def soak(steps: int, seed: str, socket_class: SocketClass = WebSocket) -> int:
    """Play programs of that many steps in all; return the status for the shell."""
    print(f"SEED={seed} STEPS={steps}", flush=True)
    started, done, programs = time.monotonic(), 0, 0
    while done < steps:
        try:
            batch: list[Made] = []
            while len(batch) < _BATCH and done < steps:
                batch.append(find(socket_class, f"{seed} {programs}"))
                programs += 1
                done += len(batch[-1].program)
            _replay(batch, socket_class)
        except Finding as finding:
            print(f"FOUND after {programs} programs with SEED={seed}\n{finding}", flush=True)
            return 1
        rate = round(done / (time.monotonic() - started))
        print(f"{done} steps, {programs} programs, {rate} steps/s", flush=True)
    print("the class and the model agree")
    return 0


def _replay(batch: list[Made], socket_class: SocketClass) -> None:
    for made in batch if socket_class is WebSocket else ():
        try:
            play(Overriding, *made)
        except Disagreement:
            raise shrink(play, Overriding, *made) from None
    for backend in BACKENDS:
        if wrong := anyio.run(_first_wrong, batch, socket_class, backend=backend):
            finding = shrink(play_on(backend), socket_class, *wrong)
            finding.what = f"on {backend}: {finding.what}"
            raise finding


async def _first_wrong(batch: list[Made], socket_class: SocketClass) -> Made | None:
    for made in batch:
        try:
            await play_in_tasks(socket_class, *made)
        except Disagreement:
            return made
    return None


if __name__ == "__main__":
    chosen = os.environ.get("SEED") or f"{random.SystemRandom().randrange(10**9)}"
    sys.exit(soak(int(os.environ.get("STEPS") or 300_000), chosen))
