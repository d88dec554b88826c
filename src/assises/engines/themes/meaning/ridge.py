"""Ridge regression on similarities, with the same bytes on any machine and any number of threads.

The system is solved by Cholesky's factorisation in blocks (Golub and Van Loan, "Matrix
Computations", 4.2.6): all but the blocks on the diagonal is products of :mod:`.products`, whose
order is fixed.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.themes.meaning.products import Float32, compiled, panels, product
from assises.lib.progress import SILENT, Progress

Float64 = npt.NDArray[np.float64]

_BLOCK: Final = 96
"""Rows and columns of a block: of the six and of the sixteen a multiple."""


def solve(gram: Float32, targets: Float32, progress: Progress = SILENT) -> Float32:
    """``inv(gram) @ targets``, shape (n, d), float32.

    Args:
        gram: symmetric and positive definite, shape (n, n), float32; only the lower triangle
            counts. Its smallest eigenvalue must be well above 1e-6 of the largest.
        targets: shape (n, d).
        progress: is told of each block, and may raise to stop.
    """
    count, width = targets.shape
    size, wide = -(-count // _BLOCK) * _BLOCK, -(-width // _BLOCK) * _BLOCK
    lower = np.eye(size, dtype=np.float32)
    lower[:count, :count] = gram
    found = np.zeros((size, wide), dtype=np.float32)
    found[:count, :width] = targets
    places = range(0, size, _BLOCK)
    progress.step("equations", 3 * len(places))
    inverses = []
    for at in places:
        inverses.append(_factored(lower, at))
        progress.advance(1)
    for number, at in enumerate(places):
        rest = found[at : at + _BLOCK]
        if at:
            rest = rest - _times(lower[at : at + _BLOCK, :at], found[:at])
        found[at : at + _BLOCK] = _times(inverses[number], rest)
        progress.advance(1)
    for number, at in reversed(list(enumerate(places))):
        rest, after = found[at : at + _BLOCK], at + _BLOCK
        if after < size:
            rest = rest - _times(lower[after:, at:after].T, found[after:])
        found[at:after] = _times(inverses[number].T, rest)
        progress.advance(1)
    return found[:count, :width].copy()


def _factored(lower: Float32, at: int) -> Float32:
    """Finish the columns of a block in place, and return the inverse of its corner."""
    end = at + _BLOCK
    if at:
        lower[at:, at:end] -= _times(lower[at:, :at], lower[at:end, :at].T)
    corner = lower[at:end, at:end].astype(np.float64)
    inverse = np.zeros_like(corner)
    _corner(corner, inverse)
    lower[at:end, at:end] = corner
    found = inverse.astype(np.float32)
    if end < len(lower):
        lower[end:, at:end] = _times(lower[end:, at:end], found.T)
    return found


def _times(left: Float32, right: Float32) -> Float32:
    """The product; shapes are multiples of a block."""
    rows, depth = left.shape
    width = right.shape[1]
    out = np.empty(rows * width, dtype=np.float32)
    given = np.ascontiguousarray(left)
    begins = np.arange(rows, dtype=np.int64) * depth
    product(given.reshape(-1), begins, rows, panels(right), depth, width, out)
    return out.reshape(rows, width)


@compiled
def _corner(corner: Float64, inverse: Float64) -> None:
    """A block to its lower factor, in place, and the inverse of that."""
    size = len(corner)
    for j in range(size):
        for i in range(j, size):
            total = corner[i, j]
            for k in range(j):
                total -= corner[i, k] * corner[j, k]
            corner[i, j] = np.sqrt(total) if i == j else total / corner[j, j]
        for i in range(j):
            corner[i, j] = 0.0
    for j in range(size):
        for i in range(j, size):
            total = 1.0 if i == j else 0.0
            for k in range(j, i):
                total -= corner[i, k] * inverse[k, j]
            inverse[i, j] = total / corner[i, i]
