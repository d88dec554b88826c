"""The largest eigenpairs of a symmetric matrix that is known by what it does to vectors.

Block Lanczos from a fixed start, every basis vector kept and orthogonalised twice, restarted with
the best ones when the basis is full (Golub and Underwood 1977; Saad, Numerical Methods for Large
Eigenvalue Problems, chapter 6). All sums run in a fixed order in one thread, small eigenproblems by
Jacobi's rotations, so that no library's number of threads shows in the last digit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from assises.engines.opinion.kernels import WIDTH, Float64, compiled

_BASIS: Final = 48
"""Vectors kept before a restart: twelve passes."""
_MOST: Final = 16
_PASSES: Final = 600
_TOLERANCE: Final = 1e-12
"""Of the residual, relative to the largest eigenvalue."""
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
    apply: Callable[[Float64], Float64], size: int, count: int, tolerance: float = _TOLERANCE
) -> Pairs:
    """The ``count`` largest eigenpairs, at most 16.

    Args:
        apply: the matrix, symmetric and positive semidefinite, times a block of shape (size, 4).
        size: its rows.
        count: how many pairs.
        tolerance: largest residual, relative to the largest eigenvalue.
    """
    wanted = min(count, size, _MOST)
    block = orthonormal(_start(size), np.zeros((size, 0)))
    basis, image = np.zeros((size, 0)), np.zeros((size, 0))
    values, vectors, passes = np.zeros(wanted), np.zeros((size, wanted)), 0
    while block.shape[1] and passes < _PASSES:
        applied = apply(_padded(block))[:, : block.shape[1]]
        passes += 1
        basis, image = np.hstack([basis, block]), np.hstack([image, applied])
        small = inner(basis, image)
        values, turn = jacobi((small + small.T) / 2)
        top = float(values[0])
        if top <= _NOTHING:
            return Pairs(np.zeros(wanted), np.zeros((size, wanted)), passes, settled=True)
        vectors = mixed(basis, turn[:, :wanted])
        residual = mixed(image, turn[:, :wanted]) - vectors * values[:wanted]
        if len(values) >= wanted and bool((_lengths(residual) <= tolerance * top).all()):
            return Pairs(values[:wanted], vectors, passes, settled=True)
        # Before the restart: the residual of every vector kept lies in this block.
        block = orthonormal(applied, basis)
        if basis.shape[1] + WIDTH > _BASIS:
            best = turn[:, : wanted + WIDTH]
            basis, image = mixed(basis, best), mixed(image, best)
    exhausted = not block.shape[1]  # the basis spans all that the matrix reaches: nothing is left
    count = min(wanted, len(values))
    return Pairs(values[:count], vectors[:, :count], passes, settled=exhausted)


def orthonormal(block: Float64, basis: Float64) -> Float64:
    """The columns of ``block`` made orthonormal and orthogonal to ``basis``; those in it vanish."""
    kept: list[Float64] = []
    for column in block.T:
        length = float(np.sqrt((column**2).sum()))
        if length <= 0.0:
            continue
        vector = column / length
        for _ in range(2):
            for against in (basis, np.stack(kept, axis=1) if kept else basis[:, :0]):
                if against.shape[1]:
                    vector = vector - mixed(against, inner(against, vector[:, None]))[:, 0]
            left = float(np.sqrt((vector**2).sum()))
            if left <= _GONE:
                break
            vector = vector / left
        else:
            kept.append(vector)
    return np.stack(kept, axis=1) if kept else np.zeros((len(block), 0))


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
    """block @ turn, likewise."""
    out = np.zeros((block.shape[0], turn.shape[1]))
    for row in range(block.shape[0]):
        for i in range(block.shape[1]):
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
    turn = np.eye(n)
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
                if a[p, q] == 0.0:
                    continue
                theta = (a[q, q] - a[p, p]) / (2.0 * a[p, q])
                t = 1.0 / (abs(theta) + np.sqrt(theta * theta + 1.0))
                if theta < 0:
                    t = -t
                c = 1.0 / np.sqrt(t * t + 1.0)
                s = t * c
                for k in range(n):
                    x, y = a[k, p], a[k, q]
                    a[k, p], a[k, q] = c * x - s * y, s * x + c * y
                for k in range(n):
                    x, y = a[p, k], a[q, k]
                    a[p, k], a[q, k] = c * x - s * y, s * x + c * y
                for k in range(n):
                    x, y = turn[k, p], turn[k, q]
                    turn[k, p], turn[k, q] = c * x - s * y, s * x + c * y
    return np.diag(a).copy(), turn


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


def _lengths(block: Float64) -> Float64:
    return np.asarray(np.sqrt((block**2).sum(axis=0)))
