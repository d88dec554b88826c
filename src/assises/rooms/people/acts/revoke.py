"""Take a role back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from assises.lib.errors import NotFound, NotNow
from assises.rooms.journal.acting import Place, acting
from assises.rooms.journal.permissions import Actor, Role
from assises.rooms.people import queries
from assises.rooms.people.acts.grant import ACCOUNTS, may_hand
from assises.rooms.people.handles import pseudonym_of_account
from assises.rooms.people.models import Grant


def revoke(
    actor: Actor, place: Place | None, account: UUID, role: Role, *, key: str, at: datetime
) -> None:
    """The account no longer has the role there, from its next page on.

    Raises:
        NotAllowed: as for giving it.
        NotFound: it has no such role there.
        NotNow: it is the last administrator, after whom nobody could name another.
    """
    may_hand(actor, "people.revoke", place, role)
    who = pseudonym_of_account(account)
    with (
        transaction.atomic(using=ACCOUNTS),
        acting(
            "people.revoke",
            actor,
            place=place,
            key=key,
            at=at,
            subjects=[who],
            payload={"account": who, "role": str(role)},
            using=ACCOUNTS,
        ) as writing,
    ):
        if writing.repeated:
            return
        if role is Role.ADMINISTRATOR and place is None:
            _not_the_last(account)
        held = Grant.objects.filter(
            account=account, role=str(role), consultation=None if place is None else place.id
        )
        if not held.delete()[0]:
            raise NotFound(
                "this account has no such role here", next_step="Reload the page of the roles."
            )
        writing.notes["account"] = account


def _not_the_last(account: UUID) -> None:
    # Locked: of two who take each other's role at the same moment, the second is refused.
    administrators = queries.administrators(lock=True)
    if administrators == [account]:
        raise NotNow(
            "this is the last administrator", next_step="Give the role to someone else first."
        )
