"""What someone left of a number or an address is not in the public edition."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assises.countries.ma.identifiers import CARD, PERSONAL, PHONE
from assises.lib.masking import EMAIL, INTERNATIONAL_PHONE, MARK, mask


@pytest.mark.parametrize(
    "left",
    [
        "0600000001",
        "0600 00 00 01",
        "06.00.00.00.01",
        "06-00-00-00-01",
        "+212 600 00 00 01",
        "00212600000001",
        "+212 (0)6 00 00 00 01",
        "٠٦٠٠٠٠٠٠٠١",
        "0500 00 00 01",
        "AB000000",
        "ab000000",
        "K00000",
        "nom.prenom+ia@poste.example.org",
        "+33 6 00 00 00 01",
    ],
)
@pytest.mark.parametrize("around", ["écrire à {}.", "({})", "رقمي {}، شكرا", "{}"])
def test_a_number_or_an_address_is_masked_whole(left: str, around: str) -> None:
    assert mask(around.format(left), PERSONAL) == around.format(MARK)


@pytest.mark.parametrize(
    "text",
    [
        "Le 1er et le 2 juillet 2025, à 20 000 dh le scooter, 3 fois.",
        "dh20000 ou MAD20000",
        "3ndi 7 dyal lwra9, men 2019 l 2024",
        "loi 09-08, article 11, norme ISO 27001",
        "100000000000",
        "@tous : 50 % des 12 régions",
        "",
    ],
)
def test_what_is_not_personal_is_left_alone(text: str) -> None:
    assert mask(text, PERSONAL) == text


def test_several_are_masked_one_by_one_and_the_rest_stays() -> None:
    said = "a@example.org ou b@example.org, 0600000001."
    assert mask(said, PERSONAL) == f"{MARK} ou {MARK}, {MARK}."


def test_what_overlaps_is_masked_once() -> None:
    assert mask("+212600000001", PERSONAL) == MARK


def test_masking_twice_changes_nothing() -> None:
    once = mask("0600000001 a@example.org", PERSONAL)
    assert mask(once, PERSONAL) == once


@pytest.mark.parametrize("unit", ["a.", "0 ", "A1", "+2", "a@", "٠ "])
def test_a_hostile_text_takes_no_longer_than_another(unit: str) -> None:
    begins = time.perf_counter()
    mask(unit * 5_000, PERSONAL)
    assert time.perf_counter() - begins < 1


ANYTHING = st.text(
    alphabet=st.sampled_from("0123456789+@. -()abK٠٦▮") | st.characters(), max_size=60
)


@given(ANYTHING)
def test_whatever_is_masked_nothing_else_changes_and_nothing_is_left_to_mask(text: str) -> None:
    shown = mask(text, PERSONAL)
    assert mask(shown, PERSONAL) == shown
    # What stands between the marks stood there before, in the same order.
    at = 0
    for part in shown.split(MARK) if MARK not in text else ():
        at = text.index(part, at) + len(part)
    assert at <= len(text)


@given(ANYTHING, st.sampled_from(["0600000001", "٠٦٠٠٠٠٠٠٠١", "nom@poste.example.org"]), ANYTHING)
def test_a_number_or_an_address_on_a_line_of_its_own_is_never_shown(
    before: str, left: str, after: str
) -> None:
    assert left not in mask(f"{before}\n{left}\n{after}", PERSONAL)


HIDDEN = st.sampled_from(["\u200d", "\u200c", "\u200b", "\u2060", "\u200e", "\u202b", "\u00ad"])


@given(st.lists(HIDDEN, min_size=10, max_size=10))
def test_a_joiner_or_a_mark_of_direction_hides_no_number(between: list[str]) -> None:
    left = "".join(a + b for a, b in zip("0600001234", between, strict=True))
    assert mask(f"au {left}.", PERSONAL).rstrip("".join(between) + ".") == f"au {MARK}"


@pytest.mark.parametrize("left", ["０６０００００００１", "06–00–00–00–01", "06\u300000 00 00 01"])
def test_another_width_or_dash_hides_no_number(left: str) -> None:
    assert mask(f"au {left}", PERSONAL) == f"au {MARK}"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("MA64011519000001205000534921", "MA64011519000001205000534922"),
        ("011 519 0000012050005349 21", "011 519 0000012050005349 22"),
        ("4111-1111-1111-1111", "4111-1111-1111-1112"),
    ],
)
def test_bank_numbers_are_masked_when_their_check_digits_are_right(right: str, wrong: str) -> None:
    assert mask(f"({right})", PERSONAL) == f"({MARK})"
    assert mask(f"({wrong})", PERSONAL) == f"({wrong})"


MORE = st.text(
    alphabet=st.sampled_from("0123456789+@. -()abK٠٦▮\u200d\u200f\u0301") | st.characters(),
    max_size=60,
)


@given(MORE)
@example("5\u200d0600000001")
@example("GB82 WEST 1234 5698 7654 32".replace("W", "\u212a"))
@example("K0000\u0660\u200d0")
def test_what_was_masked_before_joiners_were_seen_through_still_is(text: str) -> None:
    # As it was: one view of the text, every character of it seen.
    plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    shown = mask(text, PERSONAL)
    for pattern in (EMAIL, INTERNATIONAL_PHONE, PHONE, CARD):
        for found in pattern.finditer(plain):
            assert shown.count(text[found.start() : found.end()]) < text.count(
                text[found.start() : found.end()]
            )
