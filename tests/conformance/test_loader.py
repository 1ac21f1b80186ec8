"""A snippet as a module: what it imports, what it prints, and where it says it stands."""

from __future__ import annotations

import dataclasses
import io
import json
import json.decoder
import sys
import traceback

import pytest

from reference_ws.conformance.targets.loader import builtins_for, load, unload

PATH = "page.md"


def test_it_is_a_module_of_its_own_until_it_is_forgotten() -> None:
    code = "from dataclasses import dataclass\n\n@dataclass\nclass A:\n    b: int = 1\n"
    names, others = (load(code, path=PATH, first_line=5) for _ in range(2))
    assert names["__name__"] != others["__name__"] and names["A"] is not others["A"]
    assert sys.modules[names["__name__"]].A is names["A"]
    assert dataclasses.asdict(names["A"]()) == {"b": 1}
    assert names["A"].__annotations__ == {"b": int}, "our own future imports are not inherited"
    for one in (names, others):
        unload(one)
        assert one["__name__"] not in sys.modules


def test_what_does_not_load_leaves_nothing_behind() -> None:
    before = set(sys.modules)
    with pytest.raises(ZeroDivisionError) as caught:
        load("a = 1\n\n1 / 0\n", path=PATH, first_line=10)
    frame = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert (frame.filename, frame.lineno) == (PATH, 12)
    assert set(sys.modules) == before


def test_prints_come_with_their_line() -> None:
    printed: list[tuple[int, str]] = []
    code = (
        "print('a', 1, sep='-')\n"
        "print(\n    'b',\n    {2, 1},\n)\n"
        "list(map(print, ['c']))\n"
        "def later():\n"
        "    print()\n"
    )
    names = load(code, path=PATH, first_line=40, on_print=lambda *said: printed.append(said))
    names["later"]()
    unload(names)
    assert printed == [(1, "a-1"), (2, "b {1, 2}"), (6, "c"), (8, "")]


def test_a_print_into_a_file_goes_there() -> None:
    printed: list[tuple[int, str]] = []
    code = "import io\n\nfile = io.StringIO()\nprint('a', file=file, end='!')\n"
    names = load(code, path=PATH, first_line=1, on_print=lambda *said: printed.append(said))
    unload(names)
    assert isinstance(names["file"], io.StringIO) and names["file"].getvalue() == "a!"
    assert printed == []


@pytest.mark.parametrize(
    "code",
    [
        "from reference_ws.a import x",
        "import reference_ws.a\nx = reference_ws.a.x",
        "import reference_ws.a as a\nx = a.x",
        "import reference_ws.a\nimport reference_ws.b\nx = reference_ws.a.x\nreference_ws.b.x",
    ],
)
def test_another_module_is_imported(code: str) -> None:
    substitutes = {"reference_ws.a": json.decoder, "reference_ws.b": json.decoder}
    text = code.replace("x", "JSONDecoder")
    names = load(text, path=PATH, first_line=1, substitutes=substitutes)
    unload(names)
    assert names["JSONDecoder"] is json.JSONDecoder


def test_what_is_not_mapped_is_imported_as_ever() -> None:
    code = "import json.encoder\nfrom reference_ws.constants import WebSocketCloseEvent\n"
    names = load(code, path=PATH, first_line=1, substitutes={"reference_ws.websockets": json})
    unload(names)
    assert names["json"] is sys.modules["json"]
    assert names["WebSocketCloseEvent"].__module__ == "reference_ws.constants"


def test_what_is_missing_raises_what_python_raises() -> None:
    substitutes = {"reference_ws.websockets": json}
    for code, kind in [
        ("from reference_ws.websockets import WebSocket", ImportError),
        ("from reference_ws.nothing import A", ModuleNotFoundError),
    ]:
        with pytest.raises(kind) as caught:
            load(code, path=PATH, first_line=3, substitutes=substitutes)
        assert type(caught.value) is kind


def test_the_builtins_work_for_any_module() -> None:
    printed: list[tuple[int, str]] = []
    names = builtins_for({"a": json}, lambda *said: printed.append(said))
    module = {"__builtins__": names, "__name__": "some"}
    exec("import a\nprint(len(a.dumps([])))", module)
    assert module["a"] is sys.modules["json"]
    assert printed == [(2, "2")]
    assert builtins_for(None)["print"] is print
