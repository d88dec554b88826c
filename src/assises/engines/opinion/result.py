"""What an analysis of votes says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.matrix import Float64, Int64
from assises.engines.opinion.statistics import Comparison

if TYPE_CHECKING:
    import polars

    from assises.engines.opinion.evidence import Evidence
    from assises.engines.opinion.factor_model import FactorModel
    from assises.engines.opinion.partition import Partition
    from assises.engines.opinion.stability import Stability

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
    """``polis``: whether both tests pass at 90 %; a group always has one statement, passing or not.
    Else always true: what does not pass is not named."""
    difference: float = math.nan
    """Share of the group less share of the others, among groups formed without this statement; NaN
    by the method ``polis``."""
    low: float = math.nan
    """Lower bound of the difference at 95 %."""
    high: float = math.nan
    """Upper bound."""
    q: float = math.nan
    """Rate of false discoveries at which it would still be named (Benjamini and Hochberg 1995)."""


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
    Votes are agree = +1 throughout; counts are of last votes. What a method does not say is None or
    NaN.
    """

    method: str
    participants: Int64
    """Ids, shape (P,)."""
    statements: Int64
    """Ids, shape (S,)."""
    in_conversation: npt.NDArray[np.bool_]
    """Who voted enough to be grouped, shape (P,)."""
    positions: Float64
    """On the two axes that explain most, shape (P, 2): principal axes of the votes for ``polis``,
    ideal points for ``factors``."""
    group: Int64
    """0, 1, ... or -1 for those outside the groups, shape (P,)."""
    centres: Float64
    """Mean position of each group, shape (G, 2)."""
    silhouettes: dict[int, float]
    """For each number of groups that was tried; empty where the groups were given."""
    mean: Float64
    """Mean vote by statement; 0 where moderated, shape (S,)."""
    axes: Float64
    """``polis``: unit principal axes; ``factors``: loadings of the statements. Shape (2, S)."""
    variances: Float64
    """Along the axes, of votes (``polis``) or of log-odds (``factors``), shape (2,)."""
    variance: float
    """Along all axes together, or all that were fitted."""
    statement_positions: Float64
    """``polis``: where one would stand who agreed with one statement only; ``factors``: its
    loadings. Shape (S, 2)."""
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
    """Routing weight of the Polis server, shape (S,); NaN by another method."""
    listed: Int64
    """Indices of the statements that lists may name: neither moderated out nor meta."""
    characteristics: Sequence[Sequence[Characteristic]]
    """For each group, what stands for it."""
    agreed: Sequence[Consensus]
    """What most of all voters agree on, best first."""
    rejected: Sequence[Consensus]
    """What most of all voters disagree with, best first."""
    ideal: FactorModel | None = None
    """``factors``: ideal points with their uncertainty, what each statement tells apart, and its
    intercept, the bridging score."""
    partition: Partition | None = None
    """``factors`` without given groups: whether there are any, the runner-up, memberships; of those
    in the conversation, in order."""
    among_people: Stability | None = None
    """Whether halves of the people fall into these groups; of those in the conversation."""
    on_statements: Stability | None = None
    """Whether halves of the statements give these groups; of those in the conversation."""
    evidence: Evidence | None = None
    """``factors``: intervals, guarantees, tests and division, everyone counting as one. None where
    nobody is in a group."""
    weighted: Evidence | None = None
    """The same under the weights, if there were any."""

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

    @property
    def membership(self) -> Float64:
        """Probability of each group for each person, shape (P, G); NaN for those not grouped.

        Certainty where groups were given or the method knows no other.
        """
        sure = np.full((len(self.participants), len(self.centres)), np.nan)
        if self.partition is None:
            grouped = self.group >= 0
            sure[grouped] = self.group[grouped, None] == np.arange(len(self.centres))
        else:
            sure[self.in_conversation] = self.partition.membership
        return sure

    @property
    def stability(self) -> Float64:
        """Share of the halves of people in which each is again in their group, shape (P,).

        NaN for those not grouped, and where it was not asked.
        """
        again = np.full(len(self.participants), np.nan)
        if self.among_people is not None:
            again[self.in_conversation] = self.among_people.person
        return again

    def to_polars(self) -> tuple[polars.DataFrame, polars.DataFrame]:
        """One frame of participants and one of statements."""
        import polars as pl

        sd = np.full((len(self.participants), 2), np.nan)
        if self.ideal is not None:
            shown = min(2, self.ideal.dimensions)
            sd[:, :shown] = self.ideal.position_sd[:, :shown]
        sure = self.membership
        people = pl.DataFrame(
            {
                "participant": self.participants,
                "in_conversation": self.in_conversation,
                "x": self.positions[:, 0],
                "y": self.positions[:, 1],
                "x_sd": sd[:, 0],
                "y_sd": sd[:, 1],
                "group": self.group,
                "probability": sure.max(axis=1, initial=-np.inf),
                "stability": self.stability,
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
                **self._told(),
            }
        )
        return people, statements

    def _told(self) -> dict[str, Float64]:
        """The columns of a frame of statements that not every method has."""
        told: dict[str, Float64] = {}
        if self.ideal is not None:
            told |= {
                "bridging": self.ideal.statement_intercept,
                "bridging_sd": self.ideal.statement_intercept_sd,
                "discrimination": np.sqrt((self.ideal.loading**2).sum(axis=1)),
            }
        for name, found in (("", self.evidence), ("weighted_", self.weighted)):
            if found is not None:
                told |= {
                    f"{name}agree_share": found.overall.share[0, :, 0],
                    f"{name}agree_low": found.overall.low[0, :, 0],
                    f"{name}agree_high": found.overall.high[0, :, 0],
                    f"{name}guarantee": found.agreed.bound,
                    f"{name}division": found.division.value,
                }
        return told
