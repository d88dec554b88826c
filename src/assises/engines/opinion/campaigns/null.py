"""What opinions explain: each person's bent to agree, bent to pass and place on two axes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from assises.engines.opinion.kernels import Cells, Float64, Int64, compiled
from assises.engines.opinion.matrix import VoteMatrix

_SAMPLE: Final = 1 << 14
_AXES: Final = 2
_ROUNDS: Final = 14
_STEPS: Final = 40
_HALVINGS: Final = 30
_SETTLED: Final = 1e-9
"""Nats that another step could still gain."""
PASSED: Final = 1
AGREED: Final = 2


@dataclass(frozen=True, slots=True)
class Model:
    """P(agree | not a pass) = logistic(b_s + a_j + l_s . x_j); passes likewise, by r_s + q_j."""

    answer: Float64
    """By statement: intercept, then 1 for the bent to agree, then loadings; shape (S, 2 + D)."""
    passing: Float64
    """By statement: log-odds of a pass, then 1 for the bent to pass; shape (S, 2)."""


def fit(votes: VoteMatrix, people: Int64, weight: Float64) -> Model:
    """Penalised alternating Newton steps from a fixed start, on at most 16,384 people.

    ``weight``, shape (P,): a ballot with many near copies speaks once, or a campaign would pass for
    an opinion, its ballot for an axis.
    """
    people = sample(votes, people, _SAMPLE)
    counts = _weighted_counts(votes.indptr, votes.cells, weight, len(votes.statements))
    disagree, skip, agree = counts.T
    answer = np.zeros((len(counts), 2 + _AXES))
    answer[:, 0] = np.log((agree + 0.5) / (disagree + 0.5))
    answer[:, 1] = 1.0
    at = np.arange(1, len(counts) + 1)[:, None]
    answer[:, 2:] = np.cos(at * np.sqrt(2.0 + np.arange(_AXES)))
    _alternate(answer, people, weight, votes.indptr, votes.cells, _ROUNDS)
    passing = np.log((skip + 0.5) / (agree + disagree + 0.5))
    return Model(answer, np.stack([passing, np.ones(len(counts))], axis=1))


def sample(votes: VoteMatrix, people: Int64, most: int) -> Int64:
    """At most so many of the people, ascending.

    Chosen by a hash of the ids, so that the choice does not follow the order of arrival.
    """
    if len(people) <= most:
        return people
    mixed = votes.participants[people].astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return np.sort(people[np.argsort(mixed, kind="stable")[:most]])


@compiled
def _weighted_counts(indptr: Int64, cells: Cells, weight: Float64, size: int) -> Float64:
    out = np.zeros((size, 3))
    for i in range(len(weight)):
        for at in range(indptr[i], indptr[i + 1]):
            out[cells[at] >> 2, cells[at] & 3] += weight[i]
    return out


@compiled
def _alternate(
    answer: Float64, people: Int64, weight: Float64, indptr: Int64, cells: Cells, rounds: int
) -> None:
    size, width = len(answer), answer.shape[1] - 1
    place = np.zeros((len(people), width))
    for _ in range(rounds):
        for i in range(len(people)):
            _place(people[i], indptr, cells, answer, place[i], AGREED, 2)
        # One Newton step for each statement: intercept and loadings, the bent to agree held at 1.
        slope = np.zeros((size, width))
        curve = np.zeros((size, width, width))
        x = np.empty(width)
        for i in range(len(people)):
            x[0] = 1.0
            x[1:] = place[i, 1:]
            once = weight[people[i]]
            for at in range(indptr[people[i]], indptr[people[i] + 1]):
                code = cells[at] & 3
                if code == 1:
                    continue
                s = cells[at] >> 2
                p = 1.0 / (1.0 + math.exp(-_logit(answer[s], place[i])))
                w = once * p * (1.0 - p)
                for a in range(width):
                    slope[s, a] += once * ((code == 2) - p) * x[a]
                    for b in range(a + 1):
                        curve[s, a, b] += w * x[a] * x[b]
        for s in range(size):
            now = np.empty(width)
            now[0] = answer[s, 0]
            now[1:] = answer[s, 2:]
            for a in range(width):
                ridge = 0.1 if a == 0 else 1.0
                slope[s, a] -= ridge * now[a]
                curve[s, a, a] += ridge
            _solve(curve[s], slope[s])
            for a in range(width):
                now[a] += min(max(slope[s, a], -1.0), 1.0)
            answer[s, 0] = now[0]
            answer[s, 2:] = now[1:]


@compiled
def _logit(statement: Float64, place: Float64) -> float:
    total = float(statement[0])
    for a in range(len(place)):
        total += statement[a + 1] * place[a]
    return total


@compiled
def _place(
    person: int,
    indptr: Int64,
    cells: Cells,
    table: Float64,
    place: Float64,
    code: int,
    rounds: int,
) -> None:
    """Newton steps to a person's most likely bent and place, the prior of variance 1, in place.

    Each step is halved until it gains a quarter of what its slope promises (Armijo 1966): with
    steep loadings whole steps overshoot for ever, and a place that is not the best makes an
    ordinary ballot look impossible.
    """
    width = len(place)
    now = _loss(person, indptr, cells, table, place, code)
    for _ in range(rounds):
        slope = -place.copy()
        curve = np.eye(width)
        for at in range(indptr[person], indptr[person + 1]):
            said = cells[at] & 3
            if code == AGREED and said == PASSED:
                continue
            s = cells[at] >> 2
            p = 1.0 / (1.0 + math.exp(-_logit(table[s], place)))
            w = p * (1.0 - p)
            for a in range(width):
                slope[a] += ((said == code) - p) * table[s, a + 1]
                for b in range(a + 1):
                    curve[a, b] += w * table[s, a + 1] * table[s, b + 1]
        step = slope.copy()
        _solve(curve, step)
        promised = 0.0
        for a in range(width):
            promised += slope[a] * step[a]
        if promised < _SETTLED:
            return
        part = 1.0
        for _ in range(_HALVINGS):
            then = _loss(person, indptr, cells, table, place + part * step, code)
            if then <= now - 0.25 * part * promised:
                for a in range(width):
                    place[a] += part * step[a]
                now = then
                break
            part /= 2.0


@compiled
def _loss(
    person: int, indptr: Int64, cells: Cells, table: Float64, place: Float64, code: int
) -> float:
    """What is minimised: minus the log-likelihood at a place, and half its square."""
    total = 0.0
    for a in range(len(place)):
        total += 0.5 * place[a] * place[a]
    for at in range(indptr[person], indptr[person + 1]):
        said = cells[at] & 3
        if code == AGREED and said == PASSED:
            continue
        logit = _logit(table[cells[at] >> 2], place)
        # log(1 + e^x) without overflow.
        total += math.log1p(math.exp(-abs(logit))) + max(-logit if said == code else logit, 0.0)
    return total


@compiled
def _solve(matrix: Float64, right: Float64) -> None:
    """Cholesky of the lower half, in place; the answer replaces the right side."""
    n = len(right)
    for a in range(n):
        for b in range(a + 1):
            total = matrix[a, b]
            for c in range(b):
                total -= matrix[a, c] * matrix[b, c]
            matrix[a, b] = math.sqrt(total) if a == b else total / matrix[b, b]
    for a in range(n):
        for c in range(a):
            right[a] -= matrix[a, c] * right[c]
        right[a] /= matrix[a, a]
    for a in range(n - 1, -1, -1):
        for c in range(a + 1, n):
            right[a] -= matrix[c, a] * right[c]
        right[a] /= matrix[a, a]


@compiled
def log_probabilities(
    person: int, indptr: Int64, cells: Cells, answer: Float64, passing: Float64
) -> Float64:
    """Log-probability of each vote of a person at their own best place.

    The prior and the likelihood being log-concave, no average over places drawn from the prior
    gives the ballot more: with h the log of both and x its maximum, h(y) <= h(x) - |y - x|^2 / 2.
    """
    place = np.zeros(answer.shape[1] - 1)
    _place(person, indptr, cells, answer, place, AGREED, _STEPS)
    bent = np.zeros(1)
    _place(person, indptr, cells, passing, bent, PASSED, _STEPS)
    out = np.empty(indptr[person + 1] - indptr[person])
    for at in range(indptr[person], indptr[person + 1]):
        s, code = cells[at] >> 2, cells[at] & 3
        skip = 1.0 / (1.0 + math.exp(-_logit(passing[s], bent)))
        yes = 1.0 / (1.0 + math.exp(-_logit(answer[s], place)))
        p = skip if code == PASSED else (1.0 - skip) * (yes if code == AGREED else 1.0 - yes)
        out[at - indptr[person]] = math.log(max(p, 1e-9))
    return out
