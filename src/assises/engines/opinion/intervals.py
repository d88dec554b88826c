"""Intervals of a share and of a difference of shares, over counts whole or effective; broadcast."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.beta import beta_quantile
from assises.engines.opinion.kernels import Float64
from assises.lib.errors import InputError


def beta_interval(
    successes: npt.ArrayLike, trials: npt.ArrayLike, level: float = 0.95
) -> tuple[Float64, Float64]:
    """Equal-tailed interval of a share from Beta(1 + s, 1 + n - s), counts whole or effective.

    The posterior of a share of which nothing was known (Bayes 1763). Averaged over shares it covers
    at exactly its level whatever n. At *one* share no interval of a count can: ten trials at a
    share of .02 have none at all 82 % of the time, and any interval covers 82 % or 98 %. Where
    nobody or everybody is a success the interval reaches to the end (Brown, Cai & DasGupta 2001).

    Args:
        successes: at least 0 and at most ``trials``.
        trials: NaN gives NaN; 0 gives (0, 1).
        level: of the interval.

    Returns:
        lower and upper bound.
    """
    s, n = _counts_of(successes, trials)
    tail = 0.5 * (1.0 - checked_level(level))
    # Effective counts may lie so near an end that the posterior's tail begins before the share.
    p = np.nan_to_num(ratio(s, n), nan=0.5)
    low = np.where(s <= 0.0, 0.0, np.minimum(p, beta_quantile(1.0 + s, 1.0 + n - s, tail)))
    high = np.where(s >= n, 1.0, np.maximum(p, beta_quantile(1.0 + s, 1.0 + n - s, 1.0 - tail)))
    unknown = np.isnan(n) | np.isnan(s)
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)


def wilson_interval(
    successes: npt.ArrayLike, trials: npt.ArrayLike, level: float = 0.95
) -> tuple[Float64, Float64]:
    """Score interval of a share (Wilson 1927), counts whole or effective; (0, 1) without trials.

    Args:
        successes: at least 0 and at most ``trials``.
        trials: NaN gives NaN.
        level: of the interval.
    """
    s, n = _counts_of(successes, trials)
    z = NormalDist().inv_cdf(0.5 + 0.5 * checked_level(level))
    p, z2 = s / np.where(n > 0.0, n, 1.0), z * z
    middle = (s + 0.5 * z2) / (n + z2)
    half = z * np.sqrt(np.maximum(p * (1.0 - p) * n, 0.0) + 0.25 * z2) / (n + z2)
    # At the ends the bound is exact; rounding must not push the share itself out.
    low, high = np.maximum(0.0, np.minimum(p, middle - half)), np.minimum(1.0, middle + half)
    low, high = np.where(s <= 0.0, 0.0, low), np.where(s >= n, 1.0, np.maximum(p, high))
    return np.where(n == 0.0, 0.0, low), np.where(n == 0.0, 1.0, high)


def exact_lower_bound(successes: npt.ArrayLike, trials: npt.ArrayLike, level: float) -> Float64:
    """One-sided lower bound of a share that holds for every share (Clopper & Pearson 1934).

    Args:
        successes: at least 0 and at most ``trials``.
        trials: NaN gives NaN.
        level: confidence that the share is at least the bound.
    """
    s, n = _counts_of(successes, trials)
    bound = beta_quantile(np.where(s > 0.0, s, np.nan), n - s + 1.0, 1.0 - checked_level(level))
    return np.where(np.isnan(n) | np.isnan(s), np.nan, np.where(s <= 0.0, 0.0, bound))


def newcombe_interval(
    one: tuple[npt.ArrayLike, npt.ArrayLike],
    other: tuple[npt.ArrayLike, npt.ArrayLike],
    level: float = 0.95,
) -> tuple[Float64, Float64]:
    """Interval of a difference of two shares from their score intervals (Newcombe 1998, method 10).

    Args:
        one: successes and trials.
        other: successes and trials of those it is held against.
        level: of the interval.
    """
    (s1, n1), (s2, n2) = _counts_of(*one), _counts_of(*other)
    (l1, u1), (l2, u2) = wilson_interval(s1, n1, level), wilson_interval(s2, n2, level)
    p1, p2 = ratio(s1, n1), ratio(s2, n2)
    low = p1 - p2 - np.sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2)
    high = p1 - p2 + np.sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)
    return low, high


def checked_level(level: float) -> float:
    """The level, or an InputError if it does not lie between 0 and 1."""
    if not 0.0 < level < 1.0:
        raise InputError(
            "a level lies between 0 and 1",
            column="level",
            value=level,
            next_step="Give for example 0.95.",
        )
    return level


def _counts_of(successes: npt.ArrayLike, trials: npt.ArrayLike) -> tuple[Float64, Float64]:
    s, n = np.broadcast_arrays(
        np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    )
    wrong = (s < 0.0) | (n < 0.0) | (s > n * (1.0 + 1e-12))
    if wrong.any():
        raise InputError(
            "successes lie between none and all of the trials",
            value=(float(s[wrong][0]), float(n[wrong][0])),
            next_step="Give counts, not shares.",
        )
    return np.minimum(s, n), np.asarray(n)


def ratio(over: npt.ArrayLike, under: npt.ArrayLike) -> Float64:
    """Quotient; NaN where there is nothing to divide by."""
    top, bottom = np.broadcast_arrays(
        np.asarray(over, dtype=np.float64), np.asarray(under, dtype=np.float64)
    )
    out = np.full(top.shape, np.nan)
    np.divide(top, bottom, out=out, where=bottom != 0.0)
    return out
