"""What the fronts read of results."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from assises.rooms.insights.limits import FEWEST
from assises.rooms.insights.models import Position, Snapshot, StatementResult
from assises.rooms.votes.models import Current
from assises.rooms.votes.queries import Tally


def newest(consultation: UUID) -> Snapshot | None:
    """The latest results of a consultation."""
    return (
        Snapshot.objects.filter(consultation=consultation)
        .order_by("-last_cast", "-computed_at")
        .first()
    )


def published(consultation: UUID) -> Snapshot | None:
    """The latest results whose counts everyone may see."""
    return (
        Snapshot.objects.filter(consultation=consultation, published=True)
        .order_by("-last_cast", "-computed_at")
        .first()
    )


def public_tallies(consultation: UUID, statements: Sequence[int]) -> dict[int, Tally]:
    """The counts that everyone may see, by the statements' row ids; nothing before there are any.

    They are those of the published results, never of this moment: two looks a second apart must
    not tell what one person answered in between.
    """
    shown = published(consultation)
    rows = StatementResult.objects.filter(snapshot=shown, statement__in=list(statements))
    found = {r.statement: Tally(r.agrees, r.disagrees, r.passes) for r in rows} if shown else {}
    return {uid: found.get(uid, Tally(0, 0, 0)) for uid in statements}


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
