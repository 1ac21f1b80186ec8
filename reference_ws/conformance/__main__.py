"""The command line as `python -m reference_ws.conformance`."""

from __future__ import annotations

from .cli import main

main()
