from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assises.lib.canonical import canonical_json, published, sha256_hex, sha256_of_file
from assises.lib.errors import InputError

letters = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=8)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | letters,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(letters, inner, max_size=4),
    max_leaves=12,
)


def as_any_reader(data: bytes) -> object:
    """What a JSON reader sees whose only numbers are doubles, as RFC 8785 has it."""
    return json.loads(data, parse_int=float)


@given(values)
def test_canonical_json_is_json_and_says_the_same(value: object) -> None:
    assert as_any_reader(canonical_json(value)) == value


@given(values)
def test_canonical_json_of_canonical_json_is_itself(value: object) -> None:
    once = canonical_json(value)
    assert canonical_json(as_any_reader(once)) == once


@given(st.dictionaries(letters, st.integers(0, 9), max_size=8), st.randoms())
def test_the_order_in_which_keys_were_put_does_not_matter(
    value: dict[str, int], chance: object
) -> None:
    items = list(value.items())
    chance.shuffle(items)  # type: ignore[attr-defined]
    assert canonical_json(dict(items)) == canonical_json(value)


def test_keys_are_sorted_by_utf_16_units_as_in_the_standard() -> None:
    # The sample of RFC 8785, section 3.2.3.
    sample = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    assert list(json.loads(canonical_json(sample))) == [
        "\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (0.1, "0.1"),
        (5e-324, "5e-324"),
        (-5e-324, "-5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (9007199254740992.0, "9007199254740992"),
        (295147905179352830000.0, "295147905179352830000"),
        (9.999999999999997e22, "9.999999999999997e+22"),
        (1e23, "1e+23"),
        (999999999999999900000.0, "999999999999999900000"),
        (1e21, "1e+21"),
        (9.999999999999997e-7, "9.999999999999997e-7"),
        (0.000001, "0.000001"),
        (333333333.3333332, "333333333.3333332"),
        (333333333.33333325, "333333333.33333325"),
    ],
)
def test_floats_are_written_as_in_the_standard(number: float, text: str) -> None:
    # RFC 8785, appendix B.
    assert canonical_json(number).decode() == text


def test_strings_escape_only_what_they_must() -> None:
    assert canonical_json('"\\\b\f\n\r\t\0\x1f/é\u2028😀'.replace("\x7f", "")) == (
        r'"\"\\\b\f\n\r\t\u0000\u001f/é' + '\u2028😀"'
    ).encode("utf-8")


def test_there_is_no_space_between_anything() -> None:
    assert canonical_json({"b": [1, 2, {"c": None}], "a": True}) == (
        b'{"a":true,"b":[1,2,{"c":null}]}'
    )


def test_a_tuple_is_a_list() -> None:
    assert canonical_json({"pair": (1, (2,))}) == b'{"pair":[1,[2]]}'


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        math.inf,
        -math.inf,
        {"deep": [1, {"er": math.nan}]},
        2**53,
        -(2**53),
        10**400,
        b"bytes",
        {1, 2},
        {1: "a key that is a number"},
        "\ud800",
        {"\udfff": 1},
    ],
)
def test_what_json_cannot_hold_is_refused_with_what_can(value: object) -> None:
    with pytest.raises(InputError, match="no canonical JSON form") as caught:
        canonical_json(value)
    assert "finite numbers" in caught.value.next_step


@pytest.mark.parametrize("number", [2**53 - 1, -(2**53) + 1])
def test_the_last_safe_integers_are_accepted(number: int) -> None:
    assert canonical_json(number).decode() == str(number)


@given(st.floats(-1e9, 1e9))
def test_a_published_figure_is_within_half_of_its_last_digit(value: float) -> None:
    assert abs(published(value) - value) <= 5e-7 + abs(value) * 1e-15


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_publishing_twice_changes_nothing(value: float) -> None:
    assert published(published(value)) == published(value)


@given(st.floats(-1e-6, 0))
def test_there_is_no_published_negative_zero(value: float) -> None:
    if published(value) == 0:
        assert math.copysign(1, published(value)) == 1
        assert canonical_json(published(value)) == b"0"


def test_a_published_figure_has_six_decimals() -> None:
    assert published(2 / 3) == 0.666667
    assert published(1234567.12345678) == 1234567.123457


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_figure_that_is_not_finite_is_not_published(value: float) -> None:
    with pytest.raises(InputError, match="not finite") as caught:
        published(value)
    assert "None" in caught.value.next_step


def test_the_hash_of_a_file_is_the_hash_of_its_bytes(tmp_path: Path) -> None:
    data = b"0123456789abcdef" * 70_000 + b"end"
    path = tmp_path / "large"
    path.write_bytes(data)
    assert sha256_of_file(path) == sha256_hex(data) == hashlib.sha256(data).hexdigest()


def test_the_hash_of_nothing_is_the_known_one(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.touch()
    nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert sha256_of_file(path) == sha256_hex(b"") == nothing
