"""Bents: how readily a person agrees, or passes, whatever is asked.

Some agree with most of what they are shown. That makes votes hang together without any opinion: it
is a style of answering (Cronbach 1946), and who is grouped by it is grouped by temper. Each person
has a bent that is added to the log-odds of every statement (Rasch 1960), normal with a spread that
is estimated. Where the counts of people vary no more than chance makes them, there is none.

Given how often someone agreed, the model of Rasch leaves nothing in *which* statements they agreed
with that depends on their bent. People are therefore put into *levels*: alike in their bent as far
as it shows, and in how much they voted. Within a level, whatever still hangs together is opinion.

A bent is one cloud of people, some more ready and some less. Where readiness to agree comes in two
clouds with hardly anyone between them (half agrees with nearly everything, half with nearly
nothing), nobody can tell temper from opinion where all statements are worded alike; but people in
two camps are what groups are for, and it is taken for opinion.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.clouds import fit_clouds, sight_at
from assises.engines.opinion.kernels import (
    CODES,
    WIDTH,
    Cells,
    Float64,
    Int64,
    compiled,
    in_threads,
)
from assises.engines.opinion.matrix import VoteMatrix

CAMPS_APART: Final = 3.0
"""Standard deviations between two camps: more than the two at which a valley begins."""
CAMPS_WORTH: Final = 10.0
"""Nats of evidence by which two must be better than one: twice what counts as very strong."""
_AGREE: Final = 2
_PLAIN: Final = 3.0
"""Standard errors by which counts must vary more than by chance."""
_ROUNDS: Final = 12
_WIDTH: Final = 0.5
"""Of a level, in log-odds: what is left within one is too little to make a class."""
_STEP: Final = 2.0**24
_COARSE: Final = 2.0**10
_PRECISION: Final = 0.25
"""Of what a level adds to the log-odds, beforehand: who agreed with everything stays finite."""
_SETTLING: Final = 30
_ADDED: Final = 10.0


@dataclass(frozen=True, slots=True)
class Bent:
    """One way in which people lean, and who leans alike."""

    spread: float
    """Standard deviation in log-odds; 0 where counts vary no more than chance makes them."""
    level: Int64
    """Of each person, shape (P,)."""
    shift: Float64
    """What each level adds to the log-odds of every statement, shape (L,); one 0 if no bent."""
    odds: Float64
    """Log-odds of each statement for a shift of 0, shape (S,)."""
    fair: Float64
    """The same before people were put into levels by these votes, which overstates them."""

    @property
    def levels(self) -> int:
        """How many there are."""
        return len(self.shift)

    def of_people(self, keep: npt.NDArray[np.bool_]) -> Bent:
        """The same for some people, shape (P,)."""
        return Bent(self.spread, self.level[keep], self.shift, self.odds, self.fair)


@dataclass(frozen=True, slots=True)
class Bents:
    """Both ways."""

    agreeing: Bent
    """Agreements among agreements and disagreements."""
    passing: Bent
    """Passes among all votes."""
    camps: bool = False
    """Whether readiness to agree sets camps apart, and is opinion: then it counts as no bent."""

    def of_people(self, keep: npt.NDArray[np.bool_]) -> Bents:
        """The same for some people, shape (P,)."""
        return Bents(self.agreeing.of_people(keep), self.passing.of_people(keep), self.camps)


@dataclass(frozen=True, slots=True)
class Residuals:
    """Agreements and disagreements less what is expected; passes are zero, as if unseen.

    Each statement stands once for each level, so that what a vote is worth is still looked up.
    """

    votes: VoteMatrix
    """On level times S + statement."""
    worth: Float64
    """Of disagree, pass, agree at each of these, shape (L S, 4)."""
    size: int
    """S."""

    def whitened(self) -> Residuals:
        """Each statement over the length of its column, so that no statement is an axis of its own.

        Ten votes of one half are added, lest the few who saw a rare statement make an axis.
        """
        by_code = self.votes.counts()[:, [1, 2, 0]]
        squares = (by_code * self.worth[:, :3] ** 2).sum(axis=1).reshape(-1, self.size)
        scale = 1.0 / np.sqrt(squares.sum(axis=0) + _ADDED)
        levels = len(self.worth) // self.size
        return Residuals(self.votes, self.worth * np.tile(scale, levels)[:, None], self.size)

    def times(self, block: Float64) -> Float64:
        """R @ block: (S, 2) to (P, 2)."""
        return self.votes.gather(self._table(block))

    def squared(self, block: Float64, threads: int | None = None) -> Float64:
        """R.T @ (R @ block): (S, 4) to (S, 4), the columns of ``block`` of length at most 1."""
        most = int(self.votes.votes_per_participant.max())
        largest = float(np.abs(self.worth).max()) * math.sqrt(most) * len(self.votes)
        scale = 2.0 ** (61 - math.ceil(math.log2(max(largest, 1e-9))))
        sums = self.votes.scatter(self._table(block), scale, threads=threads)
        out = np.zeros((self.size, WIDTH))
        _fold(sums, self.worth, 1.0 / scale, out)
        return out

    def _table(self, block: Float64) -> Float64:
        table = np.empty((len(self.worth) * CODES, block.shape[1]))
        _spread(self.worth, block, table)
        return table


@compiled
def _spread(worth: Float64, block: Float64, table: Float64) -> None:
    size, width = block.shape
    for at in range(len(worth)):
        for code in range(CODES):
            for k in range(width):
                table[at * CODES + code, k] = worth[at, code] * block[at % size, k]


@compiled
def _fold(sums: Int64, worth: Float64, unit: float, out: Float64) -> None:
    size, width = out.shape
    for at in range(len(worth)):
        for code in range(CODES - 1):
            for k in range(width):
                out[at % size, k] += sums[at * CODES + code, k] * unit * worth[at, code]


def find_bents(votes: VoteMatrix, *, threads: int | None = None) -> Bents:
    """How people lean.

    Args:
        votes: of the people.
        threads: how many at most; they change no byte.
    """
    agreeing, passing = _find(votes, _AGREE, 1, threads), _find(votes, 1, 3, threads)
    if agreeing is None:
        return Bents(_none(votes, 2, 1), passing or _none(votes, 1, 3), camps=True)
    return Bents(agreeing, passing or _none(votes, 1, 3))


def no_bents(votes: VoteMatrix) -> Bents:
    """Everyone on one level."""
    return Bents(_none(votes, 2, 1), _none(votes, 1, 3))


def residuals(votes: VoteMatrix, bent: Bent) -> Residuals:
    """The votes less what bents lead one to expect.

    Args:
        votes: of the people.
        bent: to agree.
    """
    size = len(votes.statements)
    p = 1 / (1 + np.exp(-(bent.odds + bent.shift[:, None])))
    if bent.levels == 1:
        said = _counted(votes, 2, 1)
        p = (said[:, 0] / np.maximum(said[:, 1], 1.0))[None]
    worth = np.zeros((bent.levels * size, CODES))
    worth[:, 0], worth[:, 2] = -2.0 * p.ravel(), 2.0 - 2.0 * p.ravel()
    if bent.levels == 1:
        return Residuals(votes, worth, size)
    each = np.repeat(bent.level * size, votes.votes_per_participant) << 2
    cells = (votes.cells + each).astype(np.uint32)
    at = np.arange(len(worth))
    shifted = VoteMatrix(votes.participants, at, votes.indptr, cells, votes.casts)
    return Residuals(shifted, worth, size)


def _none(votes: VoteMatrix, yes: int, skip: int) -> Bent:
    share = _counted(votes, yes, skip)
    odds = np.log((share[:, 0] + 0.5) / (share[:, 1] - share[:, 0] + 0.5))
    return Bent(0.0, np.zeros(len(votes.participants), dtype=np.int64), np.zeros(1), odds, odds)


def _counted(votes: VoteMatrix, yes: int, skip: int) -> Float64:
    """How many said yes, and how many said anything that counts, shape (S, 2)."""
    by_code = votes.counts()[:, [1, 2, 0]]
    every = by_code.sum(axis=1) - (by_code[:, skip] if skip < 3 else 0)
    return np.stack([by_code[:, yes], every], axis=1).astype(np.float64)


def _find(votes: VoteMatrix, yes: int, skip: int, threads: int | None) -> Bent | None:
    """The bent to give the code ``yes`` among all codes but ``skip``; None if it makes camps."""
    none = _none(votes, yes, skip)
    odds, lean = none.odds.copy(), np.zeros(len(votes.participants))
    counted = np.zeros(len(lean), dtype=np.int64)
    size = len(odds)

    def sweep(precision: float, move: bool) -> Int64:
        def work(begin: int, end: int) -> Int64:
            out = np.zeros((size + 2, 2), dtype=np.int64)
            _lean(
                votes.indptr, votes.cells, (yes, skip), odds, precision, move, begin, end,
                lean, counted, out,
            )  # fmt: skip
            return out

        return reduce(np.add, in_threads(work, len(lean), len(votes), threads))

    sums = sweep(1.0, move=False)
    excess, error, square = sums[size, 0], sums[size, 1], sums[size + 1, 1]
    if excess <= _PLAIN * math.sqrt(max(float(error) * _COARSE, 1.0)):
        return none
    variance = float(excess) / max(float(square), 1.0)
    for _ in range(_ROUNDS):
        sums = sweep(1.0 / variance, move=True)
        step = sums[:size, 0] / np.maximum(sums[:size, 1], 0.5 * _STEP)
        odds += np.clip(step, -1.0, 1.0)
        variance = max(float(sums[size + 1, 0]) / _COARSE / len(lean), 1e-3)
    if yes == _AGREE and _in_camps(votes, odds, lean, threads):
        return None
    level, count = _levels(lean, counted)
    return _fitted(votes, (yes, skip), math.sqrt(variance), (level, count, lean), odds)


def _in_camps(votes: VoteMatrix, odds: Float64, lean: Float64, threads: int | None) -> bool:
    """Whether readiness to agree is two clouds far apart rather than one."""
    statement = np.column_stack([odds, np.ones(len(odds))])
    # Readiness is the only coordinate: there is none whose hold could matter.
    seen = sight_at(votes, statement, lean[:, None], 1.0, True, threads)
    upper = 0.5 + 0.5 * np.tanh(lean)
    one = fit_clouds(seen, np.ones((len(lean), 1)), threads=threads)
    two = fit_clouds(seen, np.stack([upper, 1.0 - upper], axis=1), threads=threads)
    return two.apart >= CAMPS_APART and two.evidence - one.evidence > CAMPS_WORTH


def _levels(lean: Float64, counted: Int64) -> tuple[Int64, int]:
    """People of one bent who cast about as many votes, to a factor of two."""
    active = np.floor(np.log2(np.maximum(counted, 0.5))).astype(np.int64)
    key = active * 1_000 + np.rint(lean / _WIDTH).astype(np.int64)
    kept, level = np.unique(key, return_inverse=True)
    return level.astype(np.int64), len(kept)


def _fitted(
    votes: VoteMatrix,
    codes: tuple[int, int],
    spread: float,
    levels: tuple[Int64, int, Float64],
    odds: Float64,
) -> Bent:
    """What each level adds, and the statements, by the counts of the levels."""
    level, count, lean = levels
    people, fair = np.bincount(level, minlength=count), odds
    shift = np.bincount(level, lean, count) / people
    by_code = votes.counts_by(level, count)[:, :, [1, 2, 0]].astype(np.float64)
    said = by_code[:, :, codes[0]]
    seen = by_code.sum(axis=2) - (by_code[:, :, codes[1]] if codes[1] < 3 else 0.0)
    for _ in range(_SETTLING):
        p = 1 / (1 + np.exp(-(odds + shift[:, None])))
        away, sharp = said - seen * p, seen * p * (1 - p)
        to = (away.sum(axis=1) - _PRECISION * shift) / (sharp.sum(axis=1) + _PRECISION)
        shift = shift + np.clip(to, -1.0, 1.0)
        p = 1 / (1 + np.exp(-(odds + shift[:, None])))
        away, sharp = said - seen * p, seen * p * (1 - p)
        odds = odds + np.clip(away.sum(axis=0) / (sharp.sum(axis=0) + 0.5), -1.0, 1.0)
    return Bent(spread, level, shift, odds, fair)


@compiled
def _lean(
    indptr: Int64,
    cells: Cells,
    codes: tuple[int, int],
    odds: Float64,
    precision: float,
    move: bool,
    begin: int,
    end: int,
    lean: Float64,
    counted: Int64,
    out: Int64,
) -> None:
    """One Newton step of each person's bent, and what the statements' steps need.

    ``out``, shape (S + 2, 2): gradient and curvature of each statement; then the square of what
    someone's count is away, less its variance, and the variance of that; then the bent squared plus
    its variance, and the squared variance of the counts.
    """
    yes, skip = codes
    size = len(odds)
    for person in range(begin, end):
        away = sharp = fourth = 0.0
        seen = 0
        for at in range(indptr[person], indptr[person + 1]):
            code = cells[at] & 3
            if code == skip:
                continue
            statement = cells[at] >> 2
            p = 1.0 / (1.0 + math.exp(-(odds[statement] + lean[person])))
            y = 1.0 if code == yes else 0.0
            v = p * (1.0 - p)
            seen += 1
            away += y - p
            sharp += v
            fourth += v * (1.0 - 6.0 * v)
            out[statement, 0] += np.int64(np.rint((y - p) * 2.0**24))
            out[statement, 1] += np.int64(np.rint(v * 2.0**24))
        counted[person] = seen
        out[size, 0] += np.int64(np.rint((away * away - sharp) * 2.0**10))
        out[size, 1] += np.int64(np.rint((2.0 * sharp * sharp + fourth) * 2.0**10))
        out[size + 1, 1] += np.int64(np.rint(sharp * sharp * 2.0**10))
        if move:
            step = (away - precision * lean[person]) / (sharp + precision)
            lean[person] += min(max(step, -1.0), 1.0)
        both = lean[person] * lean[person] + 1.0 / (sharp + precision)
        out[size + 1, 0] += np.int64(np.rint(both * 2.0**10))
