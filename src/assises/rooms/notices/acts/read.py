"""Someone has read what they were told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from assises.lib.errors import NotAllowed
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import Actor, demand
from assises.rooms.notices.models import AccountNotice
from assises.rooms.people.handles import pseudonym_of_account


def read(actor: Actor, account: UUID, notices: Sequence[int], *, key: str, at: datetime) -> int:
    """Mark an account's own notices as read; how many were not before.

    Where nothing is new nothing is journalled: the journal never says merely that someone came.

    Raises:
        NotAllowed: they are someone else's.
    """
    demand(actor, "notices.read")
    if actor.pseudonym != pseudonym_of_account(account):
        raise NotAllowed("these notices are someone else's", next_step="Read your own.")
    new = AccountNotice.objects.filter(account=account, id__in=notices, read_on=None)
    with transaction.atomic(using="accounts"):
        ids = sorted(new.select_for_update().values_list("id", flat=True))
        if not ids:
            return 0
        with acting(
            "notices.read", actor, place=None, key=key, at=at, payload=ids, using="accounts"
        ) as writing:
            if not writing.repeated:
                writing.outcome = new.filter(id__in=ids).update(read_on=at.date())
    return int(writing.outcome)
