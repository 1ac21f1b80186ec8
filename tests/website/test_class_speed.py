"""The table of what the class costs is that of the file."""

from __future__ import annotations

import json

import pytest

from website.class_speed import FILE, UNIT, WHO, speed_table
from website.words import WORDS


@pytest.mark.parametrize("language", WORDS)
def test_each_cell_is_a_number_of_the_file(language: str) -> None:
    told = json.loads(FILE.read_text("utf-8"))
    head, _, *rows = speed_table(WORDS[language]).splitlines()
    assert head.count("|") == len(WHO) + 2 and told["versions"]["starlette"] in head
    for row, operation in zip(rows, told["operations"].values(), strict=True):
        cells = [cell.strip() for cell in row.strip("| ").split("|")[1:]]
        assert cells == [f"{operation[one][UNIT]:.2f}" if one in operation else "–" for one in WHO]
