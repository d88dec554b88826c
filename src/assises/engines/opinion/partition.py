"""Groups that are allowed not to exist.

First the question whether the votes hang together at all (:mod:`.structure`); if not, there is one
group, and the answer is "no groups". Then latent classes, one more at a time by splitting those
that are there, and as many as the evidence bears: any number from one up. Nobody is forced: each
person has a probability for each group.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from assises.engines.opinion.bents import Bents, find_bents, residuals
from assises.engines.opinion.classes import Classes, fit_classes, split_starts
from assises.engines.opinion.eigen import leading
from assises.engines.opinion.kernels import Float64, Int64
from assises.engines.opinion.matrix import VoteMatrix
from assises.engines.opinion.structure import DEALS, Structure, find_structure
from assises.lib.progress import SILENT, Progress

MOST_GROUPS: Final = 16
FEWEST_PEOPLE: Final = 5
"""People below which a class is not called a group."""
_LOOK_AHEAD: Final = 2
"""More classes are tried until the evidence has fallen so many times in a row."""
_ROUNDS_TO_COMPARE: Final = 12
_WORTH: Final = 3.0
"""Nats of evidence by which one group more must be better: strong, for Kass and Raftery (1995)."""


@dataclass(frozen=True, slots=True)
class Partition:
    """People in groups, the largest first, and how sure that is."""

    structure: Structure
    membership: Float64
    """Probability of each group, shape (P, G); one column of ones where there are no groups."""
    evidence: Float64
    """Lower bound of the log evidence in nats for 1, 2, ... groups, as far as was tried."""

    @property
    def groups(self) -> int:
        """How many there are; 1 means that there are none."""
        return int(self.membership.shape[1])

    @property
    def label(self) -> Int64:
        """The likeliest group of each person, shape (P,)."""
        return np.asarray(self.membership.argmax(axis=1), dtype=np.int64)

    @property
    def sizes(self) -> Int64:
        """People whose likeliest group it is, shape (G,)."""
        return np.bincount(self.label, minlength=self.groups).astype(np.int64)

    @property
    def runner_up(self) -> tuple[int, float] | None:
        """The next best number of groups, and by how many nats worse; None if none was tried."""
        others = [(k + 1, float(e)) for k, e in enumerate(self.evidence) if k + 1 != self.groups]
        if not others:
            return None
        k, evidence = max(others, key=lambda pair: (pair[1], -pair[0]))
        return k, float(self.evidence[self.groups - 1]) - evidence


def find_groups(
    votes: VoteMatrix,
    *,
    most: int = MOST_GROUPS,
    deals: int = DEALS,
    seed: int = 0,
    threads: int | None = None,
    progress: Progress = SILENT,
) -> Partition:
    """Groups of people who vote alike, if there are any.

    Args:
        votes: of those who are to be grouped.
        most: groups at most.
        deals: of the test for any structure; the chance of a false yes is 1 / (deals + 1).
        seed: of its deals.
        threads: how many at most; they change no byte.
        progress: told of the steps; may raise to stop.
    """
    bents = find_bents(votes, threads=threads)
    structure = find_structure(votes, deals=deals, seed=seed, bents=bents, progress=progress)
    if not structure.lines:
        one = _everyone(votes, bents, threads)
        return Partition(structure, one.membership, np.array([one.evidence]))
    membership, evidence = divide(
        votes, structure.lines, most=most, bents=bents, threads=threads, progress=progress
    )
    return Partition(structure, membership, evidence)


def divide(
    votes: VoteMatrix,
    lines: int,
    *,
    most: int = MOST_GROUPS,
    exactly: int | None = None,
    bents: Bents | None = None,
    threads: int | None = None,
    progress: Progress = SILENT,
) -> tuple[Float64, Float64]:
    """The second half of :func:`find_groups`: classes, split one at a time, without the test.

    Args:
        votes: of those who are to be grouped.
        lines: along which votes hang together, one at least.
        most: groups at most.
        exactly: so many groups, or as many as can be split off, in place of what the evidence says.
        bents: of the people, if they are known already.
        threads: how many at most; they change no byte.
        progress: told of the steps; may raise to stop.

    Returns:
        Probability of each group, shape (P, G), the largest group first; and the lower bound of the
        log evidence in nats for 1, 2, ... groups, as far as was tried.
    """
    bents = find_bents(votes, threads=threads) if bents is None else bents
    scores = _scores(votes, bents, lines, threads)
    limit = most if exactly is None else exactly
    progress.step("groups", limit)
    fits = [_everyone(votes, bents, threads)]
    while len(fits) < limit and (exactly is not None or not _falls(fits)):
        aim = max(fit.evidence for fit in fits) if exactly is None else -math.inf
        found = _one_more(votes, bents, fits[-1], scores, aim, threads)
        if found is None:
            break
        fits.append(found)
        progress.advance(1)
    chosen = _best(fits) if exactly is None else fits[-1]
    return _ordered(chosen), np.array([fit.evidence for fit in fits])


def _everyone(votes: VoteMatrix, bents: Bents, threads: int | None) -> Classes:
    start = np.ones((len(votes.participants), 1))
    return fit_classes(votes, start, bents=bents, threads=threads)


def _one_more(
    votes: VoteMatrix,
    bents: Bents,
    fit: Classes,
    scores: Float64,
    aim: float,
    threads: int | None,
) -> Classes | None:
    tried = [
        fit_classes(votes, start, rounds=_ROUNDS_TO_COMPARE, bents=bents, threads=threads)
        for start in split_starts(votes, fit, scores, bents=bents, threads=threads)
    ]
    if not tried:
        return None
    best = max(tried, key=lambda classes: classes.evidence)
    return fit_classes(
        votes, best.membership, bents=bents, strengths=best.strengths, aim=aim, threads=threads
    )


def _falls(fits: Sequence[Classes]) -> bool:
    best = max(range(len(fits)), key=lambda k: fits[k].evidence)
    return len(fits) - 1 - best >= _LOOK_AHEAD


def _best(fits: Sequence[Classes]) -> Classes:
    """The fewest groups than which none is clearly better, all of them large enough."""
    allowed = [fits[0], *(fit for fit in fits[1:] if _all_large(fit))]
    most = max(fit.evidence for fit in allowed)
    return next(fit for fit in allowed if most - fit.evidence <= _WORTH)


def _all_large(fit: Classes) -> bool:
    count = fit.membership.shape[1]
    return int(np.bincount(fit.label, minlength=count).min()) >= FEWEST_PEOPLE


def _ordered(fit: Classes) -> Float64:
    """The largest group first; equal ones by the votes of their members, not by who they are."""
    sizes = np.bincount(fit.label, minlength=fit.membership.shape[1])
    shares = [tuple(row) for row in fit.sums[:, :, 2]]
    order = sorted(range(len(sizes)), key=lambda g: (-int(sizes[g]), shares[g]))
    return np.ascontiguousarray(fit.membership[:, order])


def _scores(votes: VoteMatrix, bents: Bents, lines: int, threads: int | None) -> Float64:
    """Positions on the axes along which the votes hang together, two at least, shape (P, lines)."""
    held = residuals(votes, bents.agreeing).whitened()
    size = len(votes.statements)
    found = leading(lambda block: held.squared(block, threads), size, max(lines, 2))
    vectors = found.vectors
    if vectors.shape[1] % 2:
        vectors = np.hstack([vectors, np.zeros((len(vectors), 1))])
    pairs = range(0, vectors.shape[1], 2)
    return np.hstack([held.times(np.ascontiguousarray(vectors[:, k : k + 2])) for k in pairs])
