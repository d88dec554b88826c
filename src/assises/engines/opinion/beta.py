"""The beta distribution: its cumulative distribution and its quantiles, compiled, without SciPy.

To relative 1e-12 for parameters up to millions; bounds of shares need no more.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.kernels import Float64, compiled

_TINY: Final = 1e-300
_HALF_LOG_TAU: Final = 0.5 * math.log(2.0 * math.pi)


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
