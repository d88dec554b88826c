from __future__ import annotations

import numpy as np
import pytest

from assises.engines.opinion import VoteMatrix
from assises.engines.opinion.classes import fit_classes
from assises.engines.opinion.matching import adjusted_rand_index
from assises.engines.opinion.partition import find_groups
from assises.engines.opinion.structure import find_structure

from .planted import planted


def alike(one: np.ndarray, other: np.ndarray) -> float:
    table = np.zeros((one.max() + 1, other.max() + 1), dtype=np.int64)
    np.add.at(table, (one, other), 1)
    return adjusted_rand_index(table)


@pytest.mark.parametrize("groups", [2, 3, 5, 8])
def test_planted_groups_are_counted_and_found(groups: int) -> None:
    votes, label = planted(3000, 150, 0.15, groups, seed=groups)
    found = find_groups(votes)
    assert found.groups == groups
    assert alike(found.label, label) > 0.75
    assert (np.diff(found.sizes) <= 0).all()


@pytest.mark.parametrize("seed", range(6))
def test_people_without_opinions_of_their_own_are_in_no_groups(seed: int) -> None:
    votes, _ = planted(2000, 100, 0.1, 1, seed=seed)
    found = find_groups(votes)
    assert found.groups == 1
    assert found.structure.lines == 0
    assert found.membership.tolist() == [[1.0]] * len(votes.participants)


@pytest.mark.slow
def test_without_structure_groups_are_hardly_ever_claimed() -> None:
    claims = sum(
        find_groups(planted(300, 40, 0.2, 1, seed=1000 + seed)[0]).groups > 1
        for seed in range(1000)
    )
    # The upper 97.5 % bound of the rate (Clopper and Pearson) is 2 % for 12 of 1,000.
    assert claims <= 12


def test_the_test_for_structure_is_exact() -> None:
    yes = sum(
        find_structure(planted(60, 25, 0.4, 1, seed=seed)[0], level=0.2, deals=19).lines > 0
        for seed in range(150)
    )
    assert 12 <= yes <= 50  # 30 are expected of 150


def test_who_is_who_and_threads_change_nothing() -> None:
    votes, label = planted(1500, 100, 0.2, 3, seed=4)
    other = VoteMatrix.from_arrays(
        5000 - votes.participants[votes.rows], votes.statements[votes.columns], votes.values
    )
    found = find_groups(votes, threads=1)
    again = find_groups(votes, threads=2)
    assert found.membership.tobytes() == again.membership.tobytes()
    renumbered = find_groups(other)
    assert alike(renumbered.label[::-1], found.label) > 0.99
    assert alike(found.label, label) > 0.75


def test_each_probability_is_kept_and_the_runner_up_is_named() -> None:
    votes, _ = planted(1500, 100, 0.2, 3, seed=4)
    found = find_groups(votes)
    np.testing.assert_allclose(found.membership.sum(axis=1), 1.0)
    assert found.runner_up is not None
    other, nats = found.runner_up
    assert other != 3
    assert nats > 0


def test_the_bound_never_falls() -> None:
    votes, _ = planted(800, 60, 0.3, 3, seed=1)
    start = np.random.default_rng(1).dirichlet(np.ones(3), len(votes.participants))
    bounds = [fit_classes(votes, start.copy(), rounds=n).evidence for n in range(1, 15)]
    assert (np.diff(bounds) > -1e-3).all()


@pytest.mark.parametrize(
    "votes",
    [
        VoteMatrix.from_arrays([1], [1], [1]),
        VoteMatrix.from_arrays([1, 2, 3], [1, 1, 1], [1, -1, 0]),
        VoteMatrix.from_arrays([1, 2, 3], [1, 2, 3], [1, -1, 0]),
        VoteMatrix.from_arrays(np.arange(40).repeat(3), [1, 2, 3] * 40, [1] * 120),
    ],
    ids=["one vote", "one statement", "no overlap", "all agree"],
)
def test_too_little_to_tell_is_no_groups(votes: VoteMatrix) -> None:
    assert find_groups(votes).groups == 1
