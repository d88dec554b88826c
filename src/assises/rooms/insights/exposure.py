"""Shares of agreement with what the drawing of statements did to them undone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np

from assises.engines.opinion.routing import shares
from assises.lib.canonical import published as rounded
from assises.rooms.contributions.models import Statement
from assises.rooms.insights.limits import TOLD
from assises.rooms.insights.models import Snapshot, StatementResult
from assises.rooms.votes.queries import drawn_votes


@dataclass(frozen=True, slots=True)
class Corrected:
    """Of those before whom a statement was put by a draw: how many they are, the share that agrees
    as they answered and with what was shown to whom undone, and Kish's number of the latter."""

    drawn: int
    plain: float
    corrected: float
    effective: float


def exposure(consultation: UUID, listed: set[int]) -> dict[str, Any]:
    """Both shares of each statement that ten voices, and ten effective ones, answered by a draw.

    See :func:`assises.engines.opinion.routing.shares` (Des Raj 1956; Hajek 1971). What a voice
    found another way has no probability and is left out of both shares.

    Args:
        consultation: where.
        listed: numbers of the statements that may be named.
    """
    votes = drawn_votes(consultation)
    numbers, at = np.unique(votes.number, return_inverse=True)
    found = shares(at, votes.vote, votes.chance, votes.draw, votes.draws, size=len(numbers))
    return {
        "draws": len(at),
        "statements": {
            str(number): {
                "drawn": int(found.n[i]),
                "plain": rounded(float(found.naive[i])),
                "corrected": rounded(float(found.corrected[i])),
                "effective": rounded(float(found.effective_n[i])),
            }
            for i, number in enumerate(numbers.tolist())
            if number in listed and found.n[i] >= TOLD and found.effective_n[i] >= TOLD
        },
    }


def corrected(snapshot: Snapshot) -> dict[int, Corrected]:
    """The shares of published results that everyone may see, by the statements' row ids.

    Without the statements whose counts stand still for want of ten more answers: these would move
    where the counts do not.
    """
    told = snapshot.results.get("exposure", {}).get("statements", {})
    moving = StatementResult.objects.filter(snapshot=snapshot, held_since=None)
    rows = Statement.objects.filter(
        consultation=snapshot.consultation_id,
        number__in=[int(number) for number in told],
        id__in=moving.values("statement"),
    )
    return {uid: Corrected(**told[str(n)]) for uid, n in rows.values_list("id", "number")}
