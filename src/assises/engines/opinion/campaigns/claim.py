"""Whether a set of people is a campaign: a bet against what opinions explain, and what it costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.campaigns.ballots import akin, bets, sums
from assises.engines.opinion.campaigns.null import Model, log_probabilities
from assises.engines.opinion.kernels import Float64, Int64
from assises.engines.opinion.matrix import VoteMatrix
from assises.lib.errors import InputError

_NOISES: Final = (0.02, 0.1, 0.25)
_PRUNINGS: Final = 8


@dataclass(frozen=True, slots=True)
class Campaign:
    """People whose ballots are copies of one ballot."""

    members: Int64
    """Participant indices in order of arrival, shape (m,)."""
    participants: Int64
    """Their ids, shape (m,)."""
    votes: int
    """Votes they cast in all."""
    statements: Int64
    """Statement indices of the shared ballot, ascending, shape (n,)."""
    statement_ids: Int64
    """Ids of these statements, shape (n,)."""
    ballot: npt.NDArray[np.int8]
    """What it says to each: -1, 0 or +1, shape (n,)."""
    first: int | None
    """When its first member arrived, in the unit that was given; None without times."""
    last: int | None
    """When its last member arrived."""
    arrivals: int
    """Everyone who arrived in between, members included; everyone without times."""
    kept: float
    """Share of the members' answers to these statements that are those of the ballot."""
    evidence: float
    """Natural logarithm of the stake: how much likelier copies are than independent people."""
    expected: float
    """Bound on the expected number of sets as surprising; at most :data:`EXPECTED`. May be 0.0
    where it is below the smallest number."""

    @property
    def size(self) -> int:
        """People in it."""
        return len(self.members)


@dataclass(frozen=True, slots=True)
class Claim:
    """Members in order of arrival, and how surprising they are."""

    members: Int64
    evidence: float
    log_expected: float


@dataclass(frozen=True, slots=True)
class Judge:
    """What a set of people must be surprising against; people are places in order of arrival."""

    votes: VoteMatrix
    model: Model
    usual: Float64
    """Logarithms of the usual shares of disagreement, pass, agreement, shape (S, 3)."""
    ordered: bool
    """Whether the order of people means anything."""
    expected: float
    fewest: int
    classes: Float64 | None = None
    """Logarithms of the shares that classes of other people give, shape (G, S, 3)."""

    def claim(self, members: Int64) -> Claim | None:
        """The campaign among these people, ascending, if there is one."""
        logs = self._logs(members)
        for _ in range(_PRUNINGS):
            if len(members) < self.fewest:
                return None
            # Each must be worth more, beside the others, than the choice of naming them costs.
            worth = self._stakes(members, logs, beside=True)
            kept = worth[:, int(worth.sum(axis=0).argmax())] > self._cost(members) / len(members)
            if kept.all():
                break
            members, logs = members[kept], [x for x, k in zip(logs, kept, strict=True) if k]
        if len(members) < self.fewest:
            return None
        totals = self._stakes(members, logs, beside=False).sum(axis=0)
        evidence = float(totals.max() + np.log(np.exp(totals - totals.max()).mean()))
        log_expected = self._cost(members) - evidence
        if log_expected > math.log(self.expected):
            return None
        return Claim(members, evidence, log_expected)

    def swept(self, claim: Claim, free: npt.NDArray[np.bool_]) -> Claim:
        """The claim with those of everyone who also copied, if it is the better for them."""
        more = akin(claim.members, free, self.votes.indptr, self.votes.cells, self.usual)
        wider = self.claim(np.union1d(claim.members, more))
        return claim if wider is None or wider.log_expected > claim.log_expected else wider

    def _logs(self, members: Int64) -> list[Float64]:
        return [
            log_probabilities(
                m, self.votes.indptr, self.votes.cells, self.model.answer, self.model.passing
            )
            for m in members.tolist()
        ]

    def _stakes(self, members: Int64, logs: list[Float64], *, beside: bool) -> Float64:
        """Log of how much likelier each ballot is as a copy, shape (m, noises).

        Of those before it, which is a fair bet; or ``beside``, of all others.
        """
        starts = np.concatenate([[0], np.cumsum([len(x) for x in logs])])
        rivals = [np.concatenate(logs), *self._by_class(members)]
        # Each person by the rival that explains their ballot best: the bet beats them all.
        stakes = [self._bets(members, rival, starts, beside) for rival in rivals]
        return np.asarray(np.min(stakes, axis=0))

    def _bets(self, members: Int64, logs: Float64, starts: Int64, beside: bool) -> Float64:
        indptr, cells = self.votes.indptr, self.votes.cells
        return bets(members, indptr, cells, logs, starts, self.usual, np.array(_NOISES), beside)

    def _by_class(self, members: Int64) -> list[Float64]:
        """Log-probability of each vote of the members, one after another, in each class."""
        if self.classes is None:
            return []
        indptr, cells = self.votes.indptr, self.votes.cells
        cast = np.concatenate([cells[indptr[m] : indptr[m + 1]] for m in members.tolist()])
        return [np.ascontiguousarray(table[cast >> 2, cast & 3]) for table in self.classes]

    def _cost(self, members: Int64) -> float:
        """Log of how many sets as narrow in the order of arrival could have been named."""
        people, m = len(self.votes.participants), len(members)
        size = math.log(m * (m + 1))
        if not self.ordered:
            return _log_choose(people, m) + size
        span = int(members[-1] - members[0]) + 1
        # Where it begins, how far it reaches, and who of those between; or gap by gap, which is
        # cheaper for several bursts.
        together = math.log(span * (span + 1)) + _log_choose(max(span - 2, 0), m - 2)
        gaps = np.diff(members).astype(np.float64)
        apart = float(np.log(gaps * (gaps + 1)).sum())
        return math.log(people) + size + math.log(2) + min(together, apart)

    def campaign(self, claim: Claim, order: Int64, times: Int64 | None) -> Campaign:
        """The claim in the words of those who asked."""
        tally = sums(claim.members, self.votes.indptr, self.votes.cells, len(self.usual))
        # Of the ballot is what most members who saw it, and a quarter of all, answered alike.
        seen, top = tally.sum(axis=1), tally.max(axis=1)
        at = np.flatnonzero((top >= 2) & (top * 2 > seen) & (seen * 4 >= len(claim.members)))
        members = order[claim.members]
        span = int(claim.members[-1] - claim.members[0]) + 1
        return Campaign(
            members=members,
            participants=self.votes.participants[claim.members],
            votes=int(seen.sum()),
            statements=at,
            statement_ids=self.votes.statements[at],
            ballot=(tally[at].argmax(axis=1) - 1).astype(np.int8),
            first=None if times is None else int(times[members[0]]),
            last=None if times is None else int(times[members[-1]]),
            arrivals=len(order) if times is None else span,
            kept=float(top[at].sum() / max(int(seen[at].sum()), 1)),
            evidence=claim.evidence,
            expected=math.exp(claim.log_expected) if claim.log_expected > -745.0 else 0.0,
        )


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) if 0 < k < n else 0.0


def campaign_label(campaigns: Sequence[Campaign], people: int) -> Int64:
    """The campaign that each participant is in, shape (P,): its place in the sequence, -1 for none.

    Args:
        campaigns: as found; no person is in two.
        people: participants of the votes they were found in.

    Raises:
        InputError: for a member beyond them: campaigns of other votes.
    """
    label = np.full(people, -1, dtype=np.int64)
    for at, campaign in enumerate(campaigns):
        if len(campaign.members) and int(campaign.members.max()) >= people:
            raise InputError(
                "a campaign has members who are not among the participants",
                value=int(campaign.members.max()),
                next_step="Give the number of participants of the votes it was found in.",
            )
        label[campaign.members] = at
    return label
