"""One level of themes: a graph of texts, parted.

One map more or less, or other components of the vectors, change a good part of the themes that
Ward's tree gives. So maps of several dimensions are asked, of the whole vectors and of each half of
their components; each link is weighed by how many of them leave its ends together, and the graph so
weighed is parted once more (consensus clustering, Strehl and Ghosh 2002, on the links alone).
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
_WIDE: Final = 64
"""Components that are worth halving."""
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
    count = min(max(SCALES), n - 1)
    views = [steps, *_halves(steps)]
    graphs = [linked(*neighbours(view, view, count, same=True)) for view in views]
    cuts = [cut(graph, tree(points), fewest) for graph in graphs for points in maps(graph)]
    agreed = _agreed(graphs[0], cuts)
    (points,) = maps(agreed, (_LAST,))
    progress.advance(n)
    return cut(agreed, tree(points), fewest)


def _halves(steps: Int16) -> list[Int16]:
    """The vectors by every other component: two views of the same texts."""
    if steps.shape[1] < _WIDE:
        return []
    return [np.ascontiguousarray(steps[:, first::2]) for first in (0, 1)]


def _agreed(graph: Graph, cuts: list[Int32]) -> Graph:
    one = np.repeat(np.arange(len(graph.begins) - 1), np.diff(graph.begins))
    together = sum((parts[one] == parts[graph.ends]).astype(np.int64) for parts in cuts)
    return replace(graph, weights=graph.weights * (together / len(cuts) + _ASIDE))
