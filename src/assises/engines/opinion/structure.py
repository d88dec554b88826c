"""Whether votes hang together at all, and along how many lines.

Within each statement the votes are dealt anew among those who saw it: every share stays, everyone
saw what they saw, and nobody has opinions. If no such deal has a principal axis as long as that of
the real votes, they hang together; the axes longer than the longest that chance usually makes are
the lines (parallel analysis, Horn 1965, against permutations: Buja and Eyuboglu 1992).

The test is exact: were there no structure, the real votes would be one deal among the others, and
the chance that theirs is the longest axis of B + 1 is 1 / (B + 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from assises.engines.opinion.eigen import leading
from assises.engines.opinion.kernels import Cells, Float64, Int64, compiled
from assises.engines.opinion.matrix import VoteMatrix
from assises.engines.opinion.pca import centre
from assises.lib.progress import SILENT, Progress

DEALS: Final = 99
MOST_LINES: Final = 8
ENOUGH_VOTES: Final = 1_000_000
"""Above it some of the people are asked, evenly spaced: the answer is plain by then."""
_CLOSE: Final = 1e-3
"""Residual at which an eigenvalue is known to about a millionth: that of a Ritz pair is squared."""
_NOTHING: Final = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Structure:
    """The answer of the test."""

    p: float
    """Chance of so long an axis without any structure; at least 1 / (deals + 1)."""
    deals: int
    """How many were made; they end early once the answer is no."""
    lines: int
    """Axes longer than the longest of chance in half of the deals; 0 where p is above the level."""
    eigenvalues: Float64
    """Of the real votes, per person, shape (lines tried,)."""
    by_chance: float
    """The median of the longest that chance made, per person."""
    people: int
    """Whose votes were asked."""


def find_structure(
    votes: VoteMatrix,
    *,
    level: float = 1 / (DEALS + 1),
    deals: int = DEALS,
    seed: int = 0,
    progress: Progress = SILENT,
) -> Structure:
    """Test whether votes hang together.

    Args:
        votes: of those who are to be grouped.
        level: chance of a false yes.
        deals: how often the votes are dealt anew; the smallest p is 1 / (deals + 1).
        seed: of the deals.
        progress: told of each deal; may raise to stop.
    """
    some = _some(votes)
    size, people = len(some.statements), max(len(some.participants), 1)
    real = leading(centre(some, _NOTHING).squared, size, MOST_LINES, _CLOSE).values
    order, starts = _by_statement(some)
    allowed = int(level * (deals + 1) + 1e-9) - 1
    above, made = 0, 0
    longest: list[float] = []
    progress.step("chance", deals)
    while made < deals and above <= allowed and real[0] > 0:
        cells = np.empty_like(some.cells)
        deal(some.cells, order, starts, np.uint64(seed * 1_000_003 + made + 1), cells)
        dealt = VoteMatrix(some.participants, some.statements, some.indptr, cells, some.casts)
        value = float(leading(centre(dealt, _NOTHING).squared, size, 1, _CLOSE).values[0])
        above += int(value >= real[0])
        longest.append(value)
        made += 1
        progress.advance(1)
    found = real[0] > 0 and above <= allowed
    p = (1 + above) / (1 + made) if real[0] > 0 else 1.0
    by_chance = float(np.median(longest)) if longest else 0.0
    lines = max(1, int((real > by_chance).sum())) if found else 0
    return Structure(p, made, lines, real / people, by_chance / people, len(some.participants))


def _some(votes: VoteMatrix) -> VoteMatrix:
    if len(votes) <= ENOUGH_VOTES:
        return votes
    at = np.arange(len(votes.participants))
    share = ENOUGH_VOTES / len(votes)
    return votes.of_people(np.floor((at + 1) * share) > np.floor(at * share))


def _by_statement(votes: VoteMatrix) -> tuple[Int64, Int64]:
    """Where the votes of each statement are in the cells, and where each statement's begin."""
    seen = votes.counts().sum(axis=1)
    starts = np.concatenate([[0], np.cumsum(seen)]).astype(np.int64)
    order = np.empty(len(votes), dtype=np.int64)
    _fill(votes.cells, starts[:-1].copy(), order)
    return order, starts


@compiled
def _fill(cells: Cells, at: Int64, order: Int64) -> None:
    for place in range(len(cells)):
        statement = cells[place] >> 2
        order[at[statement]] = place
        at[statement] += 1


@compiled
def deal(cells: Cells, order: Int64, starts: Int64, seed: np.uint64, out: Cells) -> None:
    """Shuffle the votes of each statement among those who saw it (Fisher and Yates, Durstenfeld).

    Random bits are SplitMix64's (Steele, Lea and Flood 2014), from the seed alone.
    """
    state = seed * np.uint64(0x9E3779B97F4A7C15)
    for statement in range(len(starts) - 1):
        begin, end = starts[statement], starts[statement + 1]
        for at in range(begin, end):
            out[order[at]] = cells[order[at]]
        for at in range(end - 1, begin, -1):
            state += np.uint64(0x9E3779B97F4A7C15)
            bits = state
            bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            bits ^= bits >> np.uint64(31)
            share = (bits >> np.uint64(32)) * np.uint64(at - begin + 1)
            other = begin + np.int64(share >> np.uint64(32))
            here, there = order[at], order[other]
            kept = out[here]
            out[here] = out[there]
            out[there] = kept
