"""The loops of :mod:`.families` that join: links between candidates, then stars of copies."""

from __future__ import annotations

from typing import Final

import numba
import numpy as np

from assises.engines.themes.copies.alike_kernels import LONGEST, Words, accepts, close, likeness
from assises.engines.themes.copies.shingle_kernels import Float32, Int32, Int64, Uint64

ALL: Final = 24
"""Of so many candidates that share a key all are compared."""
FIRST: Final = 4
BEFORE: Final = 8
"""Of more, each with the first and with so many before it."""
PATIENCE: Final = 64
"""A text is so often compared among many in vain, so that a form which thousands fill in with
numbers or names of their own costs no more."""
SMALL: Final = 64
"""Of so many texts that hang together all are compared; of more, each with the chosen."""
CHOSEN: Final = 256
"""So many are chosen in one such heap; what is a copy of none of them stays alone."""


@numba.njit(cache=True, nogil=True)
def root(parent: Int32, at: int) -> int:
    """Who stands for the set of ``at``; ways are halved."""
    while parent[at] != at:
        parent[at] = parent[parent[at]]
        at = parent[at]
    return at


@numba.njit(cache=True, nogil=True)
def link(w: Words, keys: Uint64, shift: int, weight: Int64, parent: Int32, degree: Int64) -> int:
    """Join texts that share a key and of which one is a copy of the other.

    Args:
        w: all words.
        keys: in order, each above ``shift`` bits of the number of a text that has it.
        shift: bits of a number.
        weight: how many people wrote each text.
        parent: of the sets, changed.
        degree: how many people's texts each was seen to accept, added to.

    Returns:
        How many pairs were compared.
    """
    cost = np.empty((LONGEST + 1, LONGEST + 1), dtype=np.int32)
    step = np.empty((LONGEST + 1, LONGEST + 1), dtype=np.uint8)
    number = (np.uint64(1) << np.uint64(shift)) - np.uint64(1)
    begin, compared = 0, 0
    vain = np.zeros(len(parent), dtype=np.uint8)
    while begin < len(keys):
        end = begin + 1
        while end < len(keys) and keys[end] >> np.uint64(shift) == keys[begin] >> np.uint64(shift):
            end += 1
        for i in range(begin + 1, end):
            other = np.int64(keys[i] & number)
            many = end - begin > ALL
            nearest = max(i - BEFORE, begin) if many else begin
            # The first ones, then those just before.
            for at in range(min(begin + FIRST, nearest) - begin + i - nearest):
                first = min(begin + FIRST, nearest) - begin
                one = np.int64(keys[begin + at if at < first else nearest + at - first] & number)
                a, b = root(parent, int(one)), root(parent, int(other))
                if a == b or (many and vain[other] >= PATIENCE):
                    continue
                compared += 1
                said = accepts(w, int(one), int(other), cost, step)
                vain[other] += many and not said
                if not said or not close(w, int(one), int(other)):
                    continue
                if said & 1:
                    degree[one] += weight[other]
                if said & 2:
                    degree[other] += weight[one]
                parent[max(a, b)] = min(a, b)
        begin = end
    return compared


@numba.njit(cache=True, nogil=True)
def stars(
    w: Words, members: Int64, begins: Int64, weight: Int64, degree: Int64, chosen: Int32
) -> None:
    """Divide what hangs together, so that each member is a copy of the one that was chosen.

    The one chosen first accepts the texts of most people; among equals the first.

    Args:
        w: all words.
        members: texts of one set after the other, in order.
        begins: where each set begins, shape (sets + 1,).
        weight: how many people wrote each text.
        degree: of :func:`link`.
        chosen: written, of which each is a copy; shape (n,).
    """
    for k in range(len(begins) - 1):
        mine = members[begins[k] : begins[k + 1]]
        if len(mine) <= SMALL:
            _small(w, mine, weight, chosen)
        else:
            _large(w, mine, degree, chosen)


@numba.njit(cache=True, nogil=True)
def _small(w: Words, mine: Int64, weight: Int64, chosen: Int32) -> None:
    cost = np.empty((LONGEST + 1, LONGEST + 1), dtype=np.int32)
    step = np.empty((LONGEST + 1, LONGEST + 1), dtype=np.uint8)
    size = len(mine)
    takes = np.zeros((size, size), dtype=np.bool_)
    for i in range(size):
        for j in range(i):
            said = accepts(w, mine[j], mine[i], cost, step)
            if said and close(w, mine[j], mine[i]):
                takes[j, i], takes[i, j] = (said & 1) != 0, (said & 2) != 0
    free = np.ones(size, dtype=np.bool_)
    while True:
        best, most = -1, np.int64(0)
        for i in range(size):
            if not free[i]:
                continue
            total, any_ = weight[mine[i]], False
            for j in range(size):
                if free[j] and takes[i, j]:
                    total += weight[mine[j]]
                    any_ = True
            if any_ and total > most:
                best, most = i, total
        if best < 0:
            return
        for j in range(size):
            if free[j] and (takes[best, j] or j == best):
                chosen[mine[j]] = mine[best]
                free[j] = False


@numba.njit(cache=True, nogil=True)
def _large(w: Words, mine: Int64, degree: Int64, chosen: Int32) -> None:
    cost = np.empty((LONGEST + 1, LONGEST + 1), dtype=np.int32)
    step = np.empty((LONGEST + 1, LONGEST + 1), dtype=np.uint8)
    order = np.argsort(-degree[mine], kind="mergesort")
    free = np.ones(len(mine), dtype=np.bool_)
    for at in range(min(CHOSEN, len(order))):
        best = order[at]
        if not free[best]:
            continue
        free[best] = False
        for j in range(len(mine)):
            if not free[j]:
                continue
            low, high = min(mine[best], mine[j]), max(mine[best], mine[j])
            said = accepts(w, low, high, cost, step)
            if said & (1 if low == mine[best] else 2) and close(w, low, high):
                chosen[mine[j]] = mine[best]
                free[j] = False


@numba.njit(cache=True, nogil=True)
def likenesses(w: Words, chosen: Int32, out: Float32) -> None:
    """Share of pieces that each text and the one chosen for it both have, where it is another."""
    for text in range(len(chosen)):
        if chosen[text] != text:
            out[text] = likeness(w, int(chosen[text]), text)
