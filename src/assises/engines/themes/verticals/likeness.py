"""Which examples a text is most like, of each of some labels.

Similarities are products whose order is fixed (:mod:`.products`), so that a text has the same
nearest examples in whatever company it is asked.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from assises.engines.themes.meaning.products import LANES, ROWS, panels, product
from assises.engines.themes.meaning.vectors import Float16, Float32

Bools = npt.NDArray[np.bool_]


def nearest(
    vectors: Float16,
    examples: Float16,
    has: Bools,
    groups: Sequence[str],
    asked: Sequence[Sequence[int]],
    most: int,
) -> list[list[list[tuple[int, float]]]]:
    """For each text and label asked for, the examples of the label it is most like.

    Args:
        vectors: of the texts, of length 1 or zeros, shape (m, d).
        examples: shape (n, d).
        has: which labels each example has, shape (n, K).
        groups: of each example; only the most alike of a group counts.
        asked: labels of each text.
        most: examples at most.

    Returns:
        place and cosine of each, the most alike first; nothing where a text has no vector.
    """
    if not len(vectors) or not len(examples):
        return [[[] for _ in labels] for labels in asked]
    alike = similarities(vectors, examples)
    told, known = np.any(vectors != 0, axis=1), np.any(examples != 0, axis=1)
    members = [np.flatnonzero(column & known) for column in has.T]
    found = []
    for at, labels in enumerate(asked):
        mine = [_best(alike[at], members[k], groups, most) if told[at] else [] for k in labels]
        found.append(mine)
    return found


def similarities(left: Float16, right: Float16) -> Float32:
    """Inner products of all pairs of rows, shape (m, n); each depends on its two rows alone."""
    count, depth = left.shape
    tall, wide = -(-count // ROWS) * ROWS, -(-len(right) // LANES) * LANES
    given = np.zeros((tall, depth), dtype=np.float32)
    given[:count] = left
    across = np.zeros((depth, wide), dtype=np.float32)
    across[:, : len(right)] = right.T
    out = np.empty(tall * wide, dtype=np.float32)
    begins = np.arange(tall, dtype=np.int64) * depth
    product(given.reshape(-1), begins, tall, panels(across), depth, wide, out)
    return out.reshape(tall, wide)[:count, : len(right)]


def _best(
    alike: Float32, members: npt.NDArray[np.int64], groups: Sequence[str], most: int
) -> list[tuple[int, float]]:
    seen: set[str] = set()
    found: list[tuple[int, float]] = []
    for place in members[np.argsort(-alike[members], kind="stable")].tolist():
        if groups[place] not in seen or not groups[place]:
            seen.add(groups[place])
            found.append((place, float(alike[place])))
            if len(found) == most:
                break
    return found
