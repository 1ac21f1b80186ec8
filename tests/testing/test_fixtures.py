"""The in-memory client in fixtures: the code of docs/testing.md, under each plugin."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.suite_pages import LIMIT

PAGE = Path(__file__).parents[2] / "docs" / "testing.md"


def fences(section: str, language: str) -> list[str]:
    """The fences of that language in one section of the page."""
    _, _, rest = PAGE.read_text("utf-8").partition(f"{{ #{section} ")
    text = re.split(r"^##", rest, maxsplit=1, flags=re.M)[0]
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.S | re.M)


(FIXTURE,) = fences("testing-fixture", "python")
(UNITTEST,) = fences("testing-fixture-unittest", "python")
SETTINGS = {re.findall("[a-z]+", text)[4]: text for text in fences("testing-fixture", "toml")}
# anyio's plugin runs each test on both event loops.
PASSED = {"asyncio": 1, "anyio": 2, "trio": 1}

STRICT = {
    "asyncio": FIXTURE.replace("import pytest\n", "import pytest\nimport pytest_asyncio\n")
    .replace("@pytest.fixture", "@pytest_asyncio.fixture")
    .replace("async def test_", "@pytest.mark.asyncio\nasync def test_"),
    "anyio": FIXTURE.replace("async def test_", "@pytest.mark.anyio\nasync def test_"),
    "trio": FIXTURE.replace("import pytest\n", "import pytest\nimport pytest_trio\n")
    .replace("@pytest.fixture", "@pytest_trio.trio_fixture")
    .replace("async def test_", "@pytest.mark.trio\nasync def test_"),
}

LIVING = """\
async def lives(scope, receive, send):
    if scope["type"] != "lifespan":
        return await echo(scope, receive, send)
    await receive()
    scope["state"]["hello"] = "hello"
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


"""
WITH_LIFESPAN = (
    FIXTURE.replace("import connect", "import connect, running")
    .replace("@pytest.fixture", f"{LIVING}@pytest.fixture")
    .replace('connect(echo, "/")', 'running(lives) as started, connect(started, "/")')
    .replace("assert await", 'assert client.scope["state"]["hello"] == "hello"\n    assert await')
)
BROKEN = FIXTURE.replace(
    "        await websocket.send_text(text)\n",
    "        await websocket.send_text(text)\n    raise LookupError('at the end')\n",
)


ANYIO_BACKEND = """

@pytest.fixture(scope="SCOPE", params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param
"""


def run(pytester: pytest.Pytester, plugin: str, settings: str, code: str) -> pytest.RunResult:
    pytester.makefile(".toml", pyproject=settings)
    (pytester.path / "test_echo.py").write_text(code, "utf-8")
    # A project has one of these plugins.
    without = [f"-pno:{other}" for other in ("asyncio", "trio") if other != plugin]
    return pytester.runpytest_subprocess("-Werror", "-pno:cacheprovider", *without, timeout=LIMIT)


def test_the_page_has_a_setting_for_each_plugin(pytestconfig: pytest.Config) -> None:
    assert SETTINGS.keys() == PASSED.keys()
    # They are installed for these tests only, and take no part in the run that asks.
    for other in ("asyncio", "trio"):
        assert pytestconfig.pluginmanager.is_blocked(other)


@pytest.mark.parametrize("plugin", PASSED)
@pytest.mark.parametrize("code", [FIXTURE, WITH_LIFESPAN], ids=["of-the-page", "with-lifespan"])
def test_the_fixture_of_the_page_works(pytester: pytest.Pytester, plugin: str, code: str) -> None:
    run(pytester, plugin, SETTINGS[plugin], code).assert_outcomes(passed=PASSED[plugin])


@pytest.mark.parametrize("plugin", PASSED)
def test_an_error_of_the_application_fails_the_teardown(
    pytester: pytest.Pytester, plugin: str
) -> None:
    assert BROKEN != FIXTURE
    result = run(pytester, plugin, SETTINGS[plugin], BROKEN)
    if plugin == "trio":  # whose fixtures belong to the call of the test
        result.assert_outcomes(failed=1)
    else:
        result.assert_outcomes(passed=PASSED[plugin], errors=PASSED[plugin])
    result.stdout.fnmatch_lines(["*LookupError: at the end"])


@pytest.mark.parametrize("plugin", PASSED)
def test_the_fixture_works_in_the_strict_modes_as_well(
    pytester: pytest.Pytester, plugin: str
) -> None:
    settings = "".join(line for line in SETTINGS[plugin].splitlines(True) if "_mode" not in line)
    run(pytester, plugin, settings, STRICT[plugin]).assert_outcomes(passed=PASSED[plugin])


@pytest.mark.parametrize("scope", ["module"])
@pytest.mark.parametrize("plugin", ["asyncio", "anyio"])
def test_the_fixture_may_live_longer_than_a_test(
    pytester: pytest.Pytester, plugin: str, scope: str
) -> None:
    code = FIXTURE.replace("@pytest.fixture", f'@pytest.fixture(scope="{scope}")')
    code += code[code.index("\n\nasync def test_") :].replace("def test_", "def test_again_")
    settings = SETTINGS[plugin].replace('"function"', f'"{scope}"')
    if plugin == "asyncio":
        settings += f'asyncio_default_test_loop_scope = "{scope}"\n'
    else:
        code += ANYIO_BACKEND.replace("SCOPE", scope)
    assert run(pytester, plugin, settings, code).parseoutcomes() == {"passed": 2 * PASSED[plugin]}


def test_the_test_of_the_page_runs_under_unittest(tmp_path: Path) -> None:
    # Without its two last lines, which run it where the page is read.
    code, _, _ = UNITTEST.partition("\n\ntests = unittest.default")
    (tmp_path / "test_echo.py").write_text(code, "utf-8")
    command = [sys.executable, "-Werror", "-m", "unittest", "-v", "test_echo"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=LIMIT)
    assert result.returncode == 0, result.stderr
    assert "Ran 1 test" in result.stderr
    assert "OK" in result.stderr
