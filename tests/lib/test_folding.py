from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assises.lib.folding import fold, latin_to_tifinagh, tifinagh_to_latin

TIFINAGH = "ⴰⴱⴳⴷⴹⴻⴼⴽⵀⵃⵄⵅⵇⵉⵊⵍⵎⵏⵓⵔⵕⵖⵙⵚⵛⵜⵟⵡⵢⵣⵥⵯ"
LATIN = "abgdḍefkhḥɛxqijlmnurṛɣsṣctṭwyzẓʷ"

mixed = st.text(
    alphabet=st.one_of(
        st.sampled_from("aeh2356789 ءأإآةىـؤئيو" + "\u064b\u0651\u0654\u200d\u00ad\u0301’ʷɛɣæœ"),
        st.sampled_from(TIFINAGH),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=12,
)


@given(mixed)
@example("Z\u00e6\u0301")
@example("\u01fd")
@example("\u0345ʼn\u0149")
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(mixed)
def test_composed_and_decomposed_spellings_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=20))
def test_upper_and_lower_case_fold_alike(text: str) -> None:
    assert fold(text.upper()) == fold(text.lower())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("é", "e"),
        ("Forêt", "foret"),
        ("ÇA", "ca"),
        ("cœur", "coeur"),
        ("ǽ", "ae"),
        ("straße", "STRASSE"),
        ("l’eau", "l'eau"),
        ("deux\u00a0mots", " deux  mots\n"),
        ("co\u00adupe", "coupe"),
        ("ﬁn", "fin"),
    ],
)
def test_latin_spellings_of_one_word_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("أحمد", "احمد"),
        ("إيمان", "ايمان"),
        ("آمال", "امال"),
        ("ٱلماء", "الما"),
        ("مدرسة", "مدرسه"),
        ("على", "علي"),
        ("سؤال", "سوال"),
        ("بئر", "بير"),
        ("شيء", "شي"),
        ("مُحَمَّدٌ", "محمد"),
        ("محـــمد", "محمد"),
        ("ﻻ", "لا"),
        ("أگادير", "اكادير"),
        ("ڭلميم", "كلميم"),
    ],
)
def test_arabic_spellings_of_one_word_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize("digits", ["٣", "۳", "３", "³", "3"])
def test_digits_of_every_script_fold_to_the_same_digit(digits: str) -> None:
    assert fold(digits) == "3"


@pytest.mark.parametrize(
    ("digits", "letters"),
    [("7mar", "hmar"), ("3andi", "aandi"), ("9alb", "qalb"), ("5obz", "khobz"), ("sba7", "sbah")],
)
def test_digits_that_stand_for_letters_become_letters(digits: str, letters: str) -> None:
    assert fold(digits) == letters


@pytest.mark.parametrize("number", ["7", "2023", "7, 9", "98.3", "2-3", "7:30", "h1n1", "13h30"])
def test_plain_numbers_keep_their_digits(number: str) -> None:
    assert fold(number) == number


def test_an_arabic_word_with_a_number_keeps_its_digit() -> None:
    assert fold("المادة 7") == "الماده 7"


@pytest.mark.parametrize(("tifinagh", "latin"), list(zip(TIFINAGH, LATIN, strict=True)))
def test_each_tifinagh_letter_has_one_latin_letter_and_back(tifinagh: str, latin: str) -> None:
    assert tifinagh_to_latin(tifinagh) == latin
    assert latin_to_tifinagh(latin) == tifinagh


@given(st.text(alphabet=TIFINAGH + " .,7", max_size=30))
def test_a_tifinagh_text_comes_back_from_latin(text: str) -> None:
    assert latin_to_tifinagh(tifinagh_to_latin(text)) == text


@given(st.text(alphabet=LATIN + " .,7", max_size=30))
def test_a_latin_amazigh_text_comes_back_from_tifinagh(text: str) -> None:
    assert tifinagh_to_latin(latin_to_tifinagh(text)) == text


def test_decomposed_latin_letters_find_their_tifinagh() -> None:
    assert latin_to_tifinagh(unicodedata.normalize("NFD", "aḍar")) == "ⴰⴹⴰⵔ"


def test_tifinagh_and_its_usual_latin_spelling_fold_alike() -> None:
    assert fold("ⵜⴰⵎⴰⵣⵉⵖⵜ") == fold("Tamazight") == fold("tamaziɣt")


def test_text_in_other_scripts_is_left_alone_by_the_transliteration() -> None:
    assert tifinagh_to_latin("Rabat الرباط 🗳️") == "Rabat الرباط 🗳️"
