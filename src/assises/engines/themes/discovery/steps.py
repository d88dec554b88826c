"""Similarities of vectors, exact whatever multiplies them.

A vector is rounded to whole steps, few enough that every product and every partial sum of two of
them is a whole number below 2 ** 24: single precision holds those exactly, so that no library, no
number of threads and no order of summation shows in the result. The steps are some thousandths of a
component; what is lost is below .001 of a cosine.
"""

from __future__ import annotations

from typing import Final

import numba
import numpy as np
import numpy.typing as npt

from assises.lib.progress import SILENT, Progress

Float32 = npt.NDArray[np.float32]
Int32 = npt.NDArray[np.int32]
Int16 = npt.NDArray[np.int16]

LENGTH: Final = 4000
"""Steps of a vector of length 1. The length of a rounded one is at most 4000 + sqrt(d) / 2; its
square, which bounds every sum (Cauchy, Schwarz), stays below 2 ** 24 for d up to 30,000."""
_BLOCK: Final = 1024


def steps(vectors: npt.NDArray[np.floating]) -> Int16:
    """Vectors in whole steps.

    Args:
        vectors: shape (n, d), any length; one of length 0 stays so.

    Returns:
        whole numbers, shape (n, d), each row of length 4,000 but for rounding.
    """
    given = np.asarray(vectors, dtype=np.float32)
    out = np.empty(given.shape, dtype=np.int16)
    _stepped(given, out)
    return out


def neighbours(
    of: Int16, among: Int16, count: int, *, same: bool = False, progress: Progress = SILENT
) -> tuple[Int32, Float32]:
    """The nearest of ``among`` for each of ``of``, the nearest first, equals by place.

    Args:
        of: steps, shape (n, d).
        among: steps, shape (m, d).
        count: how many, at most m (less one, if same).
        same: ``of`` is ``among``, and nothing is its own neighbour.

    Returns:
        places in ``among`` and cosines, shape (n, count).
    """
    places = np.empty((len(of), count), dtype=np.int32)
    near = np.empty((len(of), count), dtype=np.float32)
    columns = np.ascontiguousarray(among.T, dtype=np.float32)
    for begin in range(0, len(of), _BLOCK):
        end = min(begin + _BLOCK, len(of))
        products = of[begin:end].astype(np.float32) @ columns
        _nearest(products, begin if same else -1, places[begin:end], near[begin:end])
        progress.advance(end - begin)
    near /= np.float32(LENGTH * LENGTH)
    return places, near


@numba.njit(cache=True, nogil=True)
def _stepped(vectors: Float32, out: Int16) -> None:
    for i in range(vectors.shape[0]):
        total = 0.0
        for j in range(vectors.shape[1]):
            total += np.float64(vectors[i, j]) * np.float64(vectors[i, j])
        scale = LENGTH / np.sqrt(total) if total > 0.0 else 0.0
        for j in range(vectors.shape[1]):
            out[i, j] = np.rint(vectors[i, j] * scale)


@numba.njit(cache=True, nogil=True)
def _nearest(products: Float32, first: int, places: Int32, near: Float32) -> None:
    count = places.shape[1]
    for i in range(products.shape[0]):
        held = 0
        for j in range(products.shape[1]):
            value = products[i, j]
            if (first >= 0 and first + i == j) or (held == count and value <= near[i, count - 1]):
                continue
            at = held if held < count else count - 1
            held = min(held + 1, count)
            while at > 0 and near[i, at - 1] < value:
                near[i, at] = near[i, at - 1]
                places[i, at] = places[i, at - 1]
                at -= 1
            near[i, at] = value
            places[i, at] = j
