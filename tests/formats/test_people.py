"""A file of people: what is read of it, and what is refused with its line."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from assises.formats.people import MOST_ATTRIBUTES, MOST_VALUES, People, read_people
from assises.lib.errors import EncodingError, InputError


def written(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "people.csv"
    path.write_bytes(text.encode(encoding))
    return path


def said(people: People) -> dict[int, dict[str, str]]:
    """Everything that the file says, a line a person."""
    return {
        int(one): {
            name: "" if a.code[at] < 0 else a.values[a.code[at]]
            for name, a in people.attributes.items()
        }
        for at, one in enumerate(people.participants)
    }


def test_what_people_said_is_read_and_an_empty_cell_is_nothing(tmp_path: Path) -> None:
    path = written(
        tmp_path, "region,participant,college\n MA-06 ,7,citizen\n,2,\nMA-01,30,citizen\n"
    )
    people = read_people(path)
    assert people.participants.tolist() == [2, 7, 30]
    assert said(people) == {
        2: {"college": "", "region": ""},
        7: {"college": "citizen", "region": "MA-06"},
        30: {"college": "citizen", "region": "MA-01"},
    }
    region = people.attributes["region"]
    assert (region.values, region.first) == (("MA-01", "MA-06"), (4, 2))
    # Whoever is not in the file said nothing.
    assert people.of(np.array([30, 1, 7, 99, 2]), "region").tolist() == [0, -1, 1, -1, -1]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_the_one_beside_participant(tmp_path: Path, separator: str) -> None:
    text = "participant,region\n1,MA-01\n".replace(",", separator)
    assert said(read_people(written(tmp_path, text))) == {1: {"region": "MA-01"}}


def test_the_order_of_lines_leaves_no_trace(tmp_path: Path) -> None:
    chance = random.Random(3)
    rows = [f"{p},{chance.choice('abcd')},{chance.choice(['', 'x', 'y'])}" for p in range(60)]
    head = "participant,one,two\n"
    straight = read_people(written(tmp_path, head + "\n".join(rows)))
    chance.shuffle(rows)
    again = read_people(written(tmp_path, head + "\n".join(rows)))
    assert said(straight) == said(again)
    for name, one in straight.attributes.items():
        other = again.attributes[name]
        assert one.values == other.values
        assert one.code.tobytes() == other.code.tobytes()


def test_a_file_without_people_says_nothing_of_anyone(tmp_path: Path) -> None:
    people = read_people(written(tmp_path, "participant,region\n"))
    assert people.of(np.array([0, 5]), "region").tolist() == [-1, -1]


MANY = "participant,zip\n" + "".join(f"{n},z{n}\n" for n in range(MOST_VALUES + 1))
WIDE = ",".join(f"a{n}" for n in range(MOST_ATTRIBUTES + 1))


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("", None, None, "empty"),
        ("participants,region\n1,a\n", 1, None, "no column participant.*Is it participants"),
        ("person,region\n1,a\n", 1, None, "no column participant"),
        ("participant\n1\n", 1, None, "1 to 20 attributes"),
        (f"participant,{WIDE}\n", 1, None, "1 to 20 attributes"),
        ("participant,\n1,a\n", 1, 2, "has a name"),
        (f"participant,{'n' * 81}\n1,a\n", 1, 2, "80 characters"),
        ("participant,region,region\n1,a,b\n", 1, "region", "stands twice"),
        ("participant,region\n1,a,b\n", 2, None, "3 cells and the first line 2"),
        ("participant,region\n1\n", 2, None, "1 cells and the first line 2"),
        ("participant,region\n1,a\n-2,a\n", 3, "participant", "whole number.*'-2'"),
        ("participant,region\n1,a\n,a\n", 3, "participant", "whole number"),
        ("participant,region\n1.0,a\n", 2, "participant", "voter-id"),
        ("participant,region\n1٢,a\n", 2, "participant", "whole number"),
        ("participant,region\n9999999999999999999,a\n", 2, "participant", "whole number"),
        ("participant,region\n4,a\n9,a\n3,b\n9,a\n4,b\n", 5, "participant", "line 3 already"),
        ("participant,region\n1,MA-01\n2,ma–01\n", 3, "region", "almost like MA-01 on line 2"),
        (f"participant,region\n1,{'v' * 81}\n", 2, "region", "longer than 80"),
        (MANY, MOST_VALUES + 2, "zip", "more than 50 values"),
        ('participant,region\n1,"a\n', 2, None, "quote"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_with_its_place(
    tmp_path: Path, text: str, line: int | None, column: str | int | None, says: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(InputError, match=says) as refused:
        read_people(path)
    told = refused.value
    assert (told.file, told.line, told.column) == (str(path), line, column)
    assert told.next_step


def test_too_many_people_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assises.formats.people.MOST_PEOPLE", 2)
    path = written(tmp_path, "participant,region\n1,a\n2,a\n3,a\n")
    with pytest.raises(InputError, match="more than 2 people") as refused:
        read_people(path)
    assert refused.value.line == 4


def test_bytes_that_are_not_text_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "participant,region\n1,Fès\n", "iso-8859-1")
    with pytest.raises(EncodingError, match="--encoding"):
        read_people(path)
    assert said(read_people(path, encoding="iso-8859-1")) == {1: {"region": "Fès"}}


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_people(tmp_path / "people.csv")
