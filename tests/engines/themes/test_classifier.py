"""What is learnt against the function that it is to minimise, and what a row may depend on."""

from __future__ import annotations

import numpy as np

from assises.engines.themes.verticals import classifier_kernels as loops
from assises.engines.themes.verticals.classifier import PIECES, cut, learnt, shuffled

TEXTS = ["the water of the well", "school and water", "", "a teacher at school", "🙂"]


def loss(
    rows: np.ndarray, signs: np.ndarray, costs: np.ndarray, weights: np.ndarray
) -> float:  # of one label
    short = np.maximum(1 - signs * (rows @ weights), 0)
    return float(0.5 * weights @ weights + (costs * short**2).sum())


def test_the_descent_ends_where_the_loss_is_least() -> None:
    random = np.random.default_rng(0)
    dense, sparse = random.normal(size=(60, 5)), random.normal(size=(60, 3))
    signs = np.where(random.random((60, 2)) < 0.4, 1, -1).astype(np.int8)
    costs = np.where(np.arange(60) < 30, 0.05, 0.2)
    weights, pieces = np.zeros((5, 2)), np.zeros((8, 2))
    places = np.tile(np.array([1, 4, 7], dtype=np.int32), 60)
    begins = np.arange(0, 181, 3)
    loops.learn(dense, begins, places, sparse.ravel(), signs, costs, 2000, weights, pieces)
    rows = np.hstack([dense, sparse])
    for k in range(2):
        found = np.concatenate([weights[:, k], pieces[[1, 4, 7], k]])
        # At the least loss its slope is zero (the loss is strictly convex).
        short = np.maximum(1 - signs[:, k] * (rows @ found), 0)
        slope = found - 2 * rows.T @ (costs * short * signs[:, k])
        assert np.abs(slope).max() < 1e-6
        assert loss(rows, signs[:, k], costs, found) < loss(rows, signs[:, k], costs, 0 * found)
    out = np.zeros((60, 2))
    loops.scores(dense, begins, places, sparse.ravel(), weights, pieces, out)
    whole = np.vstack([weights, pieces[[1, 4, 7]]])
    assert np.allclose(out, rows @ whole)


def test_rows_of_some_texts_are_theirs() -> None:
    rows = cut(TEXTS)
    assert np.diff(rows.begins)[[2, 4]].tolist() == [0, 0]
    some, alone = rows.of(np.array([3, 2, 0])), cut([TEXTS[3], TEXTS[2], TEXTS[0]])
    assert np.array_equal(some.begins, alone.begins)
    assert np.array_equal(some.places, alone.places)
    assert np.array_equal(some.often, alone.often)


def test_a_score_depends_on_its_text_alone() -> None:
    vectors = np.random.default_rng(1).normal(size=(5, 4)).astype(np.float32)
    has = np.array([[1, 0], [0, 1], [1, 1], [0, 1], [0, 0]], dtype=bool)
    others = np.zeros((5, 1))
    rows = cut(TEXTS)
    model = learnt(vectors, rows, others, has, np.ones(5))
    whole = model.scores(vectors, rows, others)
    part = model.scores(vectors[3:4], cut(TEXTS[3:4]), others[3:4])
    assert np.array_equal(whole[3:4], part)
    assert np.isfinite(whole).all()
    assert model.dense.shape == (6, 2)


def test_pieces_together_have_their_length() -> None:
    rows = cut(["one two three"])
    from assises.engines.themes.verticals.classifier import _rarity, _weighted

    assert np.isclose(np.linalg.norm(_weighted(rows, _rarity(rows))), PIECES)


def test_the_order_is_that_of_the_keys() -> None:
    keys = [f"key {n}" for n in range(20)]
    order = shuffled(keys)
    other = shuffled(keys[::-1])
    assert [keys[at] for at in order] == [keys[::-1][at] for at in other]
    assert order.tolist() != sorted(order.tolist())
