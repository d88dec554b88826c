from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assises.engines.linear.eigen import jacobi, leading
from assises.engines.opinion import VoteMatrix, analyse, pca
from assises.engines.opinion.gram import Gram, pays

from .votes import random_votes

NONE = np.array([], dtype=np.int64)


def dense_centred(votes: VoteMatrix, z: pca.Centred) -> np.ndarray:
    dense = np.zeros(votes.shape)
    dense[votes.rows, votes.columns] = votes.values - z.mean[votes.columns]
    return dense * z.kept


@given(st.integers(0, 10_000))
@settings(max_examples=30)
def test_the_co_votes_give_the_gram_matrix_of_the_centred_votes(seed: int) -> None:
    votes = random_votes(seed)
    z = pca.centre(votes, np.array([1]))
    dense = dense_centred(votes, z)
    found = Gram.of(votes).centred(z.mean, z.kept)
    np.testing.assert_allclose(found, dense.T @ dense, atol=1e-10)


@given(st.integers(0, 10_000))
@settings(max_examples=30)
def test_replaced_votes_leave_the_same_bytes_as_a_count_from_scratch(seed: int) -> None:
    before, after = random_votes(seed), random_votes(seed + 1)
    changed = before.of_people(np.arange(before.shape[0]) % 3 == 0)
    instead = after.of_people(np.arange(after.shape[0]) % 2 == 0)
    kept = before.of_people(np.arange(before.shape[0]) % 3 != 0)
    found = Gram.of(before).replaced(changed, instead)
    expected = Gram.of(kept).merged(Gram.of(instead))
    assert found.both.tobytes() == expected.both.tobytes()
    assert found.mixed.tobytes() == expected.mixed.tobytes()


def test_the_way_to_the_axes_depends_on_the_votes_alone() -> None:
    votes = random_votes(4)
    assert pays(votes)
    with_co_votes = analyse(votes, "polis", gram=Gram.of(votes))
    assert with_co_votes.positions.tobytes() == analyse(votes, "polis").positions.tobytes()


def test_both_ways_to_the_axes_lead_to_the_same_place() -> None:
    votes = random_votes(11)
    z = pca.centre(votes, NONE)
    axes, _ = pca.components(z)
    found = leading(z.squared, votes.shape[1], 2)
    np.testing.assert_allclose(np.abs((axes * found.vectors.T).sum(axis=1)), 1.0, atol=1e-12)


def test_more_threads_and_another_order_of_people_change_no_byte_of_the_axes() -> None:
    chance = np.random.default_rng(5)
    person, statement = np.arange(30_000).repeat(50), chance.integers(0, 1500, 1_500_000)
    opinion = chance.normal(size=30_000).repeat(50)
    value = np.sign(np.round(opinion * chance.normal(size=1500)[statement])).astype(np.int8)
    votes = VoteMatrix.from_arrays(person, statement, value)
    assert not pays(votes)
    axes, variances = pca.components(pca.centre(votes, NONE), threads=1)
    again, same = pca.components(pca.centre(votes, NONE), threads=3)
    assert (axes.tobytes(), variances.tobytes()) == (again.tobytes(), same.tobytes())
    renumbered = VoteMatrix.from_arrays(30_000 - person, statement, value)
    again, same = pca.components(pca.centre(renumbered, NONE), threads=2)
    assert (axes.tobytes(), variances.tobytes()) == (again.tobytes(), same.tobytes())


def test_the_largest_pairs_of_a_known_matrix_are_found() -> None:
    chance = np.random.default_rng(2)
    turn, _ = np.linalg.qr(chance.normal(size=(120, 120)))
    values = np.concatenate([[9.0, 7.0, 6.9, 6.8], np.linspace(5, 0, 116)])
    matrix = (turn * values) @ turn.T
    found = leading(lambda block: matrix @ block, 120, 3)
    assert found.settled
    np.testing.assert_allclose(found.values, values[:3], rtol=1e-12)
    np.testing.assert_allclose(np.abs((found.vectors * turn[:, :3]).sum(axis=0)), 1.0, atol=1e-9)


@given(st.integers(0, 1000), st.integers(1, 40))
@settings(max_examples=30)
def test_rotations_find_what_lapack_finds(seed: int, size: int) -> None:
    half = np.random.default_rng(seed).normal(size=(size, size))
    values, vectors = jacobi(half @ half.T)
    np.testing.assert_allclose(values[::-1], np.linalg.eigvalsh(half @ half.T), atol=1e-9 * size)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(size), atol=1e-12)


@given(st.integers(0, 1000), st.integers(1, 90), st.integers(1, 90))
@settings(max_examples=30, deadline=None)
def test_a_matrix_that_is_soon_exhausted_or_takes_restarts_is_solved(
    seed: int, size: int, rank: int
) -> None:
    half = np.random.default_rng(seed).normal(size=(size, rank))
    matrix = half @ half.T
    found = leading(lambda block: matrix @ block, size, 3)
    expected = np.linalg.eigvalsh(matrix)[::-1][: len(found.values)]
    assert found.settled
    np.testing.assert_allclose(found.values, expected, atol=1e-9 * expected[0])
    real = found.values > 1e-9 * expected[0]
    residual = matrix @ found.vectors - found.vectors * found.values
    assert np.abs(residual[:, real]).max() <= 1e-9 * expected[0]
    np.testing.assert_allclose(
        (found.vectors.T @ found.vectors)[real][:, real], np.eye(int(real.sum())), atol=1e-9
    )
