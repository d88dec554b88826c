"""What may be said of shares: intervals, guarantees, tests and divisions that bear a second look.

    seen = tally(votes, label, weights)        # label: opinion group, college, region; -1 for none
    table = shares(seen)                       # shares with n, effective n and intervals
    floor = guarantee(seen)                    # what even the most reluctant group agrees to
    marks = representative(seen)               # which group differs, with q-values
    apart = divisiveness(seen)

A :class:`Tally` adds up (``a + b`` for two shards), so that everything here is a function of small
tables, never of votes. Nothing in it knows where the labels come from: opinion groups that the same
votes formed need :func:`cross_fit`, declared attributes do not.

**Cannot be said** is NaN: an interval over nobody, or over weights so unequal that fewer than
:data:`LEAST` people's worth of answers are left; a guarantee, a test or a division that would have
to speak for such a cell.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.kernels import compiled, in_threads
from assises.engines.opinion.matrix import Float64, Int64, VoteMatrix
from assises.lib.errors import InputError

LEAST: Final = 10.0
"""Effective answers below which weighted intervals, guarantees and tests are not given. Measured in
``bench/intervals.py``: with fewer, no estimator tried holds its level under unequal weights."""
MOST_UNHEARD: Final = 0.05
"""Share of people that may sit in groups too small to be held against the others."""
SIDES: Final = ("agree", "disagree", "pass")
AGREE: Final = 0
DISAGREE: Final = 1
_COUNT, _W, _W2, _W3 = range(4)
_TINY: Final = 1e-300
_HALF_LOG_TAU: Final = 0.5 * math.log(2.0 * math.pi)


# --- The beta distribution --------------------------------------------------------------------


@compiled
def _stirling_error(z: float) -> float:
    """log Gamma(z) less Stirling's formula (Abramowitz & Stegun 1964, 6.1.40)."""
    if z < 16.0:
        return math.lgamma(z) - (z - 0.5) * math.log(z) + z - _HALF_LOG_TAU
    r = 1.0 / (z * z)
    series = 1 / 1260 - r * (1 / 1680 - r / 1188)
    return (1 / 12 - r * (1 / 360 - r * series)) / z


@compiled
def _deviance(z: float, m: float) -> float:
    """z log(z / m) + m - z without cancellation where m is near z (idea of Loader 2000)."""
    d = (m - z) / z
    if abs(d) > 0.1:
        return m - z - z * math.log(m / z)
    term, total, k = d * d, 0.0, 2.0
    while True:
        add = term / k if k % 2.0 == 0.0 else -term / k
        total += add
        if abs(add) <= 1e-17 * abs(total):
            return z * total
        term *= d
        k += 1.0


@compiled
def _front(a: float, b: float, x: float) -> float:
    """x^a (1 - x)^b / B(a, b), to relative 1e-12 for a and b up to millions."""
    n = a + b
    log = _stirling_error(n) - _stirling_error(a) - _stirling_error(b)
    log -= _deviance(a, n * x) + _deviance(b, n * (1.0 - x))
    return math.sqrt(a * b / (2.0 * math.pi * n)) * math.exp(log)


@compiled
def _away_from_zero(value: float) -> float:
    return value if abs(value) >= _TINY else _TINY


@compiled
def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta (DLMF 8.17.22), evaluated by Lentz's method."""
    c = 1.0
    d = 1.0 / _away_from_zero(1.0 - (a + b) * x / (a + 1.0))
    f = d
    for m in range(1, 100_000):
        t = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
        d = 1.0 / _away_from_zero(1.0 + t * d)
        c = _away_from_zero(1.0 + t / c)
        f *= d * c
        t = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
        d = 1.0 / _away_from_zero(1.0 + t * d)
        c = _away_from_zero(1.0 + t / c)
        f *= d * c
        if abs(d * c - 1.0) < 1e-15:
            break
    return f


@compiled
def _beta_cdf(a: float, b: float, x: float) -> float:
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    front = _front(a, b, x)
    if x < (a + 1.0) / (a + b + 2.0):
        return front * _fraction(a, b, x) / a
    return 1.0 - front * _fraction(b, a, 1.0 - x) / b


@compiled
def _start(a: float, b: float, z: float) -> float:
    """A first guess at a quantile from the normal one (Abramowitz & Stegun 1964, 26.5.22)."""
    if a <= 1.0 or b <= 1.0:
        return a / (a + b)
    u, v = 1.0 / (2.0 * a - 1.0), 1.0 / (2.0 * b - 1.0)
    h, third = 2.0 / (u + v), (z * z - 3.0) / 6.0
    root = math.sqrt(h + third) if h + third > 0.0 else 0.0
    w = z * root / h - (v - u) * (third + 5.0 / 6.0 - 2.0 / (3.0 * h))
    return a / (a + b * math.exp(-2.0 * w))


@compiled
def _beta_quantile(a: float, b: float, q: float, z: float) -> float:
    """Halley's steps from a good guess, bisecting whenever one would leave the bracket."""
    if not (a > 0.0 and b > 0.0):
        return math.nan
    if q <= 0.0 or q >= 1.0:
        return 0.0 if q <= 0.0 else 1.0
    low, high, x = 0.0, 1.0, _start(a, b, z)
    for _ in range(200):
        excess = _beta_cdf(a, b, x) - q
        if excess > 0.0:
            high = x
        else:
            low = x
        density = _front(a, b, x) / (x * (1.0 - x)) if 0.0 < x < 1.0 else 0.0
        to = -1.0
        if density > 0.0:
            step = excess / density
            bend = step * ((a - 1.0) / x - (b - 1.0) / (1.0 - x))
            to = x - step / (1.0 - 0.5 * max(-1.0, min(1.0, bend)))
        if not low < to < high:
            to = 0.5 * (low + high)
        if abs(to - x) <= 1e-14 * x or excess == 0.0:
            return to if excess != 0.0 else x
        x = to
    return x


@compiled
def _beta_cdfs(a: Float64, b: Float64, x: Float64, out: Float64) -> None:
    for i in range(len(out)):
        out[i] = _beta_cdf(a[i], b[i], x[i])


@compiled
def _beta_quantiles(a: Float64, b: Float64, q: float, z: float, out: Float64) -> None:
    for i in range(len(out)):
        out[i] = _beta_quantile(a[i], b[i], q, z)


def beta_cdf(a: npt.ArrayLike, b: npt.ArrayLike, x: npt.ArrayLike) -> Float64:
    """The regularised incomplete beta function I_x(a, b), broadcast.

    Args:
        a: positive.
        b: positive.
        x: between 0 and 1.
    """
    left, right, at = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (a, b, x)))
    out = np.empty(at.size)
    _beta_cdfs(left.ravel(), right.ravel(), at.ravel(), out)
    return out.reshape(at.shape)


def beta_quantile(a: npt.ArrayLike, b: npt.ArrayLike, q: float) -> Float64:
    """x such that I_x(a, b) = q, broadcast; NaN unless both parameters are positive.

    Args:
        a: shape parameter.
        b: shape parameter.
        q: strictly between 0 and 1.
    """
    left, right = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (a, b)))
    out = np.empty(left.size)
    _beta_quantiles(left.ravel(), right.ravel(), q, NormalDist().inv_cdf(q), out)
    return out.reshape(left.shape)


# --- Intervals --------------------------------------------------------------------------------


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
    tail = 0.5 * (1.0 - _level(level))
    # Effective counts may lie so near an end that the posterior's tail begins before the share.
    p = np.nan_to_num(_ratio(s, n), nan=0.5)
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
    z = NormalDist().inv_cdf(0.5 + 0.5 * _level(level))
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
    bound = beta_quantile(np.where(s > 0.0, s, np.nan), n - s + 1.0, 1.0 - _level(level))
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
    p1, p2 = _ratio(s1, n1), _ratio(s2, n2)
    low = p1 - p2 - np.sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2)
    high = p1 - p2 + np.sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)
    return low, high


# --- Counting ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tally:
    """Answers by group and statement, with the moments of the weights behind them.

    Sums are of integers: the weight of a person, its square and its cube are rounded once to a step
    of ``scale``, as shares of the largest weight. Any order, threads and shards give the same.
    """

    moments: Int64
    """Shape (G, S, 3, 4): for each group, statement and answer (agree, disagree, pass) the number
    of people and the sums of their w, w^2 and w^3 in steps of ``scale``, w at most 1."""
    mass: Float64
    """Weight of the people of each group, whether they saw the statement or not, shape (G, S)."""
    scale: float
    """Steps in the largest weight; 1 where nobody is weighted."""

    def __add__(self, other: Tally) -> Tally:
        """Both together: shards of the same people under the same weights.

        Raises:
            InputError: where the weights were rounded to different steps.
        """
        if self.scale != other.scale:
            raise InputError(
                "the two tallies were weighted to different steps",
                value=(self.scale, other.scale),
                next_step="Give both the same scale.",
            )
        return Tally(self.moments + other.moments, self.mass + other.mass, self.scale)

    @property
    def counts(self) -> Int64:
        """People who agreed, disagreed and passed, unweighted, shape (G, S, 3)."""
        return self.moments[..., _COUNT]

    @property
    def seen(self) -> Int64:
        """People who answered, unweighted, shape (G, S)."""
        return np.asarray(self.counts.sum(axis=-1))

    @property
    def rest(self) -> Tally:
        """Everyone but each group: the other labelled people, same shape."""
        total, mass = self.moments.sum(axis=0), self.mass.sum(axis=0)
        return Tally(total - self.moments, mass - self.mass, self.scale)

    @property
    def total(self) -> Tally:
        """All labelled people as one group, shape (1, S, 3, 4)."""
        return Tally(
            self.moments.sum(axis=0, keepdims=True),
            self.mass.sum(axis=0, keepdims=True),
            self.scale,
        )

    @classmethod
    def of_counts(cls, counts: npt.ArrayLike, sizes: npt.ArrayLike | None = None) -> Tally:
        """From published counts, everyone weighing the same.

        Args:
            counts: agreements, disagreements, passes, shape (G, S, 3), whole numbers.
            sizes: people of each group, shape (G,); by default those who saw each statement.
        """
        n = np.asarray(counts)
        if (
            n.ndim != 3
            or n.shape[2] != 3
            or not np.issubdtype(n.dtype, np.integer)
            or (n < 0).any()
        ):
            raise InputError(
                "counts are whole numbers of people by group, statement and answer",
                value=f"{n.dtype} of shape {n.shape}",
                next_step="Give agreements, disagreements, passes, shape (groups, statements, 3).",
            )
        moments = np.repeat(n.astype(np.int64)[..., None], 4, axis=3)
        by_statement = n.sum(axis=-1) if sizes is None else np.asarray(sizes)[:, None]
        mass = np.broadcast_to(by_statement, n.shape[:2]).astype(np.float64)
        return cls(moments, mass, 1.0)


def tally(
    votes: VoteMatrix,
    label: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    groups: int | None = None,
    scale: float | None = None,
    heaviest: float | None = None,
    threads: int | None = None,
) -> Tally:
    """Count the answers of each group, weighted or not.

    Args:
        votes: last votes.
        label: group of each participant, shape (P,): whole numbers from 0; -1 for those of none.
        weights: of each participant, shape (P,), any unit; 0 or NaN leaves a person out (outside
            the frame of a census).
        groups: how many there are, G; by default one more than the largest label.
        scale: steps in the heaviest weight; by default as many as this number of people can never
            overflow. Shards that are to be added up give the scale of the whole.
        heaviest: the largest weight of all shards; by default of these people.
        threads: how many at most; the sums are exact whatever their number.

    Raises:
        InputError: for labels or weights of another shape, labels below -1, negative or infinite
            weights, and if nobody has a label.
    """
    people, (rows, columns) = _labels(label, len(votes.participants)), votes.shape
    q, unit = _quantised(weights, rows, scale, heaviest)
    people = np.where(q[:, 0] > 0, people, -1)
    count = int(people.max(initial=-1)) + 1 if groups is None else groups
    if count < 1 or people.max(initial=-1) >= count:
        raise InputError(
            "there is nobody in the groups" if count < 1 else "a label is beyond the groups",
            column="label",
            value=int(people.max(initial=-1)),
            next_step="Number the groups from 0; -1 is for those of none.",
        )

    def work(begin: int, end: int) -> Int64:
        out = np.zeros((count, columns, 4, 4), dtype=np.int64)
        _tally(votes.indptr, votes.cells, people, q, begin, end, out)
        return out

    sums = reduce(np.add, in_threads(work, rows, len(votes), threads))
    inside = people >= 0
    mass = np.zeros(count, dtype=np.int64)
    np.add.at(mass, people[inside], q[inside, 0])
    # The code of a vote is 0, 1, 2 for disagree, pass, agree.
    return Tally(
        moments=np.ascontiguousarray(sums[:, :, [2, 0, 1]]),
        mass=np.repeat((mass / unit)[:, None], columns, axis=1),
        scale=unit,
    )


@compiled
def _tally(
    indptr: Int64,
    cells: npt.NDArray[np.generic],
    label: Int64,
    q: Int64,
    begin: int,
    end: int,
    out: Int64,
) -> None:
    for i in range(begin, end):
        g = label[i]
        if g < 0:
            continue
        q1, q2, q3 = q[i, 0], q[i, 1], q[i, 2]
        for at in range(indptr[i], indptr[i + 1]):
            row = out[g, cells[at] >> 2, cells[at] & 3]
            row[0] += 1
            row[1] += q1
            row[2] += q2
            row[3] += q3


def _quantised(
    weights: npt.ArrayLike | None, people: int, scale: float | None, heaviest: float | None
) -> tuple[Int64, float]:
    """w, w^2, w^3 of each person in whole steps, shape (P, 3), w at most 1; and steps in 1."""
    if weights is None:
        return np.ones((people, 3), dtype=np.int64), 1.0
    w = np.nan_to_num(np.asarray(weights, dtype=np.float64), nan=0.0, posinf=-1.0, neginf=-1.0)
    if w.shape != (people,) or (w < 0.0).any() or not w.any():
        raise InputError(
            "weights are finite and not negative, one for each participant, and not all zero",
            column="weights",
            value=f"shape {w.shape}, smallest {w.min(initial=0.0)}",
            next_step="Give one weight for each participant; 0 or NaN for those who do not count.",
        )
    unit = 2.0 ** min(52, 62 - max(1, people).bit_length()) if scale is None else scale
    u = w / (w.max() if heaviest is None else heaviest)
    q = np.rint(np.stack([u, u * u, u * u * u], axis=1) * unit).astype(np.int64)
    # Someone who weighs next to nothing still counts as a person.
    return np.maximum(q, (w > 0.0)[:, None]), unit


# --- Shares -----------------------------------------------------------------------------------


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
    n, kish = counted.seen, _kish(counted)
    basis = _basis(counted, level)
    unequal = kish < n * (1.0 - 1e-9)
    unsaid = (n == 0) | (unequal & (kish < least))
    basis = np.where(unsaid[..., None], np.nan, basis)
    share = _share(counted)
    low, high = beta_interval(share * basis, basis, level)
    return Shares(n, kish, share, basis, low, high, level)


def _share(counted: Tally) -> Float64:
    w = counted.moments[..., _W].astype(np.float64)
    return _ratio(w, w.sum(axis=-1, keepdims=True))


def _kish(counted: Tally) -> Float64:
    """(sum w)^2 / sum w^2 over those who saw, shape (G, S); 0 where nobody did."""
    m = counted.moments.sum(axis=2).astype(np.float64)
    w, w2 = m[..., _W] / counted.scale, m[..., _W2] / counted.scale
    k = np.divide(w * w, w2, out=np.zeros_like(w), where=w2 > 0.0)
    return np.asarray(np.minimum(k, m[..., _COUNT]))


def _basis(counted: Tally, level: float) -> Float64:
    """Effective answers behind the share of each side, shape (G, S, 3): see :func:`shares`."""
    m = counted.moments.astype(np.float64) / counted.scale
    did = m[..., _W], m[..., _W2]
    every = m.sum(axis=2)[..., None, :]
    w, w2, w3 = every[..., _W], every[..., _W2], every[..., _W3]
    k, n = _kish(counted)[..., None], counted.seen[..., None]
    one, typical, heavy = _ratio(w, k), _ratio(w2, w), _ratio(w3, w2)
    r1 = (did[1] + one * heavy) / (did[0] + one) / typical
    r0 = (w2 - did[1] + one * heavy) / (w - did[0] + one) / typical
    p = (_ratio(did[0], w) * k + 1.0) / (k + 2.0)
    df = _ratio(k - 1.0, 1.0 - np.minimum(_ratio(k, n), 1.0))
    basis = k / ((1.0 - p) * r1 + p * r0) * _shrink(df, level)
    # Where all weigh the same the answers are what they are, to the last bit.
    return np.where(k >= n * (1.0 - 1e-9), np.where(n > 0, n, np.nan), basis)


def _shrink(df: Float64, level: float) -> Float64:
    """(z / t)^2 for t quantiles of real degrees of freedom (Hill 1970 series, to 1e-3 from 3 on).

    NaN and infinite degrees of freedom shrink nothing.
    """
    z = NormalDist().inv_cdf(0.5 + 0.5 * _level(level))
    d = np.where(np.isfinite(df), np.maximum(df, 1.0), np.inf)
    z2 = z * z
    t = z * (
        1.0
        + (z2 + 1.0) / (4.0 * d)
        + (5.0 * z2 * z2 + 16.0 * z2 + 3.0) / (96.0 * d**2)
        + (3.0 * z2**3 + 19.0 * z2 * z2 + 17.0 * z2 - 15.0) / (384.0 * d**3)
    )
    return np.asarray((z / t) ** 2)


# --- Guarantee --------------------------------------------------------------------------------


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
    kish, share = _kish(counted), _share(counted)[..., side]
    unheard = kish < least
    basis = np.where(unheard, np.nan, _basis(counted, 2.0 * level - 1.0)[..., side])
    bounds = exact_lower_bound(share * basis, basis, level)
    silenced = unheard.any(axis=0)
    binding = np.where(
        silenced,
        np.where(unheard, kish, np.inf).argmin(axis=0),
        np.where(unheard, np.inf, bounds).argmin(axis=0),
    )
    bound = np.where(silenced, np.nan, np.where(unheard, np.inf, bounds).min(axis=0))
    return Guarantee(bound, binding.astype(np.int64), bounds, unheard, level)


# --- What sets a group apart --------------------------------------------------------------------


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
    return Tests(p, benjamini_hochberg(p), _ratio(s1, n1) - _ratio(s2, n2), low, high, level)


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
    pooled = _ratio(s1 + s2, n)
    variance = pooled * (1.0 - pooled) * (1.0 / np.maximum(n1, 1.0) + 1.0 / np.maximum(n2, 1.0))
    some = variance > 0.0
    z = (_ratio(s1, n1) - _ratio(s2, n2)) * np.sqrt((n - 1.0) / n)
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


# --- Common ground and division, whatever the number of groups ----------------------------------


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
    kish, share = _kish(counted), _share(counted)[..., side]
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
    kish, n = _kish(counted), np.nan_to_num(_basis(counted, level)[..., side])
    heard = (kish >= 2.0) & (n > 1.0)
    everyone = counted.mass.sum(axis=0)
    pi = np.where(heard, counted.mass, 0.0)
    unheard = 1.0 - np.clip(_ratio(pi.sum(axis=0), everyone), 0.0, 1.0)
    pi = np.nan_to_num(_ratio(pi, pi.sum(axis=0)))
    p = np.where(heard, np.nan_to_num(_share(counted)[..., side]), 0.0)
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
    tail, x = 0.5 * (1.0 - _level(level)), spread / unit
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


# --- Cross-fitting ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CrossFit:
    """Answers to statements by groups that those answers had no part in forming."""

    counted: Tally
    """Feed it to :func:`shares`, :func:`guarantee`, :func:`representative`."""
    fold: Int64
    """Part of each statement, shape (S,)."""
    label: Int64
    """Groups that each part is tested with, formed on the other parts, shape (folds, P); numbered
    as those of the first, -1 for people or groups without a counterpart."""
    alike: Float64
    """Of the people grouped both times, the share in the same group as the first time, (folds,)."""


def cross_fit(
    votes: VoteMatrix,
    grouping: Callable[[VoteMatrix], npt.ArrayLike],
    folds: int = 2,
    *,
    seed: int,
    weights: npt.ArrayLike | None = None,
    threads: int | None = None,
) -> CrossFit:
    """Form groups on one part of the statements and count them on another.

    Groups formed from votes differ on those same votes even if nobody shares any opinion: the
    usual tests reject far above their level. Here the statements are cut into parts of about as
    many votes, the groups that a part is counted with come from the other parts alone, and are
    matched to those of the first part by the most people in common (one to one).

    Args:
        votes: last votes.
        grouping: from votes to a label for each of their participants, whole numbers from 0, -1 for
            those of none. It is given the votes on some statements, of those who cast any on them.
        folds: number of parts, from 2 to the number of statements.
        seed: of the cut, which depends on the votes and on it, never on ids or the order of rows.
        weights: as for :func:`tally`.
        threads: as for :func:`tally`.

    Raises:
        InputError: for fewer than two parts or more parts than statements, or labels of the wrong
            shape.
    """
    fold = split(votes, folds, seed)
    label = np.stack([_formed(votes, grouping, fold != f) for f in range(folds)])
    alike = np.ones(folds)
    for f in range(1, folds):
        label[f], alike[f] = _matched(label[f], label[0])
    groups = int(label.max(initial=-1)) + 1
    counted = [tally(votes, row, weights, groups=groups, threads=threads) for row in label]
    moments, mass = counted[0].moments.copy(), counted[0].mass.copy()
    for f in range(1, folds):
        moments[:, fold == f] = counted[f].moments[:, fold == f]
        mass[:, fold == f] = counted[f].mass[:, fold == f]
    return CrossFit(Tally(moments, mass, counted[0].scale), fold, label, alike)


def split(votes: VoteMatrix, folds: int, seed: int) -> Int64:
    """Cut the statements into parts of about as many votes, shape (S,).

    Statements are taken from the most voted on down, as many at a time as there are parts, and
    dealt by a hash of the seed and of who voted what on them and on the others: renaming people or
    statements, or reordering rows, renames the parts' members and changes nothing else.

    Args:
        votes: last votes.
        folds: number of parts.
        seed: of the hash.
    """
    count = len(votes.statements)
    if not 2 <= folds <= count:
        raise InputError(
            "statements are cut into two parts or more, each with one at least",
            column="folds",
            value=folds,
            next_step=f"Give a number from 2 to {count}." if count > 1 else "Give two statements.",
        )
    people = np.full(len(votes.participants), np.uint64(seed % (1 << 64)), dtype=np.uint64)
    print_ = np.zeros(count, dtype=np.uint64)
    # Two rounds tell apart statements that any count of votes and voters can tell apart.
    for _ in range(2):
        print_ = np.zeros(count, dtype=np.uint64)
        _print_statements(votes.indptr, votes.cells, people, print_)
        people = np.zeros(len(people), dtype=np.uint64)
        _print_people(votes.indptr, votes.cells, print_, people)
    print_ = np.zeros(count, dtype=np.uint64)
    _print_statements(votes.indptr, votes.cells, people, print_)
    cast = np.bincount(votes.cells >> 2, minlength=count)
    order = np.lexsort((print_, -cast))
    block = np.arange(count) // folds
    dealt = np.lexsort((_mixed(print_[order]), block))
    fold = np.empty(count, dtype=np.int64)
    fold[order[dealt]] = np.arange(count) - block * folds
    return fold


def _formed(
    votes: VoteMatrix,
    grouping: Callable[[VoteMatrix], npt.ArrayLike],
    keep: npt.NDArray[np.bool_],
) -> Int64:
    part = votes.on_statements(keep)
    voted = part.votes_per_participant > 0
    label = np.full(len(voted), -1, dtype=np.int64)
    if voted.any():
        label[voted] = _labels(grouping(part.of_people(voted)), int(voted.sum()))
    return label


def _matched(label: Int64, first: Int64) -> tuple[Int64, float]:
    """Labels renumbered as the groups they share most people with; and the share that agrees."""
    both = (label >= 0) & (first >= 0)
    size = max(int(label.max(initial=-1)), int(first.max(initial=-1)), 0) + 1
    overlap = np.zeros((size, size), dtype=np.int64)
    np.add.at(overlap, (label[both], first[both]), 1)
    to = _assignment(overlap)
    # What is matched with nobody, because one side has more groups, is no group of the first.
    to = np.where(to <= first.max(initial=-1), to, -1)
    renumbered = np.where(label >= 0, to[label], -1)
    same = int((renumbered[both] == first[both]).sum())
    return renumbered, same / int(both.sum()) if both.any() else 0.0


def _assignment(gain: Int64) -> Int64:
    """The column of each row of a square table in the matching of largest gain (Kuhn 1955).

    Shortest augmenting paths with potentials; the first of equals.
    """
    size = len(gain)
    cost = int(gain.max(initial=0)) - gain
    row_price, column_price = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    owner = np.full(size, -1, dtype=np.int64)
    for row in range(size):
        slack = np.full(size, np.iinfo(np.int64).max // 2)
        parent, done = np.full(size, -1, dtype=np.int64), np.zeros(size, dtype=bool)
        current, column = row, -1
        while current >= 0:
            reduced = cost[current] - row_price[current] - column_price
            closer = ~done & (reduced < slack)
            slack[closer], parent[closer] = reduced[closer], column
            column = int(np.where(done, np.iinfo(np.int64).max, slack).argmin())
            step = slack[column]
            row_price[row] += step
            row_price[owner[done]] += step
            column_price[done] -= step
            slack[~done] -= step
            done[column] = True
            current = int(owner[column])
        while column >= 0:
            before = int(parent[column])
            owner[column] = row if before < 0 else owner[before]
            column = before
    to = np.empty(size, dtype=np.int64)
    to[owner] = np.arange(size)
    return to


@compiled
def _mix(x: np.uint64) -> np.uint64:
    """A bijection of 64 bits in which every bit depends on every other (Steele et al. 2014)."""
    x = x ^ (x >> np.uint64(30))
    x = x * np.uint64(0xBF58476D1CE4E5B9)
    x = x ^ (x >> np.uint64(27))
    x = x * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@compiled
def _print_statements(
    indptr: Int64,
    cells: npt.NDArray[np.generic],
    people: npt.NDArray[np.uint64],
    out: npt.NDArray[np.uint64],
) -> None:
    for i in range(len(people)):
        for at in range(indptr[i], indptr[i + 1]):
            code = np.uint64(cells[at] & 3) + np.uint64(1)
            out[cells[at] >> 2] += _mix(people[i] + code * np.uint64(0x9E3779B97F4A7C15))


@compiled
def _print_people(
    indptr: Int64,
    cells: npt.NDArray[np.generic],
    statements: npt.NDArray[np.uint64],
    out: npt.NDArray[np.uint64],
) -> None:
    for i in range(len(out)):
        for at in range(indptr[i], indptr[i + 1]):
            code = np.uint64(cells[at] & 3) + np.uint64(1)
            seen = statements[cells[at] >> 2]
            out[i] += _mix(seen + code * np.uint64(0x9E3779B97F4A7C15))


@compiled
def _mix_all(values: npt.NDArray[np.uint64], out: npt.NDArray[np.uint64]) -> None:
    for i in range(len(values)):
        out[i] = _mix(values[i] + np.uint64(0x9E3779B97F4A7C15))


def _mixed(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    out = np.empty_like(values)
    _mix_all(values, out)
    return out


# --- Small things -------------------------------------------------------------------------------


def _labels(label: npt.ArrayLike, people: int) -> Int64:
    given = np.asarray(label)
    whole = np.issubdtype(given.dtype, np.integer)
    if given.shape != (people,) or not whole or given.min(initial=0) < -1:
        raise InputError(
            "labels are whole numbers from -1, one for each participant",
            column="label",
            value=f"{given.dtype} of shape {given.shape} for {people}",
            next_step="Number the groups from 0; -1 is for those of none.",
        )
    return given.astype(np.int64)


def _level(level: float) -> float:
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


def _ratio(over: npt.ArrayLike, under: npt.ArrayLike) -> Float64:
    """Quotient; NaN where there is nothing to divide by."""
    top, bottom = np.broadcast_arrays(
        np.asarray(over, dtype=np.float64), np.asarray(under, dtype=np.float64)
    )
    out = np.full(top.shape, np.nan)
    np.divide(top, bottom, out=out, where=bottom != 0.0)
    return out
