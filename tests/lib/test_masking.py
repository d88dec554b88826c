"""What someone left of a number or an address is not in the public edition."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assises.countries.ma.identifiers import PERSONAL
from assises.lib.masking import MARK, mask


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
