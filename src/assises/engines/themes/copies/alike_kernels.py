"""The loops of :mod:`.families` that compare two texts word by word."""

from __future__ import annotations

from typing import Final, NamedTuple

import numba
import numpy as np

from assises.engines.themes.copies.shingle_kernels import (
    LETTERS,
    LITTLE,
    NAME,
    SKELETON,
    WEIGHTY,
    Int32,
    Int64,
    Uint8,
    Uint16,
    Uint64,
    pieces,
    shared,
    times,
    word_of,
)
from assises.engines.themes.copies.slip_kernels import FEW, OTHER, SPELLED, one_of_two, word_apart

MANY: Final = 16
"""From so many words on, one in eight may be another."""
LONGEST: Final = 96
"""Longer texts are compared as sets of words."""
SETS: Final = 0.65
"""Of the words of two long texts, so many are shared."""
BOUND: Final = 0.5
"""Of the pieces of two texts, more than this are shared (reference: copies all above, unrelated
texts at most .11)."""
TELLING: Final = 300
"""Among so many texts, a word that one of them has alone may well be a slip of the finger."""
NAMED: Final = 6
"""Letters of a name from which on it can be mistyped."""
NEAR_BY: Final = 2
"""Places by which a word may move."""


class Words(NamedTuple):
    """Words of all texts, one text after the other."""

    codes: Uint16
    """Letters of the words."""
    ends: Int64
    """Where each word ends in ``codes``."""
    hashes: Uint64
    flags: Uint8
    """Of each word, bits of ``shingle_kernels``."""
    firsts: Int64
    """The first word of each text, shape (n + 1,)."""
    bits: Uint64
    """Of each text, a bit for each word by its hash."""
    often: Int32
    """In how many texts a word is: of ``count_words``."""


_MATCH, _SLIP, _CHANGE, _DROP, _ADD, _SWAP, _PART, _JOIN = range(8)
_TAKES: Final = ((1, 1), (1, 1), (1, 1), (1, 0), (0, 1), (2, 2), (1, 2), (2, 1))
"""Of each way how many words of either side it speaks of."""
_NEVER: Final = 1000


@numba.njit(cache=True, nogil=True)
def _digit(code: np.uint16) -> bool:
    return bool(48 <= code <= 57)


@numba.njit(cache=True, nogil=True)
def _weight(flag: int) -> int:
    """What it costs to leave a word out."""
    if flag & WEIGHTY:
        return _NEVER
    return 10 if flag & LITTLE else 16


@numba.njit(cache=True, nogil=True)
def _changed(a: int, b: int) -> int:
    """What it costs that one word stands for another."""
    if (a | b) & WEIGHTY:
        return 2 * _NEVER
    if a & b & LITTLE:
        return 12
    # Less than to leave one out and to add the other.
    return 24 if (a | b) & LITTLE else 30


@numba.njit(cache=True, nogil=True)
def _pair(w: Words, x: int, y: int, long: int) -> int:
    """Whether two words that are not the same are spellings of one: SPELLED or OTHER."""
    codes, flags = w.codes, w.flags
    x0, y0 = w.ends[x - 1] if x else 0, w.ends[y - 1] if y else 0
    p, q = times(w.often, w.hashes[x]), times(w.often, w.hashes[y])
    rare, common = min(p, q), max(p, q)
    size = min(w.ends[x] - x0, w.ends[y] - y0)
    either = flags[x] | flags[y]
    if either & WEIGHTY:
        # A weighty word may only be mistyped as what is no word.
        both = flags[x] & flags[y] & WEIGHTY
        if both or rare > 1 or size < 4 or _digit(codes[x0]) or _digit(codes[y0]):
            return OTHER
    if either & NAME and size < NAMED:
        return OTHER
    if rare == 1 and len(w.bits) >= TELLING:
        common = max(common, 2)
    said = word_apart(codes, x0, w.ends[x], y0, w.ends[y], rare, common, long)
    if said == OTHER and flags[x] & flags[y] & SKELETON:
        # As it was typed, or as it is spelled.
        room = np.empty(2 * LETTERS, dtype=np.uint16)
        m = word_of(codes, w.ends, flags, x, room)
        n = word_of(codes, w.ends, flags, y, room[LETTERS:])
        said = word_apart(room, 0, m, LETTERS, LETTERS + n, rare, common, long)
    return said


@numba.njit(cache=True, nogil=True)
def _turned(w: Words, x: int, y: int, long: int) -> int:
    """What it costs that two neighbours changed places; one of them may be mistyped."""
    hashes = w.hashes
    first, second = hashes[x] == hashes[y - 1], hashes[x - 1] == hashes[y]
    if first and second:
        return 12
    if first and _pair(w, x - 1, y, long) == SPELLED:
        return 21
    if second and _pair(w, x, y - 1, long) == SPELLED:
        return 21
    return 1 << 20


@numba.njit(cache=True, nogil=True)
def aligned(
    w: Words,
    a: int,
    m: int,
    b: int,
    n: int,
    long: int,
    cost: Int32,
    step: Uint8,
    out: Int64,
) -> None:
    """The cheapest way from one text to the other, word by word.

    Restricted edit distance with neighbours changing places (Damerau 1964), where a word may be
    spelled in another way, doubled, or written as one with the next.

    Args:
        w: all words.
        a, m, b, n: the first word of each text and how many it has, at most LONGEST.
        long: words of the longer text.
        cost, step: room, shape (LONGEST + 1, LONGEST + 1).
        out: written: slips, little words, dropped, added, changed, swapped, forbidden.
    """
    for i in range(m + 1):
        for j in range(n + 1):
            best, how = 0 if i + j == 0 else 1 << 30, _MATCH
            if i and j:
                best, how = _both(w, a, i, b, j, long, cost)
            if i and cost[i - 1, j] + _left_out(w, a, i) < best:
                best, how = int(cost[i - 1, j]) + _left_out(w, a, i), _DROP
            if j and cost[i, j - 1] + _left_out(w, b, j) < best:
                best, how = int(cost[i, j - 1]) + _left_out(w, b, j), _ADD
            cost[i, j] = best
            step[i, j] = how
    _walk(w, a, m, b, n, step, out)


@numba.njit(cache=True, nogil=True)
def _both(w: Words, a: int, i: int, b: int, j: int, long: int, cost: Int32) -> tuple[int, int]:
    """The cheapest way in which the last words of both sides are spoken of; what it does."""
    x, y = a + i - 1, b + j - 1
    best, how = int(cost[i - 1, j - 1]), _MATCH
    if w.hashes[x] != w.hashes[y]:
        if _pair(w, x, y, long) == SPELLED:
            best, how = best + 9, _SLIP
        else:
            best, how = best + _changed(w.flags[x], w.flags[y]), _CHANGE
    if i > 1 and j > 1 and not (w.flags[x] | w.flags[y]) & WEIGHTY:
        price = int(cost[i - 2, j - 2]) + _turned(w, x, y, long)
        if price < best:
            best, how = price, _SWAP
    if i > 1 and cost[i - 2, j - 1] + 3 < best and one_of_two(w.codes, w.ends, x - 1, y):
        best, how = int(cost[i - 2, j - 1]) + 3, _JOIN
    if j > 1 and cost[i - 1, j - 2] + 3 < best and one_of_two(w.codes, w.ends, y - 1, x):
        best, how = int(cost[i - 1, j - 2]) + 3, _PART
    return best, how


@numba.njit(cache=True, nogil=True)
def _double(w: Words, first: int, at: int) -> bool:
    """Whether the word before the place is said again, or two words are."""
    word = first + at - 1
    return bool(
        (at > 1 and w.hashes[word] == w.hashes[word - 1])
        or (at > 2 and w.hashes[word] == w.hashes[word - 2])
    )


@numba.njit(cache=True, nogil=True)
def _left_out(w: Words, first: int, at: int) -> int:
    """What it costs that the other text does not have the word before the place."""
    return 1 if _double(w, first, at) else _weight(w.flags[first + at - 1])


@numba.njit(cache=True, nogil=True)
def _walk(w: Words, a: int, m: int, b: int, n: int, step: Uint8, out: Int64) -> None:
    """Count what the cheapest way does; see :func:`aligned`."""
    out[:] = 0
    lost = np.empty((m + n, 3), dtype=np.int64)
    count = 0
    i, j = m, n
    while i or j:
        how = step[i, j]
        if how in (_DROP, _ADD):
            first, at = (a, i) if how == _DROP else (b, j)
            if not _double(w, first, at):
                lost[count, 0], lost[count, 1], lost[count, 2] = i, j, how
                count += 1
        elif how == _CHANGE:
            x, y = w.flags[a + i - 1], w.flags[b + j - 1]
            out[1 if x & y & LITTLE else 4] += 1
            out[6] += (x | y) & (WEIGHTY | NAME) != 0 or _elsewhere(w.hashes, a, m, b, n, i, j)
        elif how not in (_MATCH, _SWAP):
            out[0] += 1
        elif how == _SWAP:
            out[5] += 1
        i, j = i - _TAKES[how][0], j - _TAKES[how][1]
    _moved(w.hashes, w.flags, a, b, lost[:count], out)


@numba.njit(cache=True, nogil=True)
def _moved(hashes: Uint64, flags: Uint8, a: int, b: int, lost: Int64, out: Int64) -> None:
    """Count the words that were left out or added; one that moved a little is a swap."""
    paired = np.zeros(len(lost), dtype=np.bool_)
    for k in range(len(lost)):
        if paired[k]:
            continue
        word = a + lost[k, 0] - 1 if lost[k, 2] == _DROP else b + lost[k, 1] - 1
        for other in range(k + 1, len(lost)):
            if paired[other] or lost[other, 2] == lost[k, 2]:
                continue
            to = a + lost[other, 0] - 1 if lost[other, 2] == _DROP else b + lost[other, 1] - 1
            way = abs(lost[k, 0] - lost[other, 0]), abs(lost[k, 1] - lost[other, 1])
            same = hashes[word] == hashes[to] and not flags[word] & WEIGHTY
            if same and max(way) <= NEAR_BY + 1:
                paired[k] = paired[other] = True
                out[5] += 1
                break
        if paired[k]:
            continue
        dropped = lost[k, 2] == _DROP
        if flags[word] & WEIGHTY:
            out[6] += 1
            continue
        out[1 if flags[word] & LITTLE else 2 if dropped else 3] += 1
        if flags[word] & NAME and not dropped:
            out[6] += 1


@numba.njit(cache=True, nogil=True)
def _elsewhere(hashes: Uint64, a: int, m: int, b: int, n: int, i: int, j: int) -> bool:
    """Whether each of the two words stands in the other text too: who does what is exchanged."""
    x, y = hashes[a + i - 1], hashes[b + j - 1]
    in_a, in_b = False, False
    for k in range(m):
        in_a = in_a or hashes[a + k] == y
    for k in range(n):
        in_b = in_b or hashes[b + k] == x
    return in_a and in_b


@numba.njit(cache=True, nogil=True)
def _budget(n: int) -> int:
    """So many changes of all kinds are made to a text of ``n`` words."""
    return (n + 3) // 4 + (n >= MANY)


@numba.njit(cache=True, nogil=True)
def _without(one: Uint64, other: Uint64) -> int:
    """How many words of one text are not in the other."""
    count = 0
    for x in one:
        found = False
        for y in other:
            if x == y:
                found = True
                break
        count += not found
    return count


@numba.njit(cache=True, nogil=True)
def _allowed(n: int, counts: Int64, dropped: int, added: int) -> bool:
    """Whether a text with so much changed is a copy of one of ``n`` words."""
    slips, little, changed, swapped = counts[0], counts[1], counts[4], counts[5]
    if n < FEW:
        if dropped or added or changed or swapped:
            return False
        return bool(slips <= 1 + (n > 3) and little <= (n > 3) and slips + little <= 2)
    everything = slips + little + dropped + added + changed + swapped
    if everything > _budget(n):
        return False
    if n < MANY:
        return bool(changed == 0 and added == 0 and dropped <= (n + 4) // 8)
    return bool(changed + added + dropped <= (n + 7) // 8)


@numba.njit(cache=True, nogil=True)
def accepts(
    w: Words,
    left: int,
    right: int,
    cost: Int32,
    step: Uint8,
) -> int:
    """Which of two texts takes the other for its copy: 1 the left one, 2 the right one, 3 both.

    Args:
        w: all words.
        left, right: texts.
        cost, step: room, shape (LONGEST + 1, LONGEST + 1).
    """
    firsts, hashes = w.firsts, w.hashes
    a, a_last, b, b_last = firsts[left], firsts[left + 1], firsts[right], firsts[right + 1]
    m, n = a_last - a, b_last - b
    longer = max(m, n)
    if min(m, n) == 0:
        return 0
    if longer > LONGEST:
        return 3 if _long(hashes, w.flags, a, a_last, b, b_last) else 0
    # Each change leaves at most one word of either side without its like; two may be joined.
    most = 2 * _budget(longer) + 2
    if _ones(w.bits[left] ^ w.bits[right]) > most:
        return 0
    if (
        _without(hashes[a:a_last], hashes[b:b_last]) + _without(hashes[b:b_last], hashes[a:a_last])
        > most
    ):
        return 0
    while m and n and hashes[a] == hashes[b]:
        a, b, m, n = a + 1, b + 1, m - 1, n - 1
    while m and n and hashes[a + m - 1] == hashes[b + n - 1]:
        m, n = m - 1, n - 1
    counts = np.empty(7, dtype=np.int64)
    # What is doubled at an edge of what differs needs its neighbours.
    for _ in range(2):
        if a > firsts[left]:
            a, b, m, n = a - 1, b - 1, m + 1, n + 1
        if a + m < a_last:
            m, n = m + 1, n + 1
    aligned(w, a, m, b, n, longer, cost, step, counts)
    if counts[6]:
        return 0
    said = 1 if _allowed(longer, counts, counts[2], counts[3]) else 0
    if _allowed(longer, counts, counts[3], counts[2]):
        said += 2
    return said


@numba.njit(cache=True, nogil=True)
def _ones(bits: np.uint64) -> int:
    """How many bits are set."""
    count = 0
    while bits:
        bits &= bits - np.uint64(1)
        count += 1
    return count


@numba.njit(cache=True, nogil=True)
def _long(hashes: Uint64, flags: Uint8, a: int, a_last: int, b: int, b_last: int) -> bool:
    """Whether two long texts share their words, and all weighty ones as often."""
    if 2 * min(a_last - a, b_last - b) < max(a_last - a, b_last - b):
        return False
    one = _of_sort(hashes, flags, a, a_last, WEIGHTY)
    other = _of_sort(hashes, flags, b, b_last, WEIGHTY)
    if len(one) != len(other) or shared(one, other) < 1.0:
        return False
    one = _of_sort(hashes, flags, a, a_last, 0)
    other = _of_sort(hashes, flags, b, b_last, 0)
    return shared(one, other) >= SETS


@numba.njit(cache=True, nogil=True)
def _of_sort(hashes: Uint64, flags: Uint8, first: int, last: int, sort: int) -> Uint64:
    out = np.empty(last - first, dtype=np.uint64)
    held = 0
    for at in range(first, last):
        if (flags[at] & WEIGHTY) == sort:
            out[held] = hashes[at]
            held += 1
    return np.sort(out[:held])


@numba.njit(cache=True, nogil=True)
def likeness(w: Words, left: int, right: int) -> float:
    """Of the pieces of two texts the share that both have."""
    codes, ends, firsts = w.codes, w.ends, w.firsts
    a, a_last, b, b_last = firsts[left], firsts[left + 1], firsts[right], firsts[right + 1]
    if a == a_last or b == b_last:
        return 0.0
    room = np.empty(ends[a_last - 1] - (ends[a - 1] if a else 0) + 3 * (a_last - a), np.uint32)
    one = room[: pieces(codes, ends, w.flags, a, a_last, room)].copy()
    room = np.empty(ends[b_last - 1] - (ends[b - 1] if b else 0) + 3 * (b_last - b), np.uint32)
    other = room[: pieces(codes, ends, w.flags, b, b_last, room)].copy()
    return shared(one, other)


@numba.njit(cache=True, nogil=True)
def close(w: Words, left: int, right: int) -> bool:
    """Whether more than half of the pieces are shared; asked of texts that have enough of them."""
    few = max(w.firsts[left + 1] - w.firsts[left], w.firsts[right + 1] - w.firsts[right]) < FEW
    return few or likeness(w, left, right) > BOUND
