"""Give a role to whoever holds an address."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connections, transaction

from assises.lib.clock import now
from assises.lib.errors import Conflict, Invalid
from assises.rooms.journal.acting import Place, acting
from assises.rooms.journal.permissions import Actor, Role, demand, system
from assises.rooms.people import queries
from assises.rooms.people.handles import pseudonym_of_account
from assises.rooms.people.models import Account, Grant

ACCOUNTS: Final = "accounts"
OFFICES: Final = (
    Role.RAPPORTEUR,
    Role.MODERATOR,
    Role.SECRETARIAT,
    Role.ADMINISTRATOR,
    Role.REGULATOR,
    Role.OPERATOR,
)
"""What an account may be; everything else is what someone is without being given it."""
WITHIN: Final = (Role.RAPPORTEUR, Role.MODERATOR, Role.SECRETARIAT)
"""What a secretariat gives in its own consultation."""
_LONGEST: Final = 254
_FIRST: Final = 0x61737369736573  # "assises": the advisory lock of the first administrator


def grant(
    actor: Actor, place: Place | None, email: str, role: Role, *, key: str, at: datetime
) -> UUID:
    """The account that holds the address, made if nobody entered with it yet, has the role.

    Args:
        place: the consultation it is for, None for the whole installation.

    Raises:
        NotAllowed: also where a secretariat would give more than the roles of its own work.
        Conflict: it has that role there already.
    """
    may_hand(actor, "people.grant", place, role)
    address = address_of(email)
    with transaction.atomic(using=ACCOUNTS):
        account = account_at(address)
        who = pseudonym_of_account(account.id)
        with acting(
            "people.grant",
            actor,
            place=place,
            key=key,
            at=at,
            subjects=[who],
            payload={"account": who, "role": str(role)},
            using=ACCOUNTS,
        ) as writing:
            if writing.repeated:
                return account.id
            _give(account, place, role, actor, at)
            writing.notes.update(
                account=account.id,
                role=role,
                email=address,
                language=account.language,
                write=not address.endswith(queries.DEMONSTRATION),
            )
    return account.id


def create_first_administrator(email: str) -> UUID:
    """The account that may give every other role, for the one who sets the installation up.

    Raises:
        Conflict: there is an administrator already.
    """
    with transaction.atomic(using=ACCOUNTS):
        with connections[ACCOUNTS].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_FIRST,))
        if queries.administrators():
            raise Conflict(
                "there is an administrator already",
                next_step="Ask them for the role; they give it on the page of the roles.",
            )
        return grant(system("setup"), None, email, Role.ADMINISTRATOR, key=uuid4().hex, at=now())


def account_at(address: str, language: str = "fr") -> Account:
    """The account that holds an address, made now if there is none."""
    found = Account.objects.filter(email=address).first()
    if found is not None:
        return found
    made = Account(email=address, language=language)
    made.set_unusable_password()
    # Two at once: the second finds what the first made.
    Account.objects.bulk_create([made], ignore_conflicts=True)
    return Account.objects.get(email=address)


def address_of(email: str) -> str:
    """An e-mail address as it is kept: in small letters.

    Raises:
        Invalid: it is not one.
    """
    address = email.strip().casefold()
    try:
        if len(address) > _LONGEST:
            raise ValidationError("too long")
        validate_email(address)
    except ValidationError:
        raise Invalid(
            "this is not an e-mail address",
            next_step="Write it as name@example.ma.",
            fields={"email": "not an address"},
        ) from None
    return address


def may_hand(actor: Actor, act: str, place: Place | None, role: Role) -> None:
    """Refuse to hand out, or take, a role that is not this actor's to hand."""
    where = None if place is None else place.id
    demand(actor, act, where)
    if role not in OFFICES:
        raise Invalid(
            "nobody is given this role",
            next_step=f"Give one of {', '.join(OFFICES)}.",
            fields={"role": "not an office"},
        )
    if role not in WITHIN:
        demand(actor, "people.grant_any", where)


def _give(account: Account, place: Place | None, role: Role, actor: Actor, at: datetime) -> None:
    _, given = Grant.objects.get_or_create(
        account=account,
        role=str(role),
        consultation=None if place is None else place.id,
        defaults={"given_at": at, "given_by": actor.pseudonym},
    )
    if not given:
        raise Conflict("this account has that role already", next_step="Nothing is left to do.")
