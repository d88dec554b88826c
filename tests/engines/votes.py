"""Votes made by chance."""

from __future__ import annotations

import numpy as np

from assises.engines.opinion import VoteMatrix


def random_votes(
    seed: int, people: int = 60, statements: int = 14, seen: float = 0.5
) -> VoteMatrix:
    rng = np.random.default_rng(seed)
    camp = rng.integers(0, 2, people)
    lean = rng.normal(0, 1.5, (2, statements))
    chance = 1 / (1 + np.exp(-lean[camp]))
    vote = np.where(rng.random((people, statements)) < chance, 1, -1)
    vote[rng.random(vote.shape) < 0.15] = 0
    rows, columns = np.nonzero(rng.random(vote.shape) < seen)
    return VoteMatrix.from_arrays(rows, columns, vote[rows, columns])
