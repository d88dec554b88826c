"""Words of a list are found in every spelling, and nothing else is."""

from __future__ import annotations

import pytest

from assises.engines.themes.verticals.lexicon import Hit, Lexicon
from assises.lib.errors import InputError

WORDS = {
    "school": {
        "fr": ("école", "élève*", "cours_du_soir"),
        "en": ("school",),
        "ar": ("مدرسة", "تلميذ*"),
        "ary-Arab": ("قراية",),
        "ary-Latn": ("lmdrasa", "9raya", "bac"),
        "zgh-Latn": ("tinml",),
    },
    "water": {"fr": ("eau", "puits"), "ar": ("نهر", "بئر"), "ary-Latn": ("lma", "bir")},
}
LEXICON = Lexicon(WORDS)


def found(text: str, tag: str) -> list[str]:
    return [text[hit.begin : hit.end] for hit in LEXICON.find(text, tag)]


@pytest.mark.parametrize(
    ("tag", "text", "words"),
    [
        ("fr", "L’École est loin, les élèves marchent.", ["École", "élèves"]),
        ("fr", "ecoles", ["ecoles"]),
        ("fr", "des cours du soir", ["cours du soir"]),
        ("fr", "les cours", []),
        ("fr", "un puits sans eaux", ["puits", "eaux"]),
        ("fr", "un bureau", []),
        ("en", "Two schools", ["schools"]),
        ("en", "une école", []),
        ("ar", "في المدرسة وبالمدرسة ومدرستنا", ["المدرسة", "وبالمدرسة", "ومدرستنا"]),
        ("ar", "التلاميذ تلميذات", ["تلميذات"]),
        ("ar", "ما النهر والبئر", ["النهر", "والبئر"]),
        ("ary-Arab", "القراية فالمدرسة", ["القراية", "فالمدرسة"]),
        ("ary-Latn", "f lmadrasa o l9raya", ["lmadrasa", "l9raya"]),
        ("ary-Latn", "lmdrassa dyalna, l'école", ["lmdrassa", "école"]),
        ("ary-Latn", "ma kayn lma f lbir", ["lma", "lbir"]),
        ("zgh-Tfng", "ⵜⵉⵏⵎⵍ ⵏⵏⵖ", ["ⵜⵉⵏⵎⵍ"]),
        ("und", "école school مدرسة", ["école", "school", "مدرسة"]),
        ("fr", "", []),
        ("fr", "🙂 \u202e…", []),
    ],
)  # fmt: skip
def test_words_are_found_as_they_are_spelled(tag: str, text: str, words: list[str]) -> None:
    assert found(text, tag) == words


def test_a_word_that_two_labels_have_is_found_for_both() -> None:
    both = Lexicon({"a": {"fr": ("radio",)}, "b": {"fr": ("radio", "rad*")}})
    assert both.find("La radio", "fr") == [Hit("a", "radio", 3, 8), Hit("b", "radio", 3, 8)]


def test_offsets_are_those_of_form_c() -> None:
    (hit,) = LEXICON.find("e\u0301tat : e\u0301cole", "fr")
    assert (hit.begin, hit.end) == (7, 12)


def test_an_entry_without_a_letter_is_refused() -> None:
    with pytest.raises(InputError, match="no letter"):
        Lexicon({"a": {"fr": ("*",)}})
