"""One level of themes: a graph of texts, parted.

One map more or less changes a good part of the themes that Ward's tree gives; so several are asked,
each link is weighed by how many of them leave its ends together, and the graph so weighed is parted
once more (consensus clustering, Strehl and Ghosh 2002, on the links alone).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from assises.engines.themes.discovery.cutting import cut
from assises.engines.themes.discovery.diffusion import maps
from assises.engines.themes.discovery.graph import SCALES, Graph, Int32, linked
from assises.engines.themes.discovery.steps import Int16, neighbours
from assises.engines.themes.discovery.ward import tree
from assises.lib.progress import SILENT, Progress

_LAST: Final = 12
"""Dimensions of the map of the graph that the others have weighed."""
_ASIDE: Final = 1e-3
"""What is left of a link that no map keeps: nothing is cut off altogether."""
FEW: Final = 12
"""Texts below which nothing is parted."""


def parted(steps: Int16, fewest: int, progress: Progress = SILENT) -> Int32:
    """A part for each text, shape (n,); -1 for those that no part would take yet.

    Args:
        steps: vectors in whole steps, shape (n, d).
        fewest: texts of a part, at least.
        progress: told of ``len(steps)`` texts.
    """
    n = len(steps)
    if n < max(2 * fewest, FEW):
        progress.advance(n)
        return np.zeros(n, dtype=np.int32)
    places, near = neighbours(steps, steps, min(max(SCALES), n - 1), same=True, progress=progress)
    graph = linked(places, near)
    agreed = _agreed(graph, [cut(graph, tree(points), fewest) for points in maps(graph)])
    (points,) = maps(agreed, (_LAST,))
    return cut(agreed, tree(points), fewest)


def _agreed(graph: Graph, cuts: list[Int32]) -> Graph:
    one = np.repeat(np.arange(len(graph.begins) - 1), np.diff(graph.begins))
    together = sum((parts[one] == parts[graph.ends]).astype(np.int64) for parts in cuts)
    return replace(graph, weights=graph.weights * (together / len(cuts) + _ASIDE))
