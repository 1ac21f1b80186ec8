"""How a run of pytest becomes a run of the suite: by the options of its command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..report.verdict import STRICT
from ..targets.find import import_from_here
from .options import OptionsError, read_options
from .recorder import Recorder
from .suite import Suite

__all__ = ["begin"]


def begin(config: pytest.Config, pages: list[Path]) -> tuple[Suite, Recorder | None]:
    """Make the suite of a run.

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
            exclude=config.getoption("--ws-exclude") or (),
            backends=config.getoption("--ws-backend") or (),
            fail_on=STRICT if config.getoption("--ws-strict") else (),
        )
    except OptionsError as error:
        raise pytest.UsageError(str(error)) from None
    suite = Suite(options)
    if not pages:
        named = config.args if config.args_source is config.ArgsSource.ARGS else []
        config.args = [*named, *map(str, options.catalogue.roots)]
    # Of several processes only the first one keeps the results.
    if not results or hasattr(config, "workerinput"):
        return suite, None
    recorder = Recorder(suite, Path(results))
    config.pluginmanager.register(recorder)
    return suite, recorder
