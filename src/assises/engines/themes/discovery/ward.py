"""Ward's tree: two parts are joined where that adds least to the spread within parts.

Ward (1963); nearest-neighbour chains after Murtagh (1983), which give the same tree in time n ** 2
and memory n, since the distance of two parts is that of their centres. Equals go by place.
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
    _joined(points.copy(), joins)
    return joins


@numba.njit(cache=True, nogil=True)
def _joined(centres: Float64, joins: Int64) -> None:
    n, d = centres.shape
    size = np.ones(n)
    node = np.arange(n)
    alive = np.arange(n)
    where = np.arange(n)
    count = n
    chain = np.empty(n + 1, dtype=np.int64)
    length = 0
    for done in range(n - 1):
        if length == 0:
            chain[0] = alive[0]
            length = 1
        while True:
            one = chain[length - 1]
            best = chain[length - 2] if length > 1 else -1
            nearest = np.inf
            if best >= 0:
                nearest = _apart(centres, size, one, best, d)
            for a in range(count):
                other = alive[a]
                if other == one:
                    continue
                apart = _apart(centres, size, one, other, d)
                if apart < nearest or (apart == nearest and best < 0):
                    nearest, best = apart, other
            if length > 1 and best == chain[length - 2]:
                break
            chain[length] = best
            length += 1
        one, other = min(one, best), max(one, best)
        length -= 2
        joins[done, 0], joins[done, 1] = node[one], node[other]
        together = size[one] + size[other]
        for c in range(d):
            centres[one, c] = (size[one] * centres[one, c] + size[other] * centres[other, c]) / (
                together
            )
        size[one] = together
        node[one] = n + done
        count -= 1
        last = alive[count]
        alive[where[other]] = last
        where[last] = where[other]


@numba.njit(cache=True, nogil=True)
def _apart(centres: Float64, size: Float64, one: int, other: int, d: int) -> float:
    total = 0.0
    for c in range(d):
        gap = centres[one, c] - centres[other, c]
        total += gap * gap
    return float(total * size[one] * size[other] / (size[one] + size[other]))
