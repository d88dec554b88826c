"""Whether votes hang together at all, and along how many lines.

Within each statement the votes are dealt anew among those who saw it: every share stays, everyone
saw what they saw, and nobody has opinions. If no such deal has a principal axis as long as that of
the real votes, they hang together; the axes longer than the longest that chance usually makes are
the lines (parallel analysis, Horn 1965, against permutations: Buja and Eyuboglu 1992).

The test is exact: were there no structure, the real votes would be one deal among the others, and
the chance that theirs is the longest axis of B + 1 is 1 / (B + 1).

Where people differ in how readily they agree (:mod:`.bents`), that alone makes an axis. What is
asked then is whether anything hangs together beyond it. Agreements are moved from statement to
statement within each person, by how readily each is agreed with: everyone agrees as often as they
did, and which statements they agreed with is what chance makes of it, whatever their bents (the
conditional test of the model of Rasch 1960; moves as in Ponocny 2001). Each such deal begins where
the last one ended, half of them on either side of the real votes, so that these are one of a chain
(Besag and Clifford 1989). This test is exact as far as the statements are estimated well.

An axis is one of the statements divided by their lengths, as in Horn: else the statement that most
people saw is the longest axis of chance, and hides weak opinions.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from assises.engines.linear.eigen import leading
from assises.engines.opinion.bents import Bent, Bents, Residuals, find_bents, residuals
from assises.engines.opinion.clouds import enough
from assises.engines.opinion.kernels import Cells, Float64, Int64, compiled
from assises.engines.opinion.matrix import VoteMatrix
from assises.lib.progress import SILENT, Progress

DEALS: Final = 99
MOST_LINES: Final = 8
_TRIES: Final = 3
"""Pairs tried for each vote in a deal; one in four or so agrees and disagrees in this order."""
_CLOSE: Final = 1e-3
"""Residual at which an eigenvalue is known to about a millionth: that of a Ritz pair is squared."""
_ROUGH: Final = 3e-2
"""The same for the test, where all that counts is which is longer."""


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
    agreeing: float = 0.0
    """Spread of the bent to agree, in log-odds; 0 where there is none."""
    passing: float = 0.0
    """Spread of the bent to pass."""
    camps: bool = False
    """Whether readiness to agree sets two camps apart; then it was taken for opinion."""


def find_structure(
    votes: VoteMatrix,
    *,
    level: float = 1 / (DEALS + 1),
    deals: int = DEALS,
    seed: int = 0,
    bents: Bents | None = None,
    progress: Progress = SILENT,
) -> Structure:
    """Test whether votes hang together beyond how readily people agree.

    Args:
        votes: of those who are to be grouped.
        level: chance of a false yes.
        deals: how often the votes are dealt anew; the smallest p is 1 / (deals + 1).
        seed: of the deals.
        bents: of the people, if they are known already.
        progress: told of each deal; may raise to stop.
    """
    bents = find_bents(votes) if bents is None else bents
    keep = enough(votes)
    some, bent = votes.of_people(keep), bents.agreeing.of_people(keep)
    held, size = residuals(some, bent), len(some.statements)
    people = max(len(some.participants), 1)
    real = leading(held.whitened().squared, size, MOST_LINES, _CLOSE).values
    so = _longest(held, size)
    again = _dealing(some, bent, held, deals)
    allowed = int(level * (deals + 1) + 1e-9) - 1
    above, made = 0, 0
    longest: list[float] = []
    progress.step("chance", deals)
    while made < deals and above <= allowed and so > 0:
        other = again(np.uint64(seed * 1_000_003 + made + 1))
        value = _longest(other, size)
        above += int(value >= so)
        longest.append(value)
        made += 1
        progress.advance(1)
    found = so > 0 and above <= allowed
    p = (1 + above) / (1 + made) if so > 0 else 1.0
    by_chance = float(np.median(longest)) if longest else 0.0
    lines = max(1, int((real > by_chance).sum())) if found else 0
    how = bents.agreeing.spread, bents.passing.spread, bents.camps
    return Structure(
        p, made, lines, real / people, by_chance / people, len(some.participants), *how
    )


def _longest(held: Residuals, size: int) -> float:
    """The longest axis to within ``_ROUGH``: the same function of real and of dealt votes."""
    return float(leading(held.whitened().squared, size, 1, _ROUGH).values[0])


def _dealing(
    votes: VoteMatrix, bent: Bent, held: Residuals, deals: int
) -> Callable[[np.uint64], Residuals]:
    """Chance's votes by seed: dealt within each statement, or moved where people have bents."""
    cells = np.empty_like(held.votes.cells)
    if bent.levels == 1:
        order, starts = _by_statement(votes)

        def dealt(seed: np.uint64) -> Residuals:
            deal(votes.cells, order, starts, seed, cells)
            return replace(held, votes=replace(votes, cells=cells))

        return dealt
    odds = np.tile(bent.fair, bent.levels)
    made = 0

    def moved(seed: np.uint64) -> Residuals:
        nonlocal made
        if made in {0, deals // 2}:
            cells[:] = held.votes.cells
        made += 1
        move(held.votes.indptr, cells, odds, seed)
        return replace(held, votes=replace(held.votes, cells=cells))

    return moved


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


@compiled
def move(indptr: Int64, cells: Cells, odds: Float64, seed: np.uint64) -> None:
    """Move agreements to other statements of the same person; passes stay (Metropolis et al. 1953).

    Two votes are taken at random; if one agrees and the other does not, they change places with
    the probability min(1, ratio of the chances of both states). Random bits as in :func:`deal`.

    Args:
        indptr: shape (P + 1,).
        cells: shape (votes,), changed.
        odds: log-odds of agreement with each statement of each level, shape (L S,).
        seed: of the bits.
    """
    state = seed * np.uint64(0x9E3779B97F4A7C15)
    for person in range(len(indptr) - 1):
        begin, count = indptr[person], indptr[person + 1] - indptr[person]
        for _ in range(_TRIES * count):
            state += np.uint64(0x9E3779B97F4A7C15)
            bits = state
            bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            bits ^= bits >> np.uint64(31)
            low, high = bits & np.uint64(0xFFFFF), (bits >> np.uint64(20)) & np.uint64(0xFFFFF)
            here = begin + np.int64((low * np.uint64(count)) >> np.uint64(20))
            there = begin + np.int64((high * np.uint64(count)) >> np.uint64(20))
            if (cells[here] & 3) != 2 or (cells[there] & 3) != 0:
                continue
            gain = odds[cells[there] >> 2] - odds[cells[here] >> 2]
            if gain < 0.0 and np.float64(bits >> np.uint64(40)) >= math.exp(gain) * 2.0**24:
                continue
            cells[here] -= 2
            cells[there] += 2
