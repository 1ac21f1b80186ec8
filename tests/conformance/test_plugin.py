"""The judge can fail: each fault that a page can have is planted once and found, with its line."""

from __future__ import annotations

import re

import pytest

# What is imported here stays; what a run imports first is gone after it, with what is patched.
from reference_ws.conformance.memory import run as memory_run
from reference_ws.conformance.runner import begin as begin

GOOD = """\
# Page

## An accepted client is greeted { #greet .must }

It is.

Source: RFC 6455.

```python
from reference_ws.websockets import WebSocket


async def app(scope, receive, send):
    websocket = WebSocket(scope, receive, send)
    await websocket.accept()
    await websocket.send_text("hello")
    name = await websocket.receive_text()
    print(name)
    #> ann
    await websocket.close()
```

```ws
> connect /
< accept
< "hello"
> "ann"
< close 1000
```
"""


def run(
    pytester: pytest.Pytester, text: str, *options: str, name: str = "page.md"
) -> tuple[pytest.RunResult, str]:
    (pytester.path / name).write_text(text, "utf-8")
    result = pytester.runpytest_inprocess(
        "--ws-pages", name, "-p", "no:cacheprovider", *options, name
    )
    return result, result.stdout.str()


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_a_good_page_passes_on_both_backends_and_is_counted(pytester: pytest.Pytester) -> None:
    result, output = run(pytester, GOOD, "-v")
    result.assert_outcomes(passed=2)
    assert "page.md::greet[asyncio]" in output
    assert "page.md::greet[trio]" in output
    assert "examples passed, memory (asyncio): 1" in output
    assert "examples passed, memory (trio): 1" in output


def test_without_pages_the_plugin_does_nothing(pytester: pytest.Pytester) -> None:
    (pytester.path / "page.md").write_text(GOOD, "utf-8")
    pytester.makepyfile("def test_one(): pass")
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1)
    assert "examples passed" not in result.stdout.str()


@pytest.mark.parametrize(
    ("good", "bad", "where", "said"),
    [
        ("#> ann", "#> bob", "print(name)", ["#> bob", "#> ann"]),
        ("    #> ann\n", "", "print(name)", ["no print", "#> ann"]),
        (
            "    await websocket.close()\n",
            "    await websocket.close()\n    if name == '':\n        print(1)\n        #> 1\n",
            "print(1)",
            ["#> 1", "no print"],
        ),
        ('< "hello"', '< "hallo"', '< "hallo"', ['expected  < "hallo"', 'got       < "hello"']),
        ("< accept\n", "< accept\n  x: 1\n", "< accept\n", ["x: 1", "< accept"]),
        ("< close 1000", "< close 1001", "< close 1001", ["< close 1001", "< close 1000"]),
        ('> "ann"\n', "", "< close", ["< close 1000", "nothing", "is waiting in receive"]),
        ("< close 1000", "! return", "! return", ["! return", "< close 1000"]),
        (
            "    await websocket.close()\n",
            "    await websocket.close()\n    await websocket.send_text('more')\n",
            "< close 1000",
            ["the application to end", "! WebSocketDisconnected"],
        ),
        (
            "    print(name)\n    #> ann\n",
            "    {}[name]\n",
            "< close 1000",
            ["< close 1000", "! KeyError", "KeyError: 'ann'"],
        ),
        (
            "    name = await",
            "    await __import__('anyio').sleep_forever()\n    name = await",
            "< close 1000",
            ["nothing", "busy outside receive"],
        ),
        (
            "    await websocket.send_text",
            "    await send({'type': 'websocket.accept'})\n    await websocket.send_text",
            '< "hello"',
            ["a breach of the specification", "websocket.accept"],
        ),
    ],
    ids=[
        "wrong-print",
        "print-without-mark",
        "print-not-reached",
        "wrong-payload",
        "missing-header",
        "wrong-code",
        "missing-line",
        "wrong-end",
        "use-after-end",
        "exception",
        "hang",
        "breach",
    ],
)
def test_what_differs_is_red_with_its_line(
    pytester: pytest.Pytester, good: str, bad: str, where: str, said: list[str]
) -> None:
    assert good in GOOD
    text = GOOD.replace(good, bad)
    result, output = run(pytester, text)
    result.assert_outcomes(failed=2)
    assert f"page.md:{line_of(text, where)}: greet[asyncio]" in output
    assert f"page.md:{line_of(text, where)}: greet[trio]" in output
    assert "MUST An accepted client is greeted" in output
    for part in said:
        assert part in output


SCRIPT = """\
# Page

## Script { #script }

```{.python #script-one}
BODY
```
"""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("print(1)\n#> 2", "#> 1"),
        ("x = 1\nraise KeyError('lost')", "KeyError: 'lost'"),
        ("while True:\n    pass", "still running after"),
        ("import anyio\nanyio.run(anyio.sleep_forever)", "still running after"),
    ],
    ids=["print", "raises", "busy", "waits"],
)
def test_a_script_is_checked_as_well(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, body: str, said: str
) -> None:
    monkeypatch.setattr(memory_run, "EXAMPLE_LIMIT", 0.5)
    result, output = run(pytester, SCRIPT.replace("BODY", body))
    result.assert_outcomes(failed=1)
    assert said in output
    assert re.search(r"page\.md:[67]: script-one", output)


@pytest.mark.parametrize(
    ("good", "bad", "where", "said"),
    [
        ('> "ann"', "> frobnicate", "> frobnicate", "frobnicate"),
        ("```ws\n", "```ws\n< accept\n", "< accept", "connect"),
        ("< close 1000\n", "", "> connect", "end"),
        ("```python", "~~~python", "~~~python", "python"),
        ("{ #greet .must }", "{ #greet .shall }", "## An accepted", "shall"),
        ("Source: RFC 6455.", "", "## An accepted", "Source"),
        ("async def app", "async def chat", "```ws", "app"),
        (
            "from reference_ws.websockets",
            "from reference_ws",
            "from reference_ws import",
            "submodule",
        ),
    ],
    ids=["word", "order", "no-end", "fence", "level", "source", "no-app", "import"],
)
def test_a_fault_of_the_page_stops_the_run_with_its_line(
    pytester: pytest.Pytester, good: str, bad: str, where: str, said: str
) -> None:
    assert good in GOOD
    text = GOOD.replace(good, bad, 1)
    if bad.startswith("~~~"):
        text = text.replace("```\n\n```ws", "~~~\n\n```ws")
    result, output = run(pytester, text)
    result.assert_outcomes(errors=1)
    assert f"page.md:{line_of(text, where)}" in output
    assert said in output


def test_a_requirement_without_an_example_is_a_fault(pytester: pytest.Pytester) -> None:
    # The last section, so that nothing below it can count as its example.
    text = GOOD + "\n## Nothing shows this { #nothing .must }\n\nNothing.\n\nSource: RFC 6455.\n"
    _, output = run(pytester, text)
    assert f"page.md:{line_of(text, '## Nothing')}" in output


def test_an_id_that_two_pages_use_is_a_fault(pytester: pytest.Pytester) -> None:
    folder = pytester.mkdir("docs")
    for name in ("one.md", "two.md"):
        (folder / name).write_text(GOOD, "utf-8")
    result = pytester.runpytest_inprocess("--ws-pages", "docs", "-p", "no:cacheprovider", "docs")
    output = result.stdout.str()
    assert result.ret != 0
    assert re.search(r"two\.md:3: .*greet", output)


def test_each_alternative_of_the_client_is_played(pytester: pytest.Pytester) -> None:
    text = GOOD.replace(
        "    name = await websocket.receive_text()\n    print(name)\n    #> ann\n",
        "    end = await websocket.receive()\n    print(end['code'])\n    #> 1005\n",
    ).replace('> "ann"\n< close 1000', "> disconnect 1005|1006")
    result, output = run(pytester, text)
    result.assert_outcomes(failed=2)
    assert "#> 1006" in output


def test_a_variant_is_a_pass(pytester: pytest.Pytester) -> None:
    result, _ = run(pytester, GOOD.replace("< close 1000", "< close 1001|1000"))
    result.assert_outcomes(passed=2)
