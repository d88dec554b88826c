"""Where a group differs from the others, with tests corrected for their number."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.inference.counting import Tally
from assises.engines.opinion.inference.estimates import LEAST, shares
from assises.engines.opinion.intervals import newcombe_interval, ratio
from assises.engines.opinion.kernels import Float64, Int64, compiled


@dataclass(frozen=True, slots=True)
class Tests:
    """Each group held against all others, for agreement and for disagreement, shape (G, S, 2)."""

    p: Float64
    """Two-sided p-value of both shares being equal; NaN where it cannot be said."""
    q: Float64
    """Benjamini and Hochberg's over all cells of the table; NaN where p is."""
    difference: Float64
    """Share of the group less share of the others."""
    low: Float64
    """Lower bound of the difference."""
    high: Float64
    """Upper bound of the difference."""
    level: float

    def significant(self, rate: float = 0.05) -> npt.NDArray[np.bool_]:
        """Cells that stand out, of which no more than ``rate`` are expected to be false alarms."""
        return np.nan_to_num(self.q, nan=1.0) <= rate


def representative(counted: Tally, level: float = 0.95, least: float = LEAST) -> Tests:
    """Where a group agrees, or disagrees, more or less than all the others.

    Where all weigh the same: Fisher's exact test with the mid-p value, twice the smaller tail with
    half the probability of what was observed (Lancaster 1961), the test that Lydersen, Fagerland
    and Laake (2009) recommend for small tables: unlike the z test it does not reject too often for
    three people against three hundred, unlike Fisher's own it is not idle there. Under weights:
    the score test of the effective counts with (N - 1) / N (Campbell 2007); NaN where the group or
    the others have fewer than ``least`` effective answers.

    Opinion groups formed from the same votes differ by construction: test them with
    :func:`cross_fit`.

    Args:
        counted: answers by group and statement.
        level: of the interval of the difference (Newcombe 1998).
        least: effective answers for a weighted test.
    """
    rest = counted.rest
    one, other = shares(counted, level, least), shares(rest, level, least)
    n1, n2 = one.basis[..., :2], other.basis[..., :2]
    s1, s2 = one.share[..., :2] * n1, other.share[..., :2] * n2
    low, high = newcombe_interval((s1, n1), (s2, n2), level)
    c1, c2 = counted.counts[..., :2], rest.counts[..., :2]
    exact = np.empty(c1.shape)
    _mid_p(
        c1.ravel(),
        np.repeat(counted.seen.ravel(), 2),
        c2.ravel(),
        np.repeat(rest.seen.ravel(), 2),
        exact.ravel(),
    )
    equal = (n1 == counted.seen[..., None]) & (n2 == rest.seen[..., None])
    p = np.where(equal, exact, _score(s1, n1, s2, n2))
    p = np.where(np.isnan(n1) | np.isnan(n2), np.nan, p)
    return Tests(p, benjamini_hochberg(p), ratio(s1, n1) - ratio(s2, n2), low, high, level)


def fisher_mid_p(
    successes: npt.ArrayLike,
    trials: npt.ArrayLike,
    other_successes: npt.ArrayLike,
    other_trials: npt.ArrayLike,
) -> Float64:
    """Two-sided mid-p value of two shares being equal, whole counts, broadcast; 1 if either is
    empty: see :func:`representative`.
    """
    given = (successes, trials, other_successes, other_trials)
    s1, n1, s2, n2 = np.broadcast_arrays(*(np.asarray(v, dtype=np.int64) for v in given))
    out = np.empty(s1.size)
    _mid_p(s1.ravel(), n1.ravel(), s2.ravel(), n2.ravel(), out)
    return out.reshape(s1.shape)


@compiled
def _mid_p(s1: Int64, n1: Int64, s2: Int64, n2: Int64, out: Float64) -> None:
    for i in range(len(out)):
        tail = _tail(float(s1[i]), float(n1[i]), float(s2[i]), float(n2[i]))
        out[i] = min(1.0, 2.0 * min(tail, 1.0 - tail))


@compiled
def _tail(x: float, n1: float, y: float, n2: float) -> float:
    """Hypergeometric probability beyond x, on its side of the mean, and half of that of x."""
    k, n = x + y, n1 + n2
    if n1 == 0.0 or n2 == 0.0 or k in (0.0, n):
        return 0.5
    p = math.exp(_log_choose(n1, x) + _log_choose(n2, y) - _log_choose(n, k))
    total, term, up = 0.5 * p, p, x * n >= n1 * k
    while True:
        if up:
            term *= (n1 - x) * y / ((x + 1.0) * (n2 - y + 1.0))
            x, y = x + 1.0, y - 1.0
        else:
            term *= x * (n2 - y) / ((n1 - x + 1.0) * (y + 1.0))
            x, y = x - 1.0, y + 1.0
        total += term
        if term <= 1e-17 * total:
            return total


@compiled
def _log_choose(n: float, k: float) -> float:
    return math.lgamma(n + 1.0) - math.lgamma(k + 1.0) - math.lgamma(n - k + 1.0)


def _score(s1: Float64, n1: Float64, s2: Float64, n2: Float64) -> Float64:
    """Two-sided p-value of the score test with (N - 1) / N; 1 where nothing can differ."""
    n = n1 + n2
    pooled = ratio(s1 + s2, n)
    variance = pooled * (1.0 - pooled) * (1.0 / np.maximum(n1, 1.0) + 1.0 / np.maximum(n2, 1.0))
    some = variance > 0.0
    z = (ratio(s1, n1) - ratio(s2, n2)) * np.sqrt((n - 1.0) / n)
    z = np.divide(z, np.sqrt(np.where(some, variance, 1.0)), out=np.zeros_like(z), where=some)
    out = np.empty(z.size)
    _two_sided(z.ravel(), out)
    return out.reshape(z.shape)


@compiled
def _two_sided(z: Float64, out: Float64) -> None:
    for i in range(len(out)):
        out[i] = math.erfc(abs(z[i]) / math.sqrt(2.0))


def benjamini_hochberg(p: npt.ArrayLike) -> Float64:
    """q-values over all cells of a table (Benjamini & Hochberg 1995), same shape.

    The smallest rate of false discoveries at which a cell would still be one. NaN is not a test and
    stays NaN.
    """
    given = np.asarray(p, dtype=np.float64)
    flat = given.ravel()
    tested = np.flatnonzero(~np.isnan(flat))
    order = tested[np.argsort(flat[tested], kind="stable")]
    steps = flat[order] * len(order) / np.arange(1, len(order) + 1)
    q = np.full(flat.shape, np.nan)
    q[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return q.reshape(given.shape)
