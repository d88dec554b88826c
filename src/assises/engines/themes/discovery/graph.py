"""The graph of what is near: each text linked to its neighbours, at five scales at once.

At each scale a text spreads the same amount over its neighbours, its own distances deciding how far
it reaches, and two texts are linked if either reaches the other (the fuzzy union of McInnes, Healy
and Melville 2018, "UMAP", sections 3.1 and 4.1). No scale is right for every theme; the mean of
five is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numba
import numpy as np
import numpy.typing as npt

Float64 = npt.NDArray[np.float64]
Float32 = npt.NDArray[np.float32]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]

SCALES: Final = (10, 20, 30, 45, 60)
"""How many neighbours a text has at each scale."""
_HALVINGS: Final = 32


@dataclass(frozen=True, slots=True)
class Graph:
    """Links of n texts, both ways, by rows."""

    begins: Int64
    """Shape (n + 1,)."""
    ends: Int32
    """The other end of each link."""
    weights: Float64
    """Above 0, at most 1."""

    @property
    def degrees(self) -> Float64:
        """Sum of the weights of each text's links, shape (n,)."""
        return np.add.reduceat(np.append(self.weights, 0.0), self.begins[:-1]) * (
            self.begins[1:] > self.begins[:-1]
        )


def linked(places: Int32, near: Float32) -> Graph:
    """The graph of texts and their neighbours.

    Args:
        places: of each text, its neighbours, the nearest first, shape (n, k); never itself.
        near: their cosines, shape (n, k).
    """
    n, k = places.shape
    scales = np.array(sorted({min(scale, k) for scale in SCALES}), dtype=np.int64)
    reach = np.zeros((n, k, len(scales)))
    _reaching(1.0 - near.astype(np.float64), scales, reach)
    one = np.repeat(np.arange(n, dtype=np.int64), k)
    other = places.ravel().astype(np.int64)
    pairs = np.minimum(one, other) * n + np.maximum(one, other)
    order = np.argsort(pairs, kind="stable")
    low, high, weights = _united(pairs[order], reach.reshape(n * k, -1)[order], n)
    return _by_rows(low, high, weights, n)


def _by_rows(low: Int64, high: Int64, weights: Float64, n: int) -> Graph:
    one, other = np.concatenate([low, high]), np.concatenate([high, low])
    order = np.argsort(one * n + other, kind="stable")
    begins = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(one, minlength=n), out=begins[1:])
    return Graph(begins, other[order].astype(np.int32), np.concatenate([weights, weights])[order])


@numba.njit(cache=True, nogil=True)
def _reaching(distances: Float64, scales: Int64, reach: npt.NDArray[np.float64]) -> None:
    """How much of each neighbour a text reaches at each scale: together, log2 of the scale."""
    for i in range(distances.shape[0]):
        for s in range(len(scales)):
            scale = scales[s]
            low, high = 1e-6, 16.0
            for _ in range(_HALVINGS):
                middle = (low + high) / 2.0
                total = 0.0
                for j in range(scale):
                    total += np.exp(-(distances[i, j] - distances[i, 0]) / middle)
                if total > np.log2(scale):
                    high = middle
                else:
                    low = middle
            for j in range(scale):
                reach[i, j, s] = np.exp(-(distances[i, j] - distances[i, 0]) / low)


@numba.njit(cache=True, nogil=True)
def _united(pairs: Int64, reach: Float64, n: int) -> tuple[Int64, Int64, Float64]:
    low = np.empty(len(pairs), dtype=np.int64)
    high = np.empty(len(pairs), dtype=np.int64)
    weights = np.empty(len(pairs), dtype=np.float64)
    count, at, scales = 0, 0, reach.shape[1]
    while at < len(pairs):
        both = at + 1 < len(pairs) and pairs[at + 1] == pairs[at]
        total = 0.0
        for s in range(scales):
            one = reach[at, s]
            other = reach[at + 1, s] if both else 0.0
            total += one + other - one * other
        # A link below what a computer tells from none at every scale is none.
        if total > 1e-9:
            low[count] = pairs[at] // n
            high[count] = pairs[at] % n
            weights[count] = total / scales
            count += 1
        at += 2 if both else 1
    return low[:count].copy(), high[:count].copy(), weights[:count].copy()
