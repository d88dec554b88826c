"""Shares of agreement with what the drawing of statements did to them undone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import numpy as np

from assises.engines.opinion.intervals import wilson_interval
from assises.engines.opinion.routing import shares
from assises.lib.canonical import published as rounded
from assises.rooms.contributions.models import Statement
from assises.rooms.insights.limits import STEP, TOLD
from assises.rooms.insights.models import Snapshot, StatementResult
from assises.rooms.insights.queries import published
from assises.rooms.votes.queries import CurrentVotes, drawn_votes

HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Corrected:
    """The share that agrees, corrected for what was shown to whom, of those before whom the
    statement was put by a draw: with its interval at 95 %, and Kish's effective number of them."""

    share: float
    low: float
    high: float
    effective: float


def exposure(consultation: UUID, votes: CurrentVotes, listed: set[int]) -> dict[str, Any]:
    """The share of each statement that ten voices, and ten effective ones, answered by a draw.

    See :func:`assises.engines.opinion.routing.shares` (Des Raj 1956; Hajek 1971); the interval is
    Wilson's (1927) of the effective number. What a voice found another way has no probability and
    is left out; nothing is said where fewer than ten did so, whom the counts of all would give
    away. A share moves on by ten draws or not at all, as counts do.

    Args:
        consultation: where.
        votes: all current ones.
        listed: numbers of the statements that may be named.
    """
    drawn = drawn_votes(consultation)
    numbers, at = np.unique(drawn.number, return_inverse=True)
    size = len(numbers)
    found = shares(at, drawn.vote, drawn.chance, drawn.draw, drawn.draws, size=size)
    everyone = votes.number[np.isin(votes.number, numbers)]
    rest = np.bincount(np.searchsorted(numbers, everyone), minlength=size) - found.n
    told = (found.n >= TOLD) & (found.effective_n >= TOLD) & ((rest <= 0) | (rest >= TOLD))
    low, high = wilson_interval(
        np.where(told, found.corrected, 0.0) * found.effective_n, found.effective_n
    )
    before = _before(consultation)
    rows = {}
    for i in np.flatnonzero(told).tolist():
        number = str(numbers[i])
        old = before.get(number)
        if int(number) not in listed:
            continue
        if old is not None and abs(old["drawn"] - int(found.n[i])) < STEP:
            rows[number] = old
            continue
        rows[number] = {
            "drawn": int(found.n[i]),
            **{
                name: rounded(float(values[i]))
                for name, values in (
                    ("as_drawn", found.naive),
                    ("share", found.corrected),
                    ("low", low),
                    ("high", high),
                    ("effective", found.effective_n),
                )
            },
        }
    return {"draws": len(at), "statements": rows}


def corrected(snapshot: Snapshot) -> dict[int, Corrected]:
    """The corrected shares of published results, by the statements' row ids.

    How many were drawn, and how these answered, is not told: beside the counts of all it would tell
    of the others. Statements whose counts stand still are left out.
    """
    told = snapshot.results.get("exposure", {}).get("statements", {})
    moving = StatementResult.objects.filter(snapshot=snapshot, held_since=None)
    rows = Statement.objects.filter(
        consultation=snapshot.consultation_id,
        number__in=[int(number) for number in told],
        id__in=moving.values("statement"),
    )
    found = ((uid, told[str(number)]) for uid, number in rows.values_list("id", "number"))
    return {
        uid: Corrected(row["share"], row["low"], row["high"], row["effective"])
        for uid, row in found
    }


def turned(snapshot: Snapshot) -> dict[int, tuple[float, Corrected]]:
    """Where another majority answers once corrected: the share of all, and the corrected one.

    By the statements' row ids; the whole interval lies on the other side of one half.
    """
    found = corrected(snapshot)
    rows = StatementResult.objects.filter(snapshot=snapshot, statement__in=found)
    out = {}
    for row in rows.order_by("statement"):
        share = row.agrees / max(row.agrees + row.disagrees + row.passes, 1)
        one = found[row.statement]
        if one.high < HALF < share or share <= HALF < one.low:
            out[row.statement] = (share, one)
    return out


def _before(consultation: UUID) -> dict[str, Any]:
    shown = published(consultation)
    rows: dict[str, Any] = (
        {} if shown is None else shown.results.get("exposure", {}).get("statements", {})
    )
    return rows
