"""Accounts and their grants (role ``accounts``); voices, organisations (role ``web``)."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from assises.lib.clock import now
from assises.rooms.journal.permissions import Role


def _today() -> date:
    return now().date()


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; there are no passwords here: a link by e-mail lets one in."""

    def create_user(self, email: str, **fields: Any) -> Account:
        """A new account under that address."""
        account = self.model(email=self.normalize_email(email).casefold(), **fields)
        account.set_unusable_password()
        account.save(using=self._db)
        return account

    def get_by_natural_key(self, username: str | None) -> Account:
        """By address, whatever its capitals."""
        return self.get(email__iexact=username)


class Account(AbstractBaseUser):
    """Someone who can log in. Says nothing of what they said: only a day, never an instant."""

    last_login = None  # an instant here could be laid beside a vote's

    id = models.UUIDField(primary_key=True, default=uuid4)
    email = models.EmailField(unique=True)
    language = models.CharField(max_length=3, default="fr")
    joined_on = models.DateField(default=_today)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []


class Grant(models.Model):
    """A role given to an account, for one consultation or for the installation."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="grants")
    role = models.CharField(max_length=16, choices=[(r.value, r.value) for r in Role])
    consultation = models.UUIDField(null=True)
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("account", "role", "consultation"),
                nulls_distinct=False,
                name="people_grant_once",
            ),
        )


class Voice(models.Model):
    """The pseudonym that speaks in one consultation, and the little it chose to say of itself.

    ``handle`` is HMAC-SHA-256 of the holder's secret under the voice key and the consultation, so
    two consultations cannot be laid side by side. ``assurance``: 0 nobody vouches, 1 an address
    was confirmed, 2 an identity was. ``entered_on`` is a day; so is ``withdrawn_on``, the last on
    which it left with everything.
    """

    id = models.UUIDField(primary_key=True)
    consultation = models.UUIDField()
    handle = models.BinaryField(max_length=32)
    assurance = models.PositiveSmallIntegerField(default=0)
    college = models.CharField(max_length=24, default="", blank=True)
    region = models.CharField(max_length=8, default="", blank=True)
    area = models.CharField(max_length=8, default="", blank=True)
    channel = models.CharField(max_length=12, default="web")
    entered_on = models.DateField()
    withdrawn_on = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("consultation", "handle"), name="people_voice_handle"),
        )


class Organisation(models.Model):
    """One legal or informal body, of one college: party, owner, supplier, school, regulator."""

    id = models.UUIDField(primary_key=True)
    short = models.CharField(max_length=10, unique=True)
    name = models.UUIDField()
    college = models.CharField(max_length=24)
    country = models.CharField(max_length=2, default="MA")
    fictional = models.BooleanField(default=False)
    consultation = models.UUIDField(null=True)


class Mandate(models.Model):
    """An account may speak for an organisation, from a day to a day."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="mandates")
    holder = models.CharField(max_length=64)
    since = models.DateField()
    until = models.DateField(null=True)
    reference = models.CharField(max_length=200, default="", blank=True)
