"""Abuse is held for a person where it is plain, and victims, anger and animals are not."""

from __future__ import annotations

import csv
import time
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assises.engines.themes.language import identify
from assises.engines.themes.moderation import abuse
from assises.engines.themes.moderation.abuse import LOOK, TAGS, judge, listed, places
from assises.engines.themes.moderation.abuse_lexicon import KINDS
from tests.conftest import ROOT

CORPUS = ROOT / "src" / "assises" / "demo" / "corpus"
COLUMNS = {"fr": "fr", "ar": "ar", "ary_arab": "ary-Arab", "ary_latn": "ary-Latn", "en": "en"}


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = table(CORPUS / "abuse.csv")
FRESH = table(Path(__file__).parent / "abuse_third.csv")


def test_the_sentences_are_enough_and_none_is_there_twice() -> None:
    assert len({row["text"] for row in ROWS + FRESH}) == len(ROWS) + len(FRESH)
    for tag in TAGS:
        mine = [row for row in ROWS if row["tag"] == tag]
        assert sum(row["kind"] in KINDS for row in mine) >= 60
        assert sum(row["kind"] not in KINDS for row in mine) >= 120
    assert all(unicodedata.is_normalized("NFC", row["text"]) for row in ROWS)


@pytest.mark.parametrize("tag", TAGS)
def test_few_neutral_sentences_are_held_in_any_language(tag: str) -> None:
    column = {of: name for name, of in COLUMNS.items()}[tag]
    texts = [row[column] for path in sorted(CORPUS.glob("v*.csv")) for row in table(path)][::7]
    held = sum(judge(text, tag).band == "hold" for text in texts)
    assert held <= 0.005 * len(texts)


@pytest.mark.parametrize("tag", TAGS)
def test_what_was_written_about_abuse_is_told_from_it(tag: str) -> None:
    mine = [(row["kind"] in KINDS, judge(row["text"], tag)) for row in ROWS if row["tag"] == tag]
    assert np.mean([one.band == "hold" for bad, one in mine if bad]) >= 0.85
    assert np.mean([one.band == "hold" for bad, one in mine if not bad]) <= 0.03


def test_of_abuse_in_other_words_a_third_is_held_and_nothing_else() -> None:
    bands = [(row["kind"] in KINDS, judge(row["text"], row["tag"]).band) for row in FRESH]
    assert sum(band == "hold" for bad, band in bands if bad) >= 17
    assert sum(band != "clear" for bad, band in bands if bad) >= 25
    assert not any(band == "hold" for bad, band in bands if not bad)


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("fr", "Espèce de connard."), ("fr", "c o n n a r d"), ("fr", "connnnnard"),
        ("fr", "Fils de p*te."), ("fr", "enc*lé"), ("fr", "C0NNARD"), ("fr", "con\u200dnard"),
        ("en", "fuuuuck you"), ("en", "f*ck you"), ("en", "sh1t-eating b1tch"),
        ("en", "ｆｕｃｋ you"), ("ar", "عَاهِرَة"), ("ar", "عاهـــرة"), ("ar", "ع ا ه ر ة"),
        ("ary-Arab", "ولد القحبة"), ("ary-Arab", "ولد القحبــــة"), ("ar", "ولد القحبة"),
        ("ary-Latn", "wld l9a7ba"), ("ary-Latn", "weld lqehba"), ("ary-Latn", "9 7 b a"),
    ],
)  # fmt: skip
def test_other_spellings_hide_nothing(tag: str, text: str) -> None:
    assert judge(text, tag).band == "hold"


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("fr", "L'âne porte l'eau."), ("fr", "Le retard du train coûte cher."),
        ("en", "The dog bites."), ("en", "He was born in Nigeria."), ("ar", "حمار يحمل الماء."),
        ("ary-Arab", "حماري كيهز الما."), ("ary-Latn", "7mari kayhez lma f douar akhor"),
        ("ary-Latn", "chi 7aja khra"), ("ar", "حين تقود السيارة"),
        ("fr", "Le député a réputé ce concours."),
    ],
)  # fmt: skip
def test_words_that_look_alike_are_left_alone(tag: str, text: str) -> None:
    # Of three words the model knows little; the list is not to be misled at all.
    assert listed(text, tag) < LOOK
    assert judge(text, tag).band != "hold"


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("fr", "On m'a traité de connard."), ("fr", "Il a écrit « fils de pute »."),
        ("ar", "قال لي «يا ابن العاهرة»."), ("ary-Latn", "galiya \"wld l9a7ba\" f tobis"),
        ("en", "She was called a whore at work."),
    ],
)  # fmt: skip
def test_who_tells_of_an_insult_is_looked_at_and_not_held(tag: str, text: str) -> None:
    found = judge(text, tag)
    assert found.band == "look"
    assert [one.why for one in found.reasons if one.why != "like"] == ["reported"]


def test_the_words_that_raised_it_are_given() -> None:
    text = "Rendez l'argent, fils de pute !"
    (one,) = [one for one in judge(text, "fr").reasons if one.why != "like"]
    assert (one.why, text[one.begin : one.end]) == ("obscene", "fils de pute")


@pytest.mark.parametrize("tag", ["zgh-Tfng", "zgh-Latn", "und", "es"])
def test_a_language_without_data_is_not_scored(tag: str) -> None:
    assert judge("ⴽⴻⵢⵢⵉ ⴷ ⴰⵖⵢⵓⵍ", tag) == abuse.Abuse(None, "unscored", ())


@pytest.mark.parametrize("text", ["", " ", "😀", "…", "123"])
def test_nothing_is_nothing(text: str) -> None:
    assert judge(text, "fr").band == "clear"
    assert len(places("", "fr")) == 0


@given(st.text(max_size=80), st.sampled_from(TAGS))
def test_any_text_is_judged_and_reasons_are_in_it(text: str, tag: str) -> None:
    found = judge(text, tag)
    form_c = unicodedata.normalize("NFC", text)
    assert found.score is not None
    assert 0.0 <= found.score <= 1.0
    assert all(0 <= one.begin < one.end <= len(form_c) for one in found.reasons)
    assert judge(text, tag) == found


@pytest.mark.parametrize("unit", ["a ", "a*", "con ", "« ", "noirs a ", "ya ", "1a", "ا "])
def test_a_hostile_text_takes_no_longer_than_another(unit: str) -> None:
    judge("warm", "fr"), judge("warm", "ary-Latn")
    begins = time.perf_counter()
    judge(unit * 10_000, "fr")
    judge(unit * 10_000, "ary-Latn")
    assert time.perf_counter() - begins < 4


def test_the_language_that_is_told_leads_to_the_same_band() -> None:
    text = "سير تقود نتا والمشروع ديالك أ ولد القحبة"
    assert judge(text, identify(text).tag).band == "hold"


def test_the_weights_are_small_enough_to_ship() -> None:
    assert (Path(abuse.__file__).parent / "abuse.npy").stat().st_size <= 200_000
