"""What routing did to the shares, undone from its log; and how unevenly it showed statements."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.matrix import Float64, Int64
from assises.engines.opinion.routing.estimate import indices
from assises.lib.errors import InputError


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of agreement by statement, as cast and corrected for who was shown what, shape (S,).

    NaN where nobody was shown the statement.
    """

    naive: Float64
    """Of those who were shown it."""
    corrected: Float64
    """Of everyone."""
    n: Int64
    """How many were shown it."""
    effective_n: Float64
    """Kish's (1965): (sum of weights) squared over the sum of their squares."""
    clipped: Int64
    """Weights that were cut down."""


def shares(
    statements: npt.ArrayLike,
    values: npt.ArrayLike,
    probabilities: npt.ArrayLike,
    steps: npt.ArrayLike,
    draws: npt.ArrayLike,
    *,
    size: int,
    clip: float = 20.0,
) -> Shares:
    """Shares of agreement with what routing did undone, from its log.

    A person shown a statement at their draw j of K, with probability p, weighs (1 / p + K - 1 - j)
    / K. At each draw before, the statement could have been drawn and was not; at this one it stands
    for 1 / p; from then on the vote is known: the mean over the draws estimates the vote without
    bias, whatever the routing learnt meanwhile (Des Raj 1956), if the number of draws does not
    depend on the votes. Shares are ratios of weighted sums (Hajek 1971). Weights above ``clip``
    times the median of their statement are cut down to it: a little bias for much less variance.

    Args:
        statements: index of each statement shown and answered, shape (n,).
        values: the votes, -1, 0 or +1, shape (n,).
        probabilities: of :class:`Choices`, shape (n,).
        steps: of :class:`Choices`, from 0, shape (n,).
        draws: how many the person was shown in all, shape (n,).
        size: number of statements.
        clip: see above.

    Raises:
        InputError: for columns of unequal length, and for probabilities outside (0, 1] or steps
            outside the draws.
    """
    at, vote = indices(statements, size), np.asarray(values)
    p, j, k = (np.asarray(x, dtype=np.float64) for x in (probabilities, steps, draws))
    if not at.shape == vote.shape == p.shape == j.shape == k.shape:
        raise InputError(
            "the columns of the log are of unequal length",
            value=[x.shape for x in (at, vote, p, j, k)],
            next_step="Give one row for each statement shown.",
        )
    if not ((p > 0) & (p <= 1) & (j >= 0) & (j < k)).all():
        raise InputError(
            "a probability is within (0, 1], and a step within the draws of its person",
            next_step="Give the log of routing as it was written.",
        )
    raw = inverse_probability(p, j, k)
    limit = clip * _medians(at, raw, size)[at]
    weight = np.minimum(raw, limit)
    n = np.bincount(at, minlength=size)
    sums = np.bincount(at, weights=weight, minlength=size)
    yes = np.bincount(at, weights=weight * (vote > 0), minlength=size)
    squares = np.bincount(at, weights=weight * weight, minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        return Shares(
            naive=np.bincount(at, weights=(vote > 0).astype(np.float64), minlength=size) / n,
            corrected=yes / sums,
            n=n.astype(np.int64),
            effective_n=np.where(n > 0, sums * sums / np.where(n > 0, squares, 1.0), 0.0),
            clipped=np.bincount(at[raw > limit], minlength=size).astype(np.int64),
        )


def inverse_probability(probability: Float64, step: Float64, draws: Float64) -> Float64:
    """(1 / p + K - 1 - j) / K: weight of an answer; see :func:`shares`."""
    return np.asarray((1.0 / probability + draws - 1.0 - step) / draws)


def gini(exposures: npt.ArrayLike) -> float:
    """Gini coefficient (1912) of how often each statement was shown: 0 alike, 1 only one."""
    x = np.sort(np.asarray(exposures, dtype=np.float64))
    if not len(x) or x.sum() == 0:
        return 0.0
    order = np.arange(1, len(x) + 1)
    return float(((2 * order - len(x) - 1) * x).sum() / (len(x) * x.sum()))


def _medians(at: Int64, weight: Float64, size: int) -> Float64:
    """Median weight by statement (the upper one of two); 0 where there is none."""
    order = np.lexsort((weight, at))
    n = np.bincount(at, minlength=size)
    middle = np.cumsum(n) - n + n // 2
    out = np.zeros(size)
    out[n > 0] = weight[order][middle[n > 0]]
    return out
