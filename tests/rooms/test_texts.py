"""Words: what is kept of them, that no version is ever changed, and which one a page shows."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from assises.lib.errors import Invalid
from assises.rooms.contributions.masked import show_masked
from assises.rooms.texts.models import Text, Version
from assises.rooms.texts.queries import in_every_language, original, said
from assises.rooms.texts.writing import (
    Words,
    clean,
    revise,
    rewrite_in,
    write,
    write_in,
    write_many,
)
from tests.rooms.making import AT
from tests.rooms.together import at_once

WHO = "account:someone"


def cleaned(words: str, longest: int = 100) -> str:
    return clean(words, longest=longest)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Un mot \t", "Un mot"),
        ("e\u0301cole", "école"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\u2028b\u2029c\x85d\x0be\x0cf", "a\nb\nc\nd\ne\nf"),
        ("\ufeffa\x00b\x07c\x7fd", "abcd"),
        ("\u202aa\u202eb\u2066c\u2069d\u200fe", "abcde"),
        ("co\u00adopé\u200brative", "coopérative"),
        ("a\U000e0061\U000e007fb\U000e0101c\u034fd", "abcd"),
        ("e\u202e\u0301", "é"),
        ("a\u3164b\u115fc\uffa0d", "abcd"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩🏽\u200d🔬 ❤\ufe0f oui", "👩🏽\u200d🔬 ❤\ufe0f oui"),
        ("ⵜⴰⵎⴰⵣⵉⵖⵜ ⵏ ⵎⵕⵕⴰⴽⵛ", "ⵜⴰⵎⴰⵣⵉⵖⵜ ⵏ ⵎⵕⵕⴰⴽⵛ"),
        ("التَّعْلِيمُ ـ أولاً", "التَّعْلِيمُ ـ أولاً"),
        ("قال تعالى \u06dd", "قال تعالى \u06dd"),
    ],
)
def test_words_are_kept_as_they_are_read(typed: str, kept: str) -> None:
    assert cleaned(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", " \n\t ", "\u0301" * 90, "\u3164\u115f\u1160\uffa0", "\u2800 \u2800", "…!?",
     "\u200d\u200c", "\u202e\u2066", "a\ud800", "\udfff", "\U000e0061\U000e0062",
     "\ufe0f" * 9, "\u064b\u064e"],
)  # fmt: skip
def test_what_nobody_can_read_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        cleaned(typed)


def test_a_length_is_that_of_what_is_kept() -> None:
    assert len(cleaned("e\u0301" * 100)) == 100
    # U+0958 is two code points in NFC, U+FB2C three: what is kept is longer than what was typed.
    assert len(cleaned("\u0958" * 50)) == 100
    for grown in ("\u0958" * 51, "\ufb2c" * 34, "a" * 101):
        with pytest.raises(Invalid):
            cleaned(grown)
    assert len(cleaned("a\u202e" * 100)) == 100


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=60))
def test_cleaning_twice_is_cleaning_once_whatever_is_typed(typed: str) -> None:
    once = clean(typed, longest=1_000, required=False)
    assert clean(once, longest=1_000, required=False) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not {"\r", "\x00", "\u2028", "\u2029", "\u202e", "\ufeff"} & set(once)


def a_text(**more: str) -> UUID:
    languages = {"fr": "L’école", "ar": "المدرسة", **more}
    return write_in(languages, author=WHO, at=AT, longest=100, field="title")


def revised(text: UUID, words: Words) -> Version:
    with transaction.atomic():
        return revise(text, words, at=AT)


def rewritten(text: UUID, languages: Mapping[str, str]) -> list[str]:
    with transaction.atomic():
        return rewrite_in(text, languages, author=WHO, at=AT, longest=100, field="title")


@pytest.mark.usefixtures("db")
class TestVersions:
    def test_a_page_shows_its_language_and_else_the_original(self) -> None:
        text = a_text()
        assert said([text, None], "ar")[text].words == "المدرسة"
        assert said([text], "ar")[text].translated
        for language in ("fr", "en", "zgh", "und"):
            shown = said([text], language)[text]
            assert (shown.words, shown.language, shown.translated) == ("L’école", "fr", False)
        assert said([text], "ar")[text].original == "fr"
        assert list(in_every_language(text)) == ["fr", "ar"]

    def test_darija_is_no_arabic_and_latin_tamazight_no_tifinagh(self) -> None:
        text = write(Words("fr", "Route", WHO), [Words("ary-Arab", "طريق", WHO)], at=AT)
        other = write(Words("zgh-Latn", "abrid", WHO), at=AT)
        assert said([text], "ar")[text].words == "Route"
        assert said([other], "zgh")[other].language == "zgh-Latn"

    def test_what_is_replaced_stays_and_can_be_quoted(self) -> None:
        text = a_text()
        first = original([text])[text].version
        second = revised(text, Words("fr", "Les écoles", WHO))
        assert Version.objects.get(pk=first).words == "L’école"
        assert (second.number, second.current, second.translates_id) == (2, True, None)
        assert original([text])[text].words == "Les écoles"
        # The translation is of the earlier words, and says so.
        assert Version.objects.get(text=text, language="ar", current=True).translates_id == first

    def test_a_translation_never_takes_the_place_of_the_original(self) -> None:
        text = a_text()
        for words in ("المدارس", "مدارسنا"):
            version = revised(text, Words("ar", words, WHO))
            assert version.translates_id == original([text])[text].version
        revised(text, Words("en", "School", WHO))
        assert original([text])[text].words == "L’école"
        assert Version.objects.filter(text=text, translates=None).count() == 1

    def test_words_that_say_the_same_make_no_version(self) -> None:
        text = a_text()
        changed = rewritten(text, {"fr": " L’e\u0301cole", "ar": "", "en": "School"})
        assert changed == ["en"]
        assert Version.objects.filter(text=text).count() == 3

    def test_a_language_that_is_not_in_the_list_is_refused(self) -> None:
        with pytest.raises(Invalid):
            a_text(es="La escuela")
        text = a_text()
        with pytest.raises(Invalid):
            rewritten(text, {"es": "x"})

    def test_one_language_under_two_names_is_refused(self) -> None:
        with pytest.raises(Invalid):
            a_text(**{"zgh": "ⵜⵉⵏⵎⵍ", "zgh-Tfng": "ⵜⵉⵏⵎⵍ"})

    def test_a_text_says_something_in_one_language_at_least(self) -> None:
        for empty in ({}, {"fr": " ", "ar": ""}):
            with pytest.raises(Invalid):
                write_in(empty, author=WHO, at=AT, longest=100, field="title")
        assert not Text.objects.exists()

    @pytest.mark.parametrize("author", [WHO, "model:translator@1"])
    def test_a_translation_is_unread_until_someone_else_has_read_it(self, author: str) -> None:
        text = write(Words("fr", "École", WHO), [Words("en", "School", author)], at=AT)
        revised(text, Words("ar", "مدرسة", author))
        for language in ("en", "ar"):
            assert said([text], language)[text].unread
        versions = Version.objects.filter(text=text, language="en")
        for reviewer, read in ((author, False), ("", False), ("account:another", True)):
            versions.update(state="reviewed", reviewer=reviewer)
            assert said([text], "en")[text].reviewed is read
        assert not said([text], "fr")[text].unread  # the original is nobody's translation

    def test_many_texts_keep_their_order_and_their_given_ids(self) -> None:
        ids = [UUID(int=i) for i in (7, 3, 5)]
        texts = [(Words("fr", f"Texte {i}", WHO), ()) for i in range(3)]
        assert write_many(texts, at=AT, ids=ids) == ids
        assert [original(ids)[uid].words for uid in ids] == ["Texte 0", "Texte 1", "Texte 2"]
        with pytest.raises(ValueError, match="zip"):
            write_many(texts, at=AT, ids=[UUID(int=9)])

    def test_nothing_is_found_of_a_text_that_is_not_there(self) -> None:
        assert said([UUID(int=1), None], "fr") == {}
        assert show_masked({UUID(int=1): "▮▮▮"}) == 0

    def test_two_who_correct_the_same_words_at_once_are_both_kept(self) -> None:
        text = a_text()

        def correct(name: str) -> None:
            revise(text, Words("fr", f"Une école, {name}", WHO), at=AT)

        assert not at_once(correct, ["une", "deux", "trois", "quatre", "cinq", "six"])
        versions = Version.objects.filter(text=text, language="fr")
        assert sorted(versions.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6, 7]
        assert versions.filter(current=True).count() == 1

    def test_two_who_translate_first_at_once_are_both_kept(self) -> None:
        text = a_text()

        def translate(words: str) -> None:
            rewritten(text, {"en": words})

        assert not at_once(translate, ["School", "A school", "The school", "Schools"])
        versions = Version.objects.filter(text=text, language="en")
        assert sorted(versions.values_list("number", flat=True)) == [1, 2, 3, 4]
        assert versions.filter(current=True).count() == 1
        assert set(versions.values_list("translates", flat=True)) == {
            original([text])[text].version
        }

    def test_the_database_itself_keeps_one_current_version(self) -> None:
        text = a_text()
        with (
            pytest.raises(Exception, match="texts_version_current"),
            transaction.atomic(),
        ):
            Version.objects.filter(text=text, language="fr").create(
                text_id=text, language="fr", number=2, words="x", author=WHO, written_at=AT
            )
