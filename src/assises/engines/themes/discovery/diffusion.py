"""Where texts stand when they are told by all paths between them.

Coordinates of the diffusion map at every scale at once: the eigenvectors of the graph's normalised
links, each by lambda / (1 - lambda), which is the sum of all numbers of steps (Coifman and Lafon
2006, "Diffusion maps"; Setty and others 2019 for the sum), on the sphere, since how central a text
is does not say what it is about.
"""

from __future__ import annotations

from typing import Final

import numba
import numpy as np

from assises.engines.linear import eigen
from assises.engines.themes.discovery.graph import Float64, Graph, Int32, Int64

MAPS: Final = (10, 12, 14)
"""Dimensions of the maps that are asked."""
_HIGHEST: Final = 0.999
"""Of an eigenvalue: parts that nothing links are apart, and not infinitely so."""
_TOLERANCE: Final = 1e-7
_PASSES: Final = 400


def maps(graph: Graph, dimensions: tuple[int, ...] = MAPS) -> list[Float64]:
    """Maps of so many dimensions: rows of length 1, shape (n, at most that many).

    Args:
        graph: of at least two texts.
        dimensions: at most 16 each.
    """
    n = len(graph.begins) - 1
    roots = np.sqrt(np.maximum(graph.degrees, 1e-12))
    still = roots / np.sqrt((roots**2).sum())

    def apply(block: Float64) -> Float64:
        out = np.empty_like(block)
        _spread(graph.begins, graph.ends, graph.weights, 1.0 / roots, block, out)
        # Half a step, so that no eigenvalue is below 0; the first, known, is taken out.
        return (block + out) / 2.0 - np.outer(still, still @ block)

    pairs = eigen.leading(apply, n, min(max(dimensions), n - 1), _TOLERANCE, passes=_PASSES)
    values = np.clip(2.0 * pairs.values - 1.0, 0.0, _HIGHEST)
    found = pairs.vectors * (values / (1.0 - values))
    return [_on_the_sphere(found[:, :count]) for count in dimensions]


def _on_the_sphere(found: Float64) -> Float64:
    lengths = np.sqrt((found**2).sum(axis=1))
    return np.ascontiguousarray(found / np.maximum(lengths, 1e-12)[:, None])


@numba.njit(cache=True, nogil=True)
def _spread(
    begins: Int64, ends: Int32, weights: Float64, scale: Float64, block: Float64, out: Float64
) -> None:
    for i in range(len(begins) - 1):
        for c in range(block.shape[1]):
            out[i, c] = 0.0
        for k in range(begins[i], begins[i + 1]):
            weight = weights[k] * scale[ends[k]] * scale[i]
            for c in range(block.shape[1]):
                out[i, c] += weight * block[ends[k], c]
