"""The loops of :mod:`.classifier`: labels of one text are worked on side by side.

Each label has its own chain of additions in a fixed order, so that the same rows in the same order
give the same bytes, however many labels there are and whatever the processor.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from assises.engines.themes.meaning.products import Int64, compiled

Float64 = npt.NDArray[np.float64]
Int32 = npt.NDArray[np.int32]
Signs = npt.NDArray[np.int8]


@compiled
def _said(
    row: Float64, places: Int32, values: Float64, weights: Float64, sparse: Float64, out: Float64
) -> float:
    """Add what is said of a text to ``out``, shape (K,); the square of its length is returned."""
    size = 0.0
    for j in range(len(row)):
        value = row[j]
        size += value * value
        for k in range(len(out)):
            out[k] += value * weights[j, k]
    for at in range(len(places)):
        value, of = values[at], sparse[places[at]]
        size += value * value
        for k in range(len(out)):
            out[k] += value * of[k]
    return size


@compiled
def _moved(
    row: Float64, places: Int32, values: Float64, step: Float64, weights: Float64, sparse: Float64
) -> None:
    for j in range(len(row)):
        for k in range(len(step)):
            weights[j, k] += step[k] * row[j]
    for at in range(len(places)):
        value, of = values[at], sparse[places[at]]
        for k in range(len(step)):
            of[k] += step[k] * value


@compiled
def learn(
    dense: Float64,
    begins: Int64,
    places: Int32,
    values: Float64,
    signs: Signs,
    costs: Float64,
    rounds: int,
    weights: Float64,
    sparse: Float64,
) -> None:
    """Support vector machines with squared hinge loss, one a label, by dual coordinate descent.

    Algorithm 1 of Hsieh, Chang, Lin, Keerthi and Sundararajan 2008, "A Dual Coordinate Descent
    Method for Large-scale Linear SVM", with L2 loss; rows are taken in the order they are in.

    Args:
        dense: shape (n, d).
        begins: where the row of each text begins in ``places`` and ``values``, shape (n + 1,).
        places: of the sparse numbers.
        values: the sparse numbers.
        signs: whether each text has each label, 1 or -1; shape (n, K).
        costs: of an error in each text, shape (n,).
        rounds: passes over all texts.
        weights: becomes what was learnt, from zeros; shape (d, K).
        sparse: the same of the places; shape (any, K).
    """
    count, labels = signs.shape
    dual = np.zeros((count, labels))
    said, step = np.empty(labels), np.empty(labels)
    for _ in range(rounds):
        for i in range(count):
            mine = slice(begins[i], begins[i + 1])
            said[:] = 0.0
            ridge = 0.5 / costs[i]
            size = ridge + _said(dense[i], places[mine], values[mine], weights, sparse, said)
            moved = False
            for k in range(labels):
                slope = signs[i, k] * said[k] - 1.0 + dual[i, k] * ridge
                new = max(dual[i, k] - slope / size, 0.0)
                step[k] = (new - dual[i, k]) * signs[i, k]
                dual[i, k] = new
                moved = moved or step[k] != 0.0
            if moved:
                _moved(dense[i], places[mine], values[mine], step, weights, sparse)


@compiled
def scores(
    dense: Float64,
    begins: Int64,
    places: Int32,
    values: Float64,
    weights: Float64,
    sparse: Float64,
    out: Float64,
) -> None:
    """What was learnt says of each text and label; ``out`` of shape (n, K) is zeros."""
    for i in range(len(dense)):
        mine = slice(begins[i], begins[i + 1])
        _said(dense[i], places[mine], values[mine], weights, sparse, out[i])
