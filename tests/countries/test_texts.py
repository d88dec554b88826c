"""What every text of the country has to be, whatever it says."""

from __future__ import annotations

import re
import unicodedata
from importlib import resources

from assises.countries import ma
from tests.countries.texts import FILES, wordings

# The alphabet of the IRCAM, which is what our font draws.
TIFINAGH = set("ⴰⴱⴳⴷⴹⴻⴼⴽⵀⵃⵄⵅⵇⵉⵊⵍⵎⵏⵓⵔⵕⵖⵙⵚⵛⵜⵟⵡⵢⵣⵥⵯ")
BIDI = {chr(code) for code in (0x61C, *range(0x200E, 0x2010), *range(0x202A, 0x202F))} | {
    chr(code) for code in range(0x2066, 0x206A)
}
ARABIC = re.compile(r"[\u0620-\u064A]")
OTHER_DIGITS = re.compile(r"[\u0660-\u0669\u06F0-\u06F9]")
FRENCH_TYPOGRAPHY = re.compile(r"[^\u202f\u00a0][;!?%»]|[^\u202f\u00a0]:(?=\s|$)|«[^\u00a0]|'")
# A point or a comma glued to letters on both sides is a name; a space before one is a slip.
ARABIC_SLIPS = re.compile(r"[,;?](?=\s|$)|\s[،؛؟.]|،(?=\S)")


def every_file() -> list[str]:
    edition = resources.files(ma).joinpath("edition_2025.toml")
    return [path.read_text(encoding="utf-8") for path in (*FILES, edition)]


def test_every_text_is_there_in_french_arabic_and_english() -> None:
    for name, text in wordings():
        assert all((text.fr, text.ar, text.en)), name


def test_arabic_is_written_in_arabic() -> None:
    figures_only = [name for name, text in wordings() if not ARABIC.search(text.ar)]
    # A bare figure needs no letter in any language.
    assert all(name.startswith(("ind-training", "ind-jobs")) for name in figures_only)


def test_arabic_uses_the_digits_and_marks_of_morocco() -> None:
    for name, text in wordings():
        assert not OTHER_DIGITS.search(text.ar), name
        assert not ARABIC_SLIPS.search(text.ar), (name, text.ar)


def test_a_law_keeps_its_number_in_order_among_arabic_letters() -> None:
    # With a hyphen the bidirectional algorithm would show 08-09 for 09-08.
    for name, text in wordings():
        assert not re.search(r"\d-\d", text.ar), name


def test_no_text_steers_its_own_direction() -> None:
    for text in every_file():
        assert not BIDI.intersection(text)


def test_french_keeps_its_typography() -> None:
    for name, text in wordings():
        assert not FRENCH_TYPOGRAPHY.search(text.fr), (name, text.fr)


def test_tamazight_is_written_in_tifinagh() -> None:
    for name, text in wordings():
        for character in text.zgh or "":
            ordinary = unicodedata.category(character)[0] in "PZN" and character not in BIDI
            assert character in TIFINAGH or ordinary, (name, character)
        assert text.zgh is None or TIFINAGH.intersection(text.zgh), name


def test_every_tamazight_text_waits_for_a_native_reader() -> None:
    for name, text in wordings():
        assert text.review == (text.zgh is not None), name


def test_texts_are_in_one_normal_form() -> None:
    for text in every_file():
        assert unicodedata.is_normalized("NFC", text)


def test_no_territorial_remark_of_a_code_list_is_anywhere() -> None:
    for text in every_file():
        assert not re.search(r"\bEH\b|EH-|[Ss]ahara (?!El Hamra)|Western Sahara", text)
        assert "Sakia El Hamra" in text or "Laâyoune" not in text


def test_what_was_never_seen_in_a_source_is_not_said() -> None:
    for text in every_file():
        assert "unverified" not in text.casefold()
