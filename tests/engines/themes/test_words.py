"""Words and phrases: in their places, without what may be personal data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assises.engines.themes.naming.words import Phrases, phrases


def forms(found: Phrases) -> set[str]:
    return {
        found.texts[found.text[at]][found.begin[at] : found.end[at]]
        for at in range(len(found.phrase))
    }


def of(*texts: str, tag: str = "fr") -> set[str]:
    return forms(phrases(texts, tag, fewest=1))


def test_a_phrase_is_of_words_that_follow_each_other() -> None:
    assert of("De l'eau potable pour le village.") == {"eau", "potable", "eau potable", "village"}
    assert "centre de santé" in of("Un centre de santé.")
    assert "qualité de l'eau" in of("la qualité de l'eau")
    assert "transport scolaire rural" in of("Le transport scolaire rural")


def test_marks_and_stop_words_end_it() -> None:
    assert of("Eau, route.") == {"Eau", "route"}
    assert of("L'eau et la route") == {"eau", "route"}
    assert of("eau\nroute") == {"eau", "route"}
    assert of("Fermez la porte") == {"Fermez", "porte"}  # an article joins a verb and its object


def test_no_end_of_a_phrase_is_a_stop_word() -> None:
    assert of("le manque de la route") >= {"manque de la route"}
    assert not any(
        form.startswith("de ") or form.endswith(" de") for form in of("eau de, de route")
    )


@pytest.mark.parametrize(
    "text",
    [
        "amine@exemple.ma", "▮▮▮", "0612345678", "٠٦١٢٣٤٥٦٧٨", "AB123456", "06 12 34 56 78",
        "https://exemple.ma/amine", "www.exemple.ma", "t.me://amine", "2024", "x" * 50,
    ],
)  # fmt: skip
def test_what_may_be_personal_data_is_no_word(text: str) -> None:
    for tag in ("fr", "ar", "ary-Latn", "en", "zgh-Latn", "es"):
        assert of(f"école {text} route", tag=tag) == {"école", "route"}


def test_a_name_of_a_thing_with_a_digit_is_a_word() -> None:
    assert of("le 5G et covid19") == {"5G", "covid19"}
    assert "7ouma" in of("7ouma", tag="ary-Latn")


def test_what_is_rare_is_not_kept_and_a_text_counts_once() -> None:
    found = phrases(["eau eau eau", "eau", "route", "route", "route"], "fr", fewest=3)
    assert forms(found) == {"route"}


def test_the_commonest_form_is_shown() -> None:
    found = phrases(["Écoles", "l'école", "une école", "ÉCOLE"], "fr", fewest=3)
    assert len(found.keys) == 1
    assert found.surface(found.places(0)) == "école"


def test_of_arabic_the_article_is_shown_and_what_stands_before_it_is_not() -> None:
    found = phrases(["والماء", "بالماء", "الماء", "ماء"], "ar", fewest=3)
    assert found.surface(found.places(0)) == "الماء"


def test_nothing_is_nothing() -> None:
    for texts in ([], [""], ["...", "😀❤️", "\u202e\u202d", "\ud800", "12 34"]):
        assert len(phrases(texts, "fr", fewest=1).phrase) == 0


def test_it_may_be_stopped() -> None:
    class Stop(Exception):
        pass

    class Listener:
        def step(self, name: str, total: int | None = None) -> None:
            pass

        def advance(self, amount: int) -> None:
            raise Stop

    with pytest.raises(Stop):
        phrases(["eau"], "fr", progress=Listener())


@given(
    st.lists(st.text(alphabet="eau l'routeéدماءال وbet-@▮ \n59ⴰⵎ\u200f", max_size=30), max_size=8),
    st.sampled_from(["fr", "en", "ar", "ary-Arab", "ary-Latn", "zgh-Tfng", "es"]),
    st.randoms(use_true_random=False),
)
@settings(max_examples=60, deadline=None)
def test_places_are_of_the_texts_and_order_changes_nothing(
    texts: list[str], tag: str, random: object
) -> None:
    found = phrases(texts, tag, fewest=1)
    assert (found.begin < found.end).all()
    shuffled = list(texts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = phrases(shuffled, tag, fewest=1)
    assert again.words == found.words
    np.testing.assert_array_equal(again.keys, found.keys)
    np.testing.assert_array_equal(again.noun, found.noun)
    for phrase in range(len(found.keys)):
        assert found.surface(found.places(phrase)) == again.surface(again.places(phrase))
        assert "@" not in found.surface(found.places(phrase))
