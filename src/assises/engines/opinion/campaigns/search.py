"""The search for campaigns, from votes to claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.campaigns.ballots import grow
from assises.engines.opinion.campaigns.candidates import edges, leaders_of, usual_shares, weights
from assises.engines.opinion.campaigns.claim import Campaign, Claim, Judge
from assises.engines.opinion.campaigns.null import fit
from assises.engines.opinion.campaigns.others import class_shares
from assises.engines.opinion.kernels import Cells, Int64, compiled
from assises.engines.opinion.matrix import VoteMatrix
from assises.lib.errors import InputError
from assises.lib.progress import SILENT, Progress

EXPECTED: Final = 0.01
"""A claim needs fewer coincidences than this among independent people."""
FEWEST: Final = 5
"""People in a campaign: twins and households are none."""
SHORTEST: Final = 5
"""Votes of a ballot that can be a copy: three agreements say nothing."""
_SWEPT: Final = 50
"""Claims for which everyone is looked at once more."""


def find_campaigns(
    votes: VoteMatrix,
    *,
    first_times: npt.ArrayLike | None = None,
    expected: float = EXPECTED,
    fewest: int = FEWEST,
    shortest: int = SHORTEST,
    progress: Progress = SILENT,
) -> Sequence[Campaign]:
    """The sets of near-identical ballots that independent people would not cast.

    Same votes and times, same result: hashes and starts are fixed. Equal times go by participant
    id. Without times a set may be anyone, and only long or odd ballots can be claimed.

    Args:
        votes: last vote of each person on each statement.
        first_times: first vote of each person, integers in any unit, shape (P,).
        expected: a claim needs fewer coincidences than this among independent people.
        fewest: people in a campaign.
        shortest: votes of a ballot that can be a member.
        progress: told of the steps.

    Returns:
        campaigns, the most surprising first; no person is in two.

    Raises:
        InputError: for times that are not one integer a person, or limits below 2, 1 and 0.
    """
    times = _times(votes, first_times)
    if fewest < 2 or shortest < 1 or not 0 < expected <= 1:
        raise InputError(
            "a campaign has at least 2 people with at least 1 vote, and a bound within (0, 1]",
            value=(fewest, shortest, expected),
            next_step="Leave the limits as they are, or raise them.",
        )
    people = np.arange(len(votes.participants))
    order = people if times is None else np.argsort(times, kind="stable").astype(np.int64)
    # From here on a person is their place in the order of arrival.
    arrived = _arranged(votes, order)
    long = arrived.votes_per_participant >= shortest
    if int(long.sum()) < fewest:
        return ()
    progress.step("near-identical ballots")
    usual = np.log(usual_shares(arrived, ordered=times is not None))
    indptr, partner = edges(arrived, np.flatnonzero(long), usual)
    leaders = leaders_of(indptr, fewest)
    if not len(leaders):
        return ()
    progress.step("what opinions explain")
    weight = weights(indptr, partner, ordered=times is not None)
    model = fit(arrived, np.flatnonzero(long), weight)
    progress.step("what they do not", len(leaders))
    judge = Judge(arrived, model, usual, times is not None, expected, fewest)
    suspects = _suspects(judge, leaders, (indptr, partner), long.copy(), progress)
    claims = _confirmed(judge, suspects, np.flatnonzero(long), progress)
    found = [judge.campaign(claim, order, times) for claim in claims]
    return tuple(sorted(found, key=lambda c: (-c.evidence, int(c.members[0]))))


def _suspects(
    judge: Judge,
    leaders: Int64,
    graph: tuple[Int64, Int64],
    free: npt.NDArray[np.bool_],
    progress: Progress,
) -> list[Claim]:
    """Claims against the axes of opinion; ``free`` is used up."""
    claims: list[Claim] = []
    votes, usual = judge.votes, judge.usual
    for leader in leaders.tolist():
        progress.advance(1)
        if not free[leader]:
            continue
        grown = grow(leader, *graph, free, votes.indptr, votes.cells, usual)
        claim = judge.claim(np.sort(grown))
        if claim is not None and len(claims) < _SWEPT:
            claim = judge.swept(claim, free)
        # Whoever was examined leads no other candidate; who was not named may still join one.
        free[grown if claim is None else claim.members] = False
        if claim is not None:
            claims.append(claim)
    return claims


def _confirmed(
    judge: Judge, suspects: list[Claim], asked: Int64, progress: Progress
) -> list[Claim]:
    """Claims that also hold against the classes of everyone else.

    Everyone else: those outside of all bursts, and in a slow drip all but its members. An opinion
    would have shown there too, and its class explains it away.
    """
    if not suspects:
        return []
    away = [claim.members for claim in suspects]
    for claim in suspects:
        first, last = int(claim.members[0]), int(claim.members[-1])
        if judge.ordered and 2 * len(claim.members) >= last - first + 1:
            away.append(np.arange(first, last + 1))
    others = np.setdiff1d(asked, np.concatenate(away))
    progress.step("what everyone else thinks")
    stricter = replace(judge, classes=class_shares(judge.votes, others, progress=progress))
    again = [stricter.claim(claim.members) for claim in suspects]
    return [claim for claim in again if claim is not None]


def _arranged(votes: VoteMatrix, order: Int64) -> VoteMatrix:
    """The same people in another order."""
    count = votes.votes_per_participant[order]
    indptr = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    cells = np.empty_like(votes.cells)
    _move(votes.indptr, votes.cells, order, indptr, cells)
    return VoteMatrix(votes.participants[order], votes.statements, indptr, cells, votes.casts)


@compiled
def _move(starts: Int64, cells: Cells, order: Int64, into: Int64, out: Cells) -> None:
    for i in range(len(order)):
        for k in range(into[i + 1] - into[i]):
            out[into[i] + k] = cells[starts[order[i]] + k]


def _times(votes: VoteMatrix, first_times: npt.ArrayLike | None) -> Int64 | None:
    if first_times is None:
        return None
    times = np.asarray(first_times)
    if times.shape != votes.participants.shape or not np.issubdtype(times.dtype, np.integer):
        raise InputError(
            "first_times needs one whole number for each participant",
            value=f"{times.dtype} of shape {times.shape}",
            next_step="Give the time of each one's first vote, in the order of participants.",
        )
    return times.astype(np.int64)
