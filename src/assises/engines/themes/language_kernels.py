"""The loops of :mod:`.language`: a word is the sum of what its pieces say."""

from __future__ import annotations

from typing import Final

import numba
import numpy as np
import numpy.typing as npt

from assises.engines.themes.characters import Codes

Float32 = npt.NDArray[np.float32]
Int64 = npt.NDArray[np.int64]

BITS: Final = 16
"""Pieces are put into 2 ** 16 places by a hash."""
LONGEST: Final = 4
"""Letters of a piece at most; whole words count too."""
LATIN, ARABIC, TIFINAGH, OTHER, NONE = range(5)
"""Scripts of a word: that of most of its letters; none for digits alone."""
_SPACE: Final = np.uint64(32)
_WHOLE: Final = np.uint64(7)
_OFFSET: Final = np.uint64(0xCBF29CE484222325)
_PRIME: Final = np.uint64(0x100000001B3)


@numba.njit(cache=True, nogil=True)
def words(codes: Codes, out: Int64) -> int:
    """Where words begin and end, and their script; ``out`` has shape (n, 3), n is returned."""
    count, at = 0, 0
    while at < len(codes):
        if codes[at] == _SPACE:
            at += 1
            continue
        begin = at
        seen = np.zeros(4, dtype=np.int64)
        while at < len(codes) and codes[at] != _SPACE:
            script = _script(codes[at])
            if script < NONE:
                seen[script] += 1
            at += 1
        out[count, 0], out[count, 1] = begin, at
        out[count, 2] = seen.argmax() if seen.sum() else NONE
        count += 1
    return count


@numba.njit(cache=True, nogil=True)
def _script(code: np.uint32) -> int:
    if 0x30 <= code <= 0x39:
        return NONE
    if code < 0x250 or 0x1E00 <= code < 0x1F00 or 0x250 <= code < 0x2B0 or 0x370 <= code < 0x400:
        # The phonetic letters, and the Greek gamma and epsilon, write Tamazight in Latin letters.
        return LATIN
    if 0x600 <= code < 0x780 or 0x8A0 <= code < 0x900:
        return ARABIC
    if 0x2D30 <= code < 0x2D80:
        return TIFINAGH
    return OTHER


@numba.njit(cache=True, nogil=True)
def pieces(codes: Codes, begin: int, end: int, out: Int64) -> int:
    """Places of the pieces of one word: each 1 to 4 letters of it and its edges, and itself.

    FNV-1a over the letters (Fowler, Noll and Vo), the length first.
    """
    count = 0
    for size in range(1, LONGEST + 1):
        for first in range(begin - 1, end + 1 - size + 1):
            if size == 1 and (first < begin or first >= end):
                continue
            h = (_OFFSET ^ np.uint64(size)) * _PRIME
            for at in range(first, first + size):
                code = np.uint64(codes[at]) if begin <= at < end else _SPACE
                h = (h ^ code) * _PRIME
            out[count] = _place(h)
            count += 1
    h = (_OFFSET ^ _WHOLE) * _PRIME
    for at in range(begin, end):
        h = (h ^ np.uint64(codes[at])) * _PRIME
    out[count] = _place(h)
    return count + 1


@numba.njit(cache=True, nogil=True)
def _place(h: np.uint64) -> np.int64:
    h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    return np.int64(h >> np.uint64(64 - BITS))


@numba.njit(cache=True, nogil=True)
def score(codes: Codes, found: Int64, weights: Float32, scores: Float32, sizes: Int64) -> None:
    """What the pieces of each word say of each language, summed; and how many pieces it has.

    Args:
        codes: of the folded text.
        found: words, shape (n, 3).
        weights: shape (2 ** 16, K).
        scores: written, shape (n, K).
        sizes: written, shape (n,).
    """
    longest = 0
    for word in range(len(found)):
        longest = max(longest, found[word, 1] - found[word, 0])
    places = np.empty((LONGEST + 1) * (longest + 2), dtype=np.int64)
    for word in range(len(found)):
        count = pieces(codes, found[word, 0], found[word, 1], places)
        sizes[word] = count
        for k in range(weights.shape[1]):
            total = np.float32(0.0)
            for at in range(count):
                total += weights[places[at], k]
            scores[word, k] = total


@numba.njit(cache=True)
def train(
    places: Int64,
    begins: Int64,
    label: Int64,
    open_to: npt.NDArray[np.bool_],
    order: Int64,
    weights: npt.NDArray[np.float64],
    sums: npt.NDArray[np.float64],
    rate: float,
    hold: float,
) -> float:
    """One round of multinomial logistic regression by adaptive steps (Duchi, Hazan, Singer 2011).

    Args:
        places: pieces of all examples, one after the other.
        begins: where each example's begin, shape (N + 1,).
        label: of each example.
        open_to: which languages each example can be, shape (N, K): those of its script.
        order: of the examples.
        weights: shape (2 ** 16, K), moved.
        sums: of squared gradients, same shape, added to.
        rate: of the steps.
        hold: of the pull to zero.

    Returns:
        Mean of minus the logarithm of the probability of the label.
    """
    kinds = weights.shape[1]
    chance = np.empty(kinds)
    lost = 0.0
    for at in range(len(order)):
        example = order[at]
        first, last = begins[example], begins[example + 1]
        size = 1.0 / np.sqrt(max(last - first, 1))
        most = -np.inf
        for k in range(kinds):
            chance[k] = -np.inf
            if open_to[example, k]:
                total = 0.0
                for p in range(first, last):
                    total += weights[places[p], k]
                chance[k] = total * size
                most = max(most, chance[k])
        whole = 0.0
        for k in range(kinds):
            chance[k] = np.exp(chance[k] - most)
            whole += chance[k]
        for k in range(kinds):
            chance[k] /= whole
        lost -= np.log(max(chance[label[example]], 1e-12))
        for k in range(kinds):
            if not open_to[example, k]:
                continue
            away = (chance[k] - (1.0 if k == label[example] else 0.0)) * size
            for p in range(first, last):
                place = places[p]
                slope = away + hold * weights[place, k]
                sums[place, k] += slope * slope
                weights[place, k] -= rate * slope / np.sqrt(sums[place, k] + 1e-8)
    return lost / max(len(order), 1)
