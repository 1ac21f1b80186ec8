"""A Redis server of this machine on a free port, with nothing on the disk."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from reference_ws.conformance.wire.process import free_port

__all__ = ["find_redis", "redis_server"]

END_LIMIT = 5.0


def find_redis() -> str | None:
    """Give the path of `redis-server`, None where there is none."""
    return shutil.which("redis-server")


@contextmanager
def redis_server(port: int | None = None) -> Iterator[str]:
    """Run a Redis server until the end of the block; gives its URL.

    Args:
        port: Where it listens; a free port by default.

    Raises:
        FileNotFoundError: There is no `redis-server` on the PATH.
        RuntimeError: It ended before it was ready.
    """
    path = find_redis()
    if path is None:
        raise FileNotFoundError("expected redis-server on the PATH, found none")
    port = port or free_port()
    with tempfile.TemporaryDirectory(prefix="ws-redis-") as folder:
        options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder]
        process = subprocess.Popen(
            [path, "--port", str(port), *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert process.stdout is not None
        lines = []
        try:
            for line in process.stdout:
                lines.append(line)
                if "Ready to accept connections" in line:
                    break
            else:
                raise RuntimeError(f"expected redis-server to be ready, it said {''.join(lines)}")
            yield f"redis://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                # What it says at its end must not fill the pipe.
                process.communicate(timeout=END_LIMIT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
