"""The site in three languages: one click apart, found in its own words, broken between them."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import url
from tests.browser.test_pages import anchor
from tests.website.build import FOLDERS, TAGS

LANGUAGES = {"en": "", "ko": "ko/", "pt": "pt/"}
FIRST_LOAD = 120_000  # bytes, compressed
INDEX_AT_ONCE = 1_000  # bytes: the rest is fetched by whoever searches


# Where it leads on every page, the tests of the pages see without going there.
def test_the_switcher_keeps_page_and_section(browser: Browser, address: str) -> None:
    page = browser.new_page()
    name = "quickstart"
    section = f"#{anchor(name)}"
    page.goto(url(address, name) + section)
    for language in ("ko", "pt", "en", "pt", "ko", "en"):  # each to each other
        page.locator("[data-md-component=header] .md-select").hover()
        page.locator(f"a.md-select__link[hreflang={TAGS[language]}]").click()
        expect(page).to_have_url(url(address, LANGUAGES[language] + name) + section)
        expect(page.locator("html")).to_have_attribute("lang", TAGS[language])
    page.close()


# Elements with Korean words of their own that may be broken inside of a word.
BROKEN = """() => [...document.querySelectorAll("body *")]
  .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3
                                                      && /[\\uac00-\\ud7a3]/.test(node.data)))
  .filter((one) => one.matches(":lang(ko):not(script, style, noscript, code)"))
  .filter((one) => getComputedStyle(one).wordBreak !== "keep-all")
  .map((one) => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("name", ["index", "conformance", "results", "closing"])
def test_a_korean_line_breaks_between_words(browser: Browser, address: str, name: str) -> None:
    page = browser.new_page()
    page.goto(url(address, f"ko/{name}"))
    assert page.evaluate(BROKEN) == []
    page.close()


def search(page: Page, query: str) -> list[str]:
    box = page.locator("[data-md-component=search-query]")
    meta = page.locator(".md-search-result__meta")
    box.click()
    for text, told in (("", re.compile(r"^\D*$")), (query, re.compile(r"\d"))):
        box.fill(text)  # first nothing, or the results of the query before would be read
        page.keyboard.press("End")  # the box listens to keys, not to a filled value
        expect(meta).to_have_text(told)
    links = page.locator(".md-search-result__link")
    return [str(link) for link in links.evaluate_all("(all) => all.map((one) => one.pathname)")]


QUERIES = {
    "en": {
        "default close code": "disconnects|closing",
        "denial response": "denial",
        "root_path": "url|routing",
        "IPv6": "url",
        "duplicate header": "parameters",
        "state table": "messages",
        "query parameter": "parameters",
        "nan": "receiving|sending",
        "lone surrogate": "sending|closing|api",
        "ASGIViolation": "testing|api",
        "websocket_route": "routing|api",
        "iter_json": "iterating|api",
        "hostile host": "url",
    },
    "ko": {
        "종료 코드": "closing",
        "서브프로토콜": "accepting",
        "거부 응답": "denial",
        "소켓연결": "index|socket",
        "연결 끊김": "disconnects",
        "라우터": "routing",
        "셰이크": "testing|accepting|closing",
        "쿼리 매개변수": "parameters",
        "사유": "closing",
        "예외": "disconnects",
        "바이너리": "receiving|sending|iterating",
        "스코프": "socket",
        "iter_json": "iterating|api",
    },
    "pt": {
        "codigo de fechamento": "closing|disconnects",
        "conexao": "disconnects|socket|closing",
        "conexão": "disconnects|socket|closing",
        "subprotocolo": "accepting",
        "resposta de recusa": "denial",
        "iterador": "iterating",
        "cabecalhos": "parameters",
        "excecao nao capturada": "disconnects",
        "motivo": "closing",
        "parametro de caminho": "parameters",
        "desconexao": "disconnects|closing",
        "estado": "messages",
        "router": "routing",
    },
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_search_finds_the_page_in_the_language_of_the_reader(
    browser: Browser, address: str, language: str
) -> None:
    page = browser.new_page()
    page.goto(url(address, f"{LANGUAGES[language]}index"))
    for query, wanted in QUERIES[language].items():
        found = search(page, query)
        places = "|".join("" if one == "index" else f"{one}/" for one in wanted.split("|"))
        assert re.fullmatch(f"/{LANGUAGES[language]}(?:{places})", found[0]), (query, found[:4])
        others = [folder for folder in FOLDERS if folder and folder != LANGUAGES[language]]
        assert not [one for one in found if one[1:].startswith(tuple(others))], query
    page.close()


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_page_is_light(site: Path, browser: Browser, address: str, folder: str) -> None:
    page = browser.new_page()
    paths: list[str] = []
    page.on("request", lambda request: paths.append(request.url.removeprefix(f"{address}/")))
    page.goto(url(address, f"{folder}quickstart"), wait_until="networkidle")
    page.close()
    files = [site / re.sub(r"[?#].*", "", path) for path in dict.fromkeys(paths)]
    files = [file / "index.html" if file.is_dir() else file for file in files]
    sizes = {file.name: len(gzip.compress(file.read_bytes())) for file in files}
    assert sum(sizes.values()) <= FIRST_LOAD, sizes
    assert sizes["search_index.json"] <= INDEX_AT_ONCE
