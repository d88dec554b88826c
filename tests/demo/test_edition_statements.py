"""The statements written for the simulated edition are what their datasheet says."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from importlib import resources
from typing import Final

import pytest

from assises.lib.folding import fold

FOLDER: Final = resources.files("assises.demo").joinpath("edition")
RAW: Final = FOLDER.joinpath("statements.csv").read_bytes()
ROWS: Final = list(csv.DictReader(io.StringIO(RAW.decode("utf-8"), newline="")))
COLUMNS: Final = [
    "id", "vertical", "lang", "text", "fr", "ar", "en", "zgh",
    "agree_a", "agree_b", "agree_c", "passes", "from",
]  # fmt: skip

LANGUAGES: Final = {
    "fr": 55, "ar": 40, "ary-Arab": 22, "ary-Latn": 13, "en": 12, "zgh-Tfng": 8,
}  # fmt: skip
OWN: Final = {"fr": "fr", "ar": "ar", "en": "en", "zgh-Tfng": "zgh"}
"""The column that repeats the original, where there is one."""
SCRIPT: Final = {
    "fr": "LATIN", "ar": "ARABIC", "ary-Arab": "ARABIC", "ary-Latn": "LATIN", "en": "LATIN",
    "zgh-Tfng": "TIFINAGH", "zgh": "TIFINAGH",
}  # fmt: skip
CHANCES: Final = ("agree_a", "agree_b", "agree_c", "passes")
LONGEST: Final = 140
BIDI: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def scripts(text: str) -> set[str]:
    """The scripts of its letters: ``ARABIC``, ``LATIN``, ``TIFINAGH``."""
    return {unicodedata.name(letter).split()[0] for letter in text if letter.isalpha()}


def camps(row: dict[str, str]) -> tuple[float, float, float]:
    return float(row["agree_a"]), float(row["agree_b"]), float(row["agree_c"])


def sentences(row: dict[str, str]) -> Iterable[str]:
    return [row[column] for column in ("text", "fr", "ar", "en", "zgh") if row[column]]


def divisive() -> int:
    """Statements that separate two camps by .4 or more; in hundredths, for .4 is not exact."""
    return sum(round(100 * (max(camps(row)) - min(camps(row)))) >= 40 for row in ROWS)


def shared() -> int:
    return sum(min(camps(row)) > 0.7 for row in ROWS)


def unpopular() -> int:
    return sum(max(camps(row)) <= 0.5 for row in ROWS)


def in_tamazight() -> int:
    return sum(bool(row["zgh"]) for row in ROWS)


def test_a_hundred_and_fifty_statements_are_numbered_in_order() -> None:
    assert [row["id"] for row in ROWS] == [str(number) for number in range(1, 151)]


def test_the_file_is_written_soberly() -> None:
    """Columns in order, LF, quotes only where a text needs them: written again, the same bytes."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n", strict=True)
    writer.writeheader()
    writer.writerows(ROWS)
    assert out.getvalue().encode("utf-8") == RAW


def test_each_vertical_has_eleven_or_twelve() -> None:
    counts = Counter(row["vertical"] for row in ROWS)
    assert set(counts) == {str(number) for number in range(1, 14)}
    assert set(counts.values()) <= {11, 12}


def test_the_languages_are_as_many_as_planned() -> None:
    assert Counter(row["lang"] for row in ROWS) == LANGUAGES


def test_a_probability_is_a_fraction_and_nothing_is_certain() -> None:
    for row in ROWS:
        assert all(re.fullmatch(r"0\.\d\d", row[column]) for column in CHANCES), row["id"]
        assert all(0 < chance < 1 for chance in camps(row)), row["id"]
        assert float(row["passes"]) < 0.5, row["id"]


def test_camps_part_on_some_and_meet_on_others() -> None:
    assert divisive() >= 40
    assert shared() >= 25
    assert unpopular() >= 8


@pytest.mark.parametrize("camp", range(3))
def test_each_camp_is_at_times_alone(camp: int) -> None:
    """It agrees by .3 more, or by .3 less, than both of the others."""
    apart = 0
    for row in ROWS:
        own = camps(row)[camp]
        others = [chance for number, chance in enumerate(camps(row)) if number != camp]
        apart += min(abs(own - other) for other in others) >= 0.3 and (
            own > max(others) or own < min(others)
        )
    assert apart >= 3


def test_every_statement_can_be_read_in_three_languages() -> None:
    assert all(row["fr"] and row["ar"] and row["en"] for row in ROWS)
    assert in_tamazight() >= 45


def test_in_its_own_language_a_statement_is_the_original() -> None:
    for row in ROWS:
        if row["lang"] in OWN:
            assert row[OWN[row["lang"]]] == row["text"], row["id"]


def test_darija_is_translated_not_repeated() -> None:
    for row in ROWS:
        if row["lang"].startswith("ary"):
            assert fold(row["ar"]) != fold(row["text"]), row["id"]


def test_nothing_is_said_twice() -> None:
    for column in ("text", "fr", "ar", "en", "zgh"):
        folded = Counter(fold(row[column]) for row in ROWS if row[column])
        assert [text for text, times in folded.items() if times > 1] == [], column


def test_an_original_is_written_in_its_script() -> None:
    for row in ROWS:
        assert scripts(row["text"]) == {SCRIPT[row["lang"]]}, row["id"]


@pytest.mark.parametrize("column", ["fr", "ar", "en", "zgh"])
def test_a_translation_is_written_in_its_script(column: str) -> None:
    for row in ROWS:
        assert scripts(row[column]) <= {SCRIPT[column]}, row["id"]


def test_tifinagh_stands_nowhere_else() -> None:
    for row in ROWS:
        elsewhere = [column for column in COLUMNS if "TIFINAGH" in scripts(row[column])]
        allowed = {"zgh", "text"} if row["lang"] == "zgh-Tfng" else {"zgh"}
        assert set(elsewhere) <= allowed, row["id"]


def test_most_darija_in_latin_letters_uses_the_digits_that_stand_for_letters() -> None:
    digits = re.compile(r"[a-z][379]|[379][a-z]", re.IGNORECASE)
    texts = [row["text"] for row in ROWS if row["lang"] == "ary-Latn"]
    assert sum(bool(digits.search(text)) for text in texts) >= len(texts) - 1
    assert all(set(re.findall(r"\d", text)) <= {"3", "7", "9"} for text in texts)


def test_a_sentence_is_short_one_line_composed_and_hides_no_direction_marks() -> None:
    for row in ROWS:
        for text in sentences(row):
            assert len(text) <= LONGEST, row["id"]
            assert text == " ".join(text.split()), row["id"]
            assert unicodedata.is_normalized("NFC", text), row["id"]
            assert not BIDI.search(text), row["id"]
            assert all(unicodedata.category(c) not in {"Cc", "Cf", "Co"} for c in text), row["id"]


def test_a_sentence_is_one_sentence_and_no_question() -> None:
    for row in ROWS:
        for text in sentences(row):
            assert text.endswith("."), row["id"]
            assert not re.search(r"[.!?؟]\s", text), row["id"]
            assert not re.search(r"[?؟]", text), row["id"]


def test_the_statements_of_the_first_simulation_come_first() -> None:
    """All but those to be refused, in the same order with the same opinions."""
    source = resources.files("assises.demo").joinpath("statements.csv").read_text("utf-8")
    first = [row for row in csv.DictReader(source.splitlines()) if row["moderated"] != "-1"]
    kept = ("vertical", "lang", *CHANCES)
    for old, new in zip(first, ROWS, strict=False):
        assert {c: old[c] for c in kept} == {c: new[c] for c in kept}, new["id"]
        assert old["text"] == new["text"] or new["id"] == "27", new["id"]


def test_the_counts_are_those_of_the_datasheet() -> None:
    page = FOLDER.joinpath("DATASHEET.md").read_text("utf-8").split("## The contributions")[0]
    said = {
        column: {value: int(n) for value, n in re.findall(r"`([\w-]+)` (\d+)(?: ·|$)", counts)}
        for column, counts in re.findall(r"^\| `(lang|vertical)` \| (`.* \d+) \|$", page, re.M)
    }
    assert said == {c: Counter(row[c] for row in ROWS) for c in ("lang", "vertical")}
    spread = re.findall(r"^\| (?:that|with) .* \| (\d+) \|$", page, re.M)
    assert [int(n) for n in spread] == [divisive(), shared(), unpopular(), in_tamazight()]


def test_the_datasheet_names_every_column_and_says_what_awaits_review() -> None:
    page = FOLDER.joinpath("DATASHEET.md").read_text("utf-8").split("## The contributions")[0]
    assert all(f"`{column}`" in page for column in COLUMNS)
    assert "awaits review by a native reader" in page
