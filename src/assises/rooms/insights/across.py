"""What those agree on who are different by their own word, and what hangs on each of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

import numpy as np
import numpy.typing as npt

from assises.engines.opinion import VoteMatrix
from assises.flows.across import across as shared_across
from assises.flows.declared import Declared
from assises.flows.hanging import ASSURANCE, hanging
from assises.rooms.insights.hearing import DECLARED, codes_of
from assises.rooms.people.models import Voice
from assises.rooms.votes.queries import CurrentVotes

Int64 = npt.NDArray[np.int64]

HANGING: Final = ("college", "channel")
"""What people are left out by, one value at a time; besides, those whom nobody vouches for."""
_NOBODY: Final = "none"
_SOMEBODY: Final = "some"


def across(consultation: UUID, votes: CurrentVotes, listed: set[int]) -> dict[str, Any]:
    """Statements that more than half of every college, and of every region, answer alike.

    Args:
        consultation: whose voices declared them.
        votes: current ones.
        listed: numbers of the statements that may be named.

    Returns:
        for ``college`` and ``region`` what :func:`assises.flows.across.across` tells.
    """
    matrix = VoteMatrix.from_arrays(votes.voice, votes.number, votes.vote)
    declared = declared_in(consultation, votes, matrix, DECLARED)
    return shared_across(matrix, declared, at_of(matrix, listed))


def hangs(
    consultation: UUID, votes: CurrentVotes, group: Int64, listed: set[int]
) -> list[dict[str, Any]]:
    """What would change without each college, each way of taking part, and the unassured.

    Args:
        consultation: whose voices declared them.
        votes: current ones.
        group: opinion group of each of ``votes.voices``, -1 for none, shape (voices,).
        listed: numbers of the statements that may be named.

    Returns:
        what :func:`assises.flows.hanging.hanging` tells.
    """
    matrix = VoteMatrix.from_arrays(votes.voice, votes.number, votes.vote)
    declared = declared_in(consultation, votes, matrix, HANGING)
    declared[ASSURANCE] = _assured(consultation, votes, matrix)
    found = hanging(matrix, group[matrix.participants], at_of(matrix, listed), declared)
    return [one for one in found if one["value"] != _SOMEBODY]


def declared_in(
    consultation: UUID, votes: CurrentVotes, matrix: VoteMatrix, attributes: Iterable[str]
) -> dict[str, Declared]:
    """What the voices of a matrix declared of these."""
    row = {voice: i for i, voice in enumerate(votes.voices)}
    found = {}
    for what in attributes:
        codes, code = codes_of(consultation, what, row)
        found[what] = Declared(tuple(codes), code[matrix.participants])
    return found


def at_of(matrix: VoteMatrix, listed: set[int]) -> Int64:
    """Statement indices of these numbers."""
    return np.flatnonzero(np.isin(matrix.statements, list(listed)))


def _assured(consultation: UUID, votes: CurrentVotes, matrix: VoteMatrix) -> Declared:
    """Whether anybody vouches for each voice."""
    rows = Voice.objects.filter(consultation=consultation, assurance__gt=0)
    vouched = set(rows.values_list("id", flat=True))
    known = np.array([voice in vouched for voice in votes.voices], dtype=np.int64)
    return Declared((_NOBODY, _SOMEBODY), known[matrix.participants])
