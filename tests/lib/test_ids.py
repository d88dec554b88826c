from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assises.lib.errors import InputError
from assises.lib.ids import content_id, heard_code, slug, spoken_code

texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60)


@given(texts)
def test_an_id_is_its_kind_and_twenty_letters(text: str) -> None:
    assert re.fullmatch(r"bundle-[a-z2-7]{20}", content_id("bundle", text))


def test_an_id_is_the_same_on_every_machine() -> None:
    assert content_id("a", 1) == "a-awu4k2nbqwwgb5krd6lw"


def test_an_id_can_be_recomputed_from_its_description() -> None:
    digest = hashlib.sha256(b'bundle\0{"a":1,"b":2}').digest()
    letters = base64.b32encode(digest).decode().lower()[:20]
    assert content_id("bundle", {"b": 2, "a": 1}) == f"bundle-{letters}"


def test_another_value_has_another_id() -> None:
    assert content_id("statement", {"text": "a"}) != content_id("statement", {"text": "b"})


def test_the_same_value_of_another_kind_has_another_id() -> None:
    assert content_id("theme", 1).removeprefix("theme") != (
        content_id("claim", 1).removeprefix("claim")
    )


def test_a_value_that_has_no_canonical_form_has_no_id() -> None:
    with pytest.raises(InputError):
        content_id("bundle", float("nan"))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("15 per hour, Seattle!", "15-per-hour-seattle"),
        ("Été à Rabat", "été-à-rabat"),
        ("الدار البيضاء", "الدار-البيضاء"),
        ("ⴰⵣⵓⵍ ⴼⵍⵍⴰⵡⵏ", "ⴰⵣⵓⵍ-ⴼⵍⵍⴰⵡⵏ"),
        ("snake_case and -dashes-", "snake-case-and-dashes"),
        ("../../etc/passwd", "etc-passwd"),
        ("", "untitled"),
        (" -- ", "untitled"),
        ("🗳️", "untitled"),
    ],
)
def test_a_slug_keeps_the_letters_and_digits_of_any_script(text: str, name: str) -> None:
    assert slug(text) == name


@pytest.mark.parametrize("word", ["مُحَمَّد", "हिन्दी", "བོད"])
def test_a_word_with_vowel_marks_stays_one_word(word: str) -> None:
    assert "-" not in slug(word)


def test_composed_and_decomposed_letters_have_one_slug() -> None:
    assert slug(unicodedata.normalize("NFD", "Été")) == slug("Été") == "été"


def test_a_slug_is_cut_without_a_hyphen_at_its_end() -> None:
    assert slug("abc def ghi", longest=4) == "abc"


@given(texts, st.integers(1, 40))
def test_a_slug_is_never_empty_nor_longer_than_asked_nor_a_path(text: str, longest: int) -> None:
    name = slug(text, longest=longest)
    assert name == "untitled" or len(name) <= longest
    assert name
    assert not set(name) & set("/\\. _\0\n")
    assert not name.startswith("-")
    assert not name.endswith("-")


@given(st.text(alphabet=st.characters(), max_size=60))
def test_whatever_is_heard_is_a_code_or_nothing(typed: str) -> None:
    heard = heard_code(typed)
    assert re.fullmatch(r"(?:[0-9a-hjkmnp-tv-z]{4}(?:-(?=.))?)*[0-9a-hjkmnp-tv-z]{0,4}", heard)
    assert heard_code(heard) == heard


CODES = st.lists(
    st.text(alphabet="0123456789abcdefghjkmnpqrstvwxyz", min_size=4, max_size=4),
    min_size=5,
    max_size=5,
).map("-".join)


@given(CODES, st.randoms(use_true_random=False), st.text(alphabet=" -.\t\n·—", max_size=3))
def test_a_code_is_heard_however_it_was_copied(code: str, chance: Random, between: str) -> None:
    alike = {"0": "0oO", "1": "1iIlL"}
    copied = "".join(
        between if letter == "-" else chance.choice(alike.get(letter, letter + letter.upper()))
        for letter in code
    )
    assert heard_code(copied) == code


def test_a_code_that_is_given_is_heard() -> None:
    for code in (spoken_code() for _ in range(50)):
        assert heard_code(code) == code
