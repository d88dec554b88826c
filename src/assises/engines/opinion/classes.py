"""Latent classes: people who vote alike, each class with its own shares on every statement.

    P(votes of i) = sum over g of pi_g * product over seen j of p[g, j, vote of i on j]

(Lazarsfeld and Henry 1968). Fitted by variational Bayes with Dirichlet priors around the shares of
everyone, so that a class that saw little of a statement is taken to think what all think; the lower
bound of the evidence weighs classes against each other (Corduneanu and Bishop 2001). Passes are a
kind of vote, and what nobody saw says nothing. Agreeing among agreements and disagreements, and
passing among all votes, are each a share of its own with a beta prior; how many votes the prior is
worth is taken from the votes (MacKay 1992): groups that differ little need a strong one to be seen.

Where people differ in how readily they agree or pass (:mod:`.bents`), the level of someone's bent
is added to the log-odds of all statements in every class, so that a class is what people think and
not how they answer (mixtures of Rasch models, Rost 1990). The posterior of a share is then a beta
with the mode and the curvature in log-odds of the true one (MacKay 1998, on the choice of that
basis); without bents it is one. How frequent a class is may differ between levels of agreeing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np

from assises.engines.linear.eigen import inner, jacobi, mixed
from assises.engines.opinion import class_kernels as loops
from assises.engines.opinion.bents import Bent, Bents, no_bents
from assises.engines.opinion.kernels import CODES, Float64, Int64, in_threads
from assises.engines.opinion.matrix import VoteMatrix
from assises.engines.opinion.special import digamma, log_gamma

STRENGTHS: Final = (4.0, 4.0)
"""Votes that the shares of everyone count for in each class and statement, to begin with."""
_MASS: Final = 1.0
"""People that a class counts for beforehand: a class nobody needs is not kept alive."""
_LIKE: Final = 20.0
"""People that the frequencies of the classes count for in each level of a bent."""
_PRECISION: Final = 0.25
"""Of what a level adds to the log-odds, beforehand."""
_FEWEST: Final = 4
"""People of a class that is divided."""
_ROUNDS: Final = 200
_STEEP: Final = 3.0
"""How sharply a class is cut to begin with: someone at the mean distance goes with odds of e^3."""
_FURTHER: Final = 30
"""Rounds as good as the last one that a fit is given to reach what it aims at."""
_SETTLED: Final = 1e-5
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
    strengths: tuple[float, float] = STRENGTHS
    """Votes that the shares of everyone count for: of agreeing, of passing."""

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
    votes: VoteMatrix,
    start: Float64,
    *,
    rounds: int = _ROUNDS,
    bents: Bents | None = None,
    strengths: tuple[float, float] = STRENGTHS,
    aim: float = -math.inf,
    threads: int | None = None,
) -> Classes:
    """Fit classes from a start.

    Args:
        votes: of the people.
        start: membership to begin with, shape (P, K), rows summing to one.
        rounds: at most.
        bents: of the people; by default nobody has any.
        strengths: of the priors of agreeing and of passing, to begin with.
        aim: evidence to be reached; the fit ends once it is out of reach.
        threads: how many at most; they change no byte.
    """
    fitting = _Fitting(votes, no_bents(votes) if bents is None else bents, strengths, threads)
    membership = np.ascontiguousarray(start)
    sums = fitting.sweep(membership, None)
    evidence, made = -math.inf, 0
    while made < rounds:
        made += 1
        expected, cost = fitting.learn(sums)
        sums = fitting.sweep(membership, expected)
        before, evidence = evidence, sums.fitted - cost
        gain = evidence - before
        if gain < _SETTLED * len(membership) or evidence + _FURTHER * gain < aim:
            break
    return Classes(membership, sums.by_code(), sums.mass.sum(axis=0), evidence, made, fitting.used)


@dataclass(frozen=True, slots=True)
class _Sums:
    """What the memberships sum to. La levels of agreeing, Lp of passing."""

    votes: Int64
    """By level of agreeing, statement, code and class, in whole steps, shape (La, S, 4, K)."""
    passes: Int64 | None
    """The same by level of passing; None if there is but one."""
    mass: Float64
    """People, shape (La, K)."""
    fitted: float

    def by_code(self) -> Float64:
        whole = np.moveaxis(self.votes.sum(axis=0)[:, :3], 2, 0)
        return np.ascontiguousarray(whole / loops.STEP)


@dataclass(frozen=True, slots=True)
class _Expected:
    """What a vote says of each class, in expectation."""

    votes: Float64
    """Shape (La S 4, K); passes too if there is but one level of passing."""
    passes: Float64
    """Shape (Lp S 4, K): of having passed or not; one row of zeros if there is but one level."""
    mass: Float64
    """Of each class at each level of agreeing, shape (La, K)."""


class _Share:
    """Shares of one answer against another, by class and statement, with the bents of people."""

    def __init__(self, bent: Bent, counts: Float64, strength: float) -> None:
        self.level, self.shift = bent.level, bent.shift.copy()
        self.everyone = np.ascontiguousarray(counts / counts.sum(axis=1, keepdims=True))
        self.strength = self.used = strength
        self.odds = np.zeros((0, 0))

    def learn(self, yes: Float64, every: Float64) -> tuple[Float64, float]:
        """Expected logarithms (no, yes), shape (L, S, 2, K), and the divergence from the prior."""
        levels, size, count = yes.shape
        prior, self.used = self.everyone * self.strength, self.strength
        if self.odds.shape != (count, size):
            said, seen = yes.sum(axis=0).T, every.sum(axis=0).T
            self.odds = np.log((said + prior[:, 1]) / (np.maximum(seen - said, 0) + prior[:, 0]))
        table, push = np.zeros((levels, size, 2, count)), np.zeros((levels, 2))
        logs = np.zeros((size, 2))
        cost = loops.posteriors(yes, every, prior, self.shift, self.odds, table, logs, push)
        self.strength = loops.better_strength(self.strength, self.everyone, logs, count)
        if levels > 1:
            step = (push[:, 0] - _PRECISION * self.shift) / (push[:, 1] + _PRECISION)
            self.shift = self.shift + np.clip(step, -1.0, 1.0)
        return table, cost


class _Fitting:
    """Votes, priors and the state of the shares while classes are being fitted."""

    def __init__(
        self,
        votes: VoteMatrix,
        bents: Bents,
        strengths: tuple[float, float],
        threads: int | None,
    ) -> None:
        self.votes, self.threads = votes, threads
        counts = votes.counts()[:, [1, 2, 0]].astype(np.float64) + 0.5
        passing = np.stack([counts[:, 0] + counts[:, 2], counts[:, 1]], axis=1)
        self.agreeing = _Share(bents.agreeing, counts[:, [0, 2]], strengths[0])
        self.passing = _Share(bents.passing, passing, strengths[1])

    @property
    def used(self) -> tuple[float, float]:
        """Strengths of the priors in the last round."""
        return self.agreeing.used, self.passing.used

    def learn(self, sums: _Sums) -> tuple[_Expected, float]:
        """What is expected of a vote, and the divergence of all posteriors from their priors."""
        levels, size, _, count = sums.votes.shape
        agreed, judged = np.empty((levels, size, count)), np.empty((levels, size, count))
        loops.answers(sums.votes, 2, 1, agreed, judged)
        by_level, cost = self.agreeing.learn(agreed, judged)
        twice = sums.passes is not None
        of = sums.votes if sums.passes is None else sums.passes
        passed, seen = np.empty((2, len(of) if twice else 1, size, count))
        loops.answers(of, 1, 3, passed, seen)
        passing, more = self.passing.learn(passed, seen)
        table = np.empty((levels, size, CODES, count))
        passes = np.zeros((len(passing), size, CODES, count) if twice else (1, 1, 1, count))
        loops.lay_out(by_level, passing, twice, table, passes)
        mass, most = _masses(sums.mass)
        expected = _Expected(table.reshape(-1, count), passes.reshape(-1, count), mass)
        return expected, cost + more + most

    def sweep(self, membership: Float64, expected: _Expected | None) -> _Sums:
        """Memberships anew (unless nothing is expected yet), and what they sum to."""
        votes, count = self.votes, membership.shape[1]
        size = len(votes.statements)
        levels = len(self.agreeing.shift), len(self.passing.shift)
        rows = levels[0] * size * CODES
        twice = levels[1] > 1
        more = levels[1] * size * CODES if twice else 0
        nothing = np.zeros((1, count))
        of = expected or _Expected(nothing, nothing, np.zeros((levels[0], count)))
        level = np.stack([self.agreeing.level, self.passing.level], axis=1) * (size * CODES)

        def work(begin: int, end: int) -> Int64:
            out = np.zeros((rows + more + levels[0] + 1, count), dtype=np.int64)
            loops.memberships(
                votes.indptr, votes.cells, level, size * CODES, (of.votes, of.passes), of.mass,
                (expected is not None, twice), begin, end, membership,
                (out[:rows], out[rows : rows + more], out[rows + more : -1], out[-1]),
            )  # fmt: skip
            return out

        total = reduce(np.add, in_threads(work, len(membership), len(votes), self.threads))
        fitted = float(total[-1, 0]) / 2.0**20
        shape = size, CODES, count
        passes = total[rows : rows + more].reshape(-1, *shape) if twice else None
        mass = total[rows + more : -1] / loops.STEP
        return _Sums(total[:rows].reshape(-1, *shape), passes, mass, fitted)


def _masses(mass: Float64) -> tuple[Float64, float]:
    """E log pi at each level, shape (La, K), and the divergence from the prior.

    The shares of everyone are a Dirichlet of ones beforehand; those of a level, where there are
    several, are around them as if so many people had been seen.
    """
    total = mass.sum(axis=0) + _MASS
    everyone, cost = _dirichlet(total[None], np.full((1, len(total)), _MASS))
    if len(mass) == 1:
        return everyone, cost
    prior = np.repeat(_LIKE * (total / total.sum())[None], len(mass), axis=0)
    by_level, more = _dirichlet(mass + prior, prior)
    return by_level, cost + more


def _dirichlet(alpha: Float64, prior: Float64) -> tuple[Float64, float]:
    """E log pi of each row, and the summed divergence of the rows from those of the prior."""
    every, before = alpha.sum(axis=1), prior.sum(axis=1)
    expected = digamma(alpha) - digamma(every)[:, None]
    cost = float((log_gamma(every) - log_gamma(before)).sum())
    cost -= float((log_gamma(alpha) - log_gamma(prior)).sum())
    return expected, cost + float(((alpha - prior) * expected).sum())


def split_starts(
    votes: VoteMatrix,
    classes: Classes,
    scores: Float64,
    *,
    bents: Bents | None = None,
    most: int = 2,
    rounds: int = 12,
    threads: int | None = None,
) -> Sequence[Float64]:
    """Starts with one class more: those classes in two that gain most by it.

    Each class is divided by itself, beginning along the line its people spread most.

    Args:
        votes: of the people.
        classes: of K classes.
        scores: positions of the people on principal axes, shape (P, any).
        bents: of the people.
        most: starts at most.
        rounds: of a division by itself.
        threads: how many at most; they change no byte.
    """
    label, tried = classes.label, []
    for g in range(len(classes.mass)):
        keep = label == g
        if int(keep.sum()) < _FEWEST:
            continue
        some = votes.of_people(keep)
        of = None if bents is None else bents.of_people(keep)
        both = _halves(scores[keep])
        one = np.ones((len(both), 1))
        apart, together = (
            fit_classes(some, start, rounds=rounds, bents=of, threads=threads)
            for start in (both, one)
        )
        tried.append((apart.evidence - together.evidence, -g, apart.membership))
    tried.sort(key=lambda one: one[:2], reverse=True)
    return [_divided(classes, label, -at, parts) for _, at, parts in tried[:most]]


def _divided(classes: Classes, label: Int64, g: int, parts: Float64) -> Float64:
    """Memberships with class ``g`` in two: its own people as found, others as its own are."""
    shares = np.repeat(parts.mean(axis=0)[None], len(label), axis=0)
    shares[label == g] = parts
    rest = [classes.membership[:, h] for h in range(len(classes.mass)) if h != g]
    return np.column_stack([*rest, classes.membership[:, g, None] * shares])


def _halves(scores: Float64) -> Float64:
    """A soft cut in the middle of the line along which people spread most, shape (P, 2)."""
    away = scores - scores.mean(axis=0)
    spread = inner(away, away)
    line = mixed(away, jacobi((spread + spread.T) / 2)[1][:, :1])[:, 0]
    scale = _STEEP / max(float(np.abs(line).mean()), 1e-300)
    upper = 0.5 + 0.5 * np.tanh(0.5 * scale * line)
    return np.stack([upper, 1 - upper], axis=1)
