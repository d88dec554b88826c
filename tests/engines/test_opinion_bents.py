from __future__ import annotations

import numpy as np
import pytest

from assises.engines.opinion import VoteMatrix
from assises.engines.opinion.bents import find_bents, residuals
from assises.engines.opinion.classes import fit_classes
from assises.engines.opinion.partition import find_groups
from assises.engines.opinion.structure import find_structure, move

from .planted import planted


def leaning(
    seed: int,
    *,
    people: int = 400,
    statements: int = 40,
    density: float = 0.4,
    agreeing: float = 0.8,
    passing: float = 0.8,
    groups: int = 1,
) -> tuple[VoteMatrix, np.ndarray]:
    """Votes of people who are more or less ready to agree and to pass, whatever is asked."""
    chance = np.random.default_rng(seed)
    seen = chance.random((people, statements)) < density
    seen[np.arange(people), chance.integers(0, statements, people)] = True
    person, statement = np.nonzero(seen)
    label = chance.integers(0, groups, people)
    own = chance.normal(0, 1.5, (groups, statements)) * (groups > 1)
    odds = (chance.normal(0.3, 0.8, statements) + own)[label[person], statement]
    odds = odds + chance.normal(0, 1, people)[person] * agreeing
    skip = 1 / (1 + np.exp(2.0 - passing * chance.normal(0, 1, people)))[person]
    agree = chance.random(len(person)) < 1 / (1 + np.exp(-odds))
    vote = np.where(chance.random(len(person)) < skip, 0, np.where(agree, 1, -1))
    return VoteMatrix.from_arrays(person, statement, vote), label


def test_the_spread_of_bents_is_found() -> None:
    votes, _ = leaning(1, people=3000)
    found = find_bents(votes)
    assert found.agreeing.spread == pytest.approx(0.8, abs=0.1)
    assert found.passing.spread == pytest.approx(0.8, abs=0.15)
    assert (np.bincount(found.agreeing.level, minlength=found.agreeing.levels) > 0).all()


def test_where_there_is_no_bent_none_is_found() -> None:
    votes, _ = leaning(2, agreeing=0.0, passing=0.0)
    found = find_bents(votes)
    assert found.agreeing.spread == found.passing.spread == 0.0
    assert found.agreeing.shift.tolist() == [0.0]


@pytest.mark.parametrize("seed", range(8))
def test_who_agrees_more_readily_is_no_opinion_group(seed: int) -> None:
    votes, _ = leaning(100 + seed)
    assert find_groups(votes).groups == 1


@pytest.mark.slow
def test_who_agrees_more_readily_is_hardly_ever_grouped() -> None:
    claims = sum(
        find_groups(leaning(1000 + seed, people=300)[0]).groups > 1 for seed in range(1000)
    )
    # The upper 97.5 % bound of the rate (Clopper and Pearson) is 2 % for 12 of 1,000.
    assert claims <= 12


def test_groups_are_counted_though_people_lean() -> None:
    votes, label = leaning(3, people=1500, statements=80, groups=3)
    found = find_groups(votes)
    assert found.groups == 3
    assert found.structure.agreeing > 0.5
    agree = np.zeros((3, 3), dtype=np.int64)
    np.add.at(agree, (found.label, label), 1)
    assert agree.max(axis=1).sum() > 0.9 * len(label)


def test_the_test_for_structure_keeps_its_level_though_people_lean() -> None:
    yes = sum(
        find_structure(leaning(seed, people=150, statements=25)[0], level=0.2, deals=19).lines > 0
        for seed in range(60)
    )
    assert 4 <= yes <= 23  # 12 are expected of 60


def test_moves_keep_how_often_each_person_agreed_and_what_they_passed_on() -> None:
    votes, _ = leaning(4)
    cells = votes.cells.copy()
    move(votes.indptr, cells, np.zeros(len(votes.statements)), np.uint64(7))
    assert (cells >> 2 == votes.cells >> 2).all()
    assert ((cells & 3 == 1) == (votes.cells & 3 == 1)).all()
    agreed, before = (
        np.add.reduceat(((c & 3) == 2).astype(np.int64), votes.indptr[:-1])
        for c in (cells, votes.cells)
    )
    assert (agreed == before).all()
    assert (cells != votes.cells).mean() > 0.2


def test_moves_make_agreements_as_frequent_as_the_model_of_rasch_says() -> None:
    # Two statements, one agreement each: P(on the first) = e^1 / (e^1 + e^0), whatever the bent.
    people = 20_000
    votes = VoteMatrix.from_arrays(
        np.arange(people).repeat(2), np.tile([0, 1], people), np.tile([1, -1], people)
    )
    cells = votes.cells.copy()
    for seed in range(1, 9):
        move(votes.indptr, cells, np.array([1.0, 0.0]), np.uint64(seed))
    first = float(((cells[::2] & 3) == 2).mean())
    assert first == pytest.approx(np.e / (1 + np.e), abs=0.012)


def test_residuals_are_the_votes_less_what_is_expected() -> None:
    votes, _ = leaning(5, people=80, statements=12, density=0.8, agreeing=2.0)
    bent = find_bents(votes).agreeing
    assert bent.levels > 1
    p = 1 / (1 + np.exp(-(bent.odds + bent.shift[bent.level][:, None])))
    dense = np.zeros(votes.shape)
    dense[votes.rows, votes.columns] = np.where(
        votes.values == 0, 0.0, votes.values + 1.0 - 2.0 * p[votes.rows, votes.columns]
    )
    block = np.random.default_rng(1).normal(size=(12, 4)) / 4
    held = residuals(votes, bent)
    np.testing.assert_allclose(held.times(block[:, :2].copy()), dense @ block[:, :2], atol=1e-12)
    np.testing.assert_allclose(held.squared(block), dense.T @ (dense @ block), atol=1e-9)
    lengths = np.sqrt((dense**2).sum(axis=0) + 10.0)
    white = dense / lengths
    np.testing.assert_allclose(held.whitened().squared(block), white.T @ (white @ block), atol=1e-9)


def test_threads_change_no_byte_where_people_lean() -> None:
    votes, label = leaning(6, people=4000, statements=300, density=0.5, groups=2)
    assert len(votes) > 1 << 19
    bents = [find_bents(votes, threads=n) for n in (1, 2)]
    assert bents[0].agreeing.shift.tobytes() == bents[1].agreeing.shift.tobytes()
    assert bents[0].passing.level.tobytes() == bents[1].passing.level.tobytes()
    start = np.eye(2)[label] * 0.8 + 0.1
    fits = [
        fit_classes(votes, start.copy(), bents=bents[0], rounds=3, threads=n).membership
        for n in (1, 2)
    ]
    assert fits[0].tobytes() == fits[1].tobytes()


def test_a_class_that_nobody_needs_costs_little_and_wins_nothing() -> None:
    votes, _ = planted(1500, 60, 0.3, 1, seed=3)
    one = fit_classes(votes, np.ones((len(votes.participants), 1)))
    start = np.random.default_rng(1).dirichlet(np.ones(2), len(votes.participants))
    two = fit_classes(votes, start)
    assert two.evidence < one.evidence
