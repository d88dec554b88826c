"""What the fronts read of people."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from assises.rooms.journal.permissions import Grant, Role
from assises.rooms.people import models
from assises.rooms.people.models import Voice


def grants_of(account: UUID) -> frozenset[Grant]:
    """The roles that an account holds."""
    rows = models.Grant.objects.filter(account=account).values_list("role", "consultation")
    return frozenset(Grant(Role(role), consultation) for role, consultation in rows)


@dataclass(frozen=True, slots=True)
class Heard:
    """Who has spoken in a consultation, by what they declared; the rest said nothing of it."""

    voices: int
    colleges: Counter[str]
    regions: Counter[str]
    areas: Counter[str]


def heard(consultation: UUID) -> Heard:
    """Voices that have entered and not left, by declared college, region and area."""
    rows = Voice.objects.filter(consultation=consultation, withdrawn_on=None)

    def by(column: str) -> Counter[str]:
        counted = rows.order_by().values(column).annotate(n=Count("id"))
        return Counter({row[column]: row["n"] for row in counted if row[column]})

    return Heard(rows.count(), by("college"), by("region"), by("area"))
