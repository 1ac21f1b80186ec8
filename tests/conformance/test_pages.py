from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from reference_ws.conformance.conversation.events import (
    Close,
    MemoryOnly,
)
from reference_ws.conformance.conversation.faults import (
    PageFaults,
)
from reference_ws.conformance.pages.catalogue import Catalogue, CatalogueError
from reference_ws.conformance.pages.model import LEVELS, Page
from reference_ws.conformance.pages.parse import page_faults, parse_page
from reference_ws.conformance.runner.finder import compare_with_finder

APP = """\
from reference_ws.websockets import WebSocket


async def app(scope, receive, send):
    await WebSocket(scope, receive, send).close()
"""
TALK = "> connect /\n< close 1000\n"

# Line 1 is the title, line 3 the heading of the requirement, line 7 the fence of its snippet.
GOOD = f"""\
# A page {{ #page }}

## A `rule` holds {{ #rule .must }}

Source: RFC 6455, section 7.4

```python
{APP}```

```ws
{TALK}```
"""


def read(text: str) -> Page:
    return parse_page("docs/page.md", text)


def faults(text: str) -> list[str]:
    return [str(fault) for fault in page_faults("page.md", text)]


def below(text: str) -> str:
    """Add to the good page a section that starts on line 20."""
    return GOOD + "\n" + dedent(text).replace("APP\n", APP).replace("TALK\n", TALK)


def test_a_page_has_title_headings_requirements_and_examples() -> None:
    page = read(GOOD)
    assert (page.name, page.title, page.path) == ("page", "A page", Path("docs/page.md"))
    assert [(one.level, one.text, one.id, one.line) for one in page.headings] == [
        (1, "A page", "page", 1),
        (2, "A rule holds", "rule", 3),
    ]
    (requirement,) = page.requirements
    assert (requirement.id, requirement.level, requirement.title) == (
        "rule",
        "must",
        "A rule holds",
    )
    assert (requirement.line, requirement.source) == (3, "RFC 6455, section 7.4")
    assert requirement.examples == ("rule",)
    (example,) = page.examples
    assert (example.id, example.requirement, example.line) == ("rule", "rule", 7)
    assert (example.code, example.kind, example.defines_app) == (APP, "app", True)
    assert (example.memory_only, example.page, example.path) == (None, "page", page.path)
    (conversation,) = example.conversations
    assert (conversation.line, conversation.steps[1].event) == (15, Close((1000,)))
    assert page.app == example and page.clients == ()


def test_a_further_example_names_itself_and_a_script_needs_no_conversation() -> None:
    page = read(below("```{.python #rule-broken}\nprint(1)\n#> 1\n```\n"))
    assert page.requirements[0].examples == ("rule", "rule-broken")
    assert page.examples[1].kind == "script"
    assert page.examples[1].requirement == "rule"
    assert page.examples[1].memory_only is MemoryOnly.NO_APP


def test_a_first_example_may_name_itself() -> None:
    page = read(GOOD.replace("```python", "```{.python #other}"))
    assert page.requirements[0].examples == ("other",)


def test_an_example_belongs_to_memory_when_all_of_it_does() -> None:
    more = "\n```ws\n> connect /\n> disconnect\n< close 1000 ! OSError\n```\n"
    assert read(GOOD + more).examples[0].memory_only is None
    alone = GOOD.replace(TALK, "> connect /\n> disconnect\n< close 1000 ! OSError\n")
    assert read(alone).examples[0].memory_only is MemoryOnly.REFUSED_SEND


def test_clients_are_examples_of_the_page() -> None:
    page = read(
        below(
            """\
            ## Clients { #clients }

            ```{.python .client #clients-python}
            print("client")
            #> client
            ```

            ```js
            new WebSocket("ws://127.0.0.1:8000")
            ```

            ```{.js #clients-other}
            1
            ```
            """
        )
    )
    assert [(one.id, one.kind, one.requirement) for one in page.clients] == [
        ("clients-python", "client", None),
        ("clients-js", "javascript", None),
        ("clients-other", "javascript", None),
    ]
    assert all(one.memory_only is None for one in page.clients)


def test_a_js_fence_does_not_take_the_requirements_id() -> None:
    page = read(GOOD.replace("```python", "```js\n1\n```\n\n```python"))
    assert [one.id for one in page.examples] == ["rule-js", "rule"]


@pytest.mark.parametrize("prefix", ["Source:", "출처:", "Fonte:"])
def test_a_source_may_be_in_each_language(prefix: str) -> None:
    page = read(GOOD.replace("Source:", prefix))
    assert page.requirements[0].source == "RFC 6455, section 7.4"


@pytest.mark.parametrize(
    ("code", "defines"),
    [
        ("app = 1", True),
        ("app: int = 1", True),
        ("app: int", False),
        ("class app: pass", True),
        ("import app", True),
        ("import app.x", True),
        ("from x import y as app", True),
        ("from app import y", False),
        ("@x\ndef app(): pass", True),
        ("def f():\n    app = 1", False),
        ("class C:\n    app = 1", False),
        ("if x:\n    app = 1", True),
        ("f = lambda: (app := 1)", False),
        ("a, app = 1, 2", True),
        ("f(app)", False),
    ],
)
def test_app_counts_when_the_module_binds_it(code: str, defines: bool) -> None:
    got = faults(GOOD.replace(APP, code + "\n"))
    assert (got == []) is defines


def test_a_readme_needs_no_ids() -> None:
    text = f"# Name\n\n## Use\n\n```python\n{APP}```\n\n```ws\n{TALK}```\n\n```python\n1\n```\n"
    page = parse_page("README.md", text, strict_headings=False)
    assert [one.id for one in page.examples] == ["readme-1", "readme-2"]
    assert parse_page("README.md", text, name="x", strict_headings=False).examples[0].id == "x-1"


def test_front_matter_is_skipped() -> None:
    page = read("---\nhide:\n  - toc\n---\n" + GOOD)
    assert page.requirements[0].line == 7


def test_other_fences_are_left_alone() -> None:
    assert (
        faults(below("```console\n$ pip install x\n```\n\n```\n> quote\n```\n\n~~~json\n1\n~~~"))
        == []
    )


def test_options_of_a_fence_are_allowed() -> None:
    assert faults(GOOD.replace("```python", '```python title="app.py"')) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("# A page { #page }\n", "\n", "1: expected a title (a heading of level 1), got none"),
        (" { #rule .must }", "", "3: expected an id after the heading, as { #id }, got 'A rule"),
        ("#rule .must", ".must", "3: expected an id after the heading, as { #id }, got 'A rule"),
        (".must", ".shall", f"3: expected a level ({', '.join(LEVELS)}), got 'shall'"),
        (".must", ".must .may", "3: expected one level, got must and may"),
        (".must", ".must x=1", "3: expected one #id and .classes after a heading, got 'x=1'"),
        (".must", '.must x="1"', "3: expected no attribute but systems=\"…\" after a heading, go"),
        (".must", '.must systems="yaat"', "3: expected systems at level documented only, got"),
        (".must", ".documented", "3: expected systems=\"…\" at level documented (starlette"),
        (".must", '.documented systems=""', "3: expected systems=\"…\" at level documented"),
        (".must", '.documented systems="flask"', "3: expected a system (starlette, lilya"),
        (".must", '.documented systems="yaat yaat"', "3: expected each system once, got"),
        (".must", '.documented systems="yaat"', "3: expected Yaat in the source, as in systems"),
        (".must", ".ours", "3: expected this project in the source of level ours, got 'RFC"),
        ("RFC 6455, section 7.4", "Yaat.", "3: expected ASGI, an RFC or WHATWG as the source"),
        (".must", ".must #two", "3: expected one #id and .classes after a heading, got 'two'"),
        ("#rule", "#Rule", "3: expected an id of words and '-', in lower case, got 'Rule'"),
        ("#rule", "#a--b", "3: expected an id of words and '-', in lower case, got 'a--b'"),
        ("#rule", "#12", "3: expected an id of words and '-', in lower case, got '12'"),
        ("#rule", "#page", "3: expected a unique id, got 'page' as on line 1"),
        ("Source: RFC", "From RFC", "3: expected a paragraph that starts with 'Source:' in this"),
        ("Source: RFC", "Words.\nSource: RFC", "6: expected the source as a paragraph of its own"),
        ("Source: RFC", "Source: a\n\nSource: RFC", "7: expected one source in a requirement, got"),
        ("section 7.4\n", "section 7.4\n\nMore.\n", "5: expected the source as the last paragraph"),
        ("## A", "> ## A", "3: expected a heading outside of lists and quotes"),
        ("```python", "~~~python", "7: expected a fence of three backticks, got '~~~'"),
        ("```python", "````python", "7: expected a fence of three backticks, got '````'"),
        ("```python", " ```python", "7: expected the fence at the left margin, outside of lists"),
        ("```python", "- ```python", "7: expected the fence at the left margin, outside of lists"),
        ("```python", "    ```python", "7: expected the fence at the left margin, outside of othe"),
        ("```python", "<!--\n```python", "8: expected the fence at the left margin, outside of ot"),
        ("```python", "```py", "7: expected 'python' as the language of the fence, got 'py'"),
        ("```python", "```python3", "7: expected 'python' as the language of the fence, got 'pyth"),
        ("```python", "```pycon", "7: expected 'python' as the language of the fence, got 'pycon'"),
        ("```python", "```Python", "7: expected 'python' as the language of the fence, got 'Pytho"),
        ("```python", "```phyton", "7: expected 'python' as the language of the fence, got 'phyto"),
        ("```python", "```{.py #a}", "7: expected 'python' as the language of the fence, got 'py'"),
        ("```ws", "```WS", "15: expected 'ws' as the language of the fence, got 'WS'"),
        ("```ws", "```wss", "15: expected 'ws' as the language of the fence, got 'wss'"),
        ("```ws", "```websocket", "15: expected 'ws' as the language of the fence, got 'websocket"),
        ("```ws", "```{.ws #talk}", "15: expected a ws fence without id or classes"),
        ("```ws", "    ```ws", "15: expected the fence at the left margin, outside of other block"),
        ("```python", "```python #id", "7: expected python or {.python #id}, got 'python #id'"),
        ("```python", "```{.python id}", "7: expected python or {.python #id}, got '{.python id}'"),
        ("```python", "```{.python #a} b", "7: expected python or {.python #id}, got"),
        ("```python", "```{.python .skip}", "7: expected no class but 'client' on a python fence"),
        ("```python", "```{.python #No}", "7: expected an id of words and '-', in lower case"),
        ("```python", "```{.python #page}", "7: expected a unique id, got 'page' as on line"),
        ("```python", "```{.python .client #c}", "7: expected a client without an 'app' of its ow"),
        ("async def app", "async def app(", "11: expected valid python, got "),
        ("async def app", "async def other", "15: expected an 'app' in the snippet on line 7, got"),
        ("from reference_ws.websockets", "from reference_ws", "8: expected an import from a sub"),
        ("from reference_ws.websockets import WebSocket", "import reference_ws", "8: expected an"),
        ("\n\nasync", "\nif __name__ == '__main__': pass\nasync", "10: expected a snippet without"),
        ("\n\nasync", "\n#> 1\nasync", "10: expected '#>' directly under a print"),
        ("< close 1000", "< close 1006", "17: expected a close code that may be sent"),
        ("< close 1000", "< accept", "16: expected the connection to end"),
        ("```ws\n" + TALK + "```\n", "", "7: expected a ws fence under this 'app', got none"),
        ("```ws\n", "### Part { #part }\n\n```ws\n", "17: expected a python fence above the"),
        (TALK + "```\n", TALK, "15: expected a closing fence, got the end of the page"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_line(old: str, new: str, message: str) -> None:
    assert old in GOOD
    got = faults(GOOD.replace(old, new, 1))
    assert [fault for fault in got if fault.startswith(f"page.md:{message}")], got


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("## Two { #two .may }\n\nSource: ours", "20: expected an example for this requirement, g"),
        ("## Two { #rule }\n", "20: expected a unique id, got 'rule' as on line 3"),
        ("```python\n1\n```", "20: expected an id for this example, as {.python #id}"),
        ("## Two { #two }\n\n```python\n1\n```", "22: expected an id for this example, as {.pytho"),
        ("```{.python #rule}\n1\n```", "20: expected a unique id, got 'rule' as on line 3"),
        ("```js\n1\n```\n\n```js\n2\n```", "24: expected a unique id, got 'rule-js' as on li"),
        ("```{.js .client #a}\n1\n```", "20: expected no class but 'client' on a python fence, go"),
        ("```javascript\n1\n```", "20: expected 'js' as the language of the fence, got 'javascrip"),
        ("```text\n>>> 1\n1\n```", "21: expected a python fence with '#>', got a console prompt"),
        ("Words.\n\n    >>> 1\n    1\n", "22: expected a python fence with '#>', got a console pr"),
        ("```{.python #a}\n>>> 1\n```", "21: expected valid python"),
        ("## Two { #two }\n\n```ws\nTALK\n```", "22: expected a python fence above the conversati"),
        ("```{.python #s}\n1\n```\n\n```ws\nTALK\n```", "24: expected an 'app' in the snippet on"),
        ("```{.python .client #s}\n1\n```\n\n```ws\nTALK\n```", "24: expected an 'app' in the sni"),
    ],
)  # fmt: skip
def test_a_fault_in_a_further_section_is_named_with_its_line(more: str, message: str) -> None:
    got = faults(below(more))
    assert len(got) == 1
    assert got[0].startswith(f"page.md:{message}")


def test_a_client_needs_an_app_on_its_page() -> None:
    text = "# T\n\n## A { #a }\n\n```js\n1\n```\n\n```{.python .client #c}\n1\n```\n"
    assert faults(text) == [
        "page.md:5: expected an 'app' on this page for the client, got none",
        "page.md:9: expected an 'app' on this page for the client, got none",
    ]


def test_all_faults_of_a_page_are_found_at_once() -> None:
    bad = GOOD.replace("Source: ", "").replace("WebSocket(", "WebSocket((").replace("/\n", "a\n")
    assert [fault.split(":")[1] for fault in faults(bad)] == ["3", "12", "16"]
    with pytest.raises(PageFaults) as caught:
        read(bad)
    assert len(caught.value.faults) == 3


# On disk: ids over all pages, and what pytest-examples would execute


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_good_pages_are_read_from_disk(tmp_path: Path) -> None:
    one = write(tmp_path, "one.md", GOOD)
    two = write(tmp_path, "two.md", GOOD.replace("#rule", "#second"))
    assert [page.name for page in Catalogue([one, two]).pages] == ["one", "two"]
    assert page_faults(one) == []


def test_an_id_on_two_pages_is_named_with_both_places(tmp_path: Path) -> None:
    one, two = write(tmp_path, "one.md", GOOD), write(tmp_path, "two.md", GOOD)
    with pytest.raises(CatalogueError) as caught:
        _ = Catalogue([one, two]).pages
    assert str(caught.value) == f"{two}:3: expected a unique id, got 'rule' as on {one}:3"


def test_the_faults_of_all_pages_are_found_at_once(tmp_path: Path) -> None:
    one = write(tmp_path, "one.md", GOOD.replace(".must", ".shall"))
    two = write(tmp_path, "two.md", GOOD.replace("Source: ", ""))
    catalogue = Catalogue([one, two])
    with pytest.raises(CatalogueError) as caught:
        _ = catalogue.pages
    lines = str(caught.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == [str(one), str(two)]
    with pytest.raises(PageFaults):
        catalogue.page(one)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        # Not found: braces with a blank.
        (
            GOOD.replace("```python", "```{ .python #a }"),
            "7: this python fence would not be executed: no finder sees it",
        ),
        # Found, though a reader sees HTML.
        (
            below("<p>\n<code>\n```python\n1\n```\n</code>\n"),
            "22: expected the fence at the left margin, outside of other blocks",
        ),
        # Not found: a fence of four backticks above leads the finder astray.
        (
            below("````text\nx\n```\n````\n\n```{.python #a}\n1\n```\n"),
            "25: this python fence would not be executed: no finder sees it",
        ),
        # Found, but cut short.
        (
            GOOD.replace("\n\nasync", "\nx = '```'\nasync"),
            "7: expected a snippet without '```' in it: it would be cut short",
        ),
    ],
)
def test_fences_that_would_not_be_executed_as_seen(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path, "page.md", text)
    with pytest.raises(PageFaults) as caught:
        compare_with_finder(parse_page(path))
    assert f"{path}:{message}" in [str(fault) for fault in caught.value.faults]
