"""What allauth tells of logins, written into the journal for those who hold an office.

Of a participant's login nothing is written anywhere: an instant beside an address could be laid
beside the instants of the votes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from allauth.account.signals import login_code_rejected, user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.http import HttpRequest

from assises.lib.clock import now
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import system
from assises.rooms.people.handles import pseudonym_of_account
from assises.rooms.people.models import Account
from assises.rooms.people.queries import holds_office

BY_ROLE_BAR: Final = "by_role_bar"
"""In a session that a demonstration's role bar opened: whose. Nobody logged in there."""


@receiver(user_logged_in)
def logged_in(user: Account, **_: Any) -> None:
    """Through every door, the second factor included where there is one."""
    _record("people.logged_in", user.id)


@receiver(user_logged_out)
def logged_out(request: HttpRequest, user: Account | None, **_: Any) -> None:
    """Of one's own will; a session that ends by itself leaves no trace."""
    if user is not None and BY_ROLE_BAR not in request.session:
        _record("people.logged_out", user.id)


@receiver(login_code_rejected)
def code_rejected(user: Account, **_: Any) -> None:
    """A wrong code of a letter."""
    _record("people.login_failed", user.id, step="letter")


@receiver(authentication_failed)
def factor_rejected(user: Account, **_: Any) -> None:
    """A wrong code of the second factor."""
    _record("people.login_failed", user.id, step="second factor")


@receiver(authenticator_added)
def factor_set(user: Account, authenticator: Authenticator, **_: Any) -> None:
    """A second factor, whose recovery codes are part of it."""
    if authenticator.type == Authenticator.Type.TOTP:
        _record("people.second_factor_set", user.id)


@receiver(authenticator_removed)
def factor_removed(user: Account, authenticator: Authenticator, **_: Any) -> None:
    """The second factor is gone; the account's roles rest until there is one again."""
    if authenticator.type == Authenticator.Type.TOTP:
        _record("people.second_factor_removed", user.id)


@receiver(authenticator_reset)
def codes_made(user: Account, **_: Any) -> None:
    """New recovery codes; the old ones are void."""
    _record("people.recovery_codes_made", user.id)


@receiver(pre_save, sender=Authenticator)
def only_the_day(instance: Authenticator, **_: Any) -> None:
    """A second factor says on which day it was made and used, never when."""
    instance.created_at = _midnight(instance.created_at)
    if instance.last_used_at is not None:
        instance.last_used_at = _midnight(instance.last_used_at)


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def _record(act: str, account: UUID, **payload: str) -> None:
    if not holds_office(account):
        return
    who = pseudonym_of_account(account)
    with acting(
        act,
        system("entering"),
        place=None,
        key=uuid4().hex,
        at=now(),
        subjects=[who],
        payload=payload,
        using="accounts",
    ) as writing:
        writing.notes["account"] = account
