"""Groups that are allowed not to exist.

First the question whether the votes hang together at all (:mod:`.structure`); if not, there is one
group, and the answer is "no groups". Then clouds of ideal points (:mod:`.clouds`), each begun from
as many latent classes (:mod:`.classes`), which are split one at a time. Classes say who votes like
whom, and cut a wide group or a row of people into ever more pieces the more votes there are; clouds
say where people stand, and are groups only where there is a gap between them. There are as many as
the evidence bears: any number from one up. Nobody is forced: each person has a probability for each
group.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from assises.engines.linear.eigen import leading
from assises.engines.opinion.bents import Bents, find_bents, residuals
from assises.engines.opinion.classes import Classes, fit_classes, split_starts
from assises.engines.opinion.clouds import (
    ENOUGH_PEOPLE,
    Clouds,
    Sightings,
    enough,
    fit_clouds,
    put_into,
    sight,
)
from assises.engines.opinion.kernels import Float64, Int64
from assises.engines.opinion.matrix import VoteMatrix
from assises.engines.opinion.structure import DEALS, Structure, find_structure
from assises.lib.progress import SILENT, Progress

MOST_GROUPS: Final = 16
FEWEST_PEOPLE: Final = 5
"""People below which a class is not called a group."""
APART: Final = 2.0
"""Standard deviations between two groups above which there is a gap, or valley, between them."""
POINTS: Final = 12.0
"""Standard deviations beyond which clouds are points, as far as votes tell: then classes are not
cuts through a cloud, and more of them are groups that the lines are too few to hold."""
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
    """Logarithm of the evidence for 1, 2, ... groups, as far as was tried, in nats, approximate and
    up to what is the same for all; -inf where groups have no gap between them or too few people."""

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
        others = [
            (k + 1, float(e))
            for k, e in enumerate(self.evidence)
            if k + 1 != self.groups and math.isfinite(e)
        ]
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
        return Partition(structure, np.ones((len(votes.participants), 1)), np.zeros(1))
    membership, evidence = divide(
        votes, structure.lines, most=most, bents=bents, threads=threads, progress=progress
    )
    return Partition(structure, membership, evidence)


def divide(
    votes: VoteMatrix,
    lines: int,
    *,
    most: int = MOST_GROUPS,
    bents: Bents | None = None,
    threads: int | None = None,
    progress: Progress = SILENT,
) -> tuple[Float64, Float64]:
    """The second half of :func:`find_groups`: clouds of ideal points, without the test.

    Args:
        votes: of those who are to be grouped.
        lines: along which votes hang together, one at least.
        most: groups at most.
        bents: of the people, if they are known already.
        threads: how many at most; they change no byte.
        progress: told of the steps; may raise to stop.

    Returns:
        Probability of each group, shape (P, G), the largest group first; and the logarithm of the
        evidence in nats for 1, 2, ... groups, as far as was tried, -inf where they are not apart.
    """
    bents = find_bents(votes, threads=threads) if bents is None else bents
    seen = sight(votes, lines, readiness=bents.camps, threads=threads)
    few = enough(votes, ENOUGH_PEOPLE)
    some = seen if few.all() else seen.of_people(few)
    progress.step("groups", most)
    fits: list[Classes] = []
    tried: list[Clouds] = []
    for fit in _growing(votes, bents, lines, threads):
        aim = max((clouds.evidence for clouds in tried), default=-math.inf)
        fits.append(fit)
        tried.append(fit_clouds(some, fit.membership[few], aim=aim, threads=threads))
        progress.advance(1)
        if len(tried) == most or _falls([clouds.evidence for clouds in tried]):
            break
    memberships, evidence = _weighed(seen, tried, threads)
    # The fewest groups than which none is clearly better.
    chosen = int(np.argmax(evidence >= evidence.max() - _WORTH))
    finer = _best(fits)
    if POINTS < tried[chosen].apart < math.inf and finer.membership.shape[1] > chosen + 1:
        return _ordered(votes, finer.membership), np.array([fit.evidence for fit in fits])
    return _ordered(votes, memberships[chosen]), evidence


def _weighed(
    seen: Sightings, tried: Sequence[Clouds], threads: int | None
) -> tuple[dict[int, Float64], Float64]:
    """Memberships of the clouds that have gaps between them, and the evidence of all.

    It is -inf for those that have none, and for those of which one is too small for a group.
    """
    evidence = np.full(len(tried), -math.inf)
    memberships: dict[int, Float64] = {}
    for at, clouds in enumerate(tried):
        if clouds.apart > APART:
            memberships[at] = put_into(seen, clouds, threads=threads)
            if at == 0 or _all_large(memberships[at]):
                evidence[at] = clouds.evidence
    return memberships, evidence


def latent_classes(
    votes: VoteMatrix,
    lines: int,
    *,
    most: int = MOST_GROUPS,
    threads: int | None = None,
    progress: Progress = SILENT,
) -> Float64:
    """Classes as many as the evidence bears, however finely they cut: who votes like whom.

    Args:
        votes: of the people.
        lines: along which votes hang together, one at least.
        most: classes at most.
        threads: how many at most; they change no byte.
        progress: told of the steps; may raise to stop.

    Returns:
        Probability of each class, shape (P, K), the largest class first.
    """
    bents = find_bents(votes, threads=threads)
    progress.step("classes", most)
    fits: list[Classes] = []
    for fit in _growing(votes, bents, lines, threads):
        fits.append(fit)
        progress.advance(1)
        if len(fits) == most or _falls([one.evidence for one in fits]):
            break
    return _ordered(votes, _best(fits).membership)


def _growing(votes: VoteMatrix, bents: Bents, lines: int, threads: int | None) -> Iterator[Classes]:
    """One class, two, three, ..., each made of the one before by splitting."""
    fit: Classes | None = _everyone(votes, bents, threads)
    scores = _scores(votes, bents, lines, threads)
    best = -math.inf
    while fit is not None:
        yield fit
        best = max(best, fit.evidence)
        fit = _one_more(votes, bents, fit, scores, best, threads)


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


def _falls(evidence: Sequence[float]) -> bool:
    return len(evidence) - 1 - int(np.argmax(evidence)) >= _LOOK_AHEAD


def _best(fits: Sequence[Classes]) -> Classes:
    """The fewest classes than which none is clearly better, all of them large enough."""
    allowed = [fits[0], *(fit for fit in fits[1:] if _all_large(fit.membership))]
    most = max(fit.evidence for fit in allowed)
    return next(fit for fit in allowed if most - fit.evidence <= _WORTH)


def _all_large(membership: Float64) -> bool:
    sizes = np.bincount(membership.argmax(axis=1), minlength=membership.shape[1])
    return int(sizes.min()) >= FEWEST_PEOPLE


def _ordered(votes: VoteMatrix, membership: Float64) -> Float64:
    """The largest group first; equal ones by the votes of their members, not by who they are."""
    label, count = np.asarray(membership.argmax(axis=1), dtype=np.int64), membership.shape[1]
    sizes = np.bincount(label, minlength=count)
    agreed = votes.counts_by(label, count)[:, :, 0]
    order = sorted(range(count), key=lambda g: (-int(sizes[g]), tuple(agreed[g].tolist())))
    return np.ascontiguousarray(membership[:, order])


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
