"""What is asked of everybody uses only what at least two documented systems have."""

from __future__ import annotations

from pathlib import Path

import pytest

from reference_ws.conformance.pages.catalogue import english
from reference_ws.conformance.pages.data import requirements
from reference_ws.conformance.pages.parse import parse_page
from tests.conformance import common_interface
from tests.conformance.common_interface import table, uncommon

PAGE = """# Page

### A rule {{ #a-rule .{level} }}

Source: RFC 6455, 1; Starlette and Yaat; this project.

```python
from reference_ws.{imports}


async def app(scope, receive, send):
    websocket = WebSocket(scope, receive, send)
    try:
        await websocket.accept()
    except Exception as error:
        {statement}
    await websocket.close()
```

```ws
> connect /
< accept
< close 1000
```
"""


def test_the_table_says_what_the_packages_have() -> None:
    assert common_interface.installed() == (table().names, table().attributes)


def test_what_is_promised_is_not_there() -> None:
    for name, systems in table().promised.items():
        assert not set(systems) & set(table().attributes[name])


def test_examples_that_ask_everybody_keep_to_the_common_interface() -> None:
    found = [
        fault
        for _, requirement, examples in requirements(english().pages)
        for example in examples
        for fault in uncommon(example, requirement.level, requirement.systems)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("level", "imports", "statement", "wanted"),
    [
        ("must", "websockets import WebSocket", "pass", []),
        ("must", "websockets import WebSocket", "print(error.code)", []),
        ("must", "websockets import WebSocket", "print(type(error))", []),
        ("must", "websockets import WebSocket", "print(websocket.close_code)", ["close_code"]),
        ("should", "websockets import WebSocket, WrongFrameKind", "pass", ["WrongFrameKind"]),
        ("may", "websockets import WebSocket", "print(error)", ["print(error)"]),
        ("should", "websockets import WebSocket", "print(f'{error}')", ["error"]),
        ("must", "websockets import WebSocket", "print(str(error))", ["str(error)"]),
        ("ours", "websockets import WebSocket", "print(error, websocket.close_code)", []),
        ('documented systems="yaat"', "constants import WebSocketCloseEvent as WebSocket", "0", []),
        (
            'documented systems="starlette yaat"',
            "constants import WebSocketCloseEvent as WebSocket",
            "pass",
            ["WebSocketCloseEvent"],
        ),
    ],
)
def test_what_is_not_common_is_found(
    level: str, imports: str, statement: str, wanted: list[str], tmp_path: Path
) -> None:
    text = PAGE.format(level=level, imports=imports, statement=statement)
    page = parse_page(tmp_path / "page.md", text)
    rule = page.requirements[0]
    found = list(uncommon(page.examples[0], rule.level, rule.systems))
    assert len(found) == len(wanted), found
    for fault, part in zip(found, wanted, strict=True):
        assert part in fault
