from __future__ import annotations

import csv
import itertools
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assises.engines.themes import ideas, identify, identify_all, sentences
from assises.engines.themes.characters import bare, composed, plain

TEXTS = st.text(max_size=80)


@given(TEXTS)
def test_each_folded_character_has_its_place(text: str) -> None:
    text = composed(text)
    for fold in (plain, bare):
        found = fold(text)
        assert len(found.at) == len(found.text)
        assert (np.diff(found.at) >= 0).all()
        assert all(0 <= at < len(text) for at in found.at)
        assert found.text == " ".join(found.text.split())
        assert all(c == " " or c.isalnum() for c in found.text)


@given(TEXTS)
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    for fold in (plain, bare):
        once = fold(composed(text)).text
        assert fold(composed(once)).text == once


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("L’École", "l'école"),
        (
            "م\u064fد\u064eر\u0651س\u0640\u0640ة",
            "مدرسة",
        ),
        ("\ufefb", "لا"),
        ("\u0664\u0665 \u06f4\u06f5", "45 45"),
        ("a\u200fb\u202e", "ab"),
        ("\u06a9\u06ccف", "كيف"),
    ],
)
def test_typing_makes_no_difference(one: str, other: str) -> None:
    assert plain(one).text == plain(other).text


def test_plain_keeps_what_tells_languages_apart_and_bare_lets_spellings_meet() -> None:
    for one, other in (
        ("été", "ete"),
        ("أن", "ان"),
        ("مدرسة", "مدرسه"),
    ):
        assert plain(one).text != plain(other).text
        assert bare(one).text == bare(other).text


def test_a_quote_is_found_where_it_was_written() -> None:
    text = composed("Ils  disent : « L’E\u0301COLE », oui.")
    found = plain(text)
    begin = found.text.index("école")
    first, last = found.at[begin], found.at[begin + len("école") - 1]
    assert text[first : last + 1] == "ÉCOLE"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "Bonjour. Il faut une route ! Et l'eau ?",
            ["Bonjour.", "Il faut une route !", "Et l'eau ?"],
        ),
        (
            "M. Le maire a dit 3.5 km. C'est loin… trop.",
            ["M. Le maire a dit 3.5 km.", "C'est loin…", "trop."],
        ),
        (
            "نريد مدرسة. متى؟",
            [
                "نريد مدرسة.",
                "متى؟",
            ],
        ),
        ("Je veux :\n- une école\n- un bus", ["Je veux :", "- une école", "- un bus"]),
        ("see www.example.org/a.b now", ["see www.example.org/a.b now"]),
        ("...  !!! \U0001f600", []),
        ("", []),
    ],
)
def test_sentences_end_where_they_end(text: str, parts: list[str]) -> None:
    assert [text[a:b] for a, b in sentences(text)] == parts


@given(TEXTS)
def test_nothing_but_spaces_and_marks_is_lost(text: str) -> None:
    for cut in (sentences, ideas):
        spans = cut(text)
        assert all(a < b for a, b in spans)
        assert all(b <= c for (_, b), (c, _) in itertools.pairwise(spans))
        inside = {i for a, b in spans for i in range(a, b)}
        assert not any(c.isalnum() for i, c in enumerate(text) if i not in inside)


def test_one_contribution_says_several_things() -> None:
    text = (
        "On veut un médecin au douar chaque semaine, et puis il faut réparer la piste avant "
        "l'hiver. Merci beaucoup"
    )
    assert [text[a:b] for a, b in ideas(text)] == [
        "On veut un médecin au douar chaque semaine,",
        "et puis il faut réparer la piste avant l'hiver.",
        "Merci beaucoup",
    ]
    whole = "Du pain, et aussi du lait"
    assert len(ideas(whole)) == 1  # what follows is too short to stand alone


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("Nous voulons une école plus proche du village", "fr"),
        ("The clinic has no doctor on Mondays", "en"),
        ("wach kayn chi tbib f sbitar lyouma", "ary-Latn"),
        (
            "واش كاين شي طبيب فالدوار",
            "ary-Arab",
        ),
        (
            "نطالب بإصلاح الطريق التي تؤدي إلى المستشفى",
            "ar",
        ),
        ("ⵔⵉⵖ ⵜⵉⵎⵣⴳⵉⴷⴰ", "zgh-Tfng"),
        ("\U0001f600 123 !!!", "und"),
        ("", "und"),
        ("Привет", "und"),
    ],
)
def test_the_language_is_told(text: str, tag: str) -> None:
    assert identify(text).tag == tag


def test_a_text_of_two_languages_is_mixed_and_says_which_words_are_which() -> None:
    text = "il faut réparer la route d'abord 7it rah kharba bzaf hadi snin"
    found = identify(text)
    assert found.mixed
    assert [part.tag for part in found.parts] == ["fr", "ary-Latn"]
    assert text[found.parts[0].begin : found.parts[0].end].startswith("il faut réparer la route")
    assert text[found.parts[-1].begin : found.parts[-1].end].endswith("hadi snin")


@given(TEXTS)
def test_any_text_has_an_answer_and_parts_of_it(text: str) -> None:
    found = identify(text)
    text = unicodedata.normalize("NFC", text)
    assert 0.0 <= found.sure <= 1.0
    assert 0.0 <= found.share <= 1.0
    assert all(0 <= part.begin < part.end <= len(text) for part in found.parts)
    assert identify_all([text, text]) == [identify(text)] * 2


@pytest.mark.parametrize(
    ("language", "tag", "least"),
    [
        ("fra_Latn", "fr", 0.99),
        ("eng_Latn", "en", 0.99),
        ("arb_Arab", "ar", 0.95),
        ("ary_Arab", "ary-Arab", 0.8),
        ("tzm_Tfng", "zgh-Tfng", 1.0),
        ("kab_Latn", "zgh-Latn", 0.8),
    ],
)
def test_texts_of_another_source_are_told(
    shared_data: Path, language: str, tag: str, least: float
) -> None:
    path = shared_data / "sib200" / f"{language}.dev.tsv"
    with path.open(encoding="utf-8") as file:
        texts = [
            row["text"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]
    assert np.mean([found.tag == tag for found in identify_all(texts)]) >= least
