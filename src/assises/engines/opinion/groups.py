"""Opinion groups as Polis forms them: k-means on k-means, the number of groups by silhouette.

What is the server's: 100 base clusters, then weighted k-means of their centres for k = 2 up to
min(5, 2 + base clusters / 12), silhouette unweighted over the base clusters, a cluster of one
scoring 0. What is ours: the server starts from its previous result and, the first time, from the
order of arrival, so that its groups depend on the history of its runs and on who came first. We
start from positions alone, spread out from the middle or grown by the most distant one, and keep
the tighter partition: other numbers for the same people give the same groups.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from assises.engines.opinion.kernels import Float64, Int64, compiled
from assises.engines.opinion.lloyd import settled
from assises.engines.opinion.nearest import bounds, labelled

BASE_CLUSTERS: Final = 100
MOST_GROUPS: Final = 5
ITERATIONS: Final = 100
STILL: Final = 0.01
"""Centres that all move less than this have settled."""
MANY: Final = 20_000
"""Positions from which the base clusters are formed of cells."""
_BLOCK: Final = 64
"""Points looked at together in search of the farthest."""
_ACROSS: Final = 128
"""Cells along the wider side of the grid: a dozen between neighbouring base clusters."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """A partition of people and the candidates it was chosen from."""

    label: Int64
    """Group of each position, 0 the largest, shape (n,)."""
    centres: Float64
    """Mean position of each group, shape (k, 2)."""
    silhouettes: dict[int, float]
    """Mean silhouette of the base clusters for each k that was tried."""


def group(positions: Float64) -> Grouping:
    """Partition positions, shape (n, 2), into groups by the rules of the Polis server.

    With fewer than two distinct positions there is one group: nothing sets anyone apart.
    """
    if len(positions) > MANY:
        return _group_many(positions)
    # In the order of positions, not of people, so that sums and ties do not know who is who.
    order = _by_place(positions)
    found = _group(positions[order])
    label = np.empty(len(order), dtype=np.int64)
    label[order] = found.label
    return Grouping(label, found.centres, found.silhouettes)


def _by_place(positions: Float64) -> Int64:
    """Indices by x, then y."""
    across = np.ascontiguousarray(positions[:, 0])
    order = np.argsort(across)
    across = across[order]
    # Where no two share an x, which is the rule, it tells alone, at a fifth of the cost.
    if (across[1:] == across[:-1]).any():
        order = np.lexsort((positions[:, 1], positions[:, 0]))
    return order


def _group(positions: Float64) -> Grouping:
    base, centres = kmeans(positions, _spread(positions, BASE_CLUSTERS))
    if len(centres) < 2:
        return _ordered(positions, np.zeros(len(positions), dtype=np.int64), {})
    weights = np.bincount(base, minlength=len(centres)).astype(np.float64)
    label, silhouettes = _of_base_clusters(centres, weights)
    return _ordered(positions, label[base], silhouettes)


def _group_many(positions: Float64) -> Grouping:
    points, people = _cells(positions)
    base, centres = kmeans(points, _spread(points, BASE_CLUSTERS), people)
    label: Int64 = np.zeros(len(centres), dtype=np.int64)
    silhouettes: dict[int, float] = {}
    if len(centres) > 1:
        weights = np.bincount(base, people, len(centres)).astype(np.float64)
        label, silhouettes = _of_base_clusters(centres, weights)
    return _ordered(positions, labelled(positions, centres, label), silhouettes)


def _of_base_clusters(centres: Float64, weights: Float64) -> tuple[Int64, dict[int, float]]:
    """The group of each base cluster, and the silhouette of each number of groups."""
    distances = _distances(centres, centres)
    silhouettes: dict[int, float] = {}
    labels: dict[int, Int64] = {}
    most = min(MOST_GROUPS, 2 + len(centres) // 12, len(centres))
    for k in range(2, most + 1):
        labels[k] = _tightest(centres, k, weights)
        silhouettes[k] = silhouette(distances, labels[k])
    best = max(silhouettes, key=lambda k: (silhouettes[k], -k))
    return labels[best], silhouettes


def _cells(positions: Float64) -> tuple[Float64, Float64]:
    """Mean and number of the positions in each cell that has any; in whole numbers, so that the
    order of the people does not show."""
    left, bottom, right, top = bounds(positions)
    low = np.array([left, bottom])
    wide = max(right - left, top - bottom, 1e-300)
    # The sum of n offsets below `_ACROSS` stays below 2 ** 62.
    step = 2.0 ** (54 - int(np.ceil(np.log2(len(positions)))))
    sums = np.zeros((_ACROSS * _ACROSS, 3), dtype=np.int64)
    _gather_cells(positions, low, _ACROSS / wide, step, sums)
    sums = sums[sums[:, 2] > 0]
    people = sums[:, 2].astype(np.float64)
    means = sums[:, :2] / people[:, None] / step * (wide / _ACROSS) + low
    return np.ascontiguousarray(means), people


def kmeans(
    points: Float64, start: Float64, weights: Float64 | None = None
) -> tuple[Int64, Float64]:
    """Lloyd's iterations from given centres; a cluster left empty disappears.

    Args:
        points: shape (n, 2).
        start: initial centres, shape (k, 2).
        weights: of the points in the means, shape (n,).

    Returns:
        label of each point, shape (n,), and the centres, shape (at most k, 2).
    """
    weights = np.ones(len(points)) if weights is None else weights
    return settled(np.ascontiguousarray(points), start, weights, ITERATIONS, STILL)


def silhouette(distances: Float64, label: Int64) -> float:
    """Mean silhouette (Rousseeuw 1987) of points with given distances, shape (n, n).

    A point alone in its cluster scores 0. The mean is over points, not weighted by people.
    """
    k = int(label.max()) + 1
    sizes = np.bincount(label, minlength=k)
    member = np.zeros((len(label), k))
    member[np.arange(len(label)), label] = 1.0
    totals = np.stack([distances[:, label == c].sum(axis=1) for c in range(k)], axis=1)
    own = sizes[label]
    inside = (totals * member).sum(axis=1) / np.maximum(own - 1, 1)
    means = totals / np.maximum(sizes, 1)
    outside = np.where(member > 0, np.inf, means).min(axis=1)
    widest = np.maximum(inside, outside)
    score = np.where(
        (own > 1) & (widest > 0), (outside - inside) / np.where(widest > 0, widest, 1), 0.0
    )
    return float(score.mean())


@compiled
def _gather_cells(points: Float64, low: Float64, to_cell: float, step: float, sums: Int64) -> None:
    for at in range(len(points)):
        x, y = (points[at, 0] - low[0]) * to_cell, (points[at, 1] - low[1]) * to_cell
        cell = min(int(x), _ACROSS - 1) * _ACROSS + min(int(y), _ACROSS - 1)
        sums[cell, 0] += np.int64(np.rint(x * step))
        sums[cell, 1] += np.int64(np.rint(y * step))
        sums[cell, 2] += 1


def _tightest(points: Float64, k: int, weights: Float64) -> Int64:
    """The partition with the least spread around its centres; the first start wins a tie."""
    runs = [
        kmeans(points, start, weights) for start in (_spread(points, k), _grown(points, k, weights))
    ]
    spreads = [
        float((weights * ((points - centres[label]) ** 2).sum(axis=1)).sum())
        for label, centres in runs
    ]
    return runs[0][0] if spreads[0] <= spreads[1] else runs[1][0]


def _grown(points: Float64, k: int, weights: Float64) -> Float64:
    """k centres: from the middle, add the point farthest from all centres, settle, again."""
    centres = (points * weights[:, None]).sum(axis=0)[None, :] / weights.sum()
    while len(centres) < k:
        farthest = points[int(_distances(points, centres).min(axis=1).argmax())]
        grown = kmeans(points, np.vstack([centres, farthest]), weights)[1]
        if len(grown) == len(centres):
            break
        centres = grown
    return np.asarray(centres)


def _spread(points: Float64, count: int) -> Float64:
    """Up to ``count`` distinct points: the one nearest the middle, then each time the farthest."""
    return np.asarray(points[_spread_at(points, points.mean(axis=0), count)])


@compiled
def _spread_at(points: Float64, middle: Float64, count: int) -> Int64:
    xs, ys = points[:, 0].copy(), points[:, 1].copy()
    chosen = np.empty(count, dtype=np.int64)
    near = np.full(len(points), np.inf)
    _approached(xs, ys, middle[0], middle[1], near)
    chosen[0] = near.argmin()
    near[:] = np.inf
    for found in range(1, count):
        last = chosen[found - 1]
        farthest = _approached(xs, ys, xs[last], ys[last], near)
        if near[farthest] <= 0:
            return chosen[:found]
        chosen[found] = farthest
    return chosen


@compiled
def _approached(xs: Float64, ys: Float64, x: float, y: float, near: Float64) -> int:
    """Square of the way from each point to the nearest of some, of which one is new.

    Whole blocks at a time, without a choice that would keep the compiler from taking several points
    at once: few blocks hold one that is farther than all before.

    Args:
        xs: of each point, shape (n,).
        ys: likewise.
        x: of the new one.
        y: likewise.
        near: squares, shape (n,), brought up to date.

    Returns:
        the first point of those that are farthest.
    """
    farthest, most = 0, -1.0
    for begin in range(0, len(near), _BLOCK):
        end = min(begin + _BLOCK, len(near))
        its, across, up = near[begin:end], xs[begin:end], ys[begin:end]
        beyond = 0
        for at in range(len(its)):
            dx, dy = across[at] - x, up[at] - y
            square = dx * dx + dy * dy
            its[at] = square if square < its[at] else its[at]
            beyond += its[at] > most
        if beyond:
            for at in range(len(its)):
                if its[at] > most:
                    farthest, most = begin + at, its[at]
    return farthest


def _distances(left: Float64, right: Float64) -> Float64:
    dx = left[:, None, 0] - right[None, :, 0]
    dy = left[:, None, 1] - right[None, :, 1]
    return np.asarray(np.sqrt(dx * dx + dy * dy))


def _ordered(positions: Float64, label: Int64, silhouettes: dict[int, float]) -> Grouping:
    """Letters follow size: group 0 is the largest, equal sizes from left to right."""
    sizes = np.bincount(label)
    sums = [np.bincount(label, weights=positions[:, d]) for d in (0, 1)]
    centres = np.stack(sums, axis=1) / np.maximum(sizes, 1)[:, None]
    kept = np.flatnonzero(sizes)
    order = kept[np.lexsort((centres[kept, 1], centres[kept, 0], -sizes[kept]))]
    rank = np.empty(len(sizes), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return Grouping(rank[label], centres[order], silhouettes)
