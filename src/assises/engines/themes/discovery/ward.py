"""Ward's tree: two parts are joined where that adds least to the spread within parts.

Ward (1963); nearest-neighbour chains after Murtagh (1983), which give the same tree in time n ** 2
and memory n, since the distance of two parts is that of their centres. Equals go by place. Parts
that are left lie side by side, a row a dimension, so that many distances are computed at once.
"""

from __future__ import annotations

import numba
import numpy as np

from assises.engines.themes.discovery.graph import Float64, Int64


def tree(points: Float64) -> Int64:
    """What is joined, children before parents.

    Args:
        points: shape (n, d).

    Returns:
        shape (n - 1, 2): node n + i joins both of row i; nodes below n are points.
    """
    joins = np.empty((max(len(points) - 1, 0), 2), dtype=np.int64)
    if len(points):
        _joined(points.T.copy(), joins)
    return joins


@numba.njit(cache=True, nogil=True)
def _joined(centres: Float64, joins: Int64) -> None:
    n = centres.shape[1]
    size, apart = np.ones(n), np.empty(n)
    part, place, node = np.arange(n), np.arange(n), np.arange(n)
    chain = np.empty(n + 1, dtype=np.int64)
    length, count = 0, n
    for done in range(n - 1):
        if length == 0:
            chain[0], length = part[0], 1
        while True:
            before = place[chain[length - 2]] if length > 1 else -1
            best = _nearest(centres, size, place[chain[length - 1]], before, count, apart)
            if best == before:
                break
            chain[length] = part[best]
            length += 1
        one, other = (
            min(chain[length - 1], chain[length - 2]),
            max(chain[length - 1], chain[length - 2]),
        )
        length -= 2
        at, gone = place[one], place[other]
        joins[done, 0], joins[done, 1] = node[at], node[gone]
        together = size[at] + size[gone]
        count -= 1
        for c in range(len(centres)):
            row = centres[c]
            row[at] = (size[at] * row[at] + size[gone] * row[gone]) / together
            row[gone] = row[count]
        size[at], node[at] = together, n + done
        # The last one takes the place that is free (it may be the part just made).
        size[gone], node[gone], part[gone] = size[count], node[count], part[count]
        place[part[gone]] = gone


@numba.njit(cache=True, nogil=True)
def _nearest(
    centres: Float64, size: Float64, one: int, before: int, count: int, apart: Float64
) -> int:
    """The place of the part nearest to one: the one before it in the chain, if none is nearer."""
    apart[:count] = 0.0
    for c in range(len(centres)):
        row = centres[c]
        own = row[one]
        for other in range(count):
            gap = own - row[other]
            apart[other] += gap * gap
    for other in range(count):
        apart[other] = apart[other] * size[one] * size[other] / (size[one] + size[other])
    apart[one] = np.inf
    best = before if before >= 0 else (1 if one == 0 else 0)
    for other in range(count):
        if apart[other] < apart[best]:
            best = other
    return best
