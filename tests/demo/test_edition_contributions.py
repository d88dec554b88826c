"""The contributions written for the simulated edition are what their datasheet says."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from importlib import resources
from itertools import combinations
from typing import Final

import pytest

from assises.lib.folding import fold

FOLDER: Final = resources.files("assises.demo").joinpath("edition")
RAW: Final = FOLDER.joinpath("contributions.csv").read_bytes()
ROWS: Final = list(csv.DictReader(io.StringIO(RAW.decode("utf-8"), newline="")))

LANGUAGES: Final = {
    "fr": 110, "ar": 60, "ary-Arab": 60, "ary-Latn": 40, "en": 15, "zgh-Tfng": 8, "zgh-Latn": 7,
}  # fmt: skip
ALLOWED: Final = {
    "vertical": {"", *(str(number) for number in range(1, 14))},
    "lang": set(LANGUAGES),
    "channel": {"web", "paper", "workshop", "hearing", "voice", "floor"},
    "college": {
        "ministry", "public-institution", "private-sector", "investment-fund", "sovereign-fund",
        "start-up", "international-figure", "academia", "civil-society", "diaspora", "citizen",
    },
    "region": {"", "abroad", *(f"MA-{number:02}" for number in range(1, 13))},
    "area": {"urban", "rural", ""},
    "personal_data": {"0", "1"},
    "campaign": {"", "A", "B", "C"},
}  # fmt: skip

PERSONAL: Final = {
    "phone": re.compile(r"(?<!\d)(?:\+212[ .]?6|06)(?:[ .]?\d){8}(?!\d)"),
    "e-mail": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "card": re.compile(r"(?<![A-Za-z0-9])[A-Z]{1,2}\d{5,6}(?!\d)"),
}
BIDI: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
SENTENCE: Final = re.compile(r"[.!?؟]+(?:\s|$)")

# How far apart they are: the least alike of one campaign share 61 % of their folded words, the
# most alike outside of campaigns 30 %.
MOST: Final = 0.5


def words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", fold(text)))


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)


def scripts(text: str) -> Counter[str]:
    """How many letters are ``ARABIC``, ``LATIN`` or ``TIFINAGH``."""
    return Counter(unicodedata.name(letter).split()[0] for letter in text if letter.isalpha())


def texts(language: str) -> list[str]:
    return [row["text"] for row in ROWS if row["lang"] == language]


def test_three_hundred_people_are_numbered_in_order() -> None:
    assert [row["id"] for row in ROWS] == [str(number) for number in range(1, 301)]


def test_the_file_is_written_soberly() -> None:
    """Columns in order, LF, quotes only where a text needs them: written again, the same bytes."""
    out = io.StringIO(newline="")
    columns = ["id", "vertical", "lang", "channel", "college", "region", "area", "text"]
    writer = csv.DictWriter(
        out, [*columns, "personal_data", "campaign"], lineterminator="\n", strict=True
    )
    writer.writeheader()
    writer.writerows(ROWS)
    assert out.getvalue().encode("utf-8") == RAW


@pytest.mark.parametrize("column", ALLOWED)
def test_every_value_is_known_and_every_known_value_is_used(column: str) -> None:
    assert {row[column] for row in ROWS} == ALLOWED[column]


def test_the_languages_are_as_many_as_planned() -> None:
    assert Counter(row["lang"] for row in ROWS) == LANGUAGES


def test_citizens_are_the_majority_and_some_do_not_know_their_vertical() -> None:
    assert sum(row["college"] == "citizen" for row in ROWS) > len(ROWS) / 2
    assert sum(row["vertical"] == "" for row in ROWS) == 15


def test_the_diaspora_and_only_the_diaspora_is_abroad() -> None:
    for row in ROWS:
        assert (row["region"] == "abroad") == (row["college"] == "diaspora"), row["id"]
        assert not row["area"] or row["region"].startswith("MA-"), row["id"]


def test_a_text_is_one_line_of_one_to_six_sentences() -> None:
    for row in ROWS:
        text = row["text"]
        assert text == " ".join(text.split()), row["id"]
        assert 1 <= len([part for part in SENTENCE.split(text) if part.strip()]) <= 6, row["id"]


def test_a_text_is_composed_and_hides_no_direction_marks() -> None:
    for row in ROWS:
        assert unicodedata.is_normalized("NFC", row["text"]), row["id"]
        assert not BIDI.search(row["text"]), row["id"]
        assert all(unicodedata.category(c) not in {"Cc", "Cf", "Co"} for c in row["text"])


@pytest.mark.parametrize("language", ["fr", "en", "ary-Latn", "zgh-Latn"])
def test_what_is_written_in_latin_letters_has_no_others(language: str) -> None:
    assert all(set(scripts(text)) == {"LATIN"} for text in texts(language))


def test_standard_arabic_is_in_arabic_letters() -> None:
    """But for a card's letters and an address, which are personal data."""
    for row in ROWS:
        if row["lang"] == "ar" and row["personal_data"] == "0":
            assert set(scripts(row["text"])) == {"ARABIC"}, row["id"]


def test_darija_in_arabic_letters_mixes_in_latin_words() -> None:
    counts = [scripts(text) for text in texts("ary-Arab")]
    assert all(set(count) <= {"ARABIC", "LATIN"} for count in counts)
    assert all(count["ARABIC"] > count["LATIN"] for count in counts)
    assert sum(count["LATIN"] > 0 for count in counts) >= 10


def test_darija_in_latin_letters_uses_the_digits_that_stand_for_letters() -> None:
    digits = re.compile(r"[a-z][379]|[379][a-z]", re.IGNORECASE)
    assert sum(bool(digits.search(text)) for text in texts("ary-Latn")) >= 35


def test_tifinagh_is_tifinagh() -> None:
    assert all(set(scripts(text)) == {"TIFINAGH"} for text in texts("zgh-Tfng"))


def test_three_small_campaigns_are_near_duplicates() -> None:
    for letter in "ABC":
        members = [row for row in ROWS if row["campaign"] == letter]
        assert 4 <= len(members) <= 6
        assert len({row["lang"] for row in members}) == 1
        assert len({row["text"] for row in members}) == len(members)
        pairs = combinations((words(row["text"]) for row in members), 2)
        assert all(alike(one, other) > MOST for one, other in pairs), letter


def test_nobody_else_wrote_what_another_wrote() -> None:
    folded = [(row["campaign"], fold(row["text"]), words(row["text"]), row["id"]) for row in ROWS]
    for one, other in combinations(folded, 2):
        if not one[0] or one[0] != other[0]:
            assert one[1] != other[1], (one[3], other[3])
            assert alike(one[2], other[2]) < MOST, (one[3], other[3])


def test_personal_data_stand_only_where_they_are_flagged() -> None:
    for row in ROWS:
        found = [kind for kind, pattern in PERSONAL.items() if pattern.search(row["text"])]
        assert bool(found) == (row["personal_data"] == "1"), (row["id"], found)
        if not found:
            assert "@" not in row["text"], row["id"]
            assert not re.search(r"\d{5}", row["text"]), row["id"]


def test_personal_data_are_of_each_kind_and_evidently_fake() -> None:
    flagged = " ".join(row["text"] for row in ROWS if row["personal_data"] == "1")
    found = {kind: pattern.findall(flagged) for kind, pattern in PERSONAL.items()}
    assert sum(row["personal_data"] == "1" for row in ROWS) == 8
    assert all(found.values())
    assert all(re.search(r"60{7}\d$", re.sub(r"\D", "", p)) for p in found["phone"])
    assert all(address.endswith("@example.org") for address in found["e-mail"])
    assert set(found["card"]) == {"AB000000"}


def test_the_counts_are_those_of_the_datasheet() -> None:
    page = FOLDER.joinpath("DATASHEET.md").read_text("utf-8").split("## The contributions")[1]
    lines = re.findall(r"^\| `(\w+)` \| (.*?) \|$", page, re.MULTILINE)
    said = {
        column: {
            "" if value == "empty" else value: int(count)
            for value, count in re.findall(r"`?([\w-]+)`? (\d+)(?: ·|$)", counts)
        }
        for column, counts in lines
    }
    assert set(said) == set(ALLOWED)
    for column, counts in said.items():
        assert counts == Counter(row[column] for row in ROWS), column
