"""The site in three languages: every page in each, one click apart, and found in its own words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.website.build import DOCS, FOLDERS, TAGS, Html, page_file

NAMES = sorted(path.stem for path in DOCS.glob("*.md"))
LANGUAGES = {"en": "", "ko": "ko/", "pt": "pt/"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_says_its_language_and_its_alternates(site: Path, language: str) -> None:
    for name in NAMES:
        text = page_file(site / LANGUAGES[language], name).read_text("utf-8")
        assert f'<html lang="{TAGS[language]}"' in text
        found = dict(re.findall(r'rel="alternate i18n" hreflang="([^"]+)" href="([^"]+)"', text))
        place = "" if name == "index" else f"{name}/"
        root = "https://reference-ws.example/"
        wanted = {TAGS[one]: f"{root}{folder}{place}" for one, folder in LANGUAGES.items()}
        assert found == {**wanted, "x-default": wanted["en"]}


def test_the_sitemap_has_every_page_with_its_alternates(site: Path) -> None:
    text = (site / "sitemap.xml").read_text("utf-8")
    entries = re.findall(r"<url>(.*?)</url>", text, re.DOTALL)
    assert len(entries) == len(NAMES) * len(LANGUAGES)
    for entry in entries:
        found = dict(re.findall(r'hreflang="([^"]+)" href="([^"]+)"', entry))
        assert found.keys() == set(TAGS.values())
        assert re.search(r"<loc>([^<]+)</loc>", entry)[1] in found.values()  # type: ignore[index]


@pytest.mark.parametrize(
    ("folder", "language", "said"),
    [
        ("", "en", "This page does not exist"),
        ("ko", "ko", "없는 페이지입니다"),
        ("pt", "pt-BR", "Esta página não existe"),
    ],
)
def test_a_missing_page_is_told_of_in_each_language(
    site: Path, folder: str, language: str, said: str
) -> None:
    text = (site / folder / "404.html").read_text("utf-8")
    assert f'<html lang="{language}"' in text
    assert said in text
    links = Html(site / folder / "404.html").links
    assert {f"/{one}" for one in FOLDERS} <= set(links)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Learn", "The interface", "Search", "Download", "Table of contents"]),
        ("ko", ["배우기", "인터페이스", "검색", "목차", "매개변수", "내려받기"]),
        ("pt", ["Aprender", "A interface", "Pesquisar", "Índice", "Argumentos", "Baixar"]),
    ],
)
def test_the_words_around_the_pages_are_translated(
    site: Path, language: str, words: list[str]
) -> None:
    names = ("api", "closing")
    text = "".join(page_file(site / LANGUAGES[language], one).read_text("utf-8") for one in names)
    assert [word for word in words if word not in text] == []
