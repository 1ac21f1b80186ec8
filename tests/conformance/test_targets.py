"""What stands for the documented names, and what is said when nothing does."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from reference_ws.conformance.targets.find import Missing, Target, TargetError, find_target
from reference_ws.conformance.targets.known import MODULES, TABLES, Part
from reference_ws.conformance.targets.loader import load, unload
from reference_ws.conformance.targets.substitutes import substitutes_of
from tests.conformance.suite_pages import package


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    before = set(sys.modules)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in {"my_package", "plain"}:
            del sys.modules[name]


def found(spec: str) -> Target:
    target = find_target(spec)
    assert target is not None
    return target


def imported(line: str, target: Target) -> object:
    code = f"{line} as x\n"
    names = load(code, path="page.md", first_line=1, substitutes=substitutes_of(target))
    unload(names)
    return names["x"]


def test_the_reference_is_no_substitution() -> None:
    assert find_target("reference") is None


def test_a_package_gives_its_own_names(folder: Path) -> None:
    package(folder)
    target = found("my_package")
    socket = imported("from reference_ws.websockets import WebSocket", target)
    assert getattr(socket, "__module__", "") == "my_package.websockets"
    module = imported("import reference_ws.websockets", target)
    assert vars(module).get("__name__", "") == "my_package:websockets"
    assert module.WebSocket is socket  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "from reference_ws.websockets import WrongFrameKind",
            "expected 'WrongFrameKind' in 'my_package.websockets', it has no such name",
        ),
        (
            "from reference_ws.responses import Response",
            "expected a module 'my_package.responses' with 'Response', there is none",
        ),
    ],
)
def test_what_a_package_lacks_is_said(folder: Path, line: str, said: str) -> None:
    package(folder)
    with pytest.raises(Missing) as caught:
        imported(line, found("my_package"))
    assert str(caught.value) == said


def test_a_module_that_fails_is_no_missing_module(folder: Path) -> None:
    where = package(folder)
    (where / "responses.py").write_text("import no_such_thing\n", "utf-8")
    (where / "routing.py").write_text("1 / 0\n", "utf-8")
    target = found("my_package")
    with pytest.raises(ModuleNotFoundError, match="no_such_thing"):
        imported("from reference_ws.responses import Response", target)
    with pytest.raises(ZeroDivisionError):
        imported("from reference_ws.routing import WebSocketRouter", target)


def test_types_and_the_client_stay_the_suites(folder: Path) -> None:
    package(folder)
    target = found("my_package")
    for module, name in [("types", "Scope"), ("testing", "connect")]:
        own = getattr(sys.modules.get(f"reference_ws.{module}") or __import__(module), name)
        assert imported(f"from reference_ws.{module} import {name}", target) is own
        assert not target.provides(module, name)


def test_a_class_is_given_with_its_modules_names_first_then_the_references(folder: Path) -> None:
    package(folder)
    target = found("my_package.websockets:Socket")
    module = sys.modules["my_package.websockets"]
    assert imported("from reference_ws.websockets import WebSocket", target) is module.Socket
    kind = imported("from reference_ws.websockets import WrongFrameKind", target)
    assert getattr(kind, "__module__", "") == "reference_ws.exceptions"
    assert target.provides("websockets", "WebSocket")
    assert target.provides("websockets", "WebSocketDisconnect")
    assert not target.provides("websockets", "WrongFrameKind")
    assert not target.provides("responses", "Response")


def test_the_references_router_is_given_the_class(folder: Path) -> None:
    package(folder)
    target = found("my_package.websockets:Socket")
    assert target.provides("routing", "WebSocketRouter")
    router = target.get("routing", "WebSocketRouter")
    assert router().websocket_class is sys.modules["my_package.websockets"].Socket
    assert router(websocket_class=dict).websocket_class is dict
    assert target.get("routing", "WebSocketRouter").__name__ == "WebSocketRouter"


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("no_such_package", "expected to import 'no_such_package', it is not there"),
        ("no_such_package.sockets:Socket", "expected to import 'no_such_package'"),
        ("my_package:Socket", "expected 'Socket' in 'my_package', it has no such name"),
        ("json", "expected a module 'json.websockets' with 'WebSocket', there is none"),
        ("plain", "for that class alone say 'plain:WebSocket'"),
        ("plain.broken", "expected to import the target 'plain.broken', got SyntaxError"),
        ("../plain", "expected a package or 'module:Class' as the target, got '../plain'"),
        ("plain:", "expected a package or 'module:Class'"),
        ("", "expected a package or 'module:Class'"),
    ],
)
def test_a_target_that_cannot_be_tested_is_said(folder: Path, spec: str, said: str) -> None:
    package(folder)
    plain = package(folder, "plain")
    (plain / "websockets.py").unlink()
    (plain / "__init__.py").write_text("class WebSocket: pass\n", "utf-8")
    (plain / "broken").mkdir()
    (plain / "broken" / "websockets.py").write_text("class\n", "utf-8")
    with pytest.raises(TargetError) as caught:
        find_target(spec)
    assert said in str(caught.value)


def test_every_table_speaks_of_every_module() -> None:
    for name, table in TABLES.items():
        assert sorted(table) == sorted(MODULES), name
        assert all(part.module.partition(".")[0] == name for part in table.values())


def test_a_name_that_differs_is_mapped() -> None:
    from reference_ws.conformance.targets.find import PackageTarget

    yaat = PackageTarget("yaat")
    assert yaat.place("websockets", "WebSocketState") == ("yaat.websockets", "WebSocketStates")
    assert yaat.place("routing", "WebSocketRouter") == ("yaat", "Yaat")
    assert yaat.place("websockets", "WebSocket") == ("yaat.websockets", "WebSocket")


def test_a_method_of_another_name_is_mapped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = package(folder)
    code = "class Router:\n    def socket(self, path):\n        return self, path\n"
    (where / "routing.py").write_text(code, "utf-8")
    methods = {"WebSocketRouter": {"websocket_route": "socket", "mount": "no_such_method"}}
    part = Part("my_package.routing", {"WebSocketRouter": "Router"}, methods)
    parts = {name: Part(f"my_package.{name}") for name in MODULES} | {"routing": part}
    monkeypatch.setitem(cast(Any, TABLES), "my_package", parts)
    router = found("my_package").get("routing", "WebSocketRouter")
    own = importlib.import_module("my_package.routing").Router
    made = router()
    assert isinstance(made, own) and router.__name__ == "Router"
    assert made.websocket_route("/") == made.socket("/") == (made, "/")
    assert not hasattr(made, "mount") and not hasattr(own, "websocket_route")


@pytest.mark.filterwarnings("ignore")  # a target's own
@pytest.mark.parametrize("spec", sorted(TABLES))
def test_the_tables_name_what_is_there(spec: str) -> None:
    target = found(spec)
    for module, part in TABLES[spec].items():
        for name in part.names:
            target.get(module, name)
        for name, methods in part.methods.items():
            assert all(hasattr(target.get(module, name), method) for method in methods)
