"""Vectors of words, for languages that no model reads.

Pieces of words (three to five letters and the edges), weighed by how few texts have them, each sent
to a sign and a place by its hash, so that two texts are near if they share rare pieces (Weinberger
and others 2009, "Feature hashing"). Both scripts of Tamazight are one: Tifinagh is written in Latin
letters first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numba
import numpy as np
import numpy.typing as npt

from assises.engines.themes.characters import bare, codes_of, composed
from assises.lib.folding import tifinagh_to_latin

Float32 = npt.NDArray[np.float32]
Uint64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]
Uint32 = npt.NDArray[np.uint32]

DIMENSIONS: Final = 512
_SHORTEST: Final = 3
_LONGEST: Final = 5
_EDGE: Final = 32


def vectors(texts: Sequence[str]) -> Float32:
    """One vector a text, shape (n, 512), of length 1 or, without a letter, 0.

    A vector depends on how many of ``texts`` have each piece, and so on its company; compare only
    those that were made together.
    """
    codes = [codes_of(f" {bare(tifinagh_to_latin(composed(text))).text} ") for text in texts]
    begins = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum([len(one) for one in codes], out=begins[1:])
    flat = np.concatenate(codes) if codes else np.zeros(0, dtype=np.uint32)
    pieces = np.empty(len(flat) * (_LONGEST - _SHORTEST + 1), dtype=np.uint64)
    bounds = np.zeros(len(texts) + 1, dtype=np.int64)
    _cut(flat, begins, pieces, bounds)
    found = pieces[: bounds[-1]]
    known, place, texts_with = _known(found, bounds)
    weights = np.log((1.0 + len(texts)) / (1.0 + texts_with)) + 1.0
    out = np.zeros((len(texts), DIMENSIONS))
    _sent(known, place, weights, bounds, out)
    lengths = np.sqrt((out**2).sum(axis=1, keepdims=True))
    return np.asarray(out / np.where(lengths > 0, lengths, 1.0), dtype=np.float32)


def _known(pieces: Uint64, bounds: Int64) -> tuple[Uint64, Int64, npt.NDArray[np.float64]]:
    """Distinct pieces, the place of each among them, and how many texts have each."""
    known, place = np.unique(pieces, return_inverse=True)
    place = place.astype(np.int64)
    of = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    once = np.unique(place * max(len(bounds) - 1, 1) + of) // max(len(bounds) - 1, 1)
    return known, place, np.bincount(once, minlength=len(known)).astype(np.float64)


@numba.njit(cache=True, nogil=True)
def _cut(codes: Uint32, begins: Int64, pieces: Uint64, bounds: Int64) -> None:
    """Hashes of the pieces of each text (FNV-1a of code points); none crosses a space."""
    count = 0
    for text in range(len(begins) - 1):
        for at in range(begins[text], begins[text + 1]):
            value = np.uint64(14695981039346656037)
            for size in range(_LONGEST):
                end = at + size
                if end >= begins[text + 1] or (size > 0 and codes[end - 1] == _EDGE and size > 1):
                    break
                value = (value ^ np.uint64(codes[end])) * np.uint64(1099511628211)
                if size + 1 >= _SHORTEST:
                    pieces[count] = value
                    count += 1
        bounds[text + 1] = count


@numba.njit(cache=True, nogil=True)
def _sent(
    known: Uint64,
    place: Int64,
    weights: npt.NDArray[np.float64],
    bounds: Int64,
    out: npt.NDArray[np.float64],
) -> None:
    for text in range(len(bounds) - 1):
        for at in range(bounds[text], bounds[text + 1]):
            # The upper bits of a multiplied hash are its well mixed ones.
            mixed = known[place[at]] * np.uint64(0x9E3779B97F4A7C15)
            to = np.int64(mixed >> np.uint64(55))
            sign = 1.0 if (mixed >> np.uint64(54)) & np.uint64(1) else -1.0
            out[text, to] += sign * weights[place[at]]
