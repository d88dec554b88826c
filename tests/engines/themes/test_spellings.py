"""Which spellings are one word, and that no word is damaged."""

from __future__ import annotations

import pytest

from assises.engines.themes.naming.words import phrases


def keys(tag: str, *texts: str) -> dict[str, str]:
    """The key of each word as it was shown, one word a text."""
    found = phrases(texts, tag, fewest=1)
    return {
        found.texts[found.text[at]][found.begin[at] : found.end[at]]: found.key(found.phrase[at])
        for at in range(len(found.phrase))
        if found.keys[found.phrase[at], 1] < 0
    }


def words(tag: str, *texts: str) -> set[str]:
    return set(keys(tag, *texts))


# What must not be cut, each beside a word that what remains would be.
UNCUT = [
    ("ألمانيا", "مانيا"), ("الله", "له"), ("والي", "الي"), ("وزارة", "زارة"), ("بلدية", "لديه"),
    ("كهرباء", "هرباء"), ("لجنة", "جنة"), ("وجدة", "جدة"), ("فرصة", "رصة"), ("كتاب", "تاب"),
    ("ورقة", "رقة"), ("بطالة", "طالة"), ("لباس", "باس"), ("والدين", "دين"), ("ولاية", "لاية"),
]  # fmt: skip


@pytest.mark.parametrize(("word", "other"), UNCUT)
def test_a_letter_of_the_word_itself_stays(word: str, other: str) -> None:
    found = keys("ar", word, other, f"ال{word}", "هنا الماء")
    assert found.get(word, word) != found.get(other)


@pytest.mark.parametrize(
    ("word", "other"),
    # Only the article tells the two others apart.
    [(word, other) for word, other in UNCUT if other not in {"دين", "الي"}],
)
def test_and_stays_without_the_article_to_tell(word: str, other: str) -> None:
    found = keys("ar", word, other, "هنا الماء")
    if word in found:
        assert found[word] != found.get(other)


@pytest.mark.parametrize(
    "form", ["الماء", "والماء", "بالماء", "للماء", "فالماء", "وبالماء", "وللماء", "كالماء"]
)
def test_what_is_written_together_with_a_word_does_not_tell_it(form: str) -> None:
    found = keys("ar", form, "ماء")
    assert set(found.values()) == {found["ماء"]}


def test_a_conjunction_before_a_bare_word_needs_the_article_elsewhere() -> None:
    assert set(keys("ar", "ومدرسة", "مدرسة", "المدرسة").values()) == {"مدرسه"}
    assert len(set(keys("ar", "ومدرسة", "مدرسة").values())) == 2


def test_hamza_ya_and_ta_marbuta_meet() -> None:
    assert len(set(keys("ar", "مسؤولية", "مسئولية", "إدارة", "اداره").values())) == 3
    assert len(set(keys("ar", "إدارة", "ادارة").values())) == 1


def test_broken_plurals_are_left_and_regular_ones_meet() -> None:
    assert len(set(keys("ar", "مدرسة", "مدارس").values())) == 2
    assert len(set(keys("ar", "خدمة", "خدمات", "الخدمات").values())) == 1


def test_stop_words_stay_stop_words_with_something_before_them() -> None:
    assert words("ar", "وهذا", "ونحن", "فهو", "بكل", "نطالب", "ونريد") == set()
    assert words("ary-Arab", "وحنا", "وحتى", "فكل", "بغينا", "خاصنا") == set()
    assert "الما" in words("ary-Arab", "الما", "ما")


def test_french_plurals_meet_if_the_singular_is_seen() -> None:
    assert len(set(keys("fr", "hôpital", "hôpitaux", "Hôpital").values())) == 1
    assert len(set(keys("fr", "eau", "eaux").values())) == 1
    assert len(set(keys("fr", "route", "routes").values())) == 1
    assert keys("fr", "routes") == {"routes": "routes"}
    assert len(set(keys("fr", "bus", "quai").values())) == 2


def test_what_follows_a_singular_is_none() -> None:
    found = keys("fr", "un cours", "le cours", "cour", "prix", "un prix")
    assert found["cours"] != found["cour"]


def test_accents_are_a_lapse_only_if_they_are_mostly_there() -> None:
    assert len(set(keys("fr", "école", "école", "école", "ecole").values())) == 1
    assert len(set(keys("fr", "marché", "marché", "marche", "marche").values())) == 2


def test_elisions_and_what_hangs_on_a_verb() -> None:
    assert words("fr", "l'eau", "d’eau", "qu'il", "faut-il", "jusqu'ici") == {"eau"}
    assert words("fr", "un rendez-vous") == {"rendez-vous"}


def test_english_plurals() -> None:
    assert len(set(keys("en", "city", "cities").values())) == 1
    assert len(set(keys("en", "bus", "buses", "a bus").values())) == 2
    assert len(set(keys("en", "school", "schools", "School's").values())) == 1
    assert words("en", "we need", "please ask") == set()


@pytest.mark.parametrize(
    "forms",
    [
        ("lmadrasa", "lmdrasa", "lmedrassa", "lmadrassa"),
        ("chari3", "shari3", "chaari3"),
        ("7anout", "l7anout", "7anout", "hanout", "7anoute"),
        ("sou9", "souq", "sooq"),
        ("sbitar", "ssbitar", "sbittar"),
    ],
)
def test_darija_as_it_is_typed_meets(forms: tuple[str, ...]) -> None:
    assert len(set(keys("ary-Latn", *forms).values())) == 1


def test_they_are_not_the_neighbourhood() -> None:
    assert words("ary-Latn", "7ouma", "houma", "homa") == {"7ouma"}


def test_darija_as_typed_has_french_stop_words_and_its_own() -> None:
    assert (
        words("ary-Latn", "bghina", "khassna", "bghit", "les", "diyalna", "dyalna", "wach") == set()
    )


def test_both_scripts_of_tamazight_share_keys() -> None:
    found = keys("zgh-Tfng", "ⵜⵉⵏⵎⵍ", "tinml", "ⴰⵎⴰⵏ", "aman", "tamaziɣt", "ⵜⴰⵎⴰⵣⵉⵖⵜ", "tamazight")
    assert len(set(found.values())) == 3


def test_a_language_without_rules_still_has_words() -> None:
    assert keys("es", "Camión", "camion") == {"Camión": "camion", "camion": "camion"}
