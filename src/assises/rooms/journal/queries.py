"""What the fronts read of the journal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncHour

from assises.rooms.journal.acting import INSTALLATION
from assises.rooms.journal.models import Event, Payload, Subject

_BY_PARTICIPANTS: Final = Q(actor="visitor") | Q(actor__startswith="voice:")
_FOR_DEMONSTRATION: Final = Q(act="people.grant", actor="system:demonstration")
"""Someone tried a role in the bar of a demonstration: nobody was given an office."""


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
    installation: bool = False,
    act: str = "",
    participants: bool = True,
    demonstration: bool = True,
    before: UUID | None = None,
    limit: int = 50,
) -> list[Entry]:
    """The newest events, of one consultation and one act or of all.

    With ``installation``, only those of no consultation: roles for all of them, doors, devices.
    Without ``participants``, only those of offices and of the software: where few speak, the order
    of their acts would join what one person said to what they voted. Without ``demonstration``, no
    roles that were tried in its bar. ``before`` an event's id turns the page.
    """
    events = Event.objects.order_by("-id")
    if not participants:
        events = events.exclude(_BY_PARTICIPANTS)
    if not demonstration:
        events = events.exclude(_FOR_DEMONSTRATION)
    if act:
        events = events.filter(act=act)
    if consultation is not None:
        events = events.filter(stream=f"consultation:{consultation}")
    elif installation:
        events = events.filter(stream=INSTALLATION)
    return _entries(events, before, limit)


def by_participants(consultation: UUID, until: datetime) -> dict[str, int]:
    """How many acts of each name participants have done before an instant."""
    events = _of_participants(consultation, until)
    counted = events.values("act").annotate(n=Count("id"))
    return {row["act"]: row["n"] for row in counted.order_by("act")}


def by_participants_hourly(
    consultation: UUID, until: datetime, *, since: datetime | None = None
) -> dict[tuple[datetime, str], int]:
    """How many acts of each name participants did in each hour, the latest first.

    Hours and no order within them: the minute of one act is told neither by itself nor by its
    neighbours.
    """
    events = _of_participants(consultation, until)
    if since is not None:
        events = events.filter(recorded_at__gte=since)
    counted = events.values("act", hour=TruncHour("recorded_at", tzinfo=UTC)).annotate(
        n=Count("id")
    )
    return {(row["hour"], row["act"]): row["n"] for row in counted.order_by("-hour", "act")}


def for_demonstration(consultation: UUID) -> int:
    """How many roles were tried in the bar of a demonstration."""
    return Event.objects.filter(_FOR_DEMONSTRATION, stream=f"consultation:{consultation}").count()


def _of_participants(consultation: UUID, until: datetime) -> QuerySet[Event]:
    return Event.objects.filter(
        _BY_PARTICIPANTS, stream=f"consultation:{consultation}", recorded_at__lt=until
    ).order_by()


def newest_sealed(log: str, consultations: Iterable[UUID], *, limit: int = 1) -> list[Entry]:
    """The newest sealed acts of offices and of the software in these consultations."""
    streams = [f"consultation:{uid}" for uid in consultations]
    events = Event.objects.filter(log=log, stream__in=streams, leaf__isnull=False)
    rows = events.exclude(_BY_PARTICIPANTS).exclude(_FOR_DEMONSTRATION).order_by("-leaf")
    return _entries(rows, None, limit)


def last_about(kind: str, things: Iterable[object], act: str) -> dict[str, Entry]:
    """The newest event of one act that concerns each of these things, by the thing's id."""
    wanted = [str(uid) for uid in things]
    concerned = Subject.objects.filter(kind=kind, object__in=wanted, event__act=act)
    newest = concerned.order_by("object", "-event_id").distinct("object")
    by_event = dict(newest.values_list("event_id", "object"))
    rows = _entries(Event.objects.filter(id__in=by_event).order_by("-id"), None, len(by_event))
    return {by_event[row.id]: row for row in rows}


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
