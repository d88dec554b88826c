"""The loops of :mod:`.darija`: a text to its pieces of words, and these to what they say."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.themes.characters import Codes
from assises.engines.themes.meaning.products import Float32, Int64, compiled

Int32 = npt.NDArray[np.int32]

BITS: Final = 15
"""Pieces are put into 2 ** 15 places by a hash."""
LONGEST: Final = 5
"""Letters of a piece as written."""
LONGEST_SOUND: Final = 4
"""Letters of a piece as heard."""
_SPACE: Final = 32
_OFFSET: Final = np.uint64(0xCBF29CE484222325)
_PRIME: Final = np.uint64(0x100000001B3)


def _heard() -> npt.NDArray[np.uint32]:
    """What each letter is heard as, 0 for nothing; what is beyond the table is itself."""
    table = np.arange(0x700, dtype=np.uint32)
    alike = {
        # Digits and letters of the chat alphabet; c alone stands where ch does.
        "7": "h", "8": "h", "9": "k", "q": "k", "g": "k", "5": "X", "x": "c", "u": "w", "o": "w",
        "v": "f", "p": "b", "i": "y", "a": "", "e": "", "2": "",
        "ا": "", "و": "w", "ي": "y", "ب": "b", "پ": "b", "ت": "t", "ث": "t", "ط": "t", "ج": "j",
        "ح": "h", "ه": "h", "خ": "X", "د": "d", "ذ": "d", "ض": "d", "ظ": "d", "ر": "r", "ز": "z",
        "س": "s", "ص": "s", "ش": "c", "ع": "3", "غ": "G", "ف": "f", "ڤ": "f", "ق": "k", "ك": "k",
        "گ": "k", "ل": "l", "م": "m", "ن": "n",
    }  # fmt: skip
    for letter, sound in alike.items():
        table[ord(letter)] = ord(sound) if sound else 0
    return table


HEARD: Final = _heard()
PAIRS: Final = np.array(
    [
        [ord(first), ord(second), ord(sound)]
        for first, second, sound in ("chc", "shc", "khX", "ghG", "ouw", "tht", "dhd", "phf", "quk")
    ],
    dtype=np.uint32,
)
"""Two Latin letters that are one sound."""


@compiled
def sounds(codes: Codes, begin: int, end: int, heard: Codes, pairs: Codes, out: Codes) -> int:
    """A word as it is heard in either script: consonants, none doubled; how many they are.

    Vowels that Arabic script leaves out are left out, and letters that people take for one another
    when they type Darija are one.
    """
    count, at = 0, begin
    while at < end:
        code = codes[at]
        sound = heard[code] if code < len(heard) else code
        for row in range(len(pairs)):
            if pairs[row, 0] == code and at + 1 < end and pairs[row, 1] == codes[at + 1]:
                sound = pairs[row, 2]
                at += 1
                break
        at += 1
        if sound and (count == 0 or out[count - 1] != sound):
            out[count] = sound
            count += 1
    return count


@compiled
def _pieces(codes: Codes, begin: int, end: int, longest: int, out: Int64, count: int) -> int:
    """Places of the pieces of a word between its edges, after the ``count`` that are there.

    FNV-1a over the letters (Fowler, Noll and Vo), size and kind first.
    """
    for size in range(2, longest + 1):
        for first in range(begin - 1, end + 2 - size):
            h = (_OFFSET ^ np.uint64(size * 8 + longest)) * _PRIME
            for at in range(first, first + size):
                code = np.uint64(codes[at]) if begin <= at < end else np.uint64(_SPACE)
                h = (h ^ code) * _PRIME
            h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            out[count] = np.int64(h >> np.uint64(64 - BITS))
            count += 1
    return count


@compiled
def features(codes: Codes, heard: Codes, pairs: Codes) -> tuple[Int32, Int64]:
    """Places of the pieces of a text, ascending, and how often each is there.

    Args:
        codes: folded without differences of spelling; words apart by one space.
        heard: :data:`HEARD`.
        pairs: :data:`PAIRS`.
    """
    found = np.empty((LONGEST + LONGEST_SOUND) * (len(codes) + 2), dtype=np.int64)
    sound = np.empty(max(len(codes), 1), dtype=np.uint32)
    count, at = 0, 0
    while at < len(codes):
        if codes[at] == _SPACE:
            at += 1
            continue
        begin = at
        while at < len(codes) and codes[at] != _SPACE:
            at += 1
        count = _pieces(codes, begin, at, LONGEST, found, count)
        size = sounds(codes, begin, at, heard, pairs, sound)
        count = _pieces(sound, 0, size, LONGEST_SOUND, found, count)
    ordered = np.sort(found[:count])
    places, counts = np.empty(count, dtype=np.int32), np.empty(count, dtype=np.int64)
    kinds = 0
    for k in range(count):
        if k == 0 or ordered[k] != ordered[k - 1]:
            places[kinds], counts[kinds] = ordered[k], 0
            kinds += 1
        counts[kinds - 1] += 1
    return places[:kinds].copy(), counts[:kinds].copy()


@compiled
def gram(begins: Int64, places: Int32, values: Float32, size: int, out: Float32) -> None:
    """Inner products of rows of a sparse matrix: the lower triangle of ``out``, shape (n, n)."""
    row = np.zeros(size, dtype=np.float32)
    for i in range(len(begins) - 1):
        for k in range(begins[i], begins[i + 1]):
            row[places[k]] = values[k]
        for j in range(i + 1):
            total = np.float32(0.0)
            for k in range(begins[j], begins[j + 1]):
                total += values[k] * row[places[k]]
            out[i, j] = total
        for k in range(begins[i], begins[i + 1]):
            row[places[k]] = 0.0


@compiled
def spread(begins: Int64, places: Int32, values: Float32, of: Float32, out: Float32) -> None:
    """``out += X.T @ of``, X sparse with n rows; shapes (n, d) and (places, d)."""
    for i in range(len(begins) - 1):
        for k in range(begins[i], begins[i + 1]):
            into, value = out[places[k]], values[k]
            for j in range(of.shape[1]):
                into[j] += value * of[i, j]


@compiled
def said(begins: Int64, places: Int32, values: Float32, weights: Float32, out: Float32) -> None:
    """``out = X @ weights``, each row summed in the order of its places; ``out`` is zeros."""
    for i in range(len(begins) - 1):
        into = out[i]
        for k in range(begins[i], begins[i + 1]):
            row, value = weights[places[k]], values[k]
            for j in range(len(into)):
                into[j] += value * row[j]
