"""Digamma and log-gamma over arrays: what posteriors of shares are made of."""

from __future__ import annotations

import math

import numpy as np

from assises.engines.opinion.kernels import Float64, compiled


@compiled
def digamma_of(x: float) -> float:
    """Recurrence up to 6, then the asymptotic series (Abramowitz and Stegun 6.3.18)."""
    out = 0.0
    while x < 6.0:
        out -= 1.0 / x
        x += 1.0
    y = 1.0 / (x * x)
    series = 1 / 12.0 - y * (1 / 120.0 - y * (1 / 252.0 - y * (1 / 240.0 - y / 132.0)))
    return out + math.log(x) - 0.5 / x - y * series


@compiled
def _map_digamma(flat: Float64, out: Float64) -> None:
    for at in range(len(flat)):
        out[at] = digamma_of(flat[at])


@compiled
def _map_log_gamma(flat: Float64, out: Float64) -> None:
    for at in range(len(flat)):
        out[at] = math.lgamma(flat[at])


def digamma(x: Float64) -> Float64:
    """Of each number, same shape."""
    out = np.empty(x.size)
    _map_digamma(np.ascontiguousarray(x).ravel(), out)
    return out.reshape(x.shape)


def log_gamma(x: Float64) -> Float64:
    """Of each number, same shape."""
    out = np.empty(x.size)
    _map_log_gamma(np.ascontiguousarray(x).ravel(), out)
    return out.reshape(x.shape)
