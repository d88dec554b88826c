"""Lloyd's iterations in the plane, compiled: what cannot have changed is not asked again."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.linear import lanes
from assises.engines.opinion.kernels import Float64, Int64, compiled
from assises.engines.opinion.nearest import nearest

_SURE: Final = 4.0 * (1.0 + 1e-9)
"""The square of twice, and more than rounding can do."""


@compiled
def settled(
    points: Float64, start: Float64, weights: Float64, iterations: int, still: float
) -> tuple[Int64, Float64]:
    """Label of each point and the centres, once these lie still; an empty cluster disappears.

    The labels are those of asking every centre for every point, the first one on equal distances.

    Args:
        points: shape (n, 2).
        start: initial centres, shape (k, 2).
        weights: of the points in the means, shape (n,).
        iterations: how many at most.
        still: centres that all move less than this lie still.
    """
    weighted = _weighted(points, weights)
    centres, order = start.copy(), _by_place(start, np.arange(len(start)))
    label, squares = nearest(points, centres), np.empty(len(points))
    moved = _means(weighted, label, len(centres))
    for _ in range(iterations):
        stirred = np.ones(len(moved), dtype=np.bool_)
        if len(moved) == len(centres):
            now = _by_place(moved, order)
            if _moved_most(centres, order, moved, now) < still:
                break
            for of in range(len(moved)):
                stirred[of] = (moved[of] != centres[of]).any()
        else:
            now = _by_place(moved, np.arange(len(moved)))
        centres, order = moved, now
        _assign(points, centres, stirred, label, squares)
        moved = _means(weighted, label, len(centres))
    return label, moved


@compiled
def _weighted(points: Float64, weights: Float64) -> Float64:
    """Weight times x, weight times y, weight, 0: what each point adds to its cluster."""
    out = np.zeros((len(points), lanes.LANES))
    for at in range(len(points)):
        out[at, 0] = weights[at] * points[at, 0]
        out[at, 1] = weights[at] * points[at, 1]
        out[at, 2] = weights[at]
    return out


@compiled
def _assign(
    points: Float64,
    centres: Float64,
    stirred: npt.NDArray[np.bool_],
    label: Int64,
    squares: Float64,
) -> None:
    """The nearest centre of each point, from its label of the last time.

    A centre that is more than twice as far from the last one as the point is, is farther from the
    point too (Elkan 2003), and so are all that follow it. Where neither of two centres moved, the
    point has chosen between them already. One in two or three is asked, late on a few in all.

    Args:
        points: shape (n, 2).
        centres: shape (k, 2).
        stirred: which of them moved since, shape (k,).
        label: nearest centre, shape (n,); brought up to date.
        squares: room, shape (n,).
    """
    widest = np.zeros(len(centres))
    for at in range(len(points)):
        last = np.uint64(label[at])
        dx, dy = points[at, 0] - centres[last, 0], points[at, 1] - centres[last, 1]
        squares[at] = dx * dx + dy * dy
        widest[last] = max(widest[last], squares[at])
    near, ways, count = _within(centres, stirred, widest)
    for at in range(len(points)):
        # Unsigned: a signed index would be asked each time whether it counts from the end.
        last = np.uint64(label[at])
        best, least = last, squares[at]
        x, y, reach = points[at, 0], points[at, 1], _SURE * least
        for to in range(np.uint64(count[last])):
            if ways[last, to] > reach:
                break
            other = np.uint64(near[last, to])
            dx, dy = x - centres[other, 0], y - centres[other, 1]
            square = dx * dx + dy * dy
            if square < least or (square == least and other < best):
                best, least = other, square
        label[at] = best


@compiled
def _within(
    centres: Float64, stirred: npt.NDArray[np.bool_], widest: Float64
) -> tuple[Int64, Float64, Int64]:
    """For each centre, those that a member may have to be asked of, by distance.

    Args:
        centres: shape (k, 2).
        stirred: which of them moved, shape (k,).
        widest: square of the distance of the farthest member of each, shape (k,).

    Returns:
        indices, shape (k, k), of which the first ``count`` are filled; the squares of their
        distances, likewise; and ``count``, shape (k,).
    """
    size = len(centres)
    near, ways = np.empty((size, size), dtype=np.int64), np.empty((size, size))
    count = np.zeros(size, dtype=np.int64)
    for of in range(size):
        x, y, reach = centres[of, 0], centres[of, 1], _SURE * widest[of]
        its, far, filled = near[of], ways[of], 0
        for one in range(size):
            dx, dy = x - centres[one, 0], y - centres[one, 1]
            way = dx * dx + dy * dy
            if way <= reach and one != of and (stirred[of] or stirred[one]):
                into = filled
                while into > 0 and far[into - 1] > way:
                    its[into], far[into] = its[into - 1], far[into - 1]
                    into -= 1
                its[into], far[into] = one, way
                filled += 1
        count[of] = filled
    return near, ways, count


@compiled
def _means(weighted: Float64, label: Int64, count: int) -> Float64:
    """The centre of each cluster that has any weight; the labels are renumbered to them."""
    sums = np.zeros((count, lanes.LANES))
    for at in range(len(weighted)):
        into = label[at]
        lanes.store(sums, into, lanes.add(lanes.load(sums, into), lanes.load(weighted, at)))
    kept = 0
    index = np.zeros(count, dtype=np.int64)
    for of in range(count):
        index[of] = kept
        if sums[of, 2] > 0:
            sums[kept] = sums[of]
            kept += 1
    if kept < count:
        for at in range(len(weighted)):
            label[at] = index[label[at]]
    means: Float64 = sums[:kept, :2] / sums[:kept, 2:3]
    return means


@compiled
def _moved_most(before: Float64, one: Int64, after: Float64, other: Int64) -> float:
    """The longest way of any centre, both sides in order of place rather than of number."""
    most = 0.0
    for at in range(len(one)):
        dx = before[one[at], 0] - after[other[at], 0]
        dy = before[one[at], 1] - after[other[at], 1]
        most = max(most, np.sqrt(dx * dx + dy * dy))
    return most


@compiled
def _by_place(centres: Float64, nearly: Int64) -> Int64:
    """Their order by x, then y, from one that is nearly it; there are few."""
    order = nearly.copy()
    for at in range(1, len(order)):
        one, into = order[at], at
        x, y = centres[one, 0], centres[one, 1]
        while into > 0:
            other = order[into - 1]
            if centres[other, 0] < x or (centres[other, 0] == x and centres[other, 1] <= y):
                break
            order[into] = other
            into -= 1
        order[into] = one
    return order
