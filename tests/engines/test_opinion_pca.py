from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assises.engines.linear.eigen import leading
from assises.engines.opinion import VoteMatrix, pca

from .planted import planted
from .votes import random_votes


def imputed(votes: VoteMatrix, zeroed: list[int]) -> np.ndarray:
    """The dense matrix that the sparse identity stands for, made the plain way."""
    dense = np.full(votes.shape, np.nan)
    dense[votes.rows, votes.columns] = votes.values
    dense[:, zeroed] = 0.0
    means = np.nanmean(dense, axis=0)
    return np.where(np.isnan(dense), means, dense) - means


@given(st.integers(0, 10_000), st.lists(st.integers(0, 13), max_size=3))
@settings(max_examples=40, deadline=None)
def test_the_sparse_axes_are_those_of_the_imputed_matrix(seed: int, zeroed: list[int]) -> None:
    votes = random_votes(seed)
    columns = np.unique(np.array([z for z in zeroed if z < votes.shape[1]], dtype=np.int64))
    axes, variances = pca.components(pca.centre(votes, columns))
    _, singular, right = np.linalg.svd(imputed(votes, columns.tolist()), full_matrices=False)
    expected = singular**2 / votes.shape[0]
    np.testing.assert_allclose(variances, expected[:2], rtol=1e-9)
    if expected[1] - expected[2] > 1e-3 and expected[0] - expected[1] > 1e-3:
        overlap = np.abs((axes * right[:2]).sum(axis=1))
        np.testing.assert_allclose(overlap, 1.0, atol=1e-9)


@pytest.mark.parametrize("zeroed", [[], [3, 40]])
def test_axes_that_begin_with_some_people_are_those_of_all(
    monkeypatch: pytest.MonkeyPatch, zeroed: list[int]
) -> None:
    votes, _ = planted(3_000, 90, 0.2, 3, seed=5)
    monkeypatch.setattr(pca, "pays", lambda _: False)
    columns = np.array(zeroed, dtype=np.int64)
    expected = np.linalg.svd(imputed(votes, zeroed), full_matrices=False)[2][:2]
    z = pca.centre(votes, columns)
    for many in (1, 1 << 40):
        monkeypatch.setattr(pca, "_MANY", many)
        axes, _ = pca.components(z)
        np.testing.assert_allclose(np.abs((axes * expected).sum(axis=1)), 1.0, atol=1e-14)
        np.testing.assert_allclose(np.abs(axes), np.abs(expected), atol=1e-8)


def test_nobody_among_the_some_is_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    votes, _ = planted(300, 20, 0.4, 2, seed=1)
    z = pca.centre(votes, np.zeros(0, dtype=np.int64))
    monkeypatch.setattr(pca, "pays", lambda _: False)
    expected = pca.components(z)[0]
    monkeypatch.setattr(pca, "_MANY", 1)
    monkeypatch.setattr(pca, "_BITS", 60)
    np.testing.assert_allclose(pca.components(z)[0], expected, atol=1e-7)


def test_a_start_that_misses_the_axis_finds_it() -> None:
    matrix = np.diag(np.arange(1.0, 31.0))
    wrong = np.eye(30)[:, :4]  # an invariant part without the largest
    found = leading(lambda block: matrix @ block, 30, 2, start=wrong)
    np.testing.assert_allclose(found.values, [30.0, 29.0], rtol=1e-10)


def test_the_products_of_the_centred_votes_are_the_dense_ones() -> None:
    votes = random_votes(3)
    z = pca.centre(votes, np.array([2]))
    dense = imputed(votes, [2])
    block = np.random.default_rng(1).normal(size=(votes.shape[1], 4))
    block /= np.sqrt((block**2).sum(axis=0))
    np.testing.assert_allclose(z.times(block[:, :2]), dense @ block[:, :2], atol=1e-12)
    np.testing.assert_allclose(z.squared(block), dense.T @ (dense @ block), atol=1e-11)
    np.testing.assert_allclose(z.variance, (dense**2).sum() / len(dense), rtol=1e-12)


def test_the_sign_of_an_axis_is_the_servers() -> None:
    axes, _ = pca.components(pca.centre(random_votes(5), np.array([], dtype=np.int64)))
    assert (axes.sum(axis=1) <= 1e-9).all()


def test_without_variance_there_are_no_axes() -> None:
    votes = VoteMatrix.from_arrays([1, 1, 2, 2], [1, 2, 1, 2], [1, 1, 1, 1])
    axes, variances = pca.components(pca.centre(votes, np.array([], dtype=np.int64)))
    assert not axes.any()
    assert not variances.any()


def test_agreeing_with_a_statement_alone_stands_at_its_position() -> None:
    votes = random_votes(8)
    z = pca.centre(votes, np.array([], dtype=np.int64))
    axes, _ = pca.components(z)
    places = pca.project_statements(z.mean, axes)
    someone = votes.shape[1] ** 0.5 * (1 - z.mean[4]) * axes[:, 4]
    np.testing.assert_allclose(places[4], someone)
