"""The loops of :mod:`.classes`."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.kernels import Cells, Float64, Int64, compiled
from assises.engines.opinion.special import digamma_of

STRONGEST: Final = 512.0
WEAKEST: Final = 1.0
STEP: Final = 2.0**30
"""Memberships are summed in whole multiples of 1 / 2 ** 30."""


@compiled
def memberships(
    indptr: Int64,
    cells: Cells,
    level: Int64,
    stride: int,
    tables: tuple[Float64, Float64],
    log_mass: Float64,
    how: tuple[bool, bool],
    begin: int,
    end: int,
    membership: Float64,
    sums: tuple[Int64, Int64, Int64, Int64],
) -> None:
    """Probabilities of the classes for some people, and the sums that the next round needs.

    Args:
        indptr: of the votes, shape (P + 1,).
        cells: of the votes.
        level: where the rows of each person's level begin in both tables, shape (P, 2).
        stride: rows of one level.
        tables: what each answer adds to the log-odds of each class, by level: agreeing, passing.
        log_mass: expected log frequency of each class, by level.
        how: whether to compute memberships anew, and whether both tables count.
        begin: first person.
        end: one past the last.
        membership: read or written, shape (P, K).
        sums: added to, in whole steps: votes, passes, masses, fit.
    """
    table, passing = tables
    fresh, twice = how
    into_votes, into_passes, into_mass, into_fitted = sums
    count = membership.shape[1]
    score = np.empty(count)
    whole = np.empty(count, dtype=np.int64)
    for person in range(begin, end):
        first, second = level[person, 0], level[person, 1]
        own, start, stop = first // stride, indptr[person], indptr[person + 1]
        if fresh:
            score[:] = log_mass[own]
            _add_rows(table, cells[start:stop], first, score)
            if twice:
                _add_rows(passing, cells[start:stop], second, score)
            most = score.max()
            total = 0.0
            for g in range(count):
                score[g] = math.exp(score[g] - most)
                total += score[g]
            for g in range(count):
                membership[person, g] = score[g] / total
            into_fitted[0] += np.int64(np.rint((most + math.log(total)) * 2.0**20))
        for g in range(count):
            whole[g] = np.int64(np.rint(membership[person, g] * STEP))
            into_mass[own, g] += whole[g]
        _add_to_rows(into_votes, cells[start:stop], first, whole)
        if twice:
            _add_to_rows(into_passes, cells[start:stop], second, whole)


@compiled
def _add_rows(table: Float64, cells: Cells, first: int, score: Float64) -> None:
    for cell in cells:
        row = table[first + cell]
        for g in range(len(score)):
            score[g] += row[g]


@compiled
def _add_to_rows(sums: Int64, cells: Cells, first: int, whole: Int64) -> None:
    for cell in cells:
        into = sums[first + cell]
        for g in range(len(whole)):
            into[g] += whole[g]


@compiled
def answers(votes: Int64, code: int, skip: int, yes: Float64, every: Float64) -> None:
    """How many gave the answer ``code``, and any but ``skip``, by level, statement and class.

    Args:
        votes: by level, statement, code and class, in whole steps, shape (L, S, 4, K).
        code: of the answer.
        skip: a code that does not count; 3 for none.
        yes: written, shape (L, S, K), or (1, S, K) for all levels together.
        every: the same of all answers.
    """
    levels, size, _, count = votes.shape
    together = len(yes) < levels
    if together:
        yes[:], every[:] = 0.0, 0.0
    for level in range(levels):
        into = 0 if together else level
        for j in range(size):
            for g in range(count):
                said, whole = votes[level, j, code, g] / STEP, 0
                for c in range(3):
                    if c != skip:
                        whole += votes[level, j, c, g]
                seen = whole / STEP
                if together:
                    yes[into, j, g] += said
                    every[into, j, g] += seen
                else:
                    yes[into, j, g] = said
                    every[into, j, g] = seen


@compiled
def lay_out(
    agreeing: Float64, passing: Float64, twice: bool, table: Float64, passes: Float64
) -> None:
    """What each answer says, from the shares of agreeing and of passing, each (no, yes).

    Args:
        agreeing: shape (La, S, 2, K).
        passing: shape (Lp, S, 2, K); one level only unless ``twice``.
        twice: whether passing is looked up in a table of its own.
        table: written, shape (La, S, 4, K).
        passes: written if ``twice``, shape (Lp, S, 4, K).
    """
    levels, size, _, count = table.shape
    for level in range(levels):
        for j in range(size):
            for g in range(count):
                answered = 0.0 if twice else passing[0, j, 0, g]
                table[level, j, 0, g] = agreeing[level, j, 0, g] + answered
                table[level, j, 1, g] = 0.0 if twice else passing[0, j, 1, g]
                table[level, j, 2, g] = agreeing[level, j, 1, g] + answered
                table[level, j, 3, g] = 0.0
    if twice:
        for level in range(len(passes)):
            for j in range(size):
                for g in range(count):
                    passes[level, j, 0, g] = passing[level, j, 0, g]
                    passes[level, j, 1, g] = passing[level, j, 1, g]
                    passes[level, j, 2, g] = passing[level, j, 0, g]


@compiled
def posteriors(
    yes: Float64,
    every: Float64,
    prior: Float64,
    shift: Float64,
    odds: Float64,
    table: Float64,
    logs: Float64,
    push: Float64,
) -> float:
    """Posterior of the share of each class and statement; returns its divergence from the prior.

    Args:
        yes: shape (L, S, K).
        every: yes and no, shape (L, S, K).
        prior: no and yes, shape (S, 2).
        shift: of the levels, shape (L,).
        odds: log-odds, shape (K, S), moved by a Newton step.
        table: expected logarithms of no and yes, shape (L, S, 2, K), written.
        logs: the same at a shift of 0, summed over the classes, shape (S, 2), added to.
        push: gradient and curvature of each shift, shape (L, 2), added to.
    """
    levels, size, count = yes.shape
    seen_by = np.empty(levels, dtype=np.bool_)
    tilt = np.exp(-shift)
    cost = 0.0
    for j in range(size):
        for level in range(levels):  # what nobody of a level saw is never looked up
            seen_by[level] = every[level, j].sum() > 0.0
        before_no, before_yes = prior[j, 0], prior[j, 1]
        before = before_no + before_yes
        constant = math.lgamma(before) - math.lgamma(before_yes) - math.lgamma(before_no)
        for g in range(count):
            if levels == 1:
                a = before_yes + yes[0, j, g]
                b = before_no + max(every[0, j, g] - yes[0, j, g], 0.0)
            else:
                flat = _step(
                    yes[:, j, g], every[:, j, g], prior[j], tilt, odds[g], j, seen_by,
                    table[:, j, 1, g], push,
                )  # fmt: skip
                p = 1.0 / (1.0 + math.exp(-odds[g, j]))
                a, b = p * flat, (1.0 - p) * flat
            base = digamma_of(a + b)
            log_yes, log_no = digamma_of(a) - base, digamma_of(b) - base
            logs[j, 0] += log_no
            logs[j, 1] += log_yes
            cost += math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) - constant
            cost += (a - before_yes) * log_yes + (b - before_no) * log_no
            if levels == 1:
                table[0, j, 0, g], table[0, j, 1, g] = log_no, log_yes
                continue
            less_yes, less_no = log_yes - math.log(p), log_no - math.log(1.0 - p)
            v = p * (1.0 - p)
            for level in range(levels):
                if not seen_by[level]:
                    continue
                q = table[level, j, 1, g]
                w = q * (1.0 - q)
                part, wider = min(w / v, 1.0), 0.5 * max(w - v, 0.0) / (v * flat)
                log_q = math.log(q)
                no = log_q - odds[g, j] - shift[level]
                table[level, j, 0, g] = no + less_no * part - wider
                table[level, j, 1, g] = log_q + less_yes * part - wider
    return cost


@compiled
def _step(
    yes: Float64,
    every: Float64,
    prior: Float64,
    tilt: Float64,
    odds: Float64,
    j: int,
    seen_by: npt.NDArray[np.bool_],
    share: Float64,
    push: Float64,
) -> float:
    """A Newton step of the log-odds of one class and statement; how many votes it then rests on.

    Args:
        yes: by level, shape (L,).
        every: the same of yes and no.
        prior: no and yes, shape (2,).
        tilt: exp(-shift) of the levels, shape (L,): an exponential each time would cost the most.
        odds: of the class, shape (S,), moved at ``j``.
        j: the statement.
        seen_by: levels at which anyone saw it, shape (L,).
        share: of each level, shape (L,), written.
        push: gradient and curvature of each shift, shape (L, 2), added to.
    """
    before = prior[0] + prior[1]
    against = math.exp(-odds[j])
    p = 1.0 / (1.0 + against)
    away = prior[1] - before * p
    sharp = before * p * (1.0 - p)
    for level in range(len(tilt)):
        if every[level] > 0.0:
            q = 1.0 / (1.0 + against * tilt[level])
            away += yes[level] - every[level] * q
            sharp += every[level] * q * (1.0 - q)
    odds[j] += min(max(away / sharp, -1.0), 1.0)
    against = math.exp(-odds[j])
    p = 1.0 / (1.0 + against)
    sharp = before * p * (1.0 - p)
    for level in range(len(tilt)):
        if seen_by[level]:
            q = 1.0 / (1.0 + against * tilt[level])
            sharp += every[level] * q * (1.0 - q)
            push[level, 0] += yes[level] - every[level] * q
            push[level, 1] += every[level] * q * (1.0 - q)
            share[level] = q
    return float(sharp / (p * (1.0 - p)))


@compiled
def better_strength(strength: float, everyone: Float64, logs: Float64, count: int) -> float:
    """One step towards the strength under which the shares of the classes are the likeliest."""
    best, most = strength, -math.inf
    for factor in (1.0, 0.5, 0.8, 1.25, 2.0):
        tried = min(max(strength * factor, WEAKEST), STRONGEST)
        total = len(everyone) * math.lgamma(tried)
        for j in range(len(everyone)):
            no, yes = tried * everyone[j, 0], tried * everyone[j, 1]
            total -= math.lgamma(no) + math.lgamma(yes)
            total += (no * logs[j, 0] + yes * logs[j, 1]) / count
        if total > most + 1e-9:
            best, most = tried, total
    return best
