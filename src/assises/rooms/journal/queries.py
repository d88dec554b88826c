"""What the fronts read of the journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from assises.rooms.journal.models import Event, Payload, Subject


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
    before: UUID | None = None,
    limit: int = 50,
) -> list[Entry]:
    """The newest events, of one consultation and one act or of all.

    ``before`` an event's id turns the page.
    """
    events = Event.objects.order_by("-id")
    if act:
        events = events.filter(act=act)
    if consultation is not None:
        events = events.filter(stream=f"consultation:{consultation}")
    return _entries(events, before, limit)


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
