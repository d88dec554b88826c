"""One division of people laid beside another: which group is which, and how alike they are."""

from __future__ import annotations

import numpy as np

from assises.engines.opinion.kernels import Float64, Int64


def overlap(first: Int64, second: Int64) -> Int64:
    """How many people are in group i of the one and j of the other, shape (first's, second's).

    Args:
        first: group of each person from 0, -1 for none, shape (P,).
        second: likewise.
    """
    both = (first >= 0) & (second >= 0)
    shape = int(first.max(initial=-1)) + 1, int(second.max(initial=-1)) + 1
    table = np.zeros(shape, dtype=np.int64)
    np.add.at(table, (first[both], second[both]), 1)
    return table


def adjusted_rand_index(table: Int64) -> float:
    """Agreement of two divisions beyond chance (Hubert and Arabie 1985), 1 for identical ones.

    Args:
        table: how many people are in group i of the one and j of the other.
    """
    n = int(table.sum())
    pairs = _pairs(table).sum()
    rows, columns = _pairs(table.sum(axis=1)).sum(), _pairs(table.sum(axis=0)).sum()
    total = n * (n - 1) / 2
    expected = rows * columns / total if total else 0.0
    most = (rows + columns) / 2
    return 1.0 if most == expected else float((pairs - expected) / (most - expected))


def resemblance(table: Int64) -> Float64:
    """Of each group of the first the Jaccard similarity with the group most like it, shape (rows,).

    Those in both over those in either; below one half a group has dissolved (Hennig 2007).
    """
    either = table.sum(axis=1, keepdims=True) + table.sum(axis=0, keepdims=True) - table
    similar = np.divide(table, either, out=np.zeros(table.shape), where=either > 0)
    return np.asarray(similar.max(axis=1, initial=0.0))


def matched(table: Int64) -> Int64:
    """For each group of the first the one of the second that is it, or -1, shape (rows,).

    One to one, so that most people stay together.
    """
    rows, columns = table.shape
    size = max(rows, columns)
    square = np.zeros((size, size), dtype=np.int64)
    square[:rows, :columns] = table
    to = assignment(square)[:rows]
    return np.where(to < columns, to, -1)


def _pairs(counts: Int64) -> Float64:
    return np.asarray(counts * (counts - 1) / 2, dtype=np.float64)


def assignment(gain: Int64) -> Int64:
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
