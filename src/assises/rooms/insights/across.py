"""What those agree on who are different by their own word: across colleges, across regions."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import numpy as np

from assises.engines.opinion import VoteMatrix
from assises.engines.opinion.evidence import evidence
from assises.engines.opinion.inference import Guarantee
from assises.lib.canonical import published as rounded
from assises.rooms.insights.hearing import DECLARED, codes_of
from assises.rooms.insights.limits import TOLD
from assises.rooms.votes.queries import CurrentVotes

MAJORITY: Final = 0.5
LISTED: Final = 10


def across(consultation: UUID, votes: CurrentVotes, listed: set[int]) -> dict[str, Any]:
    """Statements that more than half of every college, and of every region, answer alike.

    Colleges and regions of whom fewer than ten voted are not counted; of a statement that fewer
    than ten of one that is counted have seen, it cannot be said. Bounds are the one-sided ones at
    95 % of the college that is most reluctant.

    Args:
        consultation: whose voices declared them.
        votes: current ones.
        listed: numbers of the statements that may be named.

    Returns:
        for ``college`` and ``region``, where two at least are counted: ``counted`` codes, and for
        ``agree`` and ``disagree`` the statements and their bounds, the surest first.
    """
    matrix = VoteMatrix.from_arrays(votes.voice, votes.number, votes.vote)
    at = np.flatnonzero(np.isin(matrix.statements, list(listed)))
    row = {voice: i for i, voice in enumerate(votes.voices)}
    found: dict[str, Any] = {}
    for what in DECLARED:
        codes, code = codes_of(consultation, what, row)
        label = code[matrix.participants]
        size = np.bincount(label[label >= 0], minlength=len(codes))
        kept = np.flatnonzero(size >= TOLD)
        if len(kept) < 2:
            continue
        number = np.full(len(codes) + 1, -1, dtype=np.int64)
        number[kept] = np.arange(len(kept))
        told = evidence(matrix, number[label], groups=len(kept))
        found[what] = {
            "counted": [codes[k] for k in kept.tolist()],
            "agree": _above(matrix, at.tolist(), told.agreed),
            "disagree": _above(matrix, at.tolist(), told.rejected),
        }
    return found


def _above(matrix: VoteMatrix, listed: list[int], told: Guarantee) -> list[dict[str, Any]]:
    above = [s for s in listed if told.bound[s] > MAJORITY]
    ordered = sorted(above, key=lambda s: (-rounded(float(told.bound[s])), s))[:LISTED]
    return [
        {"statement": int(matrix.statements[s]), "bound": rounded(float(told.bound[s]))}
        for s in ordered
    ]
