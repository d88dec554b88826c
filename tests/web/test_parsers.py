"""What reads a few letters that anyone may send: right, or refused, and never an accident."""

from __future__ import annotations

import base64
import json
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assises.engines.ledger.tiles import WIDTH, tile_path
from assises.lib.errors import SetupError
from assises.rooms.journal.commitment import leaf_of
from assises.rooms.journal.sealing import _parsed as parsed_entry
from assises.rooms.notices.sealing import NotOurs, opened, sealed
from assises.web.cursors import hide, show
from assises.web.forms import uuid_of, whole_number
from assises.web.logs import _parsed as parsed_tile

ANYTHING = st.text(alphabet=st.characters(), max_size=60)
WORDS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40)
NEARLY_TILES = st.from_regex(
    r"tile/(entries|[0-9]{1,2}|x)/(x[0-9]{3}/){0,4}[0-9]{2,4}(\.p/[0-9]{0,4})?/?", fullmatch=True
)


@given(ANYTHING | NEARLY_TILES)
@example("tile/0/000.p/٣")
@example("tile/0/000\n")
def test_a_path_of_the_log_is_a_tile_in_its_one_spelling_or_nothing(path: str) -> None:
    found = parsed_tile(path)
    if found is not None:
        level, index, width = found
        assert -1 <= level <= 7
        assert 0 < width <= WIDTH
        assert tile_path(level, index, width) == path


@given(st.integers(-1, 7), st.integers(0, 10**15), st.integers(1, WIDTH))
def test_every_tile_that_is_written_is_read(level: int, index: int, width: int) -> None:
    assert parsed_tile(tile_path(level, index, width)) == (level, index, width)


@given(ANYTHING | st.from_regex(r"[+-]?[0-9_ ]{1,12}", fullmatch=True))
@example("٣")
@example("²")
@example("1_0")
@example("9" * 5000)
def test_a_whole_number_is_written_in_ascii_digits_or_is_none(text: str) -> None:
    number = whole_number(text)
    if number is not None:
        assert 0 <= number < 10**9
        assert text.lstrip("0") == (str(number) if number else "")
        assert set(text) <= set("0123456789")


@given(st.integers(0, 10**9 - 1))
def test_every_whole_number_is_read(number: int) -> None:
    assert whole_number(str(number)) == number


@given(ANYTHING | st.uuids().map(lambda uid: f"{{{uid}}}") | st.uuids().map(lambda uid: uid.hex))
@example("urn:uuid:00000000-0000-0000-0000-000000000000")
@example("0000000_-0000-0000-0000-000000000000")
def test_an_id_is_written_as_we_write_it_or_is_none(text: str) -> None:
    found = uuid_of(text)
    assert found is None or str(found) == text.lower()


@given(st.uuids())
def test_every_id_and_every_cursor_leads_back(uid: UUID) -> None:
    assert uuid_of(str(uid)) == uid
    assert uuid_of(str(uid).upper()) == uid
    assert show(hide(uid)) == uid
    assert uid.hex[:8] not in hide(uid)


@given(st.none() | ANYTHING | st.from_regex(r"[0-9a-fA-F]{30,34}\n?", fullmatch=True))
@example("٣" * 32)
def test_a_cursor_that_was_made_up_hides_some_id_or_is_none(cursor: str | None) -> None:
    found = show(cursor)
    if found is not None:
        assert hide(found) == cursor


@given(WORDS, WORDS)
def test_what_is_sealed_is_opened_for_its_purpose_alone(purpose: str, words: str) -> None:
    token = sealed(purpose, words)
    assert token.isascii()
    assert opened(purpose, token) == words
    with pytest.raises(NotOurs):
        opened(f"{purpose}.", token)


@given(ANYTHING | st.binary(max_size=80).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
@example("")
@example("=")
@example("é" * 40)
@example("A" * 16)
def test_what_was_not_sealed_here_is_refused(token: str) -> None:
    with pytest.raises(NotOurs):
        opened("a purpose", token)


@given(WORDS, st.integers(0, 10_000))
def test_a_token_in_which_one_letter_was_changed_is_refused(words: str, at: int) -> None:
    token = sealed("a purpose", words)
    place = at % len(token.rstrip("="))
    other = "A" if token[place] != "A" else "B"
    changed = token[:place] + other + token[place + 1 :]
    if base64.urlsafe_b64decode(changed) != base64.urlsafe_b64decode(token):
        with pytest.raises(NotOurs):
            opened("a purpose", changed)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["stream", "sequence", "commitment", "v", "other"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@given(WORDS, st.integers(0, 2**53 - 1), st.binary(min_size=32, max_size=32))
def test_every_entry_that_the_sealer_writes_it_reads(
    stream: str, sequence: int, commitment: bytes
) -> None:
    entry = leaf_of(stream, sequence, commitment)
    assert parsed_entry("official", 0, entry) == (stream, sequence, commitment)


@given(st.binary(max_size=120) | VALUES.map(lambda value: json.dumps(value).encode()))
@example(b"[" * 100_000)
@example(b'{"stream": "s", "sequence": 1e400, "commitment": ""}')
@example(b'{"stream": "\\ud800", "sequence": 1, "commitment": "00"}')
@example(b'{"stream": "s", "sequence": true, "commitment": "00"}')
@example(b'{"stream": "s", "sequence": 123456789012345678901234567890, "commitment": "00"}')
def test_an_entry_that_it_did_not_write_is_refused_and_says_what_to_do(entry: bytes) -> None:
    try:
        stream, sequence, commitment = parsed_entry("official", 7, entry)
    except SetupError as refusal:
        told = refusal
    else:
        assert leaf_of(stream, sequence, commitment) == entry
        return
    assert "leaf 7 of the log official" in str(told)
    assert told.next_step
