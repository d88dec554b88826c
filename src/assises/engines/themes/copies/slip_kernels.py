"""The loops of :mod:`.families` that tell a slip of the finger from another word."""

from __future__ import annotations

from typing import Final

import numba
import numpy as np

from assises.engines.themes.copies.shingle_kernels import Int64, Uint16

SPELLED: Final = 1
OTHER: Final = 2
FEW: Final = 8
SOME: Final = 12
"""In texts of fewer words than ``FEW`` each letter matters; from ``SOME`` on one word may be
mistyped as another."""
ESTABLISHED: Final = 3
"""A word that so many texts have is no slip of the finger."""
_LATIN: Final = 0x250
"""Latin letters are below."""


@numba.njit(cache=True, nogil=True)
def word_apart(
    codes: Uint16, a: int, a_end: int, b: int, b_end: int, rare: int, common: int, long: int
) -> int:
    """Whether two spellings are of one word: SPELLED by hand otherwise, or OTHER.

    A slip of the finger leaves a letter out, doubles it, hits another or changes it with the next.
    How long a word must be for that depends on whether one of the two stands in one text alone
    while others have the other.

    Args:
        codes: letters of all words.
        a, a_end, b, b_end: where the two are.
        rare, common: in how many texts the rarer and the commoner of the two are.
        long: words of the longer text. In few, and for Arabic letters, an ending may be a word of
            its own; in some, a slip may make another word.
    """
    if rare >= ESTABLISHED and long < SOME and not _doubled(codes, a, a_end, b, b_end):
        return OTHER
    known = 0
    if rare == 1:
        known = 2 if common >= ESTABLISHED else 1 if common > 1 else 0
    if _slip(codes, a, a_end, b, b_end, known, long):
        return SPELLED
    x, y = _article(codes, a, a_end), _article(codes, b, b_end)
    if (x > a) != (y > b):
        # With and without the article.
        same = a_end - x == b_end - y and a_end - x >= 3
        for k in range(a_end - x if same else 0):
            same = same and codes[x + k] == codes[y + k]
        return SPELLED if same else OTHER
    return OTHER


@numba.njit(cache=True, nogil=True)
def _slip(codes: Uint16, a: int, a_end: int, b: int, b_end: int, known: int, long: int) -> bool:
    """Whether one slip, or in a longer text two, made one of the words out of the other."""
    few, ease = long < FEW, max(known, int(long >= SOME))
    m, n = a_end - a, b_end - b
    size = min(m, n)
    if abs(m - n) > 2:
        return False
    first = 0
    while first < size and codes[a + first] == codes[b + first]:
        first += 1
    last = 0
    while last < size - first and codes[a_end - 1 - last] == codes[b_end - 1 - last]:
        last += 1
    left, right = m - first - last, n - first - last
    if left + right == 1:
        return _one_more(codes, a if left else b, max(m, n), first, ease, few)
    if left == 1 and right == 1:
        # What differs last, in few Arabic words, makes another word.
        if few and (last == 0 and codes[a_end - 1] > _LATIN):
            return False
        return size - (_article(codes, a, a_end) - a) >= (6 if few else 5 - ease)
    at, to = a + first, b + first
    if left == 2 and right == 2 and codes[at] == codes[to + 1] and codes[at + 1] == codes[to]:
        return size >= 3
    # Two slips, in a word that is none otherwise: a long one, or in a text of several words.
    several = long >= SOME and size >= 4
    some = known > 0 and (several or (first > 0 and size >= 6 + 2 * few))
    return some and _slips(codes[a : a + m], codes[b : b + n]) <= 2


@numba.njit(cache=True, nogil=True)
def _slips(one: Uint16, other: Uint16) -> int:
    """Letters left out, added, changed or turned (restricted edit distance, Damerau 1964)."""
    m, n = len(one), len(other)
    cost = np.empty((3, n + 1), dtype=np.int64)
    for j in range(n + 1):
        cost[0, j] = j
    for i in range(1, m + 1):
        now, last, before = i % 3, (i - 1) % 3, (i - 2) % 3
        cost[now, 0] = i
        for j in range(1, n + 1):
            best = min(cost[last, j], cost[now, j - 1]) + 1
            best = min(best, cost[last, j - 1] + (one[i - 1] != other[j - 1]))
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                best = min(best, cost[before, j - 2] + 1)
            cost[now, j] = best
    return int(cost[m % 3, n])


@numba.njit(cache=True, nogil=True)
def _doubled(codes: Uint16, a: int, a_end: int, b: int, b_end: int) -> bool:
    """Whether two long words in Arabic letters differ by a letter that one of them doubles."""
    if b_end - b > a_end - a:
        a, a_end, b, b_end = b, b_end, a, a_end
    size = b_end - b
    if a_end - a != size + 1 or size < 4 or codes[a] < _LATIN:
        return False
    at = 0
    while at < size and codes[a + at] == codes[b + at]:
        at += 1
    for k in range(at, size):
        if codes[a + k + 1] != codes[b + k]:
            return False
    return at > 0 and codes[a + at] == codes[a + at - 1]


@numba.njit(cache=True, nogil=True)
def _one_more(codes: Uint16, begin: int, size: int, place: int, known: int, few: bool) -> bool:
    """Whether a word may be written without the letter at ``place``."""
    code = codes[begin + place]
    arabic = code > _LATIN
    if place == size - 1 and not (few and arabic):
        # An ending: plural, feminine. In few Arabic words it makes another word.
        return size >= 4
    double = (place > 0 and codes[begin + place - 1] == code) or (
        place + 1 < size and codes[begin + place + 1] == code
    )
    return size >= 5 + (few and arabic) - double - known


@numba.njit(cache=True, nogil=True)
def _article(codes: Uint16, begin: int, end: int) -> int:
    """Where the word begins without the Arabic article, if three letters are left."""
    if end - begin >= 5 and codes[begin] == 0x627 and codes[begin + 1] == 0x644:
        return begin + 2
    return begin


@numba.njit(cache=True, nogil=True)
def one_of_two(codes: Uint16, ends: Int64, word: int, joined: int) -> bool:
    """Whether ``joined`` is the word and the one after it, written as one."""
    begin = ends[word - 1] if word else 0
    other = ends[joined - 1] if joined else 0
    size = ends[joined] - other
    if size != ends[word + 1] - begin:
        return False
    return np.array_equal(codes[begin : begin + size], codes[other : other + size])
