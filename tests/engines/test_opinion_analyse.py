from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assises.engines.opinion import OpinionMap, VoteMatrix, analyse
from assises.lib.errors import InputError

from .votes import random_votes


def casts_of(votes: VoteMatrix) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return votes.participants[votes.rows], votes.statements[votes.columns], votes.values


def same(a: OpinionMap, b: OpinionMap) -> None:
    """Every array of the two is the same, to the last bit."""
    for name in ("positions", "group", "centres", "axes", "priority", "counts", "group_counts"):
        assert np.asarray(getattr(a, name)).tobytes() == np.asarray(getattr(b, name)).tobytes()


@given(st.integers(0, 1000), st.randoms())
@settings(max_examples=15, deadline=None)
def test_the_order_of_rows_changes_nothing(seed: int, chance: object) -> None:
    votes = random_votes(seed)
    people, statements, values = casts_of(votes)
    order = np.random.default_rng(seed + 1).permutation(len(values))
    shuffled = VoteMatrix.from_arrays(people[order], statements[order], values[order])
    same(analyse(votes), analyse(shuffled))


@given(st.integers(0, 1000))
@settings(max_examples=15, deadline=None)
def test_other_names_for_statements_change_no_group(seed: int) -> None:
    votes = random_votes(seed)
    people, statements, values = casts_of(votes)
    renamed = VoteMatrix.from_arrays(people, statements * 3 + 100, values)
    a, b = analyse(votes), analyse(renamed)
    assert a.group.tolist() == b.group.tolist()
    assert (a.statements * 3 + 100 == b.statements).all()


@given(st.integers(0, 1000))
@settings(max_examples=15, deadline=None)
def test_other_numbers_for_people_change_no_group(seed: int) -> None:
    votes = random_votes(seed)
    people, statements, values = casts_of(votes)
    size = len(votes.participants)
    fresh = np.random.default_rng(seed).permutation(size) + 1000
    pseudonyms = dict(zip(votes.participants.tolist(), fresh.tolist(), strict=True))
    renamed = VoteMatrix.from_arrays([pseudonyms[p] for p in people.tolist()], statements, values)
    a, b = analyse(votes), analyse(renamed)
    there = dict(zip(b.participants.tolist(), b.group.tolist(), strict=True))
    assert [there[pseudonyms[p]] for p in a.participants.tolist()] == a.group.tolist()


def test_whoever_voted_little_is_on_the_map_but_in_no_group() -> None:
    votes = random_votes(1)
    people, statements, values = casts_of(votes)
    extra = VoteMatrix.from_arrays(
        np.append(people, 999), np.append(statements, 0), np.append(values, 1)
    )
    opinion = analyse(extra)
    at = opinion.participants.tolist().index(999)
    assert opinion.group[at] == -1
    assert not opinion.in_conversation[at]
    assert np.isfinite(opinion.positions[at]).all()


def test_a_moderated_statement_is_in_no_list() -> None:
    votes = random_votes(2)
    plain = analyse(votes)
    strongest = plain.characteristics[0][0].statement
    opinion = analyse(votes, moderated_out=[strongest])
    listed = [c.statement for group in opinion.characteristics for c in group]
    listed += [c.statement for c in (*opinion.agreed, *opinion.rejected)]
    assert strongest not in listed
    assert opinion.counts.tolist() == plain.counts.tolist()


def test_everyone_agreeing_is_one_group() -> None:
    people, statements = np.divmod(np.arange(400), 10)
    opinion = analyse(VoteMatrix.from_arrays(people, statements, np.ones(400, dtype=int)))
    assert len(opinion.centres) == 1
    assert len(opinion.agreed) == 5
    assert not opinion.divisiveness.any()


@pytest.mark.parametrize(
    ("people", "statements", "values"),
    [
        ([1], [1], [1]),
        ([1, 2], [1, 1], [1, -1]),
        ([1, 1, 1], [1, 2, 3], [1, 0, -1]),
        ([1, 2, 3], [1, 2, 3], [1, 1, -1]),
        ([1, 2], [1, 2], [0, 0]),
    ],
    ids=["one vote", "one statement", "one voter", "no overlap", "only passes"],
)
def test_very_little_is_still_answered(
    people: list[int], statements: list[int], values: list[int]
) -> None:
    opinion = analyse(VoteMatrix.from_arrays(people, statements, values))
    assert np.isfinite(opinion.positions).all()
    assert (opinion.group >= 0).all()
    assert len(opinion.characteristics) == len(opinion.centres)


def test_everything_moderated_leaves_positions_at_the_middle() -> None:
    votes = random_votes(4)
    opinion = analyse(votes, moderated_out=votes.statements.tolist())
    assert not opinion.positions.any()
    assert list(opinion.listed) == []
    assert [list(c) for c in opinion.characteristics] == [[]]


def test_given_groups_are_used_as_they_are() -> None:
    votes = random_votes(6)
    colleges = {int(p): int(p) % 3 for p in votes.participants}
    opinion = analyse(votes, groups=colleges)
    assert opinion.group.tolist() == [int(p) % 3 for p in votes.participants]
    assert opinion.silhouettes == {}


@pytest.mark.parametrize(
    ("groups", "says"),
    [({999: 0}, "has not voted"), ({0: 1}, "without gaps"), ({}, "without gaps")],
)
def test_groups_that_make_no_sense_are_refused(groups: dict[int, int], says: str) -> None:
    with pytest.raises(InputError, match=says):
        analyse(random_votes(6), groups=groups)


def test_an_unknown_method_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="polis"):
        analyse(random_votes(6), method="magic")


def test_frames_have_a_row_for_each_person_and_statement() -> None:
    opinion = analyse(random_votes(7))
    people, statements = opinion.to_polars()
    assert people.height == len(opinion.participants)
    assert statements["agrees"].to_list() == opinion.counts[:, 0].tolist()


def test_more_statements_than_two_bytes_name_are_analysed() -> None:
    rng = np.random.default_rng(0)
    people = np.repeat(np.arange(40), 500)
    statements = rng.integers(0, 17_000, len(people))
    opinion = analyse(
        VoteMatrix.from_arrays(
            people, statements, rng.choice([-1, 1], len(people)), universe=np.arange(17_000)
        )
    )
    assert len(opinion.statements) == 17_000
    assert np.isfinite(opinion.positions).all()
