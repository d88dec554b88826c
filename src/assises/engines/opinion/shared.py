"""What every method says of votes, and asks of people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion import statistics
from assises.engines.opinion.matrix import Float64, Int64, Votes
from assises.engines.opinion.result import UNGROUPED, Consensus
from assises.lib.errors import InputError

ENOUGH_VOTES: Final = 7
FEWEST_PEOPLE: Final = 15


def who_is_grouped(votes: Votes) -> npt.NDArray[np.bool_]:
    """Those with enough votes, topped up to the fifteen most active, shape (P,)."""
    cast = votes.votes_per_participant
    inside = cast >= min(ENOUGH_VOTES, len(votes.statements))
    lacking = FEWEST_PEOPLE - int(inside.sum())
    if lacking > 0:
        # The most active first, equal counts in order of id.
        order = np.argsort(-cast, kind="stable")
        outside = order[~inside[order]]
        inside[outside[:lacking]] = True
    return np.asarray(inside)


def given_groups(votes: Votes, groups: Mapping[int, int]) -> Int64:
    """Groups by id as one number for each participant, shape (P,); -1 for those not named."""
    people = np.array(sorted(groups), dtype=np.int64)
    at = np.minimum(np.searchsorted(votes.participants, people), len(votes.participants) - 1)
    strangers = people[votes.participants[at] != people]
    if len(strangers):
        raise InputError(
            "a group names someone who has not voted",
            column="groups",
            value=int(strangers[0]),
            next_step="Leave out those without a vote.",
        )
    numbers = np.array([groups[int(person)] for person in people], dtype=np.int64)
    if not len(numbers) or not np.array_equal(np.unique(numbers), np.arange(numbers.max() + 1)):
        raise InputError(
            "groups are numbered from 0 without gaps",
            column="groups",
            value=np.unique(numbers).tolist(),
            next_step="Renumber them.",
        )
    label = np.full(len(votes.participants), UNGROUPED, dtype=np.int64)
    label[at] = numbers
    return label


def centres_of(positions: Float64, label: Int64) -> Float64:
    """Mean position of each group, shape (G, 2)."""
    inside = label >= 0
    size = np.bincount(label[inside])
    return np.stack(
        [np.bincount(label[inside], weights=positions[inside, d]) / size for d in (0, 1)], axis=1
    )


def counted(
    votes: Votes, counts: Int64, label: Int64, groups: int, zeroed: Int64, threads: int | None
) -> dict[str, Any]:
    """What counts alone say, as fields of an :class:`OpinionMap`."""
    listed = np.setdiff1d(np.arange(len(votes.statements)), zeroed)
    by_group = votes.counts_by(label, groups, threads=threads)
    agreed, rejected = statistics.consensus(counts, listed)
    return {
        "participants": votes.participants,
        "statements": votes.statements,
        "counts": counts,
        "group_counts": by_group,
        "comparison": statistics.compare(by_group),
        "group_informed_consensus": statistics.group_informed_consensus(by_group),
        "divisiveness": statistics.divisiveness(by_group),
        "listed": listed,
        "agreed": [_consensus(votes, counts, s, agree=True) for s in agreed],
        "rejected": [_consensus(votes, counts, s, agree=False) for s in rejected],
    }


def _consensus(votes: Votes, counts: Int64, s: int, *, agree: bool) -> Consensus:
    successes, trials = counts[s, 0 if agree else 1], counts[s].sum()
    return Consensus(
        statement=int(votes.statements[s]),
        agree=agree,
        successes=int(successes),
        trials=int(trials),
        share=float(statistics.share(successes, trials)),
        share_z=float(statistics.z_against_half(successes, trials)),
    )
