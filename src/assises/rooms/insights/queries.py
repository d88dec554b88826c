"""What the fronts read of results."""

from __future__ import annotations

from uuid import UUID

from assises.rooms.insights.computing import FEWEST
from assises.rooms.insights.models import Position, Snapshot, StatementResult
from assises.rooms.votes.models import Current


def newest(consultation: UUID) -> Snapshot | None:
    """The latest results of a consultation."""
    return (
        Snapshot.objects.filter(consultation=consultation)
        .order_by("-last_cast", "-computed_at")
        .first()
    )


def results(snapshot: Snapshot) -> dict[int, StatementResult]:
    """Results by the statement's row id."""
    return {r.statement: r for r in StatementResult.objects.filter(snapshot=snapshot)}


def position(snapshot: Snapshot, voice: UUID) -> Position | None:
    """Where one voice stands: for itself alone."""
    return Position.objects.filter(snapshot=snapshot, voice=voice).first()


def enough(consultation: UUID) -> bool:
    """Whether there are people and statements enough for something to be computed."""
    votes = Current.objects.filter(consultation=consultation)
    return all(
        votes.values(of).distinct()[:FEWEST].count() >= FEWEST for of in ("voice", "statement")
    )
