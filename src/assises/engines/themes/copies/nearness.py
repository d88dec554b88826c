"""Texts that may say the same thing in other words or in another language, for a person to confirm.

Of each text the nearest of its own language and of each other language, by the cosine of vectors
out of which the language was taken. Up to twenty thousand all are compared; of more, those inside
the cells that are given, or whose six nearest pivots are not all others: pivots are texts, twice
the square root of n of them.

Vectors are rounded to whole numbers of which the products sum up below 2 ** 24, so that products
of matrices in single precision are exact: the same on any machine and any number of threads.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numba
import numpy as np
import numpy.typing as npt

from assises.lib.errors import InputError
from assises.lib.progress import SILENT, Progress

Float32 = npt.NDArray[np.float32]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Uint8 = npt.NDArray[np.uint8]

PARAPHRASE, TRANSLATION = 0, 1
SAME_LANGUAGE: Final = 0.9
"""Cosine from which two texts of one language may be paraphrases; of 2,129 sentences that differ
the nearest two are at .71 (our corpus, five languages)."""
OTHER_LANGUAGE: Final = 0.5
MARGIN: Final = 0.1
"""Cosine of a translation, and by how much the next best is further, seen from either side."""
_SCALE: Final = 2048
"""Length of a rounded vector: its square, about 2 ** 22, bounds each sum of products."""
_BLOCK: Final = 2048
_PIVOTS: Final = 2
"""So many times the square root of the texts are pivots."""
_ALL: Final = 20_000
"""So many texts are all compared."""
_CELLS: Final = 6
"""To so many pivots each text goes."""
_LIMIT: Final = 1 << 20
"""Below what any product is."""


@dataclass(frozen=True, slots=True)
class Proposals:
    """Pairs of rows that may say the same, the nearest first."""

    left: Int32
    right: Int32
    """Rows, the lower first; shape (P,)."""
    kind: Uint8
    """PARAPHRASE or TRANSLATION, shape (P,)."""
    cosine: Float32
    """Shape (P,)."""


def propose(
    vectors: npt.NDArray[np.floating],
    tags: Sequence[str],
    rows: Int64,
    cell: Int64 | None = None,
    progress: Progress = SILENT,
) -> Proposals:
    """Pairs that a person may find to say the same.

    Args:
        vectors: of all texts, the mean of their language taken out; float16 or float32, any length,
            rows of zeros have no meaning and are in no pair; shape (n, d).
        tags: language of each text, shape (n,).
        rows: which are compared, in an order that depends on the texts alone: one row of each
            family (``Families.shown``) and those alone; shape (m,).
        cell: of each text a part outside of which nothing is near, such as a theme; shape (n,).
        progress: listener; may raise to stop.

    Raises:
        InputError: if the shapes do not fit, or a number is not finite.
    """
    many = len(vectors)
    if vectors.ndim != 2 or len(tags) != many or (cell is not None and len(cell) != many):
        raise InputError(
            "each text needs its vector, its language and its cell",
            value=f"{np.shape(vectors)} and {len(tags)}",
            next_step="Give one row a text.",
        )
    names = sorted(set(tags))
    number = {name: at for at, name in enumerate(names)}
    language = np.array([number[tags[i]] for i in rows.tolist()], dtype=np.int32)
    best = np.full((len(rows), max(len(names), 1), 2), -_LIMIT * 8, dtype=np.int32)
    who = np.full(best.shape, -1, dtype=np.int32)
    groups = _pivoted(vectors, rows) if cell is None else _given(cell[rows])
    progress.step("near in meaning", len(groups))
    for members in groups:
        _compare(vectors, rows, members, language, best, who)
        progress.advance(1)
    return _pairs(best, who, language, rows)


def _rounded(vectors: npt.NDArray[np.floating], rows: Int64) -> Float32:
    """Whole numbers in place of the rows, each as long as ``_SCALE`` or zero; shape (m, d)."""
    taken = vectors[rows].astype(np.float64)
    if not np.isfinite(taken).all():
        raise InputError(
            "a vector holds what is no number",
            value=int(rows[np.flatnonzero(~np.isfinite(taken).all(axis=1))[0]]),
            next_step="Compute the vectors again.",
        )
    length = np.sqrt((taken * taken).sum(axis=1))
    length[length == 0] = 1
    return np.asarray(np.rint(taken * (_SCALE / length)[:, None]), dtype=np.float32)


def _given(cell: Int64) -> list[Int64]:
    order = np.argsort(cell, kind="stable")
    cuts = np.flatnonzero(np.diff(cell[order])) + 1
    return [np.sort(part) for part in np.split(order, cuts) if len(part) > 1]


def _pivoted(vectors: npt.NDArray[np.floating], rows: Int64) -> list[Int64]:
    """Members of each cell: to the nearest pivots of each text belongs a cell."""
    count = _PIVOTS * math.isqrt(len(rows))
    if len(rows) <= _ALL:
        return [np.arange(len(rows))]
    # Evenly among the rows, whose order depends on nothing but the texts.
    places = np.arange(count) * len(rows) // count
    pivots = _rounded(vectors, rows[places])
    nearest = np.empty((len(rows), _CELLS), dtype=np.int64)
    for begin in range(0, len(rows), _BLOCK):
        product = _rounded(vectors, rows[begin : begin + _BLOCK]) @ pivots.T
        # Equal products: the first pivot.
        key = np.arange(count) - product.astype(np.int64) * count
        nearest[begin : begin + len(key)] = (
            np.partition(key, _CELLS - 1, axis=1)[:, :_CELLS] % count
        )
    flat = np.repeat(np.arange(len(rows)), _CELLS)
    order = np.argsort(nearest.ravel(), kind="stable")
    cuts = np.flatnonzero(np.diff(nearest.ravel()[order])) + 1
    return [flat[part] for part in np.split(order, cuts) if len(part) > 1]


def _compare(
    vectors: npt.NDArray[np.floating],
    rows: Int64,
    members: Int64,
    language: Int32,
    best: Int32,
    who: Int32,
) -> None:
    whole = _rounded(vectors, rows[members])
    for begin in range(0, len(members), _BLOCK):
        for other in range(begin, len(members), _BLOCK):
            product = whole[begin : begin + _BLOCK] @ whole[other : other + _BLOCK].T
            one, two = members[begin : begin + _BLOCK], members[other : other + _BLOCK]
            _keep(product, one, two, language, best, who)


@numba.njit(cache=True, nogil=True)
def _keep(
    product: Float32, one: Int64, two: Int64, language: Int32, best: Int32, who: Int32
) -> None:
    """Take over what is nearer, for both sides.

    Args:
        product: of rounded vectors, shape (a, b).
        one, two: who they are of.
        language: of each text.
        best: the two highest of each text for each language, changed; shape (m, L, 2).
        who: whose they are, -1 for none; same shape.
    """
    for i in range(len(one)):
        for j in range(len(two)):
            a, b = one[i], two[j]
            if a < b or (a > b and one[0] != two[0]):
                value = np.int32(product[i, j])
                _take(best[a, language[b]], who[a, language[b]], value, b)
                _take(best[b, language[a]], who[b, language[a]], value, a)


@numba.njit(cache=True, nogil=True, inline="always")
def _take(best: Int32, who: Int32, value: np.int32, name: np.int64) -> None:
    if value < best[1] or name in (who[0], who[1]):
        return
    if value > best[0] or (value == best[0] and name < who[0]):
        best[1], who[1] = best[0], who[0]
        best[0], who[0] = value, name
    elif value > best[1] or name < who[1]:
        best[1], who[1] = value, name


def _pairs(best: Int32, who: Int32, language: Int32, rows: Int64) -> Proposals:
    square = float(_SCALE * _SCALE)
    found: list[tuple[Int64, Int64, Int64, int]] = []
    at = np.arange(len(rows))
    for other in range(best.shape[1]):
        to, high = who[:, other, 0], best[:, other, 0]
        mine = language == other
        near = np.flatnonzero(mine & (to >= 0) & (high >= SAME_LANGUAGE * square))
        found.append((near, to[near].astype(np.int64), high[near].astype(np.int64), PARAPHRASE))
        clear = high - np.where(who[:, other, 1] < 0, -_LIMIT * 8, best[:, other, 1])
        far = ~mine & (to >= 0) & (high >= OTHER_LANGUAGE * square) & (clear >= MARGIN * square)
        for row in np.flatnonzero(far).tolist():
            back = int(to[row])
            gap = best[back, language[row], 0] - best[back, language[row], 1]
            if who[back, language[row], 0] == row and gap >= MARGIN * square and row < back:
                found.append(
                    (at[row : row + 1], np.array([back]), high[row : row + 1].astype(np.int64), 1)
                )
    return _ordered(found, rows, square)


def _ordered(found: list[tuple[Int64, Int64, Int64, int]], rows: Int64, square: float) -> Proposals:
    none = np.empty(0, dtype=np.int64)
    left = np.concatenate([none, *(part[0] for part in found)])
    right = np.concatenate([none, *(part[1] for part in found)])
    product = np.concatenate([none, *(part[2] for part in found)])
    kind = np.concatenate([none, *(np.full(len(part[0]), part[3]) for part in found)])
    low, high = np.minimum(left, right), np.maximum(left, right)
    order = np.lexsort((high, low, -product))
    once = np.ones(len(order), dtype=np.bool_)
    # Two that are nearest to each other are found twice, and stand beside each other here.
    once[1:] = (low[order][1:] != low[order][:-1]) | (high[order][1:] != high[order][:-1])
    order = order[once]
    first, second = rows[low[order]], rows[high[order]]
    return Proposals(
        np.minimum(first, second).astype(np.int32),
        np.maximum(first, second).astype(np.int32),
        kind[order].astype(np.uint8),
        (product[order] / square).astype(np.float32),
    )
