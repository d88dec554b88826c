"""What an analysis of votes says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.matrix import Float64, Int64
from assises.engines.opinion.statistics import Comparison

if TYPE_CHECKING:
    import polars

UNGROUPED = -1


@dataclass(frozen=True, slots=True)
class Characteristic:
    """A statement that stands for a group."""

    statement: int
    """Its id."""
    agree: bool
    """Whether agreeing sets the group apart, or disagreeing."""
    successes: int
    """Members who did."""
    trials: int
    """Members who saw it."""
    share: float
    """(successes + 1) / (trials + 2)."""
    share_z: float
    """z against one half."""
    ratio: float
    """How many times likelier than the others in the conversation."""
    ratio_z: float
    """z of the two shares being equal."""
    significant: bool
    """Whether both tests pass at 90 %; a group always has one statement, passing or not."""


@dataclass(frozen=True, slots=True)
class Consensus:
    """A statement on which most of all voters are of one mind."""

    statement: int
    agree: bool
    successes: int
    trials: int
    share: float
    share_z: float


@dataclass(frozen=True, slots=True)
class OpinionMap:
    """Positions, groups and statements of one conversation.

    P participants and S statements in ascending order of id, G groups from the largest down.
    Votes are agree = +1 throughout; counts are of last votes.
    """

    method: str
    participants: Int64
    """Ids, shape (P,)."""
    statements: Int64
    """Ids, shape (S,)."""
    in_conversation: npt.NDArray[np.bool_]
    """Who voted enough to be grouped, shape (P,)."""
    positions: Float64
    """On the two principal axes, shape (P, 2)."""
    group: Int64
    """0, 1, ... or -1 for those outside the groups, shape (P,)."""
    centres: Float64
    """Mean position of each group, shape (G, 2)."""
    silhouettes: dict[int, float]
    """For each number of groups that was tried; empty where the groups were given."""
    mean: Float64
    """Mean vote by statement; 0 where moderated, shape (S,)."""
    axes: Float64
    """Unit principal axes, shape (2, S)."""
    variances: Float64
    """Along the axes, shape (2,)."""
    variance: float
    """Along all axes together."""
    statement_positions: Float64
    """Where one would stand who agreed with one statement only, shape (S, 2)."""
    counts: Int64
    """Agreements, disagreements, passes over all voters, shape (S, 3)."""
    group_counts: Int64
    """The same within each group, shape (G, S, 3)."""
    comparison: Comparison
    group_informed_consensus: Float64
    """Shape (S,)."""
    divisiveness: Float64
    """Shape (S,)."""
    priority: Float64
    """Routing weight of the server, shape (S,)."""
    listed: Int64
    """Indices of the statements that lists may name: neither moderated out nor meta."""
    characteristics: Sequence[Sequence[Characteristic]]
    """For each group, what stands for it."""
    agreed: Sequence[Consensus]
    """What most of all voters agree on, best first."""
    rejected: Sequence[Consensus]
    """What most of all voters disagree with, best first."""

    @property
    def extremity(self) -> Float64:
        """Distance of each statement from the middle, shape (S,)."""
        return np.asarray(np.sqrt((self.statement_positions**2).sum(axis=1)))

    @property
    def group_sizes(self) -> Int64:
        """People in each group, shape (G,)."""
        return np.bincount(self.group[self.group >= 0], minlength=len(self.centres)).astype(
            np.int64
        )

    def to_polars(self) -> tuple[polars.DataFrame, polars.DataFrame]:
        """One frame of participants and one of statements."""
        import polars as pl

        people = pl.DataFrame(
            {
                "participant": self.participants,
                "in_conversation": self.in_conversation,
                "x": self.positions[:, 0],
                "y": self.positions[:, 1],
                "group": self.group,
            }
        )
        statements = pl.DataFrame(
            {
                "statement": self.statements,
                "agrees": self.counts[:, 0],
                "disagrees": self.counts[:, 1],
                "passes": self.counts[:, 2],
                "group_informed_consensus": self.group_informed_consensus,
                "divisiveness": self.divisiveness,
                "extremity": self.extremity,
                "priority": self.priority,
            }
        )
        return people, statements
