"""Who might have copied whom, in near linear time, and what each ballot counts for."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.campaigns.ballots import compare
from assises.engines.opinion.kernels import Cells, Float64, Int64, compiled
from assises.engines.opinion.matrix import VoteMatrix

_TRIPLES: Final = 8
_HASHES: Final = 3 * _TRIPLES
_STRETCHES: Final = 8
_MOST: Final = 400
"""Candidates that are examined, the most connected first."""


def usual_shares(arrived: VoteMatrix, *, ordered: bool) -> Float64:
    """Share of disagreement, pass, agreement by statement at most times, shape (S, 3).

    The median over stretches of as many arrivals each, so that a burst does not make itself usual;
    each share leans on the whole as if by two more votes.
    """
    counts = arrived.counts()[:, [1, 2, 0]] + 0.5
    whole = counts / counts.sum(axis=1, keepdims=True)
    people, stretches = len(arrived.participants), _STRETCHES if ordered else 1
    stretch = np.arange(people) * stretches // people
    tally = arrived.counts_by(stretch, stretches)[..., [1, 2, 0]]
    share = (tally + 2.0 * whole) / (tally.sum(axis=2, keepdims=True) + 2.0)
    usual = np.median(share, axis=0)
    return np.asarray(usual / usual.sum(axis=1, keepdims=True))


def edges(votes: VoteMatrix, people: Int64, usual: Float64) -> tuple[Int64, Int64]:
    """Pairs of ballots that look like copies, as a symmetric graph: indptr (P + 1,), partners."""
    sketch = _sketch(votes.indptr, votes.cells, people)
    left, right = [], []
    for width in (1, 2):
        for band in range(_TRIPLES):
            key = sketch[band].copy()
            for more in range(1, width):
                key = (key * np.uint64(0x9E3779B97F4A7C15)) ^ sketch[(band + more) % _TRIPLES]
            # Stable, so that a bucket stays in order of arrival.
            sorted_at = np.argsort(key, kind="stable")
            a, b = compare(key[sorted_at], people[sorted_at], votes.indptr, votes.cells, usual)
            left.append(a)
            right.append(b)
    one, two = np.concatenate(left), np.concatenate(right)
    size = len(votes.participants)
    pairs = np.unique(np.concatenate([one * size + two, two * size + one]))
    degree = np.bincount(pairs // size, minlength=size)
    return np.concatenate([[0], np.cumsum(degree)]).astype(np.int64), pairs % size


@compiled
def _sketch(indptr: Int64, cells: Cells, people: Int64) -> npt.NDArray[np.uint64]:
    """Bands of MinHashes, shape (triples, people), uint64."""
    out = np.zeros((_TRIPLES, len(people)), dtype=np.uint64)
    least = np.empty(_HASHES, dtype=np.uint64)
    multiplier = np.empty(_HASHES, dtype=np.uint64)
    state = np.uint64(0x853C49E6748FEA9B)
    for h in range(_HASHES):
        state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
        multiplier[h] = state | np.uint64(1)
    for i in range(len(people)):
        least[:] = np.uint64(0xFFFFFFFFFFFFFFFF)
        for at in range(indptr[people[i]], indptr[people[i] + 1]):
            token = np.uint64(cells[at]) + np.uint64(1)
            token = (token ^ (token << np.uint64(21))) * np.uint64(0xBF58476D1CE4E5B9)
            token ^= token >> np.uint64(29)
            for h in range(_HASHES):
                x = token * multiplier[h]
                x ^= x >> np.uint64(32)
                x *= np.uint64(0x94D049BB133111EB)
                least[h] = min(least[h], x)
        for h in range(_HASHES):
            band = h // 3
            out[band, i] = (out[band, i] * np.uint64(0xD6E8FEB86659FD93)) ^ least[h]
    return out


def leaders_of(indptr: Int64, fewest: int) -> Int64:
    """Those with the most near copies first; equal counts by index."""
    degree = np.diff(indptr)
    leaders = np.flatnonzero(degree >= min(2, fewest - 1))
    return np.asarray(leaders[np.argsort(-degree[leaders], kind="stable")][:_MOST])


def weights(indptr: Int64, partner: Int64, *, ordered: bool) -> Float64:
    """How much each ballot says of what opinions there are, shape (P,).

    A ballot with many near copies speaks once, or a campaign would pass for an opinion. Copies that
    come at any time may be a group of one mind: each counts by its own number of partners. Where
    those linked come together, the middle half of them being half of the arrivals between, all of
    them count as one: an opinion would have shown at another time too.
    """
    weight = 1.0 / (1.0 + np.diff(indptr))
    if not ordered:
        return np.asarray(weight)
    root = _roots(indptr, partner)
    linked = np.flatnonzero(np.diff(indptr))
    linked = linked[np.argsort(root[linked], kind="stable")]
    starts = np.flatnonzero(np.diff(root[linked], prepend=-1))
    size = np.diff(np.append(starts, len(linked)))
    low, high = starts + size // 4, starts + (3 * size) // 4 - 1
    high = np.maximum(low, high)
    burst = 2 * (high - low + 1) >= linked[high] - linked[low] + 1
    weight[linked] = np.where(np.repeat(burst, size), 1.0 / np.repeat(size, size), weight[linked])
    return np.asarray(weight)


@compiled
def _roots(indptr: Int64, partner: Int64) -> Int64:
    """The least index of those that each person is linked to, directly or not."""
    root = np.full(len(indptr) - 1, -1)
    stack = np.empty(len(indptr) - 1, dtype=np.int64)
    for start in range(len(root)):
        if root[start] >= 0:
            continue
        root[start], stack[0], top = start, start, 1
        while top > 0:
            top -= 1
            one = stack[top]
            for at in range(indptr[one], indptr[one + 1]):
                other = partner[at]
                if root[other] < 0:
                    root[other], stack[top] = start, other
                    top += 1
    return root
