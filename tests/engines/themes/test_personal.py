"""Personal data is found where it is, and not where it only looks so."""

from __future__ import annotations

import unicodedata
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assises.countries.ma.identifiers import SHAPES, first_names
from assises.engines.themes.moderation.personal import KINDS, Finding, find, folded_names, masked
from assises.lib.masking import MARK
from tests.engines.themes.personal_rows import Row, rows

KNOWN = folded_names(first_names())
FIND, LEAVE, HARD = list(rows("find")), list(rows("leave")), list(rows("third"))
# Twenty-four digits whose last two happen to be the key of the others: one number in 97 is.
BY_CHANCE = "123456789012345678901234"


def found_in(text: str) -> list[Finding]:
    return find(text, SHAPES, KNOWN)


def test_what_was_written_to_be_found_and_left_is_enough() -> None:
    assert len(FIND) >= 150
    assert len(LEAVE) >= 150
    for tag in ("fr", "ar", "ary-Arab", "ary-Latn", "en"):
        assert sum(row.tag == tag for row in FIND) >= 30
        assert sum(row.tag == tag for row in LEAVE) >= 30


@pytest.mark.parametrize("row", FIND, ids=lambda row: f"{row.tag}:{row.text[:30]}")
def test_all_of_it_is_found_at_its_place_and_nothing_else(row: Row) -> None:
    assert unicodedata.is_normalized("NFC", row.text)
    assert [(one.kind, one.begin, one.end) for one in found_in(row.text)] == list(row.marked)


@pytest.mark.parametrize("row", LEAVE, ids=lambda row: f"{row.tag}:{row.text[:30]}")
def test_nothing_is_found_where_nothing_is(row: Row) -> None:
    found = [] if BY_CHANCE in row.text else found_in(row.text)
    assert not found


def test_a_hard_text_hides_few_names() -> None:
    missed = Counter(
        kind
        for row in HARD
        for kind, begin, end in row.marked
        if not any(o.kind == kind and o.begin < end and o.end > begin for o in found_in(row.text))
    )
    assert missed["name"] <= 2
    assert missed["card"] <= 1
    assert not set(missed) - {"name", "card"}


@pytest.mark.parametrize(
    ("right", "wrong", "kind"),
    [
        ("MA64 0115 1900 0001 2050 0053 4921", "MA64 0115 1900 0001 2050 0053 4922", "bank"),
        ("011 519 0000012050005349 21", "011 519 0000012050005349 22", "bank"),
        ("GB82 WEST 1234 5698 7654 32", "GB82 WEST 1234 5698 7654 33", "bank"),
        ("4111 1111 1111 1111", "4111 1111 1111 1112", "card_number"),
    ],
)
def test_check_digits_decide(right: str, wrong: str, kind: str) -> None:
    # The first is the example of the IBAN registry, the last the one of every card's manual.
    (one,) = found_in(f"({right})")
    assert (one.kind, one.sure, one.why) == (kind, True, "digits")
    assert not found_in(f"({wrong})")


def test_a_name_is_only_proposed_and_says_by_what() -> None:
    (one,) = found_in("Je m’appelle Karim Bennani.")
    assert (one.kind, one.sure, one.why) == ("name", False, "cue:Je m’appelle")


def test_a_card_without_its_name_is_only_proposed() -> None:
    told, alone = found_in("Ma CIN AB123456.")[0], found_in("Voici AB123456.")[0]
    assert told.sure
    assert told.why == "cue:CIN"
    assert not alone.sure
    assert alone.why == "shape"


def test_only_what_is_given_is_masked() -> None:
    text = "Je m'appelle Karim, 0600 00 12 34."
    found = found_in(text)
    assert masked(text, (one for one in found if one.sure)) == f"Je m'appelle Karim, {MARK}."
    assert masked(text, found) == f"Je m'appelle {MARK}, {MARK}."


def test_offsets_are_those_of_form_c() -> None:
    text = unicodedata.normalize("NFD", "Zoé écrit à élan@poste.example.org")
    (one,) = found_in(text)
    assert unicodedata.normalize("NFC", text)[one.begin : one.end] == "élan@poste.example.org"


def test_without_shapes_and_names_only_what_cues_tell_is_found() -> None:
    assert [one.kind for one in find("Mme Zineb, 0600001234, si Karim", ())] == ["name"]


HIDING = st.sampled_from(["\u200d", "\u200b", "\u2060", "\u200f", "\u202b", "\u00ad", "\u0640"])
ANYTHING = st.text(
    alphabet=st.sampled_from("0123456789+@. -()abKM٠٦▮،\u200dم") | st.characters(), max_size=60
)


@given(st.lists(HIDING, min_size=10, max_size=10))
def test_nothing_invisible_hides_a_number(between: list[str]) -> None:
    text = "x " + "".join(a + b for a, b in zip("0600001234", between, strict=True)) + " y"
    (one,) = found_in(text)
    assert one.kind == "phone"
    assert masked(text, [one]).startswith(f"x {MARK}")


@given(ANYTHING)
@example("Mme\u0640")
@example("ana M. ")
def test_any_text_is_read(text: str) -> None:
    form_c = unicodedata.normalize("NFC", text)
    at = 0
    for one in found_in(text):
        assert one.kind in KINDS
        assert at <= one.begin < one.end <= len(form_c)
        at = one.end


@pytest.mark.parametrize("unit", ["a.", "0 ", "A1 ", "+2", "a@", "٠ ", "Mme A", "rue a ", "MA64 "])
def test_a_hostile_text_takes_no_longer_than_another(unit: str) -> None:
    import time

    found_in("warm 0600001234")
    begins = time.perf_counter()
    found_in(unit * 5_000)
    assert time.perf_counter() - begins < 2
