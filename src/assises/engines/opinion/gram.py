"""Co-votes of each pair of statements, in whole numbers: what the axes need of the votes.

The Gram matrix of the centred votes is rebuilt from them for any means, to the same bytes whoever
added what first. So a conversation that goes on keeps them, and pays for what changed alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion import kernels
from assises.engines.opinion.kernels import Float64, Int64
from assises.engines.opinion.matrix import VoteMatrix, Votes

MOST_STATEMENTS: Final = 1024
"""Above it the pairs take more room (16 bytes each) than the votes."""
_PAIRS_A_VOTE: Final = 12
"""Where people cast up to twice as many votes, the pairs cost about what ten passes over the votes
do; where they cast more, the passes are the cheaper way (``./run bench opinion``)."""


def pays(votes: Votes) -> bool:
    """Whether the axes are taken from the co-votes: a rule on the votes, not on their history."""
    cast = votes.votes_per_participant
    pairs = int((cast * (cast + 1)).sum()) // 2
    return len(votes.statements) <= MOST_STATEMENTS and pairs <= _PAIRS_A_VOTE * len(votes)


@dataclass(frozen=True, slots=True)
class Gram:
    """Sums over people for each pair of statements j <= k; the lower triangle is empty."""

    both: Int64
    """``sum of v_j v_k << 32`` plus the number who saw both, shape (S, S)."""
    mixed: Int64
    """``sum of v_j << 32`` plus sum of v_k, over those who saw both, shape (S, S)."""

    @classmethod
    def empty(cls, statements: int) -> Gram:
        """Of nobody."""
        shape = statements, statements
        return cls(np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64))

    @classmethod
    def of(cls, votes: Votes, *, threads: int | None = None) -> Gram:
        """Of all these votes."""
        both, mixed = votes.covotes(threads=threads)
        return cls(both, mixed)

    def merged(self, other: Gram) -> Gram:
        """Of the people of both, who are different people."""
        return Gram(self.both + other.both, self.mixed + other.mixed)

    def replaced(self, before: VoteMatrix, after: VoteMatrix) -> Gram:
        """With the votes ``before`` of some people taken out and their votes ``after`` put in.

        Both are on the statements of this matrix, in its order.
        """
        found = Gram(self.both.copy(), self.mixed.copy())
        for votes, sign in ((before, -1), (after, 1)):
            people = len(votes.participants)
            kernels.covotes(votes.indptr, votes.cells, 0, people, sign, found.both, found.mixed)
        return found

    def widened(self, at: Int64, statements: int) -> Gram:
        """The same for more statements: those known take the places ``at``, ascending."""
        found = Gram.empty(statements)
        found.both[np.ix_(at, at)] = self.both
        found.mixed[np.ix_(at, at)] = self.mixed
        return found

    def narrowed(self, keep: npt.NDArray[np.bool_]) -> Gram:
        """The same for some statements; the others have no vote."""
        return Gram(
            np.ascontiguousarray(self.both[np.ix_(keep, keep)]),
            np.ascontiguousarray(self.mixed[np.ix_(keep, keep)]),
        )

    def centred(self, mean: Float64, kept: Float64) -> Float64:
        """Z.T Z for these means, shape (S, S); zero where ``kept`` is."""
        vv, saw = _split(self.both)
        first, second = _split(self.mixed)
        # sum (v_j - m_j)(v_k - m_k) over those who saw both.
        upper = vv - mean * first - mean[:, None] * second + mean[:, None] * mean * saw
        upper *= kept[:, None] * kept
        upper = np.triu(upper)
        return np.asarray(upper + np.triu(upper, 1).T)


def _split(packed: Int64) -> tuple[Float64, Float64]:
    low = packed.astype(np.int32)  # the lower half, with its sign
    return ((packed - low) >> 32).astype(np.float64), low.astype(np.float64)
