"""The loops of :mod:`.clouds`."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from assises.engines.opinion.kernels import Cells, Float64, Int64, compiled

STEP: Final = 2.0**30
"""What a person adds to a sum is rounded to whole multiples of 1 / 2 ** 30."""
FIT: Final = 2.0**20
"""The same of logarithms of likelihoods."""
_FURTHEST: Final = 400.0
"""Places, and products of two, are cut here, so that sums of millions have room."""


@compiled
def sight(
    indptr: Int64,
    cells: Cells,
    statement: Float64,
    place: Float64,
    hold: float,
    joined: bool,
    begin: int,
    end: int,
    known: Float64,
    pull: Float64,
) -> None:
    """What the votes of some people say of their places: a parabola in each log-likelihood.

    It has the slope and the curvature that the log-likelihood has at a place near its top. Passes
    say nothing.

    Args:
        indptr: of the votes, shape (P + 1,).
        cells: of the votes.
        statement: intercept, 1, loadings of each statement, shape (S, D + 2).
        place: readiness to agree and place of each person, shape (P, D + 1).
        hold: precision of readiness beforehand; used where it is not joined.
        joined: whether readiness is the first coordinate of the place; else it is integrated out.
        begin: first person.
        end: one past the last.
        known: curvature, lower triangle by rows, shape (P, E (E + 1) / 2) with E = D + joined,
            written.
        pull: slope at 0, shape (P, E), written.
    """
    size = place.shape[1]
    first = 0 if joined else 1
    curve = np.empty((size, size))
    slope = np.empty(size)
    for person in range(begin, end):
        at = place[person]
        curve[:] = 0.0
        slope[:] = 0.0
        for cell in cells[indptr[person] : indptr[person + 1]]:
            if cell & 3 != 1:
                _answer(statement[cell >> 2], at, cell & 3 == 2, curve, slope)
        if not joined:
            _integrate_out(at[0], hold, curve, slope)
        entry = 0
        for r in range(first, size):
            pull[person, r - first] = slope[r]
            for c in range(first, size):
                pull[person, r - first] += curve[max(r, c), min(r, c)] * at[c]
            for c in range(first, r + 1):
                known[person, entry] = curve[r, c]
                entry += 1


@compiled
def _answer(row: Float64, at: Float64, agree: bool, curve: Float64, slope: Float64) -> None:
    """Add slope and curvature of one vote, lower triangle."""
    odds = row[0]
    for k in range(len(at)):
        odds += row[k + 1] * at[k]
    p = 1.0 / (1.0 + math.exp(-odds))
    away = (1.0 if agree else 0.0) - p
    sharp = p * (1.0 - p)
    for r in range(len(at)):
        slope[r] += away * row[r + 1]
        for c in range(r + 1):
            curve[r, c] += sharp * row[r + 1] * row[c + 1]


@compiled
def _integrate_out(lean: float, hold: float, curve: Float64, slope: Float64) -> None:
    """Take readiness, normal around 0 beforehand, out of slope and curvature of the rest."""
    all_of_it = curve[0, 0] + hold
    left = (slope[0] - hold * lean) / all_of_it
    for r in range(1, len(slope)):
        slope[r] -= curve[r, 0] * left
        for c in range(1, r + 1):
            curve[r, c] -= curve[r, 0] * curve[c, 0] / all_of_it


@compiled
def reckon(
    known: Float64,
    pull: Float64,
    centre: Float64,
    tight: Float64,
    offset: Float64,
    fresh: bool,
    begin: int,
    end: int,
    membership: Float64,
    sums: Int64,
) -> None:
    """Memberships of some people, and the sums that the next round needs.

    The votes of a person say exp(h'x - x'Lx / 2) of their place x, a cloud says normal with centre
    c and precision W; as W is one for all clouds, one factorisation a person serves all of them.

    Args:
        known: L, lower triangle by rows, shape (P, E (E + 1) / 2).
        pull: h, shape (P, E).
        centre: c, shape (K, E).
        tight: W, shape (E, E).
        offset: of each cloud log share + log|W| / 2 - c'Wc / 2, shape (K,).
        fresh: whether to compute memberships anew; else they are taken as they are.
        begin: first person.
        end: one past the last.
        membership: read or written, shape (P, K).
        sums: added to, shape (K (1 + E) + E (E + 1) / 2 + 1,), in whole steps: of each cloud people
            and places; lower triangle of the squares of places; logarithm of the likelihood.
    """
    count, size = centre.shape
    root, inverse = np.zeros((size, size)), np.zeros((size, size))
    spread = np.zeros((size, size))
    place, drawn = np.zeros((count, size)), np.zeros((count, size))
    score = np.empty(count)
    for g in range(count):
        for r in range(size):
            for c in range(size):
                drawn[g, r] += tight[r, c] * centre[g, c]
    for person in range(begin, end):
        half = _factor(known[person], tight, root)
        _invert(root, inverse, spread)
        most = -math.inf
        for g in range(count):
            score[g] = offset[g] - half
            score[g] += 0.5 * _settle(spread, pull[person], drawn[g], place[g])
            most = max(most, score[g])
        total = 0.0
        for g in range(count):
            score[g] = math.exp(score[g] - most)
            total += score[g]
        if fresh:
            for g in range(count):
                membership[person, g] = score[g] / total
        sums[-1] += np.int64(np.rint((most + math.log(total)) * FIT))
        _add(membership[person], place, spread, sums)


@compiled
def _factor(known: Float64, tight: Float64, root: Float64) -> float:
    """Lower root of L + W (Cholesky), and half the logarithm of its determinant."""
    product, entry = 1.0, 0
    for r in range(len(root)):
        for c in range(r + 1):
            total = known[entry] + tight[r, c]
            entry += 1
            for k in range(c):
                total -= root[r, k] * root[c, k]
            if r == c:
                root[r, r] = math.sqrt(max(total, 1e-12))
                product *= root[r, r]
            else:
                root[r, c] = total / root[c, c]
    return math.log(product)


@compiled
def _invert(root: Float64, inverse: Float64, out: Float64) -> None:
    """The inverse of a matrix by that of its lower root."""
    size = len(root)
    for c in range(size):
        inverse[c, c] = 1.0 / root[c, c]
        for r in range(c + 1, size):
            total = 0.0
            for k in range(c, r):
                total -= root[r, k] * inverse[k, c]
            inverse[r, c] = total / root[r, r]
    for r in range(size):
        for c in range(r + 1):
            total = 0.0
            for k in range(r, size):
                total += inverse[k, r] * inverse[k, c]
            out[r, c] = out[c, r] = total


@compiled
def _settle(spread: Float64, pull: Float64, drawn: Float64, place: Float64) -> float:
    """Where votes and a cloud together put someone, written, and the square of what drew them."""
    square = 0.0
    for r in range(len(pull)):
        total = 0.0
        for c in range(len(pull)):
            total += spread[r, c] * (pull[c] + drawn[c])
        place[r] = total
        square += total * (pull[r] + drawn[r])
    return square


@compiled
def _add(share: Float64, place: Float64, spread: Float64, sums: Int64) -> None:
    count, size = place.shape
    for g in range(count):
        entry = g * (1 + size)
        sums[entry] += np.int64(np.rint(share[g] * STEP))
        for r in range(size):
            sums[entry + 1 + r] += np.int64(np.rint(share[g] * _cut(place[g, r]) * STEP))
    entry = count * (1 + size)
    for r in range(size):
        for c in range(r + 1):
            total = spread[r, c]
            for g in range(count):
                total += share[g] * place[g, r] * place[g, c]
            sums[entry] += np.int64(np.rint(_cut(total) * STEP))
            entry += 1


@compiled
def _cut(value: float) -> float:
    return min(max(value, -_FURTHEST), _FURTHEST)
