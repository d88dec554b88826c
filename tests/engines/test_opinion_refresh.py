from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assises.engines.opinion import VoteMatrix, analyse, pca
from assises.engines.opinion.gram import Gram, pays
from assises.engines.opinion.refresh import KeptVotes
from assises.lib.errors import InputError

Ballot = dict[int, int]
BALLOTS = st.dictionaries(
    st.integers(-3, 40), st.dictionaries(st.integers(-2, 12), st.integers(-1, 1)), max_size=6
)


def columns(ballots: dict[int, Ballot]) -> tuple[list[int], list[int], list[int]]:
    rows = [(p, s, v) for p, ballot in ballots.items() for s, v in ballot.items()]
    return tuple([row[at] for row in rows] for at in range(3))  # type: ignore[return-value]


def assert_as_from_scratch(kept: KeptVotes, now: dict[int, Ballot], universe: list[int]) -> None:
    expected = VoteMatrix.from_arrays(*columns(now), universe=universe)
    for name in ("participants", "statements", "indptr", "cells"):
        mine, theirs = getattr(kept.votes, name), getattr(expected, name)
        assert mine.dtype == theirs.dtype, name
        assert mine.tobytes() == theirs.tobytes(), name
    assert kept.counts.tobytes() == expected.counts().tobytes()
    assert (kept.gram is not None) == pays(expected)
    if kept.gram is not None:
        whole = Gram.of(expected)
        assert kept.gram.both.tobytes() == whole.both.tobytes()
        assert kept.gram.mixed.tobytes() == whole.mixed.tobytes()
    zeroed = np.zeros(0, dtype=np.int64)
    axes = pca.components(pca.centre(kept.votes, zeroed), gram=kept.gram)[0]
    assert axes.tobytes() == pca.components(pca.centre(expected, zeroed))[0].tobytes()


@given(BALLOTS, st.lists(BALLOTS, max_size=4), st.lists(st.integers(-2, 12), max_size=3))
@settings(max_examples=60, deadline=None)
def test_any_history_leaves_the_bytes_of_a_count_from_scratch(
    first: dict[int, Ballot], changes: list[dict[int, Ballot]], universe: list[int]
) -> None:
    now = {99: {3: 1, 4: -1}, **first}
    begun = VoteMatrix.from_arrays(*columns(now), universe=universe)
    kept = KeptVotes.of(begun, universe)
    for change in changes:
        now = {p: b for p, b in {**now, **change}.items() if b}
        kept = kept.with_people(list(change), *columns(change))
        assert_as_from_scratch(kept, now, universe)


def test_the_map_is_the_same_as_from_scratch() -> None:
    chance = np.random.default_rng(3)
    ballots = {
        p: {int(s): int(chance.integers(-1, 2)) for s in chance.choice(30, 12, replace=False)}
        for p in range(120)
    }
    early = {p: b for p, b in ballots.items() if p % 3}
    kept = KeptVotes.of(VoteMatrix.from_arrays(*columns(early)))
    late = {p: b for p, b in ballots.items() if not p % 3}
    kept = kept.with_people(list(late), *columns(late))
    expected = analyse(VoteMatrix.from_arrays(*columns(ballots)), "polis")
    found = analyse(kept.votes, "polis", gram=kept.gram)
    assert found.positions.tobytes() == expected.positions.tobytes()
    assert found.group.tobytes() == expected.group.tobytes()
    assert found.group_counts.tobytes() == expected.group_counts.tobytes()


def test_statements_that_come_and_go_take_four_bytes_when_they_must() -> None:
    many = {1: dict.fromkeys(range(16_383), 1)}
    kept = KeptVotes.of(VoteMatrix.from_arrays(*columns(many)))
    assert kept.votes.cells.dtype == np.uint16
    kept = kept.with_people([2], [2, 2], [20_000, 20_001], [1, -1])
    assert kept.votes.cells.dtype == np.uint32
    kept = kept.with_people([2], [2], [5], [1])
    assert kept.votes.cells.dtype == np.uint16
    assert_as_from_scratch(kept, {**many, 2: {5: 1}}, [])


def test_what_makes_no_sense_is_refused_and_changes_nothing() -> None:
    kept = KeptVotes.of(VoteMatrix.from_arrays([1, 2], [1, 1], [1, -1]))
    with pytest.raises(InputError, match="whose votes are not replaced") as caught:
        kept.with_people([1], [2], [1], [1])
    assert caught.value.value == 2
    with pytest.raises(InputError, match="no vote is left"):
        kept.with_people([1, 2], [], [], [])
    with pytest.raises(InputError, match="a vote is 1"):
        kept.with_people([1], [1], [1], [7])
    assert_as_from_scratch(kept, {1: {1: 1}, 2: {1: -1}}, [])
