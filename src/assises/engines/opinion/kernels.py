"""The loops over votes, compiled: a vote is touched once, in the order it lies in memory.

A cell is ``statement index << 2 | vote + 1``, so that it addresses a table of four rows a statement
directly: what a vote contributes is looked up, never computed. The blocks of vectors are four wide,
which is one register and more than twice as cheap a pass as any other width.

Sums over people are kept in integers: each person's contribution is rounded once, to a step that
the largest possible sum leaves room for, and integers add up to the same whatever the order, the
threads and the shards. That is why one machine and many give the same bytes.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from assises.engines.linear import compiling, lanes

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]
Cells = npt.NDArray[np.uint16] | npt.NDArray[np.uint32]

R = TypeVar("R")

compiled = compiling.compiled

WIDTH: Final = compiling.WIDTH
"""Vectors that a pass carries together."""
CODES: Final = 4
"""Rows of a table for each statement: disagree, pass, agree, and one that is never addressed."""
_WORTH_A_THREAD: Final = 1 << 19
_LINE: Final = 64
"""Bytes that a cache moves at once."""
_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
"""2 ** 64 over the golden ratio: times it, close numbers end far apart (Knuth, volume 3, 6.4)."""


def in_threads(
    work: Callable[[int, int], R],
    people: int,
    votes: int,
    threads: int | None,
    worth: int | None = None,
) -> list[R]:
    """What ``work(begin, end)`` returns for ranges of people that cover all of them, in order.

    Args:
        work: releases the GIL; its results are merged by the caller, exactly.
        people: how many there are.
        votes: how many votes they cast, to tell whether threads are worth it.
        threads: how many at most; by default as many as this process may use.
        worth: votes below which a second thread costs more than it saves, if not the usual.
    """
    count = votes // (worth or _WORTH_A_THREAD)
    if count > 1:
        allowed = len(os.sched_getaffinity(0)) if threads is None else max(1, threads)
        count = min(allowed, count)
    if count < 2:
        return [work(0, people)]
    cuts = [people * at // count for at in range(count + 1)]
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, cuts[:-1], cuts[1:]))


def on_lines(rows: int, kind: npt.DTypeLike) -> npt.NDArray[Any]:
    """Zeros of eight bytes each, shape (rows, 4), none of whose rows lies across two cache lines.

    Wherever numpy puts them, every other row may: passes over votes then take up to 1.7 times as
    long, by chance.
    """
    size = rows * WIDTH * 8
    room = np.zeros(size + _LINE, dtype=np.uint8)
    first = -room.ctypes.data % _LINE
    return room[first : first + size].view(kind).reshape(rows, WIDTH)


@compiled
def gather_scatter(
    indptr: Int64,
    cells: Cells,
    table: Float64,
    scale: float,
    begin: int,
    end: int,
    sums: Int64,
    bits: int,
) -> None:
    """For each person, u = sum of the rows of ``table`` at their cells; then add u at those cells.

    The first half of the cells and the second are summed apart, a last odd one with the first.
    With ``bits``, one person in ``2 ** bits`` is asked: by what they voted, not by who they are.

    Args:
        indptr: shape (P + 1,).
        cells: shape (votes,).
        table: shape (4 S, 4).
        scale: a power of two; u is rounded to whole multiples of 1 / scale.
        begin: first person.
        end: one past the last.
        sums: shape (4 S, 4), added to.
        bits: 0 for everyone.
    """
    for person in range(begin, end):
        # Unsigned: a signed index would be asked each time whether it counts from the end.
        first, last = np.uint64(indptr[person]), np.uint64(indptr[person + 1])
        half = (last - first) >> np.uint64(1)
        if bits and first < last:
            told = (np.uint64(cells[first + half]) << np.uint64(1)) + (last - first)
            if (told * _GOLDEN) >> np.uint64(64 - bits):
                continue
        # Two sums at once: in one alone each addition waits for the last.
        u, v = lanes.zeros(), lanes.zeros()
        for at in range(first, first + half):
            u = lanes.add(u, lanes.load(table, cells[at]))
            v = lanes.add(v, lanes.load(table, cells[at + half]))
        if first + half + half < last:
            u = lanes.add(u, lanes.load(table, cells[last - np.uint64(1)]))
        whole = lanes.rounded(lanes.add(u, v), scale)
        for at in range(first, last):
            lanes.store(sums, cells[at], lanes.add(lanes.load(sums, cells[at]), whole))


@compiled
def gather(indptr: Int64, cells: Cells, table: Float64, out: Float64) -> None:
    """``out[person]``, shape (P, 2): the sum of the rows of ``table``, shape (4 S, 2)."""
    for person in range(len(indptr) - 1):
        x = y = 0.0
        for at in range(indptr[person], indptr[person + 1]):
            row = table[cells[at]]
            x += row[0]
            y += row[1]
        out[person, 0] = x
        out[person, 1] = y


@compiled
def tally(indptr: Int64, cells: Cells, label: Int64, begin: int, end: int, out: Int64) -> None:
    """Count the votes of each label: ``out``, shape (labels, 4 S), added to; -1 is left out."""
    for person in range(begin, end):
        group = label[person]
        if group < 0:
            continue
        into = out[group]
        for at in range(indptr[person], indptr[person + 1]):
            into[cells[at]] += 1


@compiled
def moments(
    indptr: Int64, cells: Cells, label: Int64, steps: Int64, begin: int, end: int, out: Int64
) -> None:
    """Add 1 and the three numbers of each person at each of their votes; -1 is left out.

    Args:
        indptr: shape (P + 1,).
        cells: shape (votes,).
        label: of each person, shape (P,).
        steps: three numbers of each person, shape (P, 3).
        begin: first person.
        end: one past the last.
        out: by label, statement and code, shape (labels, S, 4, 4), added to.
    """
    for person in range(begin, end):
        group = label[person]
        if group < 0:
            continue
        one, two, three = steps[person, 0], steps[person, 1], steps[person, 2]
        for at in range(indptr[person], indptr[person + 1]):
            row = out[group, cells[at] >> 2, cells[at] & 3]
            row[0] += 1
            row[1] += one
            row[2] += two
            row[3] += three


@compiled
def covotes(
    indptr: Int64, cells: Cells, begin: int, end: int, sign: int, both: Int64, mixed: Int64
) -> None:
    """Add the co-votes of each pair of statements j <= k of each person; ``sign`` -1 takes away.

    Args:
        both: shape (S, S): ``sum of v_j v_k << 32`` plus the number who saw both.
        mixed: shape (S, S): ``sum of v_j << 32`` plus sum of v_k, over those who saw both.
    """
    for person in range(begin, end):
        last = indptr[person + 1]
        for at in range(indptr[person], last):
            cell = np.int64(cells[at])
            vote = (cell & 3) - 1
            high, row = sign * (vote << 32), cell >> 2
            into_both, into_mixed = both[row], mixed[row]
            for other in range(at, last):
                cell = np.int64(cells[other])
                its = (cell & 3) - 1
                column = cell >> 2
                into_both[column] += high * its + sign
                into_mixed[column] += high + sign * its


@compiled
def dense_times(matrix: Float64, block: Float64) -> Float64:
    """matrix @ block, shapes (S, S) and (S, 4), each row summed from left to right."""
    out = np.zeros((len(matrix), block.shape[1]))
    for row in range(len(matrix)):
        for column in range(matrix.shape[1]):
            value = matrix[row, column]
            for k in range(block.shape[1]):
                out[row, k] += value * block[column, k]
    return out
