"""Prepares a run of pytest for the suite."""

from __future__ import annotations

from pathlib import Path

import pytest

from .options import OptionsError, import_from_here, read_options
from .recorder import NAME, Collector
from .suite import Suite

__all__ = ["set_up"]


def set_up(config: pytest.Config, pages: list[Path]) -> tuple[Suite, Collector | None]:
    """Read the options of the suite.

    Args:
        config: pytest's.
        pages: The pages that were named; without any, those of the suite are added to what
            pytest runs, or take the place of what it would run by itself.

    Raises:
        pytest.UsageError: An option cannot be followed.
    """
    known, results = config.getoption("--ws-known"), config.getoption("--ws-results")
    if not known and config.getini("ws_known"):
        known = config.rootpath / config.getini("ws_known")
    target = config.getoption("--ws-target")
    import_from_here()
    try:
        options = read_options(
            pages=pages,
            target=target,
            servers=config.getoption("--ws-server") or config.getini("ws_servers"),
            memory=not config.getoption("--ws-no-memory"),
            select=config.getoption("--ws-select") or (),
            known=Path(known) if known else None,
            report=bool(results or target),
        )
    except OptionsError as error:
        raise pytest.UsageError(str(error)) from None
    suite = Suite(options)
    if not pages:
        named = config.args if config.args_source is config.ArgsSource.ARGS else []
        config.args = [*named, *map(str, options.roots)]
    # Of several processes only the first one keeps the results.
    if not results or hasattr(config, "workerinput"):
        return suite, None
    collector = Collector(suite, Path(results))
    config.pluginmanager.register(collector, NAME)
    return suite, collector
