from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from assises.lib.errors import InputError
from assises.look.speech import speech


def test_numbers_are_written_as_they_are_in_morocco() -> None:
    assert speech("fr").number(1234567) == "1.234.567" or "\u202f" in speech("fr").number(1234567)
    assert speech("ar").number(1234567) == "1.234.567"
    assert speech("en").number(1234567) == "1,234,567"


def test_an_arabic_minus_stays_before_its_number() -> None:
    assert speech("ar").number(-1.5, 2).startswith("\u200e")


def test_dates_are_in_words() -> None:
    assert speech("fr").day(date(2025, 7, 1)) == "1er juillet 2025"
    assert speech("fr").day(date(2025, 7, 11)) == "11 juillet 2025"
    assert "يوليوز" in speech("ar").day(date(2025, 7, 1))
    assert speech("en").day(date(2025, 7, 1)) == "1 July 2025"
    assert "ⵢⵓⵍⵢⵓⵣ" in speech("zgh").day(date(2025, 7, 1))


def test_a_percentage_is_a_whole_one() -> None:
    assert speech("fr").percent(0.706) == "71\u202f%"
    assert speech("en").percent(0.706) == "71%"


@pytest.mark.parametrize(
    ("unit", "label"),
    [("year", "2026"), ("month", "May 2026"), ("day", "4 May 2026"), ("hour", "4 May 2026 08:00")],
)
def test_a_bin_of_time_has_a_label(unit: str, label: str) -> None:
    assert speech("en").moment(datetime(2026, 5, 4, 8, 30, tzinfo=UTC), unit) == label


def test_only_arabic_runs_from_the_right() -> None:
    assert {code: speech(code).direction for code in ("fr", "ar", "zgh", "en")} == {
        "fr": "ltr",
        "ar": "rtl",
        "zgh": "ltr",
        "en": "ltr",
    }


def test_an_unknown_language_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="fr, ar, zgh, en"):
        speech("de")
