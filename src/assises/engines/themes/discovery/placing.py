"""Texts that took no part in finding the themes, placed by their neighbours that did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numba
import numpy as np

from assises.engines.themes.discovery.graph import Float32, Float64, Int32
from assises.engines.themes.discovery.steps import Int16, neighbours
from assises.lib.progress import SILENT, Progress

VOTERS: Final = 15


@dataclass(frozen=True, slots=True)
class Placed:
    """Where texts belong."""

    part: Int32
    """Shape (n,)."""
    sure: Float32
    """Of the similarity of a text's neighbours, how much lies in its part; 0 to 1."""
    near: Float32
    """Mean cosine of its five nearest."""


def placed(
    of: Int16,
    among: Int16,
    parts: Int32,
    *,
    same: bool = False,
    progress: Progress = SILENT,
) -> Placed:
    """The part of most of a text's neighbours, each by its similarity.

    Args:
        of: steps, shape (n, d).
        among: steps of those whose part is known, shape (m, d), m above 0.
        parts: theirs, shape (m,); -1 has no vote.
        same: ``of`` is ``among``; each that has a part keeps it, and is told how surely.
    """
    count = min(VOTERS, len(among) - same)
    if count < 1:
        zero = np.zeros(len(of), dtype=np.float32)
        return Placed(parts[: len(of)].copy(), zero, zero)
    places, near = neighbours(of, among, count, same=same, progress=progress)
    part = parts[: len(of)].copy() if same else np.full(len(of), -1, dtype=np.int32)
    sure = np.zeros(len(of), dtype=np.float32)
    _voted(places, near.astype(np.float64), parts, int(parts.max()) + 1, part, sure)
    return Placed(part, sure, near[:, :5].mean(axis=1, dtype=np.float64).astype(np.float32))


@numba.njit(cache=True, nogil=True)
def _voted(
    places: Int32, near: Float64, parts: Int32, count: int, part: Int32, sure: Float32
) -> None:
    votes = np.zeros(max(count, 1))
    for i in range(places.shape[0]):
        votes[:] = 0.0
        total = 0.0
        for k in range(places.shape[1]):
            its = parts[places[i, k]]
            # One that is no nearer than any other says nothing; all the same, someone must.
            weight = max(near[i, k], 1e-6)
            if its >= 0:
                votes[its] += weight
                total += weight
        if total == 0.0:
            continue
        if part[i] < 0:
            part[i] = np.argmax(votes)
        sure[i] = votes[part[i]] / total
