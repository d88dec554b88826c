"""Which sign an export wrote for an agreement: found from the counts it publishes, never assumed.

The database of Polis, its API and some of its CSV exports write agree = -1; most CSV exports
write agree = +1. Published counts of agreements tell the two apart.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from assises.formats.polis.model import Comments, Int64, Votes, last_votes
from assises.formats.polis.participants import PublishedCounts
from assises.lib.errors import InputError

_DOUBT = 0.05
"""Share of the evidence on the weaker side from which the files contradict each other."""


def detect(
    path: Path,
    votes: Votes,
    comments: Comments,
    people: PublishedCounts | None,
    told: int | None,
) -> tuple[int, tuple[int, int]]:
    """The sign of an agreement in ``votes`` and the evidence (for +1, for -1).

    Each published pair of counts (agrees, disagrees) whose members differ is one witness: it
    speaks for the sign under which it equals the count of the votes. No witness at all means +1,
    the convention of every archive of openData.

    Raises:
        InputError: when the witnesses contradict each other and ``told`` is None.
    """
    witnesses = _of_comments(votes, comments)
    if people is not None:
        witnesses += _of_people(votes, people)
    plus, minus = int(witnesses[0]), int(witnesses[1])
    if told is not None:
        if told not in (-1, 1):
            raise InputError(
                "an agreement is written 1 or -1", value=told, next_step="Pass --agree-is 1 or -1."
            )
        return told, (plus, minus)
    if min(plus, minus) > _DOUBT * (plus + minus):
        raise InputError(
            f"the published counts contradict each other: {plus} say that 1 is an agreement, "
            f"{minus} say that -1 is",
            file=path,
            column="vote",
            next_step="Ask whoever exported it, then pass --agree-is 1 or --agree-is -1.",
        )
    return (-1 if minus > plus else 1), (plus, minus)


def _of_comments(votes: Votes, comments: Comments) -> Int64:
    # comments.csv counts every cast, re-votes included (deliberation of openData issue 6).
    order = np.argsort(comments.id)
    at = order[np.searchsorted(comments.id[order], votes.comment)]
    up, down = _tallies(at, votes.vote, len(comments))
    return _witnesses(comments.agrees, comments.disagrees, up, down)


def _of_people(votes: Votes, people: PublishedCounts) -> Int64:
    if not len(people.participant):
        return np.zeros(2, dtype=np.int64)
    rows = last_votes(votes)
    order = np.argsort(people.participant)
    sorted_ids = people.participant[order]
    place = np.searchsorted(sorted_ids, votes.voter[rows])
    place = np.minimum(place, len(sorted_ids) - 1)
    known = sorted_ids[place] == votes.voter[rows]
    at = order[place[known]]
    up, down = _tallies(at, votes.vote[rows][known], len(order))
    return _witnesses(people.agrees, people.disagrees, up, down)


def _tallies(at: Int64, vote: np.ndarray, size: int) -> tuple[Int64, Int64]:
    up = np.bincount(at[vote > 0], minlength=size).astype(np.int64)
    down = np.bincount(at[vote < 0], minlength=size).astype(np.int64)
    return up, down


def _witnesses(agrees: Int64, disagrees: Int64, up: Int64, down: Int64) -> Int64:
    tell = (agrees != disagrees) & (agrees >= 0) & (disagrees >= 0)
    plus = tell & (agrees == up) & (disagrees == down)
    minus = tell & (agrees == down) & (disagrees == up)
    return np.array([plus.sum(), minus.sum()], dtype=np.int64)
