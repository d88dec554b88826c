"""What the fronts read of the journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from assises.rooms.journal.models import Event, Payload, Subject

_BY_PARTICIPANTS: Final = Q(actor="visitor") | Q(actor__startswith="voice:")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal, as a page shows it."""

    id: UUID
    act: str
    actor: str
    at: datetime
    subjects: Sequence[str]
    sequence: int | None
    leaf: int | None
    payload: Any


def latest(
    *,
    consultation: UUID | None = None,
    act: str = "",
    participants: bool = True,
    before: UUID | None = None,
    limit: int = 50,
) -> list[Entry]:
    """The newest events, of one consultation and one act or of all.

    Without ``participants``, only those of offices and of the software: where few speak, the order
    of their acts would join what one person said to what they voted. ``before`` an event's id
    turns the page.
    """
    events = Event.objects.order_by("-id")
    if not participants:
        events = events.exclude(_BY_PARTICIPANTS)
    if act:
        events = events.filter(act=act)
    if consultation is not None:
        events = events.filter(stream=f"consultation:{consultation}")
    return _entries(events, before, limit)


def by_participants(consultation: UUID, until: datetime) -> dict[str, int]:
    """How many acts of each name participants have done before an instant."""
    events = Event.objects.filter(
        _BY_PARTICIPANTS, stream=f"consultation:{consultation}", recorded_at__lt=until
    )
    counted = events.order_by().values("act").annotate(n=Count("id"))
    return {row["act"]: row["n"] for row in counted.order_by("act")}


def of(kind: str, uid: object, *, before: UUID | None = None, limit: int = 50) -> list[Entry]:
    """The newest events that concern one thing."""
    concerned = Subject.objects.filter(kind=kind, object=str(uid)).values("event_id")
    return _entries(Event.objects.filter(id__in=concerned).order_by("-id"), before, limit)


def _entries(events: QuerySet[Event], before: UUID | None, limit: int) -> list[Entry]:
    if before is not None:
        events = events.filter(id__lt=before)
    rows = list(events[:limit])
    bodies = dict(
        Payload.objects.filter(event_id__in=[row.id for row in rows]).values_list(
            "event_id", "body"
        )
    )
    return [
        Entry(
            row.id,
            row.act,
            row.actor,
            row.recorded_at,
            row.subjects,
            row.sequence,
            row.leaf,
            bodies.get(row.id),
        )
        for row in rows
    ]
