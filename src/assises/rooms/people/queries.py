"""What the fronts read of people."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from assises.rooms.journal.permissions import Grant, Role
from assises.rooms.people import models
from assises.rooms.people.handles import pseudonym_of_account
from assises.rooms.people.models import Account, Mandate, Organisation, Voice

DEMONSTRATION: Final = "@demonstration.example"
"""The addresses of a demonstration's role bar: nobody can receive a letter there (RFC 2606)."""


def grants_of(account: UUID) -> frozenset[Grant]:
    """The roles that an account holds."""
    rows = models.Grant.objects.filter(account=account).values_list("role", "consultation")
    return frozenset(Grant(Role(role), consultation) for role, consultation in rows)


def holds_office(account: UUID) -> bool:
    """Whether an account holds any role, anywhere."""
    return models.Grant.objects.filter(account=account).exists()


def account_of(email: str) -> UUID | None:
    """The account that holds an address."""
    found = Account.objects.filter(email=email.strip().casefold())
    return found.values_list("id", flat=True).first()


def administrators(*, lock: bool = False) -> list[UUID]:
    """Accounts that administer the installation, those of a demonstration's role bar left out.

    ``lock``: nobody else gives or takes the role until the transaction ends.
    """
    held = models.Grant.objects.filter(
        role=Role.ADMINISTRATOR, consultation=None, account__is_active=True
    ).exclude(account__email__endswith=DEMONSTRATION)
    if lock:
        held = held.select_for_update(of=("self",))
    return sorted(held.values_list("account", flat=True))


@dataclass(frozen=True, slots=True)
class Holder:
    """Someone in an office, as the page of the roles shows them."""

    account: UUID
    email: str
    role: Role
    consultation: UUID | None
    given_at: datetime
    given_by: str


def holders(consultation: UUID | None, *, everywhere: bool = False) -> list[Holder]:
    """Who holds which role in a consultation (``everywhere``: and for the installation)."""
    here = Q(consultation=consultation)
    if everywhere:
        here |= Q(consultation=None)
    rows = models.Grant.objects.filter(here).select_related("account")
    return [
        Holder(
            row.account_id,
            row.account.email,
            Role(row.role),
            row.consultation,
            row.given_at,
            row.given_by,
        )
        for row in rows.order_by("role", "account__email")
    ]


def organisations(consultation: UUID | None) -> list[Organisation]:
    """The bodies of a consultation, or those of the installation, the oldest first."""
    return list(Organisation.objects.filter(consultation=consultation).order_by("id"))


def mandates_of(account: UUID, on: date) -> list[Mandate]:
    """For which bodies an account speaks on a day."""
    running = Q(until=None) | Q(until__gte=on)
    held = Mandate.objects.filter(running, holder=pseudonym_of_account(account), since__lte=on)
    return list(held.select_related("organisation").order_by("since", "id"))


@dataclass(frozen=True, slots=True)
class Heard:
    """Who has spoken in a consultation, by what they declared; the rest said nothing of it."""

    voices: int
    colleges: Counter[str]
    regions: Counter[str]
    areas: Counter[str]


def portraits(voices: QuerySet[Voice]) -> Heard:
    """These voices by declared college, region and area; whether they spoke, later rooms know."""
    parts = ("college", "region", "area")
    rows = list(voices.order_by().values_list(*parts).annotate(n=Count("id")))

    def by(part: int) -> Counter[str]:
        counted: Counter[str] = Counter()
        for row in rows:
            if row[part]:
                counted[row[part]] += row[-1]
        return counted

    return Heard(sum(row[-1] for row in rows), by(0), by(1), by(2))
