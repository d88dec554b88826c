"""The loops of the factor model over votes, compiled.

A vote of person i on statement j has log-odds u.y with u = (1, a_i, theta_i) and
y = (b_j, 1, lambda_j): n = K + 2 numbers on each side. All that either side asks of the other are
its second moments E[u u'] and E[y y'], kept packed: the upper triangle by rows, n (n + 1) / 2
numbers. The expected square of the log-odds is then one inner product of two packed rows, and
what a vote adds to either side is a multiple of the other's row.

Sums over people are exact. What a person adds is rounded once to a multiple of 2**-14, its weight
to a multiple of 2**-16, so that products are multiples of 2**-30; 2**16 people at most are added
up in floats, which hold such sums without rounding, then moved into integers. So the result is the
same whatever the order, the threads and the shards.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.kernels import Cells, Float64, Int64, compiled

ROUND_MOMENT: Final = 2.0**14
ROUND_WEIGHT: Final = 2.0**16
UNIT: Final = ROUND_MOMENT * ROUND_WEIGHT
LARGEST_MOMENT: Final = 256.0
"""Beyond which a second moment is cut in sums: sixteen prior standard deviations, squared."""
HEAVIEST: Final = 2.0**15
"""Total weight that floats add up exactly: 2**15 * 256 * 2**30 = 2**53."""
UInt64 = npt.NDArray[np.uint64]
Blocks = npt.NDArray[np.float64]
"""Packed rows seen as shape (rows, W / 4, 4)."""
_ALIKE: Final = 1e-4
"""Someone who moves less than this, in prior standard deviations, is placed."""
_LARGEST_SQUARE: Final = 400.0
_TO_MOMENT: Final = 1.5 * 2.0**52 / ROUND_MOMENT
_TO_WEIGHT: Final = 1.5 * 2.0**52 / ROUND_WEIGHT
"""Added and taken away again, these round to the nearest multiple in two additions."""


@compiled
def bend(square: float) -> float:
    """tanh(r / 2) / (2 r) at ``square`` = r**2: the curvature of the bound, at most 1 / 4.

    Jaakkola and Jordan (2000), lambda(xi) twice; also the mean of a Polya-Gamma variable
    (Polson, Scott and Windle 2013).
    """
    if square > _LARGEST_SQUARE:
        return float(0.5 / np.sqrt(square))
    # Lambert's tanh(x) / x = 1 / (1 + y / (3 + y / (5 + ... y / 19))), y = x**2 = square / 4,
    # written as one fraction: within 1e-12 up to log-odds of 5, 2e-5 up to 20.
    y = 0.25 * square
    above = 654729075.0 + y * (91891800.0 + y * (2837835.0 + y * (25740.0 + y * 55.0)))
    below = 654729075.0 + y * (310134825.0 + y * (18918900.0 + y * (315315.0 + y * (1485.0 + y))))
    return 0.25 * above / below


@compiled
def _inner(left: Blocks, right: Blocks, row: int, other: int) -> float:
    """Of two packed rows in blocks of four: four sums, since one would wait for itself."""
    a = b = c = d = 0.0
    for q in range(left.shape[1]):
        a += left[row, q, 0] * right[other, q, 0]
        b += left[row, q, 1] * right[other, q, 1]
        c += left[row, q, 2] * right[other, q, 2]
        d += left[row, q, 3] * right[other, q, 3]
    return (a + b) + (c + d)


@compiled
def _invert(matrix: Float64, m: int, inverse: Float64, out: Float64) -> None:
    """The inverse of a positive definite matrix given by its lower triangle, by Cholesky.

    Args:
        matrix: its first m rows and columns count; overwritten.
        m: size.
        inverse: scratch.
        out: written.
    """
    for r in range(m):
        for c in range(r + 1):
            left = matrix[r, c]
            for k in range(c):
                left -= matrix[r, k] * matrix[c, k]
            matrix[r, c] = np.sqrt(left) if r == c else left / matrix[c, c]
    for c in range(m):
        for r in range(c, m):
            left = 1.0 if r == c else 0.0
            for k in range(c, r):
                left -= matrix[r, k] * inverse[k, c]
            inverse[r, c] = left / matrix[r, r]
    for r in range(m):
        for c in range(r + 1):
            total = 0.0
            for k in range(r, m):
                total += inverse[k, r] * inverse[k, c]
            out[r, c] = total
            out[c, r] = total


@compiled
def _posterior(
    sums: Float64, linear: Float64, precision: Float64, n: int, work: Float64, moment: Float64
) -> None:
    """The normal posterior of one person: what their votes add and the prior, to E[u u'].

    Args:
        sums: sum of bend * E[y y'], packed, what is off the diagonal twice.
        linear: sum of (vote / 2) * y but its first entry, shape (n - 1,).
        precision: of the prior, shape (n - 1,).
        n: K + 2.
        work: scratch, shape (3, n, n).
        moment: packed, written.
    """
    m = n - 1
    matrix, covariance = work[0], work[2]
    at = n
    for r in range(m):
        for c in range(r, m):
            matrix[c, r] = sums[at] if r == c else 0.5 * sums[at]
            at += 1
        matrix[r, r] += precision[r]
    _invert(matrix, m, work[1], covariance)
    moment[0] = 1.0
    for r in range(m):
        total = 0.0
        for k in range(m):
            total += covariance[r, k] * (linear[k] - 0.5 * sums[k + 1])
        moment[r + 1] = total
    at = n
    for r in range(m):
        for c in range(r, m):
            moment[at] = covariance[r, c] + moment[r + 1] * moment[c + 1]
            at += 1


@compiled
def _carry(change: Float64, n: int, work: Float64, moment: Float64) -> None:
    """Replace E[u u'] by that of ``change`` @ u."""
    square, half = work[0], work[1]
    at = 0
    for r in range(n):
        for c in range(r, n):
            square[r, c] = moment[at]
            square[c, r] = moment[at]
            at += 1
    for r in range(n):
        for c in range(n):
            total = 0.0
            for k in range(n):
                total += change[r, k] * square[k, c]
            half[r, c] = total
    at = 0
    for r in range(n):
        for c in range(r, n):
            total = 0.0
            for k in range(n):
                total += half[r, k] * change[c, k]
            moment[at] = total
            at += 1


@compiled
def _leaning(
    cells: Cells, lean: Float64, statements: Float64, first: int, last: int, n: int, out: Float64
) -> bool:
    """Sum of (vote / 2) * (1, E[lambda]) of one person: ``out``; whether any vote counts."""
    out[:] = 0.0
    counted = False
    for at in range(first, last):
        half = lean[cells[at]]
        if half != 0.0:
            counted = True
            s = cells[at] >> 2
            out[0] += half
            for k in range(1, n - 1):
                # The entries (1, r) are E[lambda], twice.
                out[k] += 0.5 * half * statements[s, n + k]
    return counted


@compiled
def _weigh(
    cells: Cells,
    lean: Float64,
    statements: Float64,
    first: int,
    last: int,
    people: Float64,
    person: int,
    curve: Float64,
    out: Float64,
) -> None:
    """Sum of bend * E[y y'] of one person: ``out``; each bend, rounded, into ``curve``."""
    width = statements.shape[1]
    theirs = statements.reshape(len(statements), width // 4, 4)
    ours = people.reshape(len(people), width // 4, 4)
    out[:] = 0.0
    for at in range(first, last):
        if lean[cells[at]] != 0.0:
            s = cells[at] >> 2
            b = (bend(_inner(ours, theirs, person, s)) + _TO_WEIGHT) - _TO_WEIGHT
            curve[at - first] = b
            for k in range(width):
                out[k] += b * statements[s, k]


@compiled
def _add(
    cells: Cells,
    lean: Float64,
    first: int,
    last: int,
    n: int,
    weight: float,
    curve: Float64,
    moment: Float64,
    floats: Float64,
) -> None:
    """What one person says of the statements, and of people in the last row."""
    width = len(moment)
    for at in range(first, last):
        half = lean[cells[at]] * weight
        if half != 0.0:
            s = cells[at] >> 2
            b = (curve[at - first] * weight + _TO_WEIGHT) - _TO_WEIGHT
            for k in range(width):
                floats[s, k] += b * moment[k]
            for k in range(n):
                floats[s, width + k] += half * moment[k]
    s = len(floats) - 1
    for k in range(width):
        floats[s, k] += weight * moment[k]
    floats[s, width] += weight


@compiled
def _longest(indptr: Int64, begin: int, end: int) -> int:
    most = 0
    for person in range(begin, end):
        most = max(most, indptr[person + 1] - indptr[person])
    return most


@compiled
def sweep(
    indptr: Int64,
    cells: Cells,
    lean: Float64,
    weight: Float64,
    statements: Float64,
    precision: Float64,
    change: Float64,
    rounds: int,
    n: int,
    begin: int,
    end: int,
    people: Float64,
    sums: Int64,
) -> None:
    """Update the people of a range, then add up what they say of the statements.

    Args:
        indptr: shape (P + 1,).
        cells: shape (votes,).
        lean: half the vote by cell: 1/2, -1/2, or 0 for what is not counted; shape (4 S,).
        weight: of each person in the sums, shape (P,); multiples of 2**-15.
        statements: E[y y'] packed, what is off the diagonal twice; shape (S, W), W padded with
            zeros to a multiple of four.
        precision: of the prior of (a, theta), shape (n - 1,).
        change: the frame in which people are kept to that of the statements, shape (n, n).
        rounds: how often to update each person.
        n: K + 2.
        begin: first person.
        end: one past the last.
        people: E[u u'] packed, shape (P, W), read and written.
        sums: added to, in units of 1 / UNIT; by statement, sum of bend * E[u u'] and from W on
            sum of (vote / 2) * u; row S holds the sum of E[u u'] over people with a counted vote,
            in the same units, and their weight at the end; shape (S + 1, W + n).
    """
    size, width = statements.shape
    floats = np.zeros((size + 1, width + n))
    curve = np.empty(_longest(indptr, begin, end))
    work = np.empty((3, n, n))
    mine, linear, rounded = np.empty(width), np.empty(n - 1), np.zeros(width)
    load = 0.0
    for person in range(begin, end):
        first, last = indptr[person], indptr[person + 1]
        moment, w = people[person], weight[person]
        if not _leaning(cells, lean, statements, first, last, n, linear):
            continue
        _carry(change, n, work, moment)
        for _ in range(rounds):
            _weigh(cells, lean, statements, first, last, people, person, curve, mine)
            _posterior(mine, linear, precision, n, work, moment)
        if load + w > HEAVIEST:
            _settle(floats, sums)
            load = 0.0
        load += w
        for k in range(width):
            cut = min(max(moment[k], -LARGEST_MOMENT), LARGEST_MOMENT)
            rounded[k] = (cut + _TO_MOMENT) - _TO_MOMENT
        _add(cells, lean, first, last, n, w, curve, rounded, floats)
    _settle(floats, sums)


@compiled
def _settle(floats: Float64, sums: Int64) -> None:
    for r in range(floats.shape[0]):
        for k in range(floats.shape[1]):
            sums[r, k] += np.int64(floats[r, k] * UNIT)
            floats[r, k] = 0.0


@compiled
def place(
    indptr: Int64,
    cells: Cells,
    lean: Float64,
    statements: Float64,
    precision: Float64,
    rounds: int,
    n: int,
    begin: int,
    end: int,
    people: Float64,
) -> None:
    """Place the people of a range from nothing but their votes; arguments as of :func:`sweep`.

    Those without a counted vote stand at the prior.
    """
    width = statements.shape[1]
    curve = np.empty(_longest(indptr, begin, end))
    work = np.empty((3, n, n))
    mine, linear, before = np.empty(width), np.empty(n - 1), np.empty(n)
    for person in range(begin, end):
        first, last = indptr[person], indptr[person + 1]
        moment = people[person]
        mine[:] = 0.0
        counted = _leaning(cells, lean, statements, first, last, n, linear)
        _posterior(mine, linear, precision, n, work, moment)
        moved = 1.0 if counted else 0.0
        for _ in range(rounds):
            if moved < _ALIKE:
                break
            before[:] = moment[:n]
            _weigh(cells, lean, statements, first, last, people, person, curve, mine)
            _posterior(mine, linear, precision, n, work, moment)
            moved = np.abs(moment[:n] - before).max()


@compiled
def against(
    indptr: Int64,
    cells: Cells,
    worth: Float64,
    pivot: int,
    scale: float,
    begin: int,
    end: int,
    sums: Int64,
) -> None:
    """Add the products of each residual of a person with theirs on one statement.

    Args:
        indptr: shape (P + 1,).
        cells: shape (votes,).
        worth: residual by cell, 0 for what is not counted, shape (4 S,).
        pivot: the statement.
        scale: a power of two; products are rounded to multiples of 1 / scale.
        begin: first person.
        end: one past the last.
        sums: shape (S,), added to.
    """
    for person in range(begin, end):
        low, high = indptr[person], indptr[person + 1]
        last = high
        while low < high:
            middle = (low + high) // 2
            if np.int64(cells[middle] >> 2) < pivot:
                low = middle + 1
            else:
                high = middle
        if low == last or np.int64(cells[low] >> 2) != pivot:
            continue
        mine = worth[cells[low]]
        if mine != 0.0:
            for at in range(indptr[person], last):
                sums[cells[at] >> 2] += np.int64(np.rint(mine * worth[cells[at]] * scale))


@compiled
def ballots(indptr: Int64, cells: Cells, lean: Float64, out: UInt64) -> None:
    """A number for each person that their counted votes decide and nothing else; shape (P,).

    FNV-1a over the cells, finished as SplitMix64 does so that every bit is as good as another.
    """
    for person in range(len(indptr) - 1):
        h = np.uint64(0xCBF29CE484222325)
        for at in range(indptr[person], indptr[person + 1]):
            if lean[cells[at]] != 0.0:
                h = (h ^ np.uint64(cells[at])) * np.uint64(0x100000001B3)
        h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        out[person] = h ^ (h >> np.uint64(31))


@compiled
def turned(covariance: Float64, by: Float64) -> Float64:
    """by @ C @ by.T of each matrix C, shape (m, n, n), summed in a fixed order."""
    count, n, _ = covariance.shape
    out = np.empty(covariance.shape)
    half = np.empty((n, n))
    for at in range(count):
        for r in range(n):
            for c in range(n):
                total = 0.0
                for k in range(n):
                    total += by[r, k] * covariance[at, k, c]
                half[r, c] = total
        for r in range(n):
            for c in range(n):
                total = 0.0
                for k in range(n):
                    total += half[r, k] * by[c, k]
                out[at, r, c] = total
    return out
