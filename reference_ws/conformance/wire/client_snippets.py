"""Plays the client snippets of a page, Python and JavaScript, against the page's first application.

The pages connect to `localhost:8000`, as a reader would; here that name leads to the server
that the suite started on a free port.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
from typing import Any
from unittest.mock import patch

import pytest

from ..conversation.compare import Difference
from ..memory.run import EXAMPLE_LIMIT, evaluate
from ..pages.model import Example
from ..targets.limit import limit
from .server import WireServer

__all__ = ["CHROMIUM_FLAGS", "find_chromium", "play_browser_client", "play_python_client"]

DOCUMENTED = ("localhost", 8000)

# A browser of the distribution, kept from calling home.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def play_python_client(example: Example, server: WireServer, app: Example) -> None:
    """Run a Python client against an application.

    Raises:
        Difference: It printed something else than the page says.
    """
    resolve = socket.getaddrinfo

    def redirected(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        wanted = host in (DOCUMENTED[0], DOCUMENTED[0].encode()) and port in (8000, "8000")
        return resolve(*(("127.0.0.1", free) if wanted else (host, port)), *args, **kwargs)

    with server.serving(app) as free, patch("socket.getaddrinfo", redirected):
        evaluate(example, None)


def play_browser_client(example: Example, server: WireServer, app: Example) -> None:
    """Run a JavaScript client in a headless Chromium against an application.

    Raises:
        Difference: It logged something else than the page says, or it failed.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        pytest.skip("the browser's examples need Playwright: pip install playwright")
    chromium = find_chromium()
    logged: dict[int, list[str]] = {}
    failed = ""
    with server.serving(app) as port, limit(EXAMPLE_LIMIT), sync_playwright() as playwright:
        host, documented = DOCUMENTED
        rules = f"--host-resolver-rules=MAP {host}:{documented} 127.0.0.1:{port}"
        browser = playwright.chromium.launch(
            executable_path=chromium, args=[*CHROMIUM_FLAGS, rules]
        )
        page = browser.new_page()

        def keep(message: Any) -> None:
            logged.setdefault(message.location["lineNumber"] + 1, []).append(message.text)

        page.on("console", keep)
        try:
            page.evaluate(_IMPORT, example.code)
        except Error as error:
            failed = error.message
        browser.close()
    wanted = _wanted(example.code)
    for line in sorted(wanted.keys() | logged.keys()):
        if failed or wanted.get(line, []) != logged.get(line, []):
            raise Difference(
                path=str(example.path),
                line=example.line + line,
                client="",
                wanted="\n".join(f"//> {text}" for text in wanted.get(line, [])) or "no output",
                got=failed or "\n".join(f"//> {t}" for t in logged.get(line, [])) or "no output",
            )


def find_chromium() -> str:
    """Give the path of a Chromium that is there; without one skip, and in CI fail."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        said = f"expected a Chromium on the PATH ({', '.join(names)}), found none"
        if os.environ.get("CI"):
            pytest.fail(said, pytrace=False)
        pytest.skip(said)
    return path


# As a module, so that `await` works at the top level and its end is the snippet's end.
_IMPORT = """async (code) => {
  await import(URL.createObjectURL(new Blob([code], {type: "text/javascript"})));
}"""


def _wanted(code: str) -> dict[int, list[str]]:
    wanted: dict[int, list[str]] = {}
    call = 0
    for number, line in enumerate(code.splitlines(), 1):
        if said := re.fullmatch(r"\s*//> ?(.*)", line):
            wanted[call].append(said[1])
        elif "console.log(" in line:
            call = number
            wanted[call] = []
    return wanted
