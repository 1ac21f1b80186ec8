"""What `reference_ws.testing` needs, and the names that it gives."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any

import pytest

from reference_ws import testing


def test_import_without_anyio_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("reference_ws.testing")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "anyio", None)
    with pytest.raises(ImportError, match=r"pip install 'reference-ws\[testing\]'"):
        importlib.import_module("reference_ws.testing")


def test_every_public_name_exists() -> None:
    exported: Callable[[str], Any] = testing.__getattribute__
    assert all(exported(name) for name in testing.__all__)
