"""Where the fit of ideal points begins: counts of the votes, and no chance."""

from __future__ import annotations

from functools import reduce
from typing import Final

import numpy as np

from assises.engines.opinion import factor_kernels as kernels
from assises.engines.opinion.kernels import CODES, in_threads
from assises.engines.opinion.matrix import Float64, Int64, VoteMatrix

_UNIT: Final = 2.0**30


def first_loadings(
    votes: VoteMatrix, counts: Float64, lean: Float64, dimensions: int, threads: int | None
) -> Float64:
    """Loadings to begin with: columns of the co-votes, as a pivoted Cholesky chooses them.

    The first column holds how votes go together with those on the statement that divides most,
    the next with those on the statement that is least explained so far, and so on.
    """
    cast = np.maximum(counts[:, 0] + counts[:, 1], 1.0)
    share = (counts[:, 0] + 1.0) / (counts[:, 0] + counts[:, 1] + 2.0)
    worth = np.where(lean > 0, 1.0, 0.0) - np.repeat(share, CODES)
    worth[lean == 0] = 0.0
    left = (counts[:, 0] * (1 - share) ** 2 + counts[:, 1] * share**2).copy()
    columns = np.zeros((len(cast), dimensions))
    for k in range(dimensions):
        pivot = int(left.argmax())
        if left[pivot] <= 1e-9:
            break

        def work(begin: int, end: int, pivot: int = pivot) -> Int64:
            sums = np.zeros(len(cast), dtype=np.int64)
            kernels.against(votes.indptr, votes.cells, worth, pivot, _UNIT, begin, end, sums)
            return sums

        parts = in_threads(work, len(votes.participants), len(votes), threads)
        column = reduce(np.add, parts) / _UNIT
        column = column - (columns[:, :k] * columns[pivot, :k]).sum(axis=1)
        column /= np.sqrt(left[pivot])
        columns[:, k] = column
        left = np.maximum(left - column**2, 0.0)
        left[pivot] = 0.0
    loading = columns / np.sqrt(cast)[:, None]
    size = np.sqrt((cast[:, None] * loading**2).sum(axis=0) / cast.sum())
    return np.asarray(loading / np.where(size > 0, size, 1.0))
