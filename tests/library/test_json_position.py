"""What JSON's decoder refuses without a place is named with the place where it stands."""

from __future__ import annotations

import json

import pytest

from reference_ws.jsontext import decode


@pytest.mark.parametrize(
    ("before", "number", "after"),
    [
        ("[1, ", "NaN", "]"),
        ('["NaN", ', "-Infinity", "]"),
        ('{"a \\" 1e999": 1e30, "b": ', "1e999", "}"),
        ("[\n  2.5,\n  ", "9" * 5000, "\n]"),
    ],
)
def test_a_refused_number_has_its_place(before: str, number: str, after: str) -> None:
    with pytest.raises(json.JSONDecodeError) as refused:
        decode(before + number + after)
    assert refused.value.pos == len(before)
