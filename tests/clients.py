"""Browsers of the tests: a visitor, and someone who holds an office and has proved it."""

from __future__ import annotations

from uuid import UUID

from allauth.account.internal.flows import login
from django.test import Client

from assises.lib.clock import now
from assises.rooms.journal.permissions import Role
from assises.rooms.people.models import Account, Grant


def a_member(role: Role, consultation: UUID | None = None) -> Client:
    """A browser of someone with a role, whose second factor was given."""
    account = Account.objects.create_user(f"{role}-{Account.objects.count()}@example.org")
    Grant.objects.create(
        account=account, role=role, consultation=consultation, given_at=now(), given_by="test"
    )
    client = Client()
    client.force_login(account)
    session = client.session
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(account.pk)
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "mfa", "type": "totp", "at": now().timestamp()}
    ]
    session.save()
    return client
