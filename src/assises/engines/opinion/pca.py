"""Exact principal components of the mean-imputed votes, without imputing.

Where a vote is missing, the mean of its statement stands in for it; centring then makes that cell
exactly zero. The centred matrix Z is therefore zero off the votes that were cast, and the exact
PCA of the imputed matrix is a sparse problem (reference: the identity is checked in the tests
against a dense singular value decomposition).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from assises.engines.linear.eigen import Pairs, leading
from assises.engines.opinion.gram import Gram, pays
from assises.engines.opinion.kernels import CODES, WIDTH, compiled, dense_times
from assises.engines.opinion.matrix import Float64, Int64, Votes

_NO_VARIANCE: Final = 1e-12
_TOLERANCE: Final = 1e-9
"""Of the residual where each pass asks all votes: a digit more costs two thirds of a pass."""
_MANY: Final = 1 << 21
"""Votes from which the axes of some people are where those of everyone begin: spares two passes."""
_BITS: Final = 5
"""Of them, one in 32 ..."""
_LOOKS: Final = 4
"""... this many times: by then they are nearer to the others' axes than the sample allows."""
_VALUES: Final = np.array([-1.0, 0.0, 1.0, 0.0])
"""Of the codes of a vote."""


@dataclass(frozen=True, slots=True)
class Centred:
    """The centred votes Z, never written down: what each vote is worth once its mean is taken."""

    votes: Votes
    counts: Int64
    """Agreements, disagreements, passes of each statement, shape (S, 3)."""
    mean: Float64
    """Mean vote of each statement over those who saw it, shape (S,); 0 where zeroed."""
    worth: Float64
    """Z at a cell: of each statement for disagree, pass, agree; shape (S, 4), the last column 0."""
    kept: Float64
    """0 for the zeroed statements, else 1; shape (S,)."""
    seen: Int64
    """Statements that each person counts as having seen, shape (P,); zeroed ones count for all."""

    @property
    def variance(self) -> float:
        """Sum of the squares of Z over the people: what all axes explain together."""
        by_code = self.counts[:, [1, 2, 0]]
        return float((by_code * self.worth[:, :3] ** 2).sum()) / len(self.seen)

    def times(self, block: Float64) -> Float64:
        """Z @ block: (S, 2) to (P, 2)."""
        return self.votes.gather(self._table(block))

    def squared(self, block: Float64, threads: int | None = None, bits: int = 0) -> Float64:
        """Z.T @ (Z @ block): (S, 4) to (S, 4), the columns of ``block`` of length at most 1.

        With ``bits``, of one person in ``2 ** bits`` only.
        """
        scale = 2.0 ** self._room()
        sums = self.votes.scatter(self._table(block), scale, bits, threads=threads)
        return _centred(sums, self.mean, self.kept, scale)

    def _table(self, block: Float64) -> Float64:
        return _products(self.worth, block)

    def _room(self) -> int:
        """Binary places that the largest sum leaves: |Z| <= 2, so |u| <= 2 sqrt(votes of one)."""
        most = int(self.votes.votes_per_participant.max())
        largest = 2.0 * math.sqrt(most) * float(self.counts.sum(axis=1).max())
        return 61 - math.ceil(math.log2(largest))


@compiled
def _products(worth: Float64, block: Float64) -> Float64:
    """What each code of each statement adds: (S, 4) and (S, w) to (4 S, w)."""
    size, wide = block.shape
    rows = np.empty((size * CODES, wide))
    for s in range(size):
        for code in range(CODES):
            for k in range(wide):
                rows[s * CODES + code, k] = worth[s, code] * block[s, k]
    return rows


@compiled
def _centred(sums: Int64, mean: Float64, kept: Float64, scale: float) -> Float64:
    """Sums at the codes of each statement, (4 S, 4), times their Z and added up: (S, 4)."""
    out = np.empty((len(mean), WIDTH))
    for s in range(len(mean)):
        against, between, agreed = sums[s * CODES], sums[s * CODES + 1], sums[s * CODES + 2]
        for k in range(WIDTH):
            # Whole numbers first: what cancels here cancels exactly.
            opposed = np.float64(agreed[k] - against[k])
            together = np.float64(against[k] + between[k] + agreed[k])
            out[s, k] = ((opposed - mean[s] * together) / scale) * kept[s]
    return out


def centre(votes: Votes, zeroed: Int64) -> Centred:
    """Z, with the columns ``zeroed`` (statement indices) at zero for everyone.

    A moderated statement counts as a zero from every person, those who never saw it included: its
    mean is zero and its centred column too. It still counts in the number of statements.
    """
    counts = votes.counts_by(np.zeros(len(votes.participants), dtype=np.int64), 1)[0]
    kept = np.ones(len(counts))
    kept[zeroed] = 0.0
    mean = kept * (counts[:, 0] - counts[:, 1]) / np.maximum(counts.sum(axis=1), 1)
    worth = (_VALUES - mean[:, None]) * kept[:, None]
    worth[:, 3] = 0.0
    return Centred(votes, counts, mean, worth, kept, _seen(votes, zeroed, kept))


def _seen(votes: Votes, zeroed: Int64, kept: Float64) -> Int64:
    if not len(zeroed):
        return votes.votes_per_participant
    ones = np.repeat(kept, CODES)[:, None].repeat(2, axis=1)
    return votes.gather(ones)[:, 0].astype(np.int64) + len(zeroed)


def components(
    z: Centred, count: int = 2, *, gram: Gram | None = None, threads: int | None = None
) -> tuple[Float64, Float64]:
    """The leading principal axes.

    Args:
        z: the centred votes.
        count: how many axes, at most four.
        gram: co-votes of exactly these votes, kept by whoever adds votes one by one; it spares a
            pass over the votes and changes no byte of the result.
        threads: how many at most; they change no byte either.

    Returns:
        axes, shape (count, S), unit length, rows of zeros where there is no variance left;
        variances, shape (count,): eigenvalues of Z.T Z / P.

    The sign of an axis is the one the Polis server arrives at (it starts from a vector of ones in
    a coding where agree = -1): the sum of its entries is negative or zero.
    """
    size, people = len(z.mean), len(z.seen)
    if pays(z.votes):
        dense = (gram or Gram.of(z.votes, threads=threads)).centred(z.mean, z.kept)
        found = leading(lambda block: dense_times(dense, block), size, count)
    else:
        start = None
        if len(z.votes) >= _MANY:
            few = leading(lambda b: z.squared(b, threads, _BITS), size, WIDTH, 0.0, passes=_LOOKS)
            start = few.vectors
        found = leading(
            lambda block: z.squared(block, threads), size, count, _TOLERANCE, start=start
        )
    return _signed(found, count, people)


def _signed(found: Pairs, count: int, people: int) -> tuple[Float64, Float64]:
    axes, variances = np.zeros((count, found.vectors.shape[0])), np.zeros(count)
    floor = _NO_VARIANCE * max(1.0, float(found.values[0])) if len(found.values) else 0.0
    for k, value in enumerate(found.values[:count].tolist()):
        if value > floor:
            axes[k] = found.vectors[:, k] * _sign(found.vectors[:, k])
            variances[k] = value / people
    return axes, variances


def project(z: Centred, axes: Float64) -> Float64:
    """Positions of the participants, shape (P, 2).

    sqrt(S / n) times the sum over the votes of a person of z * axis: the scale undoes the pull to
    the middle of those who saw few of the S statements (Polis, sparsity-aware projection).
    """
    scale = np.sqrt(len(z.mean) / np.maximum(z.seen, 1))
    out = z.times(np.ascontiguousarray(axes.T))
    out *= scale[:, None]
    return out


def project_statements(mean: Float64, axes: Float64) -> Float64:
    """Where someone would stand who had agreed with this one statement only, shape (S, 2)."""
    return np.asarray((np.sqrt(len(mean)) * (1.0 - mean) * axes).T)


def _sign(axis: Float64) -> float:
    total = float(axis.sum())
    if abs(total) > 1e-9 * np.sqrt(len(axis)):
        return -1.0 if total > 0 else 1.0
    return -1.0 if axis[int(np.argmax(np.abs(axis)))] > 0 else 1.0
