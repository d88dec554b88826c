"""Latent classes: people who vote alike, each class with its own shares on every statement.

    P(votes of i) = sum over g of pi_g * product over seen j of p[g, j, vote of i on j]

(Lazarsfeld and Henry 1968). Fitted by variational Bayes with Dirichlet priors around the shares of
everyone, so that a class that saw little of a statement is taken to think what all think; the lower
bound of the evidence weighs classes against each other (Corduneanu and Bishop 2001). Passes are a
kind of vote, and what nobody saw says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np

from assises.engines.opinion.eigen import inner, jacobi, mixed
from assises.engines.opinion.kernels import CODES, Cells, Float64, Int64, compiled, in_threads
from assises.engines.opinion.matrix import VoteMatrix

_STRENGTH: Final = 4.0
"""Votes that the shares of everyone count for in each class and statement."""
_MASS: Final = 1.0
"""People that a class counts for beforehand: a class nobody needs is not kept alive."""
_STEP: Final = 2.0**30
"""Memberships are summed in whole multiples of 1 / 2 ** 30."""
_ROUNDS: Final = 200
_STEEP: Final = 3.0
"""How sharply a class is cut to begin with: someone at the mean distance goes with odds of e^3."""
_SETTLED: Final = 1e-6
"""Change of the bound, per person, at which a fit ends."""


@dataclass(frozen=True, slots=True)
class Classes:
    """K classes of P people."""

    membership: Float64
    """Probability of each class, shape (P, K)."""
    sums: Float64
    """Votes of each code in each class, shape (K, S, 3): disagree, pass, agree."""
    mass: Float64
    """People in each class, shape (K,)."""
    evidence: float
    """Lower bound of the log evidence, in nats."""
    rounds: int

    @property
    def label(self) -> Int64:
        """The likeliest class, shape (P,)."""
        return np.asarray(self.membership.argmax(axis=1), dtype=np.int64)

    @property
    def uncertainty(self) -> float:
        """Entropy of the memberships, in nats a person; log K if nothing is known."""
        r = self.membership
        return float(-(r * np.log(np.where(r > 0, r, 1.0))).sum() / max(len(r), 1))


def fit_classes(
    votes: VoteMatrix, start: Float64, *, rounds: int = _ROUNDS, threads: int | None = None
) -> Classes:
    """Fit classes from a start.

    Args:
        votes: of the people.
        start: membership to begin with, shape (P, K), rows summing to one.
        rounds: at most.
        threads: how many at most; they change no byte.
    """
    shares = votes.counts()[:, [1, 2, 0]].astype(np.float64) + 0.5
    prior = _STRENGTH * shares / shares.sum(axis=1, keepdims=True)
    membership = np.ascontiguousarray(start)
    sums, mass, _ = _sweep(votes, membership, None, None, threads)
    evidence, made = -math.inf, 0
    while made < rounds:
        made += 1
        table, log_mass, cost = _expectations(sums, mass, prior)
        sums, mass, fitted = _sweep(votes, membership, table, log_mass, threads)
        before, evidence = evidence, fitted - cost
        if evidence - before < _SETTLED * len(membership):
            break
    return Classes(membership, sums, mass, evidence, made)


def _expectations(sums: Float64, mass: Float64, prior: Float64) -> tuple[Float64, Float64, float]:
    """E log p as a table (4 S, K), E log pi, and the divergence of both from their priors."""
    count, size, _ = sums.shape
    posterior = sums + prior
    total = posterior.sum(axis=2, keepdims=True)
    expected = _digamma(posterior) - _digamma(total)
    table = np.zeros((size, CODES, count))
    table[:, :3] = np.moveaxis(expected, 0, 2)
    cost = float((_log_gamma(total) - _log_gamma(prior.sum(axis=1))[None, :, None]).sum())
    cost -= float((_log_gamma(posterior) - _log_gamma(prior)).sum())
    cost += float((sums * expected).sum())
    alpha = mass + _MASS
    log_mass = _digamma(alpha) - _digamma(np.array([alpha.sum()]))
    beforehand = np.full(count, _MASS)
    cost += float(_log_gamma(alpha.sum(keepdims=True))[0] - _log_gamma(alpha).sum())
    cost -= float(_log_gamma(beforehand.sum(keepdims=True))[0] - _log_gamma(beforehand).sum())
    cost += float((mass * log_mass).sum())
    return table.reshape(size * CODES, count), log_mass, cost


def _sweep(
    votes: VoteMatrix,
    membership: Float64,
    table: Float64 | None,
    log_mass: Float64 | None,
    threads: int | None,
) -> tuple[Float64, Float64, float]:
    """Memberships anew (unless there is no table yet), and what they sum to."""
    size, count = len(votes.statements), membership.shape[1]
    fresh = table is not None
    looked = table if table is not None else np.zeros((1, count))
    weights = log_mass if log_mass is not None else np.zeros(count)

    def work(begin: int, end: int) -> Int64:
        out = np.zeros((size * CODES + 2, count), dtype=np.int64)
        _memberships(votes.indptr, votes.cells, looked, weights, fresh, begin, end, membership, out)
        return out

    parts = in_threads(work, len(membership), len(votes), threads)
    total = reduce(np.add, parts)
    sums = total[:-2].reshape(size, CODES, count)[:, :3] / _STEP
    return np.moveaxis(sums, 2, 0).copy(), total[-2] / _STEP, float(total[-1, 0]) / 2.0**20


@compiled
def _memberships(
    indptr: Int64,
    cells: Cells,
    table: Float64,
    log_mass: Float64,
    fresh: bool,
    begin: int,
    end: int,
    membership: Float64,
    sums: Int64,
) -> None:
    count = membership.shape[1]
    score = np.empty(count)
    whole = np.empty(count, dtype=np.int64)
    for person in range(begin, end):
        if fresh:
            for g in range(count):
                score[g] = log_mass[g]
            for at in range(indptr[person], indptr[person + 1]):
                row = table[cells[at]]
                for g in range(count):
                    score[g] += row[g]
            most = score.max()
            total = 0.0
            for g in range(count):
                score[g] = math.exp(score[g] - most)
                total += score[g]
            for g in range(count):
                membership[person, g] = score[g] / total
            sums[-1, 0] += np.int64(np.rint((most + math.log(total)) * 2.0**20))
        for g in range(count):
            whole[g] = np.int64(np.rint(membership[person, g] * _STEP))
            sums[-2, g] += whole[g]
        for at in range(indptr[person], indptr[person + 1]):
            into = sums[cells[at]]
            for g in range(count):
                into[g] += whole[g]


def split_starts(classes: Classes, scores: Float64) -> Sequence[Float64]:
    """Starts with one class more: each class in two, along the line its people spread most.

    Args:
        classes: of K classes.
        scores: positions of the people on principal axes, shape (P, any).
    """
    starts = []
    for g in range(len(classes.mass)):
        if classes.mass[g] < 2.0:
            continue
        weight = np.ascontiguousarray(classes.membership[:, g])
        middle = (weight[:, None] * scores).sum(axis=0) / classes.mass[g]
        away = scores - middle
        spread = inner(weight[:, None] * away, away)
        line = mixed(away, jacobi((spread + spread.T) / 2)[1][:, :1])[:, 0]
        scale = _STEEP / max(float(np.abs(line).mean()), 1e-300)
        upper = 0.5 + 0.5 * np.tanh(0.5 * scale * line)
        rest = [classes.membership[:, h] for h in range(len(classes.mass)) if h != g]
        starts.append(np.stack([*rest, weight * upper, weight * (1 - upper)], axis=1))
    return starts


@compiled
def _digamma_of(x: float) -> float:
    """Recurrence up to 6, then the asymptotic series (Abramowitz and Stegun 6.3.18)."""
    out = 0.0
    while x < 6.0:
        out -= 1.0 / x
        x += 1.0
    y = 1.0 / (x * x)
    series = 1 / 12.0 - y * (1 / 120.0 - y * (1 / 252.0 - y * (1 / 240.0 - y / 132.0)))
    return out + math.log(x) - 0.5 / x - y * series


@compiled
def _map_digamma(flat: Float64, out: Float64) -> None:
    for at in range(len(flat)):
        out[at] = _digamma_of(flat[at])


@compiled
def _map_log_gamma(flat: Float64, out: Float64) -> None:
    for at in range(len(flat)):
        out[at] = math.lgamma(flat[at])


def _digamma(x: Float64) -> Float64:
    out = np.empty(x.size)
    _map_digamma(np.ascontiguousarray(x).ravel(), out)
    return out.reshape(x.shape)


def _log_gamma(x: Float64) -> Float64:
    out = np.empty(x.size)
    _map_log_gamma(np.ascontiguousarray(x).ravel(), out)
    return out.reshape(x.shape)
