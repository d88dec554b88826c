"""Ballots held against each other, and against what a set of people share; compiled.

A ballot is a person's cells; the script of a set is, for each statement, what most of them said.
Compiled functions call each other here and nowhere else: Numba's cache on disk does not notice a
change in another file.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.kernels import Cells, Float64, Int64, compiled

PAIR: Final = 6.0
"""Nats by which two ballots must be likelier copies than not to be joined."""
_GUESS: Final = 0.15
"""Share of answers that a copy is first taken to change."""
_UNSEEN: Final = -1


@compiled
def compare(
    key: npt.NDArray[np.uint64], person: Int64, indptr: Int64, cells: Cells, usual: Float64
) -> tuple[Int64, Int64]:
    """Pairs within a bucket, each with the next two, that are likelier copies than not."""
    left = np.empty(2 * len(key), dtype=np.int64)
    right = np.empty(2 * len(key), dtype=np.int64)
    n = 0
    for i in range(len(key)):
        for j in range(i + 1, min(i + 3, len(key))):
            if key[j] != key[i]:
                break
            if _pair(person[i], person[j], indptr, cells, usual) >= PAIR:
                left[n], right[n] = person[i], person[j]
                n += 1
    return left[:n], right[:n]


@compiled
def _pair(one: int, two: int, indptr: Int64, cells: Cells, usual: Float64) -> float:
    """Log of how much likelier copies are, by the margins of the statements alone."""
    i, j, total = indptr[one], indptr[two], 0.0
    while i < indptr[one + 1] and j < indptr[two + 1]:
        s, t = cells[i] >> 2, cells[j] >> 2
        if s < t:
            i += 1
        elif t < s:
            j += 1
        else:
            total += _score(cells[i] == cells[j], usual[s, cells[i] & 3], _GUESS)
            i += 1
            j += 1
    return total


@compiled
def _score(same: bool, log_q: float, noise: float) -> float:
    # (1 - e) [same] + e q, over q.
    return math.log((1.0 - noise) * math.exp(-log_q) + noise) if same else math.log(noise)


@compiled
def grow(
    leader: int,
    indptr: Int64,
    partner: Int64,
    free: npt.NDArray[np.bool_],
    starts: Int64,
    cells: Cells,
    usual: Float64,
) -> Int64:
    """Everyone reached from the leader whose ballot looks like a copy of what they share."""
    tally = np.zeros((len(usual), 3), dtype=np.int64)
    inside = {leader: True}
    members = [leader]
    _add(leader, starts, cells, tally, 1)
    for at in range(indptr[leader], indptr[leader + 1]):
        if free[partner[at]]:
            inside[partner[at]] = True
            members.append(partner[at])
            _add(partner[at], starts, cells, tally, 1)
    done = 0
    while done < len(members):
        one = members[done]
        done += 1
        for at in range(indptr[one], indptr[one + 1]):
            other = partner[at]
            if other in inside or not free[other]:
                continue
            inside[other] = True
            if _against(other, starts, cells, tally, usual, _GUESS) >= PAIR:
                members.append(other)
                _add(other, starts, cells, tally, 1)
    return np.array(members)


@compiled
def sums(members: Int64, starts: Int64, cells: Cells, size: int) -> Int64:
    """Disagreements, passes, agreements of some people by statement, shape (S, 3)."""
    tally = np.zeros((size, 3), dtype=np.int64)
    for i in range(len(members)):
        _add(members[i], starts, cells, tally, 1)
    return tally


@compiled
def _add(person: int, starts: Int64, cells: Cells, tally: Int64, by: int) -> None:
    for at in range(starts[person], starts[person + 1]):
        tally[cells[at] >> 2, cells[at] & 3] += by


@compiled
def _shared(tally: Int64) -> int:
    """The code with the most votes; unseen without votes or where two have as many."""
    most = max(tally[0], tally[1], tally[2])
    found = _UNSEEN
    for code in range(3):
        if tally[code] == most and most > 0:
            if found != _UNSEEN:
                return _UNSEEN
            found = code
    return found


@compiled
def _against(
    person: int, starts: Int64, cells: Cells, tally: Int64, usual: Float64, noise: float
) -> float:
    total = 0.0
    for at in range(starts[person], starts[person + 1]):
        s, code = cells[at] >> 2, cells[at] & 3
        script = _shared(tally[s])
        if script != _UNSEEN:
            total += _score(script == code, usual[s, code], noise)
    return total


@compiled
def akin(
    members: Int64, free: npt.NDArray[np.bool_], starts: Int64, cells: Cells, usual: Float64
) -> Int64:
    """Everyone free whose ballot looks like a copy of what the members share."""
    tally = sums(members, starts, cells, len(usual))
    found = [
        i
        for i in range(len(free))
        if free[i] and _against(i, starts, cells, tally, usual, _GUESS) >= PAIR
    ]
    return np.array(found, dtype=np.int64)


@compiled
def bets(
    members: Int64,
    indptr: Int64,
    cells: Cells,
    logs: Float64,
    starts: Int64,
    usual: Float64,
    noises: Float64,
    beside: bool,
) -> Float64:
    """Log of how much likelier each ballot is as a copy, shape (members, noises)."""
    tally = sums(members if beside else members[:0], indptr, cells, len(usual))
    out = np.zeros((len(members), len(noises)))
    for i in range(len(members)):
        begin = indptr[members[i]]
        if beside:
            _add(members[i], indptr, cells, tally, -1)
        for at in range(begin, indptr[members[i] + 1]):
            s, code = cells[at] >> 2, cells[at] & 3
            script = _shared(tally[s])
            if script == _UNSEEN:
                continue
            for e in range(len(noises)):
                p = noises[e] * math.exp(usual[s, code])
                if script == code:
                    p += 1.0 - noises[e]
                out[i, e] += math.log(p) - logs[starts[i] + at - begin]
        _add(members[i], indptr, cells, tally, 1)
    return out
