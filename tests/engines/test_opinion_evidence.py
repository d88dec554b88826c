from __future__ import annotations

import numpy as np
import pytest

from assises.engines.opinion import VoteMatrix
from assises.engines.opinion.evidence import evidence
from assises.engines.opinion.inference import cross_fit

from .votes import random_votes


def test_a_planted_difference_is_named_first_and_chance_is_not() -> None:
    rng = np.random.default_rng(0)
    college = np.arange(300) % 2
    chance = np.full((2, 10), 0.5)
    chance[:, 4], chance[:, 7] = (0.9, 0.1), (0.7, 0.3)
    vote = np.where(rng.random((300, 10)) < chance[college], 1, -1)
    rows, columns = np.nonzero(np.ones_like(vote))
    votes = VoteMatrix.from_arrays(rows, columns, vote.ravel())
    found = evidence(votes, college).standing_out(np.arange(10))
    assert found[0][:2] == [(4, 0), (7, 0)]
    assert found[1][:2] == [(4, 1), (7, 1)]
    assert {s for one in found for s, _ in one} <= {4, 7}
    assert evidence(votes, college).standing_out(np.array([7]))[0] == [(7, 0)]


def test_the_guarantee_is_below_the_share_of_every_group_and_overall_counts_everyone() -> None:
    votes = random_votes(2, people=300)
    label = np.where(votes.participants % 4 == 3, -1, votes.participants % 3)
    found = evidence(votes, label)
    share = found.shares.share[..., 0]
    assert (found.agreed.bound < share.min(axis=0)).all()
    assert (found.agreed.bound > 0).any()
    assert found.overall.n[0].tolist() == votes.counts().sum(axis=1).tolist()
    assert int(found.shares.n.sum()) < int(found.overall.n.sum())
    assert found.alike == 1.0


def test_groups_that_votes_formed_are_tested_on_the_others() -> None:
    # People of no opinion at all: groups by the sum of their votes differ on every statement.
    rng = np.random.default_rng(3)
    rows, columns = np.nonzero(rng.random((400, 24)) < 0.8)
    votes = VoteMatrix.from_arrays(rows, columns, np.where(rng.random(len(rows)) < 0.5, 1, -1))

    def by_sum(some: VoteMatrix) -> np.ndarray:
        total = np.bincount(some.rows, weights=some.values, minlength=len(some.participants))
        return np.asarray(total > 0, dtype=np.int64)

    label = by_sum(votes)
    naive = evidence(votes, label)
    honest = evidence(
        votes, label, apart=cross_fit(votes, by_sum, seed=0, reference=label), groups=2
    )
    assert int(naive.tests.significant().sum()) > 40
    assert int(honest.tests.significant().sum()) == 0
    assert honest.standing_out(np.arange(24)) == [[], []]
    assert 0.5 < honest.alike < 0.95
    assert float(naive.division.value.mean()) > 0.15
    assert float(honest.division.value.mean()) < 0.05


def test_a_group_of_nobody_cannot_be_spoken_for() -> None:
    votes = random_votes(2, people=100)
    found = evidence(votes, np.zeros(100, dtype=int), groups=2)
    assert np.isnan(found.agreed.bound).all()
    assert np.isnan(found.shares.share[1]).all()
    assert found.standing_out(np.arange(14)) == [[], []]
    assert found.agreed.binding.tolist() == pytest.approx([1] * 14)
