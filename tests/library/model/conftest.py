"""Hypothesis makes the same examples each time, remembers none, and watches no clock.

`EXAMPLES=2000` asks for more of them, which then differ from run to run; `make soak` does so.
"""

from __future__ import annotations

import os

from hypothesis import settings

MORE = os.environ.get("EXAMPLES")

settings.register_profile(
    "model",
    derandomize=not MORE,
    database=None,
    deadline=None,
    max_examples=int(MORE or 60),
    report_multiple_bugs=False,
)
settings.load_profile("model")
