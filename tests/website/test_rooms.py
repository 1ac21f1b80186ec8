"""The tables of the recipes with many clients are those of the file."""

from __future__ import annotations

import json

import pytest

from website.rooms import FILE, MIB, room_table
from website.words import WORDS


def rows(name: str, language: str) -> list[list[str]]:
    _, _, *lines = room_table(name, WORDS[language]).splitlines()
    return [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines]


@pytest.mark.parametrize("language", WORDS)
def test_each_limit_is_one_of_the_file(language: str) -> None:
    measured = json.loads(FILE.read_text("utf-8"))
    for row, (server, run) in zip(
        rows("limits", language), measured["limits"].items(), strict=True
    ):
        assert row[0] == f"{server} {measured['versions'][server]}"
        assert row[1] == f"{run['bytes'] // MIB} MiB"
        assert (str(run["code"]) in row[2]) is (run["code"] not in (None, 1005))


@pytest.mark.parametrize("language", WORDS)
def test_each_leaving_is_one_of_the_file_and_takes_less_than_a_second(language: str) -> None:
    measured = json.loads(FILE.read_text("utf-8"))["leaving"]
    for row, (server, run) in zip(rows("leaving", language), measured.items(), strict=True):
        assert row[0].startswith(server)
        assert row[1:] == [f"{run[way]:.2f} s" for way in ("close", "reset")]
        assert max(run.values()) < 1


@pytest.mark.parametrize("language", WORDS)
def test_each_room_is_one_of_the_file_and_every_stuck_member_was_closed(language: str) -> None:
    measured = json.loads(FILE.read_text("utf-8"))
    runs = [run for both in measured["stuck member"].values() for run in list(both.values())[:2]]
    runs += [*measured["large room"].values(), *measured["two processes"].values()]
    for row, run in zip(rows("broadcast", language), runs, strict=True):
        assert str(run["members"]) in row[1]
        assert row[2] == f"{run['messages']} × {run['members']}"
        assert float(row[3]) == pytest.approx(run["seconds"], abs=0.06)
        rate = run["messages"] * run["members"] / run["server's cpu seconds"]
        assert float(row[4]) == pytest.approx(rate, abs=1)
    assert {both["stuck"]["code"] for both in measured["stuck member"].values()} == {1013}


def test_another_table_is_refused() -> None:
    with pytest.raises(KeyError):
        room_table("other", WORDS["en"])
