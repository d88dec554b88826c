"""Common ground and division, on one scale whatever the number of groups."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np

from assises.engines.opinion.inference.counting import AGREE, Tally
from assises.engines.opinion.inference.estimates import basis_of, kish_of, share_of
from assises.engines.opinion.intervals import checked_level, ratio
from assises.engines.opinion.kernels import Float64

MOST_UNHEARD: Final = 0.05
"""Share of people that may sit in groups too small to be held against the others."""


def consensus(counted: Tally, side: int = AGREE) -> Float64:
    """Geometric mean over groups of the smoothed share, shape (S,); NaN where a group saw nothing.

    The product of Polis falls with every group that is added, agreeing or not; its k-th root does
    not: k groups that all agree to the same extent score that extent, whatever k. It keeps what the
    product was chosen for: one group that refuses brings it down. Smoothing is by one agreement and
    one disagreement, over effective answers.

    Args:
        counted: answers by group and statement.
        side: :data:`AGREE` or :data:`DISAGREE`.
    """
    kish, share = kish_of(counted), share_of(counted)[..., side]
    smooth = (np.nan_to_num(share) * kish + 1.0) / (kish + 2.0)
    mean = np.exp(np.log(smooth).mean(axis=0))
    return np.where((kish > 0.0).all(axis=0), mean, np.nan)


@dataclass(frozen=True, slots=True)
class Divisiveness:
    """How far the groups stand apart on each statement. Shape (S,) each, NaN: cannot be said."""

    value: Float64
    """Between 0 (no group differs) and 1 (two halves, all of one against all of the other)."""
    low: Float64
    high: Float64
    squared: Float64
    """The unbiased estimate of the square of the value, negative when chance alone spread less."""
    unheard: Float64
    """Share of people in groups of fewer than two effective answers, which are left out."""
    level: float


def divisiveness(counted: Tally, side: int = AGREE, level: float = 0.95) -> Divisiveness:
    """Twice the standard deviation between groups of the share that agrees, noise taken out.

    With pi the groups' shares of all people and p their shares of agreement, d = 2 sqrt(sum pi
    (p - mean)^2). It lies in [0, 1]; for two groups of one size it is the difference of their
    shares. It does not grow with the number of groups: cutting a group in two that think alike
    changes nothing, where the widest gap grows with every group that is added.

    Observed shares spread by chance too, most in small groups; on average by sum pi (1 - pi) v,
    v = p (1 - p) / (n - 1), which is subtracted: ``squared`` is unbiased, whatever the number and
    size of the groups, and without a difference ``value`` is 0 at least half of the time.

    The interval inverts the distribution of the observed spread, a scaled noncentral chi-square
    whose mean and variance without difference match (Satterthwaite 1946, in Sankaran's 1963
    approximation). Where the groups spread less than chance alone would, the upper bound is taken
    as if by chance: data too smooth are no proof of unity.

    Groups with fewer than two effective answers say nothing and are left out; where more than
    :data:`MOST_UNHEARD` of the people are in them, it cannot be said. One group is not divided: 0.

    Args:
        counted: answers by group and statement.
        side: :data:`AGREE` or :data:`DISAGREE`.
        level: of the interval.
    """
    kish, n = kish_of(counted), np.nan_to_num(basis_of(counted, level)[..., side])
    heard = (kish >= 2.0) & (n > 1.0)
    everyone = counted.mass.sum(axis=0)
    pi = np.where(heard, counted.mass, 0.0)
    unheard = 1.0 - np.clip(ratio(pi.sum(axis=0), everyone), 0.0, 1.0)
    pi = np.nan_to_num(ratio(pi, pi.sum(axis=0)))
    p = np.where(heard, np.nan_to_num(share_of(counted)[..., side]), 0.0)
    spread = (pi * (p - (pi * p).sum(axis=0)) ** 2).sum(axis=0)
    size = np.where(heard, n, 2.0)
    noise = (pi * (1.0 - pi) * p * (1.0 - p) / (size - 1.0)).sum(axis=0)
    squared = 4.0 * (spread - noise)
    # A group of one mind has some variance all the same: smoothed for the interval.
    smooth = (p * size + 1.0) / (size + 2.0)
    low, high = _spread_interval(spread, pi, smooth * (1.0 - smooth) / size, level)
    value = np.sqrt(np.maximum(squared, 0.0))
    unsaid = (unheard > MOST_UNHEARD) | ~heard.any(axis=0)
    value, low, high, squared = (
        np.where(unsaid, np.nan, each)
        for each in (value, np.minimum(low, value), np.maximum(high, value), squared)
    )
    return Divisiveness(value, low, high, squared, unheard, level)


def _spread_interval(
    spread: Float64, pi: Float64, v: Float64, level: float
) -> tuple[Float64, Float64]:
    """Bounds of 2 sqrt(sum pi (p - mean)^2) from its observed counterpart, shape (S,)."""
    # Moments of the spread without difference: trace of MV and of (MV)^2, M = diag(pi) - pi pi'.
    first = (pi * (1.0 - pi) * v).sum(axis=0)
    cross = (pi * pi * v).sum(axis=0)
    second = ((pi * v) ** 2 * (1.0 - 2.0 * pi)).sum(axis=0) + cross**2
    some = (first > 0.0) & (second > 0.0)
    unit = np.where(some, second, 1.0) / np.where(some, first, 1.0)
    df = np.where(some, first, 1.0) ** 2 / np.where(some, second, 1.0)
    tail, x = 0.5 * (1.0 - checked_level(level)), spread / unit
    z = NormalDist().inv_cdf(tail)
    lower, upper = _noncentrality(x, df, -z), _noncentrality(np.maximum(x, df), df, z)
    bounds = [2.0 * np.sqrt(np.where(some, b * unit, 0.0)) for b in (lower, upper)]
    return bounds[0], np.minimum(bounds[1], 1.0)


def _noncentrality(x: Float64, df: Float64, z: float) -> Float64:
    """The parameter under which x is the z quantile of the noncentral chi-square; 0 if none is."""
    low, high = np.zeros_like(x), x + 10.0 * np.sqrt(x + df) + 40.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        above = _sankaran(x, df, middle) > z
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return low


def _sankaran(x: Float64, df: Float64, shift: Float64) -> Float64:
    """Normal score of x under the noncentral chi-square (Sankaran 1963)."""
    one, two = df + shift, df + 2.0 * shift
    h = 1.0 - 2.0 / 3.0 * one * (df + 3.0 * shift) / (two * two)
    p, m = two / (one * one), (h - 1.0) * (1.0 - 3.0 * h)
    centre = 1.0 + h * p * (h - 1.0 - 0.5 * (2.0 - h) * m * p)
    return np.asarray(((x / one) ** h - centre) / (h * np.sqrt(2.0 * p) * (1.0 + 0.5 * m * p)))
