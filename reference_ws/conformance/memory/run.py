"""Runs a snippet of a page with pytest-examples, and plays its conversations in memory."""

from __future__ import annotations

import builtins
import inspect
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

import anyio
import pytest
from pytest_examples import CodeExample, EvalExample

from ..conversation.compare import Difference
from ..conversation.events import (
    Close,
    Conversation,
    Disconnect,
)
from ..pages import prints
from ..pages.parse import Example
from ..targets.limit import LimitReached, limit
from ..targets.loader import Target, builtins_for
from .play import play

__all__ = ["EXAMPLE_LIMIT", "evaluate", "page_frames"]

EXAMPLE_LIMIT = 20.0
"""Seconds for one example; its single waits have shorter limits of their own."""

# For each print it asks for the whole stack with its source, and uses one frame's line.
_NO_SOURCE = SimpleNamespace(**{**vars(inspect), "stack": partial(inspect.stack, 0)})


def evaluate(
    example: Example,
    found: CodeExample,
    item: pytest.Item,
    backend: str | None,
    target: Target | None = None,
) -> str | None:
    """Run one example in memory.

    Args:
        example: The example.
        found: The same as pytest-examples found it.
        item: The test that runs it.
        backend: The anyio backend that plays the conversations; None for a snippet without any.
        target: What the snippet imports in place of what; None changes nothing.

    Returns:
        The variants that were seen in place of what the page names first, None without any.

    Raises:
        Difference: Something else happened or was printed than the page says.
        Exception: Whatever the snippet raises while it is loaded.
    """
    variants: list[str] = []
    for choice in range(_choices(example.conversations)):
        run = _Run(example, backend, choice)
        run.evaluate(found, item, target)
        variants += filter(None, run.variants)
    return ", ".join(dict.fromkeys(variants)) or None


def _choices(conversations: tuple[Conversation, ...]) -> int:
    """How many plays it takes until each alternative of the client has been played."""
    events = [s.event for c in conversations for s in c.steps if s.direction == ">"]
    return max([1, *(len(e.codes) for e in events if isinstance(e, (Close, Disconnect)))])


class _Run:
    def __init__(self, example: Example, backend: str | None, choice: int) -> None:
        self.example = example
        self.backend = backend
        self.choice = choice
        self.variants: list[str | None] = []
        self.printed: list[tuple[int, str]] = []
        self.drove = False
        self.raised: BaseException | None = None

    def evaluate(self, found: CodeExample, item: pytest.Item, target: Target | None) -> None:
        main = sys.modules["__main__"]  # pytest-examples puts the snippet there
        with tempfile.TemporaryDirectory() as directory:
            request = cast(Any, SimpleNamespace(config=item.config, node=item))
            evaluator = EvalExample(tmp_path=Path(directory), pytest_request=request)
            evaluator.set_config(line_length=1000)  # one `#>` line, however long
            module_globals: dict[str, Any] = {"__drive__": self.drive}
            if target:
                module_globals["__builtins__"] = {**builtins_for(target), "print": _print}
                # The snippet's prints come through `_print`; what a library prints is not its.
                evaluator.include_print = lambda file, frame, args: frame.frame.f_code is _PRINT
            failed: BaseException | None = None
            try:
                # Its rebuilt tracebacks crash the interpreter; ours name the page's lines.
                with (
                    patch("pytest_examples.run_code.create_example_traceback", return_value=None),
                    patch("pytest_examples.run_code.inspect", _NO_SOURCE),
                    limit(EXAMPLE_LIMIT),
                ):
                    evaluator.run_print_check(
                        found,
                        module_globals=module_globals,
                        call="__drive__",
                    )
            except (Exception, LimitReached, pytest.fail.Exception) as error:
                failed = error
            finally:
                sys.modules["__main__"] = main
        self._judge(failed)

    def drive(self) -> None:
        """Called when the module has been loaded: play, and keep whatever comes of it."""
        self.drove = True
        module = sys.modules["__main__"]
        try:
            if self.backend is not None:
                anyio.run(self._play, module.app, backend=self.backend)
        except BaseException as error:
            self.raised = error
        # The checker wants prints by their place in the text; several connections to one module
        # interleave them. What a line printed stays in its order.
        statements = cast(Any, builtins.print).side_effect.statements
        statements.sort(key=lambda statement: statement.line_no)
        self.printed = [(statement.line_no, str(statement)) for statement in statements]

    async def _play(self, app: Callable[..., Any]) -> None:
        for conversation in self.example.conversations:
            path = str(self.example.path)
            self.variants.append(await play(app, conversation, path, self.choice))

    def _judge(self, failed: BaseException | None) -> None:
        if self.raised is not None:
            raise self.raised
        if failed is not None and not (self.drove and isinstance(failed, pytest.fail.Exception)):
            raise failed
        if not self.drove:
            raise KeyboardInterrupt  # the only way that a module ends early without an error
        differences = prints.compare(self.example.code, self.printed)
        if differences:
            first = differences[0]
            raise Difference(
                path=str(self.example.path),
                line=self.example.line + first.line,
                client="",
                wanted=_printed(first.wanted),
                got=_printed(first.got),
            )
        if failed is not None:
            raise failed


def _print(*values: object, **others: Any) -> None:
    builtins.print(*values, **others)  # looked up now: the checker has put its own there


_PRINT = _print.__code__


def _printed(lines: tuple[str, ...]) -> str:
    return "\n".join(f"#> {line}" for line in lines) or "no print"


def page_frames(example: Example, error: BaseException) -> list[int]:
    """Give the lines of the page through which an exception came, the innermost last.

    Args:
        example: The example that raised.
        error: What it raised.
    """
    stem = f"{example.path.stem}_{example.line}_"
    if isinstance(error, LimitReached):
        lines = [line for file, line in reversed(error.where) if Path(file).name.startswith(stem)]
    else:
        lines, trace = [], error.__traceback__
        while trace is not None:
            if Path(trace.tb_frame.f_code.co_filename).name.startswith(stem):
                lines.append(trace.tb_lineno)
            trace = trace.tb_next
    return [example.line + line for line in lines]
