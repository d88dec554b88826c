"""Exact principal components of the mean-imputed votes, without imputing.

Where a vote is missing, the mean of its statement stands in for it; centring then makes that cell
exactly zero. The centred matrix Z is therefore zero off the votes that were cast, and the exact
PCA of the imputed matrix is a sparse problem (reference: the identity is checked in the tests
against a dense singular value decomposition).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from assises.engines.opinion.matrix import Float64, Int64, VoteMatrix

_WIDTH: Final = 8
"""Vectors iterated together: only two are wanted, the others pull the error down faster."""
_ROUNDS: Final = 2000
_TOLERANCE: Final = 1e-13
_NO_VARIANCE: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Centred:
    """The centred votes Z by statement and by participant, ready to be multiplied."""

    mean: Float64
    """Mean vote of each statement over those who saw it, shape (S,)."""
    by_person: Float64
    """Z at the votes, ordered by person, then statement; shape (votes,)."""
    columns: Int64
    indptr: Int64
    by_statement: Float64
    """Z at the votes, ordered by statement, then person; shape (votes,)."""
    rows: Int64
    starts: Int64
    """Where each statement that has votes begins in :attr:`by_statement`."""
    voted: Int64
    """Those statements."""
    seen: Int64
    """Statements that each person counts as having seen, shape (P,); zeroed ones count for all."""

    def times(self, block: Float64) -> Float64:
        """Z @ block: (S, k) to (P, k)."""
        out = np.empty((len(self.indptr) - 1, block.shape[1]))
        for k in range(block.shape[1]):
            products = self.by_person * block[self.columns, k]
            out[:, k] = np.add.reduceat(products, self.indptr[:-1])
        return out

    def transposed_times(self, block: Float64) -> Float64:
        """Z.T @ block: (P, k) to (S, k)."""
        out = np.zeros((len(self.mean), block.shape[1]))
        for k in range(block.shape[1]):
            products = self.by_statement * block[self.rows, k]
            out[self.voted, k] = np.add.reduceat(products, self.starts)
        return out


def centre(votes: VoteMatrix, zeroed: Int64) -> Centred:
    """Z, with the columns ``zeroed`` (statement indices) at zero for everyone.

    A moderated statement counts as a zero from every person, those who never saw it included: its
    mean is zero and its centred column too. It still counts in the number of statements.
    """
    columns, rows = votes.columns, votes.rows
    counts = votes.counts()
    seen = counts.sum(axis=1)
    mean = (counts[:, 0] - counts[:, 1]) / np.maximum(seen, 1)
    mean[zeroed] = 0.0
    z = votes.values - mean[columns]
    z[np.isin(columns, zeroed)] = 0.0
    order = np.argsort(columns, kind="stable")
    voted = np.flatnonzero(seen)
    starts = np.concatenate([[0], np.cumsum(seen[voted])[:-1]]).astype(np.int64)
    off = np.isin(columns, zeroed)
    personal = np.bincount(rows[~off], minlength=len(votes.participants)).astype(np.int64)
    return Centred(
        mean=mean,
        by_person=z,
        columns=columns,
        indptr=votes.indptr,
        by_statement=z[order],
        rows=rows[order],
        starts=starts,
        voted=voted,
        seen=personal + len(zeroed),
    )


def components(z: Centred, count: int = 2) -> tuple[Float64, Float64]:
    """The leading principal axes.

    Block power iteration with a Rayleigh-Ritz step from a fixed start, until the residual of each
    wanted axis is below 1e-13 of the leading eigenvalue. Reductions run in a fixed order, so that
    the result does not depend on the number of cores.

    Returns:
        axes, shape (count, S), unit length, rows of zeros where there is no variance left;
        variances, shape (count,): eigenvalues of Z.T Z / P.

    The sign of an axis is the one the Polis server arrives at (it starts from a vector of ones in
    a coding where agree = -1): the sum of its entries is negative or zero.
    """
    size, people = len(z.mean), len(z.indptr) - 1
    width = min(_WIDTH, size)
    block = _orthonormal(_start(size, width))
    values, settled = np.zeros(width), False
    for _ in range(_ROUNDS):
        image = z.transposed_times(z.times(block))
        small = _inner(block, image)
        values, turn = np.linalg.eigh((small + small.T) / 2)
        turn = turn[:, ::-1]
        values = values[::-1]
        ritz, image = _mix(block, turn), _mix(image, turn)
        top = max(float(values[0]), 0.0)
        if top <= _NO_VARIANCE:
            return np.zeros((count, size)), np.zeros(count)
        wanted = min(count, width)
        residual = np.sqrt(((image - ritz * values) ** 2).sum(axis=0))[:wanted]
        settled = bool((residual <= _TOLERANCE * top).all())
        block = ritz if settled else _orthonormal(image)
        if settled:
            break
    axes, variances = np.zeros((count, size)), np.zeros(count)
    for k in range(min(count, width)):
        if values[k] > _NO_VARIANCE * max(1.0, values[0]):
            axes[k] = block[:, k] * _sign(block[:, k])
            variances[k] = values[k] / people
    return axes, variances


def project(z: Centred, axes: Float64) -> Float64:
    """Positions of the participants, shape (P, 2).

    sqrt(S / n) times the sum over the votes of a person of z * axis: the scale undoes the pull to
    the middle of those who saw few of the S statements (Polis, sparsity-aware projection).
    """
    scale = np.sqrt(len(z.mean) / np.maximum(z.seen, 1))
    return z.times(axes.T) * scale[:, None]


def project_statements(mean: Float64, axes: Float64) -> Float64:
    """Where someone would stand who had agreed with this one statement only, shape (S, 2)."""
    return np.asarray((np.sqrt(len(mean)) * (1.0 - mean) * axes).T)


def _start(size: int, width: int) -> Float64:
    # Ones as the server does, then columns that no symmetry of the data is likely to share.
    at = np.arange(1, size + 1, dtype=np.float64)[:, None]
    waves = np.cos(at * np.sqrt(2.0 + np.arange(width)))
    waves[:, 0] = 1.0
    return np.asarray(waves)


def _orthonormal(block: Float64) -> Float64:
    out = block.copy()
    for k in range(out.shape[1]):
        for _ in range(2):
            for j in range(k):
                out[:, k] -= (out[:, j] * out[:, k]).sum() * out[:, j]
        length = np.sqrt((out[:, k] ** 2).sum())
        out[:, k] = out[:, k] / length if length > 0 else 0.0
    return out


def _inner(left: Float64, right: Float64) -> Float64:
    return np.array(
        [
            [float((left[:, i] * right[:, j]).sum()) for j in range(right.shape[1])]
            for i in range(left.shape[1])
        ]
    )


def _mix(block: Float64, turn: Float64) -> Float64:
    out = np.zeros((block.shape[0], turn.shape[1]))
    for j in range(turn.shape[1]):
        for i in range(block.shape[1]):
            out[:, j] += block[:, i] * turn[i, j]
    return out


def _sign(axis: Float64) -> float:
    total = float(axis.sum())
    if abs(total) > 1e-9 * np.sqrt(len(axis)):
        return -1.0 if total > 0 else 1.0
    return -1.0 if axis[int(np.argmax(np.abs(axis)))] > 0 else 1.0
