from __future__ import annotations

import numpy as np
import pytest

from assises.engines.opinion import VoteMatrix
from assises.engines.opinion.stability import among_people, on_statements

from .votes import random_votes


def by_first_vote(votes: VoteMatrix) -> np.ndarray:
    """A division that anyone can redo from their own votes alone."""
    first = votes.cells[votes.indptr[:-1]] & 3
    return np.asarray(first == 2, dtype=np.int64)


def test_a_division_that_hangs_on_nobody_else_is_always_found_again() -> None:
    votes = random_votes(1)
    label = by_first_vote(votes)
    found = among_people(votes, label, by_first_vote)
    assert found.rand.tolist() == [1.0] * 10
    assert found.groups.tolist() == [2] * 10
    assert (found.person == 1.0).all()
    assert found.group.tolist() == [1.0, 1.0]
    assert (found.again(2), found.again(3)) == (10, 0)


def test_a_division_by_lot_is_not_found_again() -> None:
    votes = random_votes(1, people=400)
    rng = np.random.default_rng(0)
    label = rng.integers(0, 2, 400)
    found = among_people(votes, label, lambda some: rng.integers(0, 2, len(some.participants)))
    assert np.abs(found.rand).max() < 0.1
    assert 0.4 < float(found.person.mean()) < 0.65
    assert (found.group < 0.5).all()


def test_everyone_is_in_one_half_of_each_cut_and_halves_differ_from_cut_to_cut() -> None:
    votes = random_votes(1)
    halves: list[frozenset[int]] = []

    def seen(some: VoteMatrix) -> np.ndarray:
        halves.append(frozenset(some.participants.tolist()))
        return np.zeros(len(some.participants), dtype=np.int64)

    among_people(votes, np.zeros(60, dtype=np.int64), seen, cuts=3)
    assert [len(h) for h in halves] == [30] * 6
    everyone = frozenset(votes.participants.tolist())
    assert all(a | b == everyone for a, b in zip(halves[::2], halves[1::2], strict=True))
    assert len(set(halves)) == 6


def test_cuts_hang_on_votes_and_seed_and_not_on_names() -> None:
    votes = random_votes(1)
    order = np.random.default_rng(2).permutation(60)
    people = order[votes.rows] + 100
    renamed = VoteMatrix.from_arrays(people, votes.statements[votes.columns], votes.values)

    def seen(of: VoteMatrix, seed: int) -> list[frozenset[int]]:
        halves: list[frozenset[int]] = []

        def note(some: VoteMatrix) -> np.ndarray:
            halves.append(frozenset(some.participants.tolist()))
            return np.zeros(len(some.participants), dtype=np.int64)

        among_people(of, np.zeros(60, dtype=np.int64), note, cuts=1, seed=seed)
        return halves

    names = {int(p): int(order[p]) + 100 for p in range(60)}
    first = seen(votes, 0)
    assert [frozenset(names[p] for p in half) for half in first] == seen(renamed, 0)
    assert first != seen(votes, 1)


def test_those_in_no_group_have_no_stability() -> None:
    votes = random_votes(1)
    label = by_first_vote(votes)
    label[:5] = -1
    found = among_people(votes, label, by_first_vote)
    assert np.isnan(found.person[:5]).all()
    assert not np.isnan(found.person[5:]).any()


def test_halves_of_statements_hold_each_statement_once() -> None:
    votes = random_votes(1)
    parts: list[frozenset[int]] = []

    def seen(some: VoteMatrix) -> np.ndarray:
        parts.append(frozenset(some.statements.tolist()))
        return np.zeros(len(some.participants), dtype=np.int64)

    on_statements(votes, np.zeros(60, dtype=np.int64), seen, cuts=2)
    assert len(parts) == 4
    for a, b in zip(parts[::2], parts[1::2], strict=True):
        assert not a & b
        assert a | b == frozenset(votes.statements.tolist())


def test_one_statement_has_no_halves() -> None:
    votes = VoteMatrix.from_arrays([1, 2], [1, 1], [1, -1])
    found = on_statements(votes, np.array([0, 1]), by_first_vote)
    assert len(found.groups) == 0
    assert np.isnan(found.person).all()
    assert np.isnan(found.group).all()


def test_a_group_that_falls_apart_in_halves_has_dissolved() -> None:
    votes = random_votes(1)
    label = np.repeat([0, 1], 30)
    # Halves put everyone together: the groups are each about half of what is found.
    found = among_people(votes, label, lambda some: np.zeros(len(some.participants), dtype=int))
    assert found.group == pytest.approx([0.5, 0.5], abs=0.05)
    assert found.groups.tolist() == [1] * 10
