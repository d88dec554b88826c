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

    Of each statement those colleges and regions count of whom ten have answered it, where there are
    two at least. Bounds are the one-sided ones at 95 % of the one that is most reluctant; they hold
    for all of these at once, whatever their number (see :func:`.guarantee`).

    Args:
        consultation: whose voices declared them.
        votes: current ones.
        listed: numbers of the statements that may be named.

    Returns:
        for ``college`` and ``region``, where ten voted of two at least: ``counted`` codes, and for
        ``agree`` and ``disagree`` the statements, their bounds and of how many, the surest first.
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
    heard = ~told.unheard
    bound = np.where(heard, told.bounds, np.inf).min(axis=0)
    of = heard.sum(axis=0)
    above = [s for s in listed if of[s] > 1 and bound[s] > MAJORITY]
    ordered = sorted(above, key=lambda s: (-rounded(float(bound[s])), s))[:LISTED]
    return [
        {
            "statement": int(matrix.statements[s]),
            "bound": rounded(float(bound[s])),
            "of": int(of[s]),
        }
        for s in ordered
    ]
