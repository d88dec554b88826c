"""Where a tree of texts is cut into themes.

Modularity is how many of the graph's links lie within parts beyond what the texts' degrees would
put there by chance (Newman and Girvan 2004). Over all ways to cut the tree, high in one branch and
low in another, the one with the most of it is found exactly, from the leaves up: it is a sum over
parts. So the number of themes is found and not asked for. It says where to cut, not whether there
is anything to cut: a cloud without gaps is parted too, into regions.
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from assises.engines.themes.discovery.graph import Float64, Graph, Int32, Int64

Int8 = npt.NDArray[np.int8]

NOWHERE = -1


def cut(graph: Graph, joins: Int64, fewest: int) -> Int32:
    """A part for each text, shape (n,), -1 for those of branches too small to be one.

    Args:
        graph: the links.
        joins: the tree over the same texts.
        fewest: texts of a part, at least; what is left of a cut that would make a smaller one
            belongs nowhere yet.
    """
    degrees = graph.degrees
    n = len(degrees)
    within = np.zeros(2 * n - 1)
    degree = np.concatenate([degrees, np.zeros(n - 1)])
    size = np.concatenate([np.ones(n, np.int64), np.zeros(n - 1, np.int64)])
    _within(graph.begins, graph.ends, graph.weights, joins, within)
    split = np.zeros(2 * n - 1, dtype=np.int8)
    _chosen(joins, within, degree, size, fewest, split)
    parts = np.full(n, NOWHERE, dtype=np.int32)
    _numbered(joins, split, parts)
    return parts


@numba.njit(cache=True, nogil=True)
def _within(begins: Int64, ends: Int32, weights: Float64, joins: Int64, within: Float64) -> None:
    """Weight of the links within each node: each link counts where its two ends first meet."""
    n = len(begins) - 1
    above = np.full(2 * n - 1, -1, dtype=np.int64)
    depth = np.zeros(2 * n - 1, dtype=np.int64)
    for j in range(n - 1):
        above[joins[j, 0]] = n + j
        above[joins[j, 1]] = n + j
    for node in range(2 * n - 3, -1, -1):
        depth[node] = depth[above[node]] + 1
    for i in range(n):
        for k in range(begins[i], begins[i + 1]):
            one, other = i, np.int64(ends[k])
            while one != other:
                if depth[one] >= depth[other]:
                    one = above[one]
                else:
                    other = above[other]
            within[one] += weights[k]
    for j in range(n - 1):
        within[n + j] += within[joins[j, 0]] + within[joins[j, 1]]


@numba.njit(cache=True, nogil=True)
def _chosen(
    joins: Int64,
    within: Float64,
    degree: Float64,
    size: Int64,
    fewest: int,
    split: Int8,
) -> None:
    """1: both sides are cut on; 2, 3: the first, the second alone, the other being too small."""
    n = len(joins) + 1
    for j in range(n - 1):
        degree[n + j] = degree[joins[j, 0]] + degree[joins[j, 1]]
        size[n + j] = size[joins[j, 0]] + size[joins[j, 1]]
    total = degree[2 * n - 2]
    best = np.empty(2 * n - 1)
    for node in range(2 * n - 1):
        whole = within[node] / total - (degree[node] / total) ** 2
        best[node] = whole
        if node < n:
            continue
        one, other = joins[node - n, 0], joins[node - n, 1]
        if size[one] >= fewest and size[other] >= fewest:
            cut_on, way = best[one] + best[other], 1
        elif size[one] >= fewest:
            cut_on, way = best[one], 2
        elif size[other] >= fewest:
            cut_on, way = best[other], 3
        else:
            continue
        if cut_on > whole:
            best[node] = cut_on
            split[node] = way


@numba.njit(cache=True, nogil=True)
def _numbered(joins: Int64, split: Int8, parts: Int32) -> None:
    n = len(parts)
    stack = np.empty(2 * n, dtype=np.int64)
    stack[0] = 2 * n - 2
    held, part = 1, 0
    while held:
        held -= 1
        node = stack[held]
        if node >= n and split[node]:
            if split[node] != 3:
                stack[held] = joins[node - n, 0]
                held += 1
            if split[node] != 2:
                stack[held] = joins[node - n, 1]
                held += 1
            continue
        _filled(joins, node, part, parts)
        part += 1


@numba.njit(cache=True, nogil=True)
def _filled(joins: Int64, node: int, part: int, parts: Int32) -> None:
    n = len(parts)
    stack = np.empty(n + 1, dtype=np.int64)
    stack[0] = node
    held = 1
    while held:
        held -= 1
        at = stack[held]
        if at < n:
            parts[at] = part
        else:
            stack[held] = joins[at - n, 0]
            stack[held + 1] = joins[at - n, 1]
            held += 2
