"""What stands for the documented names, and what is said when nothing does."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reference_ws.conformance.targets.adapter import SHIPPED
from reference_ws.conformance.targets.find import (
    AdapterTarget,
    Missing,
    Target,
    TargetError,
    find_target,
)
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


def test_a_class_is_given_with_what_stands_beside_it_and_nothing_of_the_reference(
    folder: Path,
) -> None:
    package(folder)
    target = found("my_package.websockets:Socket")
    module = sys.modules["my_package.websockets"]
    assert imported("from reference_ws.websockets import WebSocket", target) is module.Socket
    for name in ("WrongFrameKind", "WebSocketState"):
        with pytest.raises(Missing):
            imported(f"from reference_ws.websockets import {name}", target)
        assert target.provides("websockets", name)
    assert not target.beside("websockets", "WrongFrameKind")
    assert target.beside("routing", "WebSocketRouter")
    assert target.beside("responses", "Response")
    module.Response = object  # type: ignore[attr-defined]
    assert not target.beside("responses", "Response")
    assert imported("from reference_ws.responses import Response", target) is object


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("no_such_package", "expected to import 'no_such_package', found no such module"),
        ("no_such_package.sockets:Socket", "expected to import 'no_such_package'"),
        ("my_package:Socket", "expected 'Socket' in 'my_package', it has no such name"),
        ("json", "expected a module 'json.websockets' with 'WebSocket', there is none"),
        ("json", "if its names differ, pass one class as 'json.module:Class', or write an adapter"),
        ("plain", "to test only that class, write 'plain:WebSocket'"),
        ("plain.broken", "expected to import the target 'plain.broken', got SyntaxError"),
        (
            "../plain",
            "expected a package, 'module:Class' or an adapter as the target, got '../plain'",
        ),
        ("plain:", "expected a package, 'module:Class' or"),
        ("", "expected a package, 'module:Class' or"),
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


ADAPTER = """\
from my_package.websockets import Socket

ADAPTER = {
    "package": "my_package",
    "version": "3",
    "backends": ["asyncio"],
    "modules": {"routing": "my_package.routes"},
    "names": {
        "WebSocketRouter": "my_package.routes:Router",
        "WebSocketState": "my_package.routes:Later",
    },
    "methods": {"WebSocketRouter": {"websocket_route": "socket", "mount": "no_such_method"}},
    "exceptions": {"my_package.routes:NotNow": ["RuntimeError", "WebSocketState"]},
}


class WebSocket(Socket):
    async def refuse(self):
        from my_package.routes import NotNow

        raise NotNow("not now")
"""

ROUTES = """\
class NotNow(ValueError):
    pass


class Later(Exception):
    pass


class Router:
    def socket(self, path):
        return self, path
"""


@pytest.fixture(params=["my_adapter", "my_adapter.py"])
def adapted(request: pytest.FixtureRequest, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    where = package(folder)
    (where / "routes.py").write_text(ROUTES, "utf-8")
    (folder / "my_adapter.py").write_text(ADAPTER, "utf-8")
    monkeypatch.chdir(folder)
    yield found(request.param)
    for name in ("my_adapter", "reference_ws_adapter_my_adapter"):
        sys.modules.pop(name, None)


def test_an_adapter_says_what_it_is_for(adapted: Any) -> None:
    assert isinstance(adapted, AdapterTarget)
    assert (adapted.package, adapted.adapter) == ("my_package", "my_adapter 3")
    assert adapted.backends == ("asyncio",)


def test_a_name_that_differs_is_mapped(adapted: Any) -> None:
    assert adapted.place("routing", "WebSocketRouter") == ("my_package.routes", "Router")
    assert adapted.place("routing", "Other") == ("my_package.routes", "Other")
    assert adapted.place("websockets", "WebSocketDisconnect") == (
        "my_package.websockets",
        "WebSocketDisconnect",
    )
    assert adapted.get("websockets", "WebSocket") is adapted.get("websockets", "WebSocket")


def test_a_method_of_another_name_is_mapped(adapted: Any) -> None:
    router = adapted.get("routing", "WebSocketRouter")
    own = importlib.import_module("my_package.routes").Router
    made = router()
    assert isinstance(made, own) and router.__name__ == "Router"
    assert made.websocket_route("/") == made.socket("/") == (made, "/")
    assert not hasattr(made, "mount") and not hasattr(own, "websocket_route")


@pytest.mark.anyio
async def test_an_exception_stands_for_others_and_stays_what_it_is(adapted: Any) -> None:
    socket = adapted.get("websockets", "WebSocket")({"type": "websocket"})
    module = importlib.import_module("my_package.routes")
    with pytest.raises(module.NotNow, match="not now") as caught:
        await socket.refuse()
    assert isinstance(caught.value, RuntimeError) and isinstance(caught.value, module.Later)
    assert type(caught.value).__name__ == "NotNow"
    assert not issubclass(module.NotNow, RuntimeError)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, "expected facts of an adapter in 'bad.py', got Object missing required field"),
        ({"name": "x"}, "got Object contains unknown field `name`"),
        ({"modules": {"router": "x"}}, "as modules of the adapter 'bad.py', got 'router'"),
        (
            {"names": {"Respons": "x:y"}},
            "adapter 'bad.py', got 'Respons'; did you mean 'Response'?",
        ),
        (
            {"methods": {"Nothing": {}}},
            "expected documented names in the adapter 'bad.py', got 'No",
        ),
        ({"names": {"Response": "x"}}, "expected 'module:name' in the adapter 'bad.py', got 'x'"),
        ({"exceptions": {":x": []}}, "expected 'module:name' in the adapter 'bad.py', got ':x'"),
        (None, "expected facts of an adapter in 'bad.py', got no ADAPTER in it"),
    ],
)
def test_a_mistake_in_the_facts_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, facts: dict[str, Any] | None, said: str
) -> None:
    monkeypatch.chdir(folder)
    all_facts = {"package": "json", "version": "1", **facts} if facts else facts
    (folder / "bad.py").write_text(f"ADAPTER = {all_facts!r}\n", "utf-8")
    try:
        with pytest.raises(TargetError) as caught:
            find_target("bad.py")
    finally:
        sys.modules.pop("reference_ws_adapter_bad", None)
    assert said in str(caught.value)


def test_an_adapter_that_is_not_there_is_said() -> None:
    with pytest.raises(TargetError, match="expected a file with an adapter, got 'nowhere.py'"):
        find_target("nowhere.py")


@pytest.mark.filterwarnings("ignore")  # a target's own
@pytest.mark.parametrize("spec", sorted(file.stem for file in SHIPPED.glob("[a-z]*.py")))
def test_what_comes_with_the_suite_names_what_is_there(spec: str) -> None:
    target = found(spec)
    assert isinstance(target, AdapterTarget)
    assert (target.package, target.name) == (spec, spec)
    for name in target.facts.names:
        target.get("", name)
    for name, methods in target.facts.methods.items():
        assert all(hasattr(target.get("websockets", name), method) for method in methods)
    assert len(target.exceptions()) == len(target.facts.exceptions)


def test_two_targets_whose_needs_share_a_name_are_imported_in_any_order() -> None:
    # Yaat wants python-multipart under the name that Litestar's multipart has.
    code = "from reference_ws.conformance.targets.find import find_target as f\n"
    for order in ("f('yaat'); f('litestar')", "f('litestar'); f('yaat')"):
        code_then = "import litestar._multipart, yaat.parsers; print(yaat.parsers.multipart)"
        told = [sys.executable, "-W", "ignore", "-c", f"{code}{order}\n{code_then}"]
        done = subprocess.run(told, capture_output=True, text=True)
        assert "python_multipart" in done.stdout, done.stderr
