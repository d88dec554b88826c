"""What may be said of each share, and of what even the most reluctant group agrees to."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.inference.counting import AGREE, COUNT, W2, W3, Tally, W
from assises.engines.opinion.intervals import (
    beta_interval,
    checked_level,
    exact_lower_bound,
    ratio,
)
from assises.engines.opinion.kernels import Float64, Int64

LEAST: Final = 10.0
"""Effective answers below which weighted intervals, guarantees and tests are not given. Measured in
``bench/intervals.py``: with fewer, no estimator tried holds its level under unequal weights."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of each group on each statement, with what they rest on. Sides as in :data:`SIDES`."""

    n: Int64
    """People who saw the statement, passes included, shape (G, S)."""
    effective: Float64
    """Kish's effective number of them, (sum w)^2 / sum w^2 (Kish 1965), shape (G, S)."""
    share: Float64
    """Weighted share of each side, shape (G, S, 3); NaN where nobody saw the statement."""
    basis: Float64
    """Effective answers that the interval of each side rests on, shape (G, S, 3); NaN where it
    cannot be said. See :func:`shares`."""
    low: Float64
    """Lower bounds, shape (G, S, 3)."""
    high: Float64
    """Upper bounds, shape (G, S, 3)."""
    level: float


def shares(counted: Tally, level: float = 0.95, least: float = LEAST) -> Shares:
    """A table of group by statement: shares of agreement, disagreement and pass, with intervals.

    Intervals are :func:`beta_interval` of effective counts. Where all weigh the same those are the
    counts. Under weights, the linearised variance of the weighted share p (Sarndal, Swensson &
    Wretman 1992, 5.6), sum w^2 (y - p)^2 / (sum w)^2, is written as p (1 - p) / n* with

        n* = k / ((1 - p) r1 + p r0),

    k Kish's number and r the mean weight of those who did, and did not, each person counted by
    weight, in units of all. Kish's number alone is wrong as soon as weight and answer go together:
    it covered .87 of the time for .95. As few answers say little of r, each is drawn to the weight
    that large weights have in the cube, by one effective answer; p is (pk + 1) / (k + 2). As the
    variance is estimated, n* is lowered by (z / t)^2 (Korn & Graubard 1998), with t of (k - 1) /
    (1 - k / n) degrees of freedom, which are infinite where all weigh the same.

    Cannot be said (NaN): where nobody saw the statement; where people weigh differently and k is
    below ``least``.

    Args:
        counted: answers by group and statement.
        level: of the intervals.
        least: effective answers for a weighted interval.
    """
    n, kish = counted.seen, kish_of(counted)
    basis = basis_of(counted, level)
    unequal = kish < n * (1.0 - 1e-9)
    unsaid = (n == 0) | (unequal & (kish < least))
    basis = np.where(unsaid[..., None], np.nan, basis)
    share = share_of(counted)
    low, high = beta_interval(share * basis, basis, level)
    return Shares(n, kish, share, basis, low, high, level)


def share_of(counted: Tally) -> Float64:
    """Weighted share of each side, shape (G, S, 3); NaN where nobody saw the statement."""
    w = counted.moments[..., W].astype(np.float64)
    return ratio(w, w.sum(axis=-1, keepdims=True))


def kish_of(counted: Tally) -> Float64:
    """(sum w)^2 / sum w^2 over those who saw, shape (G, S); 0 where nobody did."""
    m = counted.moments.sum(axis=2).astype(np.float64)
    w, w2 = m[..., W] / counted.scale, m[..., W2] / counted.scale
    k = np.divide(w * w, w2, out=np.zeros_like(w), where=w2 > 0.0)
    return np.asarray(np.minimum(k, m[..., COUNT]))


def basis_of(counted: Tally, level: float) -> Float64:
    """Effective answers behind the share of each side, shape (G, S, 3): see :func:`shares`."""
    m = counted.moments.astype(np.float64) / counted.scale
    did = m[..., W], m[..., W2]
    every = m.sum(axis=2)[..., None, :]
    w, w2, w3 = every[..., W], every[..., W2], every[..., W3]
    k, n = kish_of(counted)[..., None], counted.seen[..., None]
    one, typical, heavy = ratio(w, k), ratio(w2, w), ratio(w3, w2)
    r1 = (did[1] + one * heavy) / (did[0] + one) / typical
    r0 = (w2 - did[1] + one * heavy) / (w - did[0] + one) / typical
    p = (ratio(did[0], w) * k + 1.0) / (k + 2.0)
    df = ratio(k - 1.0, 1.0 - np.minimum(ratio(k, n), 1.0))
    basis = k / ((1.0 - p) * r1 + p * r0) * _shrink(df, level)
    # Where all weigh the same the answers are what they are, to the last bit.
    return np.where(k >= n * (1.0 - 1e-9), np.where(n > 0, n, np.nan), basis)


def _shrink(df: Float64, level: float) -> Float64:
    """(z / t)^2 for t quantiles of real degrees of freedom (Hill 1970 series, to 1e-3 from 3 on).

    NaN and infinite degrees of freedom shrink nothing.
    """
    z = NormalDist().inv_cdf(0.5 + 0.5 * checked_level(level))
    d = np.where(np.isfinite(df), np.maximum(df, 1.0), np.inf)
    z2 = z * z
    t = z * (
        1.0
        + (z2 + 1.0) / (4.0 * d)
        + (5.0 * z2 * z2 + 16.0 * z2 + 3.0) / (96.0 * d**2)
        + (3.0 * z2**3 + 19.0 * z2 * z2 + 17.0 * z2 - 15.0) / (384.0 * d**3)
    )
    return np.asarray((z / t) ** 2)


@dataclass(frozen=True, slots=True)
class Guarantee:
    """What can be said of the most reluctant group, for each statement."""

    bound: Float64
    """With confidence ``level``, in *every* group at least this share does so, shape (S,); NaN
    where a group is too small to be spoken for."""
    binding: Int64
    """The group that holds the bound down, or is too small, shape (S,); of equals the first."""
    bounds: Float64
    """Of each group alone, shape (G, S); NaN where too small."""
    unheard: npt.NDArray[np.bool_]
    """Groups too small to be spoken for, shape (G, S)."""
    level: float


def guarantee(
    counted: Tally, side: int = AGREE, level: float = 0.95, least: float = LEAST
) -> Guarantee:
    """Lower bound, over all groups at once, of the share that agrees (or disagrees).

    The least of the groups' one-sided bounds holds at the same level as each, without any
    correction for their number (intersection-union: Berger 1982). Proof: let h be the group with
    the smallest true share. The bound is the least of all, so at most that of h; if it exceeds the
    smallest share, then h's bound exceeds h's share, which happens with probability at most
    1 - level, whatever the other groups do and however they depend on it.

    Bounds are Clopper and Pearson's, which hold at every share; over weighted answers they are
    taken at the effective counts of :func:`shares` (Korn & Graubard 1998) and hold as measured.

    Args:
        counted: answers by group and statement; opinion groups, colleges, regions.
        side: :data:`AGREE` or :data:`DISAGREE`.
        level: one-sided confidence for each statement.
        least: effective answers below which a group cannot be spoken for.
    """
    kish, share = kish_of(counted), share_of(counted)[..., side]
    unheard = kish < least
    basis = np.where(unheard, np.nan, basis_of(counted, 2.0 * level - 1.0)[..., side])
    bounds = exact_lower_bound(share * basis, basis, level)
    silenced = unheard.any(axis=0)
    binding = np.where(
        silenced,
        np.where(unheard, kish, np.inf).argmin(axis=0),
        np.where(unheard, np.inf, bounds).argmin(axis=0),
    )
    bound = np.where(silenced, np.nan, np.where(unheard, np.inf, bounds).min(axis=0))
    return Guarantee(bound, binding.astype(np.int64), bounds, unheard, level)
