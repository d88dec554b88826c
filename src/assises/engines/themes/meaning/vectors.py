"""Meaning as vectors: what an embedder promises, and how vectors are compared.

What is compared, kept and published is the rounding to float16 (:func:`halved`), so that a vector
that was kept and one that is made anew are the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from assises.lib.progress import SILENT, Progress

Float32 = npt.NDArray[np.float32]
Float16 = npt.NDArray[np.float16]
Float64 = npt.NDArray[np.float64]

ENOUGH: Final = 50
"""Texts of a language from which their own mean says where the language lies."""


class Embedder(Protocol):
    """Texts to vectors. A vector depends on its text and tag alone."""

    @property
    def name(self) -> str:
        """Model and version: vectors of two names are never compared."""

    @property
    def dimensions(self) -> int:
        """Numbers of a vector."""

    @property
    def reads(self) -> frozenset[str]:
        """Tags of the languages that it understands."""

    def encode(
        self, texts: Sequence[str], tags: Sequence[str], progress: Progress = SILENT
    ) -> Float32:
        """Vectors of length 1, shape (n, dimensions); zeros where nothing can be read.

        Args:
            texts: any.
            tags: the language of each, shape (n,).
            progress: is told of each text, and may raise to stop.
        """


def halved(vectors: Float32) -> Float16:
    """The nearest float16 of each number, ties to even."""
    return np.asarray(vectors, dtype=np.float16)


def unit(vectors: Float32 | Float16) -> Float32:
    """Each row with length 1, zeros as they are; shape (n, d), any n.

    The length is summed in float64 from left to right, so that a row does not depend on its
    company.
    """
    rows = np.asarray(vectors, dtype=np.float32)
    length = np.sqrt(np.add.accumulate(rows.astype(np.float64) ** 2, axis=1)[:, -1:])
    return np.asarray(np.where(length > 0, rows / np.where(length > 0, length, 1), 0), np.float32)


def means(
    vectors: Float32 | Float16, tags: Sequence[str], fewest: int = ENOUGH
) -> dict[str, Float32]:
    """Where each language lies: the mean of its vectors, without those of zeros.

    A language with fewer texts than ``fewest`` is left out. The mean is of float64 in the order
    of the sorted rows, so that no order of texts changes it.
    """
    rows, of = np.asarray(vectors, dtype=np.float32), np.asarray(tags)
    told = np.flatnonzero(rows.any(axis=1))
    found = {}
    for tag in sorted(set(of[told].tolist())):
        mine = rows[told[of[told] == tag]]
        if len(mine) >= fewest:
            found[tag] = _mean(mine)
    return found


def _mean(rows: Float32) -> Float32:
    ordered = np.sort(rows, axis=0).astype(np.float64)
    return np.asarray(np.add.accumulate(ordered, axis=0)[-1] / len(rows), dtype=np.float32)


def centred(vectors: Float32 | Float16, tags: Sequence[str], of: Mapping[str, Float32]) -> Float32:
    """The vectors without the mean of their language, of length 1 again.

    Without it texts of one language are nearer to each other than texts of one matter (measured:
    ``docs/engines/themes.md``). A language without a mean and rows of zeros stay as they are.

    Args:
        vectors: shape (n, d).
        tags: the language of each.
        of: the mean of each language, as :func:`means` or an embedder says.
    """
    rows = np.array(vectors, dtype=np.float32)
    told, named = rows.any(axis=1), np.asarray(tags)
    for tag, mean in of.items():
        rows[told & (named == tag)] -= mean
    return unit(rows)
