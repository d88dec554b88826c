"""A browser at the door, for the tests of entering."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from assises.rooms.journal.models import Event
from assises.rooms.journal.permissions import Role
from assises.rooms.notices.models import Letter
from assises.rooms.people.acts.grant import grant
from assises.site import urls
from assises.site.environment import Smtp
from assises.web.routes import route
from tests.rooms.making import AT, BUILDER, key

WHO = "amina@example.ma"
HERE = {"host": "localhost"}


@route("people.roles", methods="GET POST")
def an_office(request: HttpRequest, language: str) -> HttpResponse:
    """A page that needs a role, as the office has many."""
    return HttpResponse(f"office, {request.method}")


urlpatterns = [
    *urls.urlpatterns,
    path("<tongue:language>/", include("assises.web.entering")),
    path("<tongue:language>/an-office", an_office),
]


@pytest.fixture(autouse=True)
def house(db: None) -> Iterator[None]:
    """Our addresses, and limits that have counted nobody yet."""
    cache.clear()
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.fixture
def browser() -> Client:
    return Client(headers=HERE)


@pytest.fixture
def service() -> Iterator[None]:
    """An installation that people reach from elsewhere, with a mail server."""
    smtp = Smtp("mail.example", 465, None, None, "tls")
    found = replace(settings.ENVIRONMENT, smtp=smtp, mode="service")
    with override_settings(ENVIRONMENT=found, DEMONSTRATION=False):
        yield


def asked(browser: Client, email: str = WHO, language: str = "fr", **more: str) -> Any:
    return browser.post(f"/{language}/enter", {"email": email, **more})


def code_in_letter() -> str:
    letter = Letter.objects.order_by("-id")[0]
    return re.search(r"^[A-Z]{4}-[A-Z]{4}$", letter.body, re.MULTILINE)[0]  # type: ignore[index]


def entered(browser: Client, email: str = WHO, **more: str) -> Any:
    asked(browser, email, **more)
    return browser.post("/fr/enter/confirm", {"code": code_in_letter()})


def inside(browser: Client) -> str | None:
    return browser.session.get("_auth_user_id")


def totp(secret: str, step: int = 0) -> str:
    counter = int(time.time()) // 30 + step
    return str(format_hotp_value(hotp_value(secret, counter)))


def officer(role: Role = Role.ADMINISTRATOR, place: Any = None) -> UUID:
    account = grant(BUILDER, place, WHO, role, key=key(), at=AT)
    Letter.objects.all().delete()
    return account


def set_up(browser: Client) -> tuple[str, list[str]]:
    """The secret of the second factor and its recovery codes, after the letter."""
    entered(browser)
    browser.get("/fr/second-factor")
    secret = browser.session["mfa.totp.secret"]
    shown = browser.post("/fr/second-factor", {"code": totp(secret)})
    assert shown.status_code == 200
    return secret, re.findall(r"<code>(\d{4} \d{4})</code>", shown.content.decode())


def events(*acts: str) -> list[Event]:
    return list(Event.objects.filter(act__in=acts).order_by("id"))
