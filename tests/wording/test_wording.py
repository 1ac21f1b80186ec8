"""The texts avoid the phrasings that their language's list names, and each list is seen failing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.website.build import DOCS, ROOT
from website.words import WORDS
from website.words_en import WORDS as ENGLISH

from .phrases import LANGUAGES, Phrase, Wording, read_wording
from .texts import Text, of_catalogue, of_page, of_source, of_words

LISTS = {language: read_wording(language) for language in LANGUAGES}
PHRASES = [(language, phrase) for language in LANGUAGES for phrase in LISTS[language].phrases]
COMMANDS = {"cli.py", "commands.py"}  # their docstrings are what `--help` shows


def texts(language: str) -> Iterator[Text]:
    """Every text of a language; errors and reports are in English only."""
    for page in sorted((DOCS if language == "en" else DOCS / language).glob("*.md")):
        yield from of_page(page, ROOT)
    yield from of_catalogue(ROOT / "website" / "docstrings" / f"{language}.json", ROOT)
    yield from of_words(WORDS[language], f"website/words_{language}.py")
    if language == "en":
        yield from of_page(ROOT / "README.md", ROOT)
        for source in sorted((ROOT / "reference_ws").rglob("*.py")):
            yield from of_source(source, ROOT, docstrings=source.name in COMMANDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_has_a_phrase_of_its_list(language: str) -> None:
    assert list(LISTS[language].faults(texts(language))) == []


# Each list, seen failing


def planted(phrase: Phrase, text: str, folder: Path) -> list[str]:
    """What the phrase finds if the text is written where the phrase is sought."""
    if phrase.kinds == ("docstring",):
        place = folder / "en.json"
        place.write_text(json.dumps({"reference_ws.name": text}), "utf-8")
        found = of_catalogue(place, folder)
    else:
        place = folder / "page.md"
        heading = f"# {text} {{ #an-id .{phrase.levels[0]} }}" if phrase.levels else f"- {text}"
        place.write_text(f"# Title\n\n{heading}\n", "utf-8")
        found = of_page(place, folder)
    return list(Wording(80, (phrase,)).faults(found))


@pytest.mark.parametrize(
    ("language", "phrase"), PHRASES, ids=[f"{one}-{phrase.example}" for one, phrase in PHRASES]
)
def test_a_planted_phrase_is_found_and_what_is_similar_is_not(
    language: str, phrase: Phrase, tmp_path: Path
) -> None:
    (fault,) = planted(phrase, phrase.example, tmp_path)
    assert f"expected {phrase.use}, got " in fault
    for fine in phrase.fine:
        assert planted(phrase, fine, tmp_path) == []


PAGE = """\
# The page makes a title

Prose that makes
a line.

| a table | makes |
|---|---|
| a cell | that makes a row |

<p>Markup makes too.</p>

A `makes` in code is a name.

```python
makes = "makes"  # a comment makes this
print(makes)
#> makes
```

```ws
> "makes"
# a note makes this
```

```js
makes(); // a comment makes this
//> makes
```

```sh
makes  # a shell makes this
```
"""


def test_a_phrase_is_found_in_each_part_of_a_page_but_not_in_code(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, "utf-8")
    faults = list(LISTS["en"].faults(of_page(page, tmp_path)))
    assert [fault.split(": ")[0] for fault in faults] == [
        f"page.md:{number}"
        for number, line in enumerate(PAGE.splitlines(), 1)
        if "makes" in line and not line.startswith(("print", "#>", ">", "//>", "A `"))
    ]


def test_a_phrase_is_found_in_docstrings_words_and_messages(tmp_path: Path) -> None:
    catalogue = tmp_path / "en.json"
    catalogue.write_text('{"reference_ws.name": "A class that makes sockets."}', "utf-8")
    source = tmp_path / "commands.py"
    source.write_text('"""It makes help."""\nerror = f"a reason {1} makes this"\n', "utf-8")
    words = {"leads": "what makes it"}
    english = LISTS["en"]
    found = [
        *english.faults(of_catalogue(catalogue, tmp_path)),
        *english.faults(of_words(words, "words")),
        *english.faults(of_source(source, tmp_path, docstrings=True)),
    ]
    assert [fault.split(": expected")[0] for fault in found] == [
        "en.json: reference_ws.name",
        "words['leads']",
        "commands.py:1",
        "commands.py:2",
    ]
    assert len(list(english.faults(of_source(source, tmp_path, docstrings=False)))) == 1


def test_words_are_sought_in_all_that_the_site_says() -> None:
    found = {text.text for text in of_words(ENGLISH, "words")}
    assert {ENGLISH.conversation, ENGLISH.results.got, ENGLISH.codes.meanings[1000]} <= found


@pytest.mark.parametrize("length", [80, 81])
def test_a_heading_is_at_most_so_long(length: int, tmp_path: Path) -> None:
    # A page shows neither the marks of code and links nor the attributes.
    heading = "`a` [b](c.md)" + "x" * (length - 3)
    page = tmp_path / "page.md"
    page.write_text(f"# {heading} {{ #an-id .must }}\n", "utf-8")
    faults = list(LISTS["en"].faults(of_page(page, tmp_path)))
    assert faults == (
        [] if length == 80 else ["page.md:1: expected a heading of at most 80 characters, got 81"]
    )
