"""The largest eigenpairs of a symmetric matrix that is known by what it does to vectors.

Block Lanczos from a fixed start, every basis vector kept and orthogonalised twice, restarted with
the best ones when the basis is full (Golub and Underwood 1977; Saad, Numerical Methods for Large
Eigenvalue Problems, chapter 6). All sums run in a fixed order in one thread, small eigenproblems by
Jacobi's rotations, so that no library's number of threads shows in the last digit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.linear import lanes
from assises.engines.linear.compiling import WIDTH, Float64, compiled

_BASIS: Final = 48
"""Vectors kept before a restart: twelve passes."""
_MOST: Final = 16
_PASSES: Final = 600
_TOLERANCE: Final = 1e-12
"""Of the residual, relative to the largest eigenvalue."""
_TRUST: Final = 1e-3
"""What of the fixed start is added to a given one: nothing is orthogonal to both."""
_NOTHING: Final = 1e-12
_GONE: Final = 1e-10
"""What is left of a vector of length 1 that lies in the basis already, rounding apart."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Eigenvalues, the largest first, and their unit vectors as columns."""

    values: Float64
    """Shape (k,)."""
    vectors: Float64
    """Shape (S, k)."""
    passes: int
    """How often the matrix was applied."""
    settled: bool
    """Whether each residual is below the tolerance."""


def leading(
    apply: Callable[[Float64], Float64],
    size: int,
    count: int,
    tolerance: float = _TOLERANCE,
    *,
    start: Float64 | None = None,
    passes: int = _PASSES,
) -> Pairs:
    """The ``count`` largest eigenpairs, at most 16.

    Args:
        apply: the matrix, symmetric and positive semidefinite, times a block of shape (size, 4).
        size: its rows.
        count: how many pairs.
        tolerance: largest residual, relative to the largest eigenvalue.
        start: columns near the vectors sought, of length 1, shape (size, at most 4).
        passes: how often the matrix is applied at most.
    """
    wanted = min(count, size, _MOST)
    basis, image = np.zeros((size, _BASIS)), np.zeros((size, _BASIS))
    small = np.zeros((_BASIS, _BASIS))
    block = orthonormal(_begun(size, start), basis, 0)
    values, vectors, done, used = np.zeros(wanted), np.zeros((size, wanted)), 0, 0
    due, seen, before = 2, 0, math.inf
    while block.shape[1] and done < passes:
        new = used + block.shape[1]
        padded = _padded(block)
        applied = np.ascontiguousarray(apply(padded))
        done += 1
        basis[:, used:new], image[:, used:new] = block, applied[:, : block.shape[1]]
        _bordered(basis, image, padded, applied, used, new, small)
        used = new
        # Before the restart: the residual of every vector kept lies in this block.
        block = orthonormal(applied[:, : block.shape[1]], basis, used)
        full = used + WIDTH > _BASIS
        if done < due and not full and block.shape[1] and done < passes:
            continue
        values, turn = jacobi(small[:used, :used])
        top = float(values[0])
        if top <= _NOTHING:
            return Pairs(np.zeros(wanted), np.zeros((size, wanted)), done, settled=True)
        vectors, left = _ritz(basis, image, values, turn, min(wanted, used))
        if used >= wanted and bool((left <= tolerance * top).all()):
            return Pairs(values[:wanted], vectors, done, settled=True)
        rest = float(left.max()) / top if used >= wanted else math.inf
        due = done + _until_next(rest, before, done - seen, tolerance)
        seen, before = done, rest
        if full:
            best = np.ascontiguousarray(turn[:, : wanted + WIDTH])
            used = best.shape[1]
            basis[:, :used], image[:, :used] = mixed(basis, best), mixed(image, best)
            small[:used, :used] = np.diag(values[:used])
    exhausted = not block.shape[1]  # the basis spans all that the matrix reaches: nothing is left
    count = min(wanted, len(values))
    return Pairs(values[:count], vectors[:, :count], done, settled=exhausted)


def orthonormal(block: Float64, basis: Float64, used: int) -> Float64:
    """The columns of ``block`` made orthonormal and orthogonal to a basis; those in it vanish.

    Args:
        block: shape (S, at most 4).
        basis: orthonormal columns, of which the first ``used`` count, shape (S, k).
        used: how many.
    """
    found = _padded(block)
    return np.ascontiguousarray(found[:, _orthonormalised(found, basis, used)])


@compiled
def _orthonormalised(block: Float64, basis: Float64, used: int) -> npt.NDArray[np.bool_]:
    """The same in place, ``block`` of shape (S, 4); which columns are left."""
    size, wide = block.shape
    kept = np.ones(wide, dtype=np.bool_)
    for k in range(wide):
        kept[k] = _unit(block, k, 0.0)
    for _ in range(2):
        _without(block, basis, used)
        for k in range(wide):
            for before in range(k):
                if kept[before]:
                    share = 0.0
                    for row in range(size):
                        share += block[row, before] * block[row, k]
                    for row in range(size):
                        block[row, k] -= share * block[row, before]
            kept[k] = kept[k] and _unit(block, k, _GONE)
    return kept


@compiled
def _without(block: Float64, basis: Float64, used: int) -> None:
    """Take from each column of ``block`` what lies along the first columns of ``basis``."""
    shares = np.zeros((used, WIDTH))
    for row in range(len(block)):
        its = lanes.load(block, row)
        for i in range(used):
            share = lanes.times(its, basis[row, i])
            lanes.store(shares, i, lanes.add(lanes.load(shares, i), share))
    for row in range(len(block)):
        its = lanes.load(block, row)
        for i in range(used):
            its = lanes.less(its, lanes.times(lanes.load(shares, i), basis[row, i]))
        lanes.store(block, row, its)


@compiled
def _unit(block: Float64, k: int, gone: float) -> bool:
    """Make a column of length 1; False if it is not longer than ``gone``."""
    length = 0.0
    for row in range(len(block)):
        length += block[row, k] * block[row, k]
    length = np.sqrt(length)
    if length <= gone:
        return False
    for row in range(len(block)):
        block[row, k] /= length
    return True


@compiled
def _bordered(
    basis: Float64,
    image: Float64,
    block: Float64,
    applied: Float64,
    old: int,
    new: int,
    small: Float64,
) -> None:
    """Fill in basis.T @ image for the columns from ``old`` to ``new``, made symmetric.

    Summed from the first row to the last. ``block`` and ``applied`` are these columns of both,
    shape (S, 4).
    """
    border, corner = np.zeros((new, WIDTH)), np.zeros((new, WIDTH))
    for row in range(len(basis)):
        before, after = lanes.load(block, row), lanes.load(applied, row)
        for i in range(new):
            one, other = lanes.times(after, basis[row, i]), lanes.times(before, image[row, i])
            lanes.store(border, i, lanes.add(lanes.load(border, i), one))
            lanes.store(corner, i, lanes.add(lanes.load(corner, i), other))
    for i in range(new):
        for j in range(new - old):
            small[i, old + j] = small[old + j, i] = (border[i, j] + corner[i, j]) / 2


@compiled
def _ritz(
    basis: Float64, image: Float64, values: Float64, turn: Float64, count: int
) -> tuple[Float64, Float64]:
    """The vectors that the first columns of ``turn`` mix, shape (S, count), and the lengths of
    their residuals."""
    vectors, left = np.zeros((len(basis), count)), np.zeros(count)
    for row in range(len(basis)):
        for k in range(count):
            vector = its = 0.0
            for i in range(len(turn)):
                vector += basis[row, i] * turn[i, k]
                its += image[row, i] * turn[i, k]
            vectors[row, k] = vector
            left[k] += (its - values[k] * vector) ** 2
    return vectors, np.sqrt(left)


@compiled
def inner(left: Float64, right: Float64) -> Float64:
    """left.T @ right, summed from the first row to the last."""
    out = np.zeros((left.shape[1], right.shape[1]))
    for row in range(left.shape[0]):
        for i in range(left.shape[1]):
            value = left[row, i]
            for j in range(right.shape[1]):
                out[i, j] += value * right[row, j]
    return out


@compiled
def mixed(block: Float64, turn: Float64) -> Float64:
    """The first columns of ``block``, as many as ``turn`` has rows, times ``turn``."""
    out = np.zeros((block.shape[0], turn.shape[1]))
    for row in range(block.shape[0]):
        for i in range(turn.shape[0]):
            value = block[row, i]
            for j in range(turn.shape[1]):
                out[row, j] += value * turn[i, j]
    return out


def jacobi(matrix: Float64) -> tuple[Float64, Float64]:
    """Eigenvalues, the largest first, and unit eigenvectors of a small symmetric matrix."""
    values, vectors = _rotate(matrix.copy())
    order = np.argsort(-values, kind="stable")
    return values[order], np.ascontiguousarray(vectors[:, order])


@compiled
def _rotate(a: Float64) -> tuple[Float64, Float64]:
    """Cyclic Jacobi rotations until nothing is left off the diagonal."""
    n = len(a)
    turned = np.eye(n)  # vectors as rows, which lie together
    for _ in range(60):
        off = 0.0
        for p in range(n):
            for q in range(p + 1, n):
                off += a[p, q] * a[p, q]
        total = off
        for p in range(n):
            total += a[p, p] * a[p, p]
        if off <= 1e-32 * total:
            break
        for p in range(n):
            for q in range(p + 1, n):
                if a[p, q] * a[p, q] > 1e-36 * total:
                    _rotate_pair(a, turned, p, q)
    return np.diag(a).copy(), turned.T.copy()


@compiled
def _rotate_pair(a: Float64, turned: Float64, p: int, q: int) -> None:
    """The rotation that leaves nothing at (p, q); rows are computed, columns are their mirror."""
    theta = (a[q, q] - a[p, p]) / (2.0 * a[p, q])
    t = 1.0 / (abs(theta) + np.sqrt(theta * theta + 1.0))
    if theta < 0:
        t = -t
    c = 1.0 / np.sqrt(t * t + 1.0)
    s = t * c
    pp, qq = a[p, p] - t * a[p, q], a[q, q] + t * a[p, q]
    for k in range(len(a)):
        x, y = a[p, k], a[q, k]
        a[p, k], a[q, k] = c * x - s * y, s * x + c * y
    for k in range(len(a)):
        x, y = turned[p, k], turned[q, k]
        turned[p, k], turned[q, k] = c * x - s * y, s * x + c * y
    for k in range(len(a)):
        a[k, p], a[k, q] = a[p, k], a[q, k]
    a[p, p], a[q, q] = pp, qq
    a[p, q] = a[q, p] = 0.0


def _until_next(rest: float, before: float, passes: int, tolerance: float) -> int:
    """Passes after which it pays to look again.

    What is left falls by about one factor each pass; a little earlier than that says.
    """
    if not 0.0 < rest < before < math.inf:
        return 2
    needed = passes * math.log(tolerance / rest) / math.log(rest / before) if tolerance > 0 else 1
    return max(1, int(0.8 * needed))


def _begun(size: int, start: Float64 | None) -> Float64:
    block = _start(size)
    if start is not None:
        block *= _TRUST / np.sqrt(size)
        block[:, : start.shape[1]] += start
    return block


def _start(size: int) -> Float64:
    # Ones as the server does, then columns that no symmetry of the data is likely to share.
    at = np.arange(1, size + 1, dtype=np.float64)[:, None]
    waves = np.cos(at * np.sqrt(2.0 + np.arange(WIDTH)))
    waves[:, 0] = 1.0
    return np.asarray(waves)


def _padded(block: Float64) -> Float64:
    out = np.zeros((len(block), WIDTH))
    out[:, : block.shape[1]] = block
    return out
