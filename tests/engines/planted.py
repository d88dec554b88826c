"""Votes of people in groups that we made ourselves, by a model that no engine of ours fits."""

from __future__ import annotations

import numpy as np

from assises.engines.opinion import VoteMatrix


def planted(
    people: int,
    statements: int,
    density: float,
    groups: int,
    *,
    seed: int,
    apart: float = 2.0,
    passes: float = 0.15,
) -> tuple[VoteMatrix, np.ndarray]:
    """Votes, and the group of each person.

    Groups of unequal sizes; each has its own log-odds on each statement, ``apart`` the standard
    deviation between them; everyone sees a random part of the statements and passes now and then.
    """
    chance = np.random.default_rng(seed)
    sizes = np.maximum(chance.dirichlet(np.full(groups, 3.0)), 0.5 / groups)
    label = chance.choice(groups, people, p=sizes / sizes.sum())
    common = chance.normal(0.3, 0.8, statements)
    own = chance.normal(0, apart, (groups, statements)) * (groups > 1)
    person = np.repeat(np.arange(people), chance.binomial(statements, density, people).clip(1))
    seen = [chance.choice(statements, n, replace=False) for n in np.bincount(person)]
    statement = np.concatenate(seen)
    odds = common[statement] + own[label[person], statement]
    agree = chance.random(len(person)) < 1 / (1 + np.exp(-odds))
    vote = np.where(chance.random(len(person)) < passes, 0, np.where(agree, 1, -1))
    return VoteMatrix.from_arrays(person, statement, vote), label


def placed(
    place: np.ndarray,
    statements: int,
    density: float,
    *,
    seed: int,
    lean: np.ndarray | float = 0.0,
    steep: float = 1.5,
    passes: float = 0.1,
) -> VoteMatrix:
    """Votes of people by where they stand: statements are planes.

    ``place`` has shape (people, dimensions); ``lean`` is how readily each agrees, in log-odds;
    ``steep`` the standard deviation of what a step along an axis does to the log-odds.
    """
    chance = np.random.default_rng([seed, 41])
    people, dimensions = place.shape
    plane = chance.normal(0, steep, (statements, dimensions))
    odds = place @ plane.T + chance.normal(0, 0.8, statements) + np.reshape(lean, (-1, 1))
    seen = chance.random((people, statements)) < density
    seen[np.arange(people), chance.integers(0, statements, people)] = True
    person, statement = np.nonzero(seen)
    agree = chance.random(len(person)) < 1 / (1 + np.exp(-odds[person, statement]))
    vote = np.where(chance.random(len(person)) < passes, 0, np.where(agree, 1, -1))
    return VoteMatrix.from_arrays(person, statement, vote)
