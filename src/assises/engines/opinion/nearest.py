"""Which of some points in the plane is the nearest, without asking all of them."""

from __future__ import annotations

from typing import Final

import numpy as np

from assises.engines.opinion.kernels import Float64, Int64, compiled

_COARSE: Final = 96
"""Squares along the wider side in which one group may be the nearest to every place."""
_DIAGONAL: Final = 1.42


@compiled
def nearest(points: Float64, centres: Float64) -> Int64:
    """Index of the nearest centre of each point, the first one on equal distances.

    Centres are asked to the right and to the left of a point, until they are further along x alone
    than the nearest is in all: about a tenth of them.
    """
    order = np.argsort(centres[:, 0])
    across = centres[order]
    label = np.empty(len(points), dtype=np.int64)
    for at in range(len(points)):
        label[at] = _nearest(points[at, 0], points[at, 1], order, across)
    return label


@compiled
def _nearest(x: float, y: float, order: Int64, across: Float64) -> int:
    place = _place(across, x)
    best, least = -1, np.inf
    for step in (1, -1):
        other = place if step < 0 else place + 1
        while 0 <= other < len(order):
            dx, dy = x - across[other, 0], y - across[other, 1]
            square = dx * dx
            if square > least:
                break
            square += dy * dy
            if square < least or (square == least and order[other] < best):
                best, least = order[other], square
            other += step
    return best


@compiled
def labelled(points: Float64, centres: Float64, group: Int64) -> Int64:
    """``group[nearest(points, centres)]``: asked of a point only where its cell does not tell."""
    left, low, right, high = bounds(points)
    wide = max(right - left, high - low, 1e-300)
    to_cell, side = _COARSE / wide, wide / _COARSE
    of_cell = np.empty((_COARSE + 1, _COARSE + 1), dtype=np.int64)
    for across in range(_COARSE + 1):
        for up in range(_COARSE + 1):
            x, y = left + (across + 0.5) * side, low + (up + 0.5) * side
            of_cell[across, up] = _group_around(x, y, side, centres, group)
    order = np.argsort(centres[:, 0])
    sorted_ = centres[order]
    label = np.empty(len(points), dtype=np.int64)
    for at in range(len(points)):
        x, y = points[at, 0], points[at, 1]
        found = of_cell[int((x - left) * to_cell), int((y - low) * to_cell)]
        label[at] = group[_nearest(x, y, order, sorted_)] if found < 0 else found
    return label


@compiled
def _group_around(x: float, y: float, side: float, centres: Float64, group: Int64) -> int:
    """The group of whichever centre is the nearest within a square; -1 if there are several.

    Half a diagonal from the middle, no centre is nearer or farther by more than that.
    """
    least = np.inf
    for at in range(len(centres)):
        dx, dy = x - centres[at, 0], y - centres[at, 1]
        least = min(least, dx * dx + dy * dy)
    # The whole diagonal and a little: twice the half of it, and more than rounding can do.
    reach = np.sqrt(least) + _DIAGONAL * side
    found = -1
    for at in range(len(centres)):
        dx, dy = x - centres[at, 0], y - centres[at, 1]
        if dx * dx + dy * dy <= reach * reach:
            if found >= 0 and group[at] != found:
                return -1
            found = group[at]
    return found


@compiled
def _place(across: Float64, x: float) -> int:
    """Index of the last centre that is not right of ``x``, the first one if all are."""
    low, high = 0, len(across)
    while high - low > 1:
        middle = (low + high) >> 1
        if across[middle, 0] <= x:
            low = middle
        else:
            high = middle
    return low


@compiled
def bounds(points: Float64) -> tuple[float, float, float, float]:
    """Least x and y, largest x and y."""
    left = right = points[0, 0]
    low = high = points[0, 1]
    for at in range(len(points)):
        x, y = points[at, 0], points[at, 1]
        left, right, low, high = min(left, x), max(right, x), min(low, y), max(high, y)
    return left, low, right, high
