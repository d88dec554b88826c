"""The words of the verticals: all there, each once, of the script of their language."""

from __future__ import annotations

import unicodedata

from assises.countries import ma
from assises.countries.ma.words import TAGS, vertical_words


def test_every_vertical_has_words_in_every_language() -> None:
    words = vertical_words()
    assert list(words) == [vertical.code for vertical in ma.verticals()]
    for lists in words.values():
        assert tuple(lists) == TAGS
        assert all(len(lists[tag]) >= (20 if tag == "zgh-Latn" else 40) for tag in TAGS)


def test_no_word_stands_twice_for_one_vertical() -> None:
    for code, lists in vertical_words().items():
        for tag, words in lists.items():
            assert len(set(words)) == len(words), (code, tag)


def test_few_words_are_of_two_verticals() -> None:
    for tag in TAGS:
        every = [word for lists in vertical_words().values() for word in lists[tag]]
        assert len(every) - len(set(every)) <= 8, tag


def test_words_are_of_the_script_of_their_language() -> None:
    for lists in vertical_words().values():
        for tag, words in lists.items():
            script = "ARABIC" if tag in ("ar", "ary-Arab") else "LATIN"
            for word in words:
                assert word == unicodedata.normalize("NFC", word)
                assert all(
                    unicodedata.name(letter).startswith(("GREEK", script))
                    for letter in word if letter.isalpha()
                ), word  # fmt: skip
