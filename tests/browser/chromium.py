"""A Chromium that is there, driven by Playwright, and the built site served to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from reference_ws.conformance.wire.client_snippets import CHROMIUM_FLAGS, find_chromium


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port; gives the address without a slash at its end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def url(address: str, name: str) -> str:
    """Give the address of a page by its name, such as `closing` or `ko/index`."""
    place = "" if name == "index" else f"{name.removesuffix('index').rstrip('/')}/"
    return f"{address}/{place}"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium; without one the test is skipped, and fails where CI is set."""
    path = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        try:
            yield browser
        finally:
            browser.close()
