"""Who may do what, in one consultation or on the whole site: give a role, take it back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from django.http import HttpRequest, HttpResponse

from assises.fronts.office import reading, wording
from assises.fronts.office.faults import faults_of
from assises.fronts.office.forms import Faults, key_with_words, zone_of
from assises.fronts.office.pages import (
    actor_of,
    base_of,
    demand_proof,
    done,
    office_url,
    screen,
    where_of,
)
from assises.lib.clock import now
from assises.lib.errors import ActError, Invalid
from assises.look.pages.shapes import Field
from assises.look.speech import Speech
from assises.rooms.consultations.models import Consultation
from assises.rooms.journal.permissions import Role
from assises.rooms.people.acts.grant import OFFICES, WITHIN, grant
from assises.rooms.people.acts.revoke import revoke
from assises.rooms.people.queries import Holder, holders
from assises.web.forms import uuid_of
from assises.web.identity import presence
from assises.web.pages import words_in
from assises.web.routes import route, route_in

ANY: Final = "people.grant_any"


@dataclass(frozen=True)
class Line:
    """Someone and a role. ``mine``: it is the reader's own; ``removable``: here, by the reader."""

    holder: Holder
    role: str
    since: str
    by: str
    mine: bool
    removable: bool


@route_in("people.roles", methods="GET POST", kept=True)
def roles(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """Who holds which role here, and the form that gives one."""
    return _roles(request, language, edition)


@route("people.roles", methods="GET POST")
def roles_everywhere(request: HttpRequest, language: str) -> HttpResponse:
    """Who holds a role in every edition at once: administrators, the regulator, operators."""
    return _roles(request, language, None)


def _roles(request: HttpRequest, language: str, place: Consultation | None) -> HttpResponse:
    s = words_in(language)
    faults = Faults()
    if request.method == "POST":
        try:
            return _do(request, language, place)
        except ActError as error:
            faults = faults_of(s, error, ["email", "role"])
    return screen(
        request,
        "roles",
        language,
        place,
        faults=faults,
        whole_site=place is None,
        lines=_lines(s, request, place),
        fields=_fields(s, request, place, faults),
        roles=[
            (wording.role_name(s, role), wording.role_help(s, role))
            for role in _offered(request, place)
        ],
    )


def _do(request: HttpRequest, language: str, place: Consultation | None) -> HttpResponse:
    demand_proof(request, place)
    base = f"{base_of(place, language)}roles"
    actor, key, role = actor_of(request), key_with_words(request), _role(request)
    if request.POST.get("do") != "revoke":
        grant(actor, place, request.POST.get("email", ""), role, key=key, at=now())
        return done(base, "granted")
    account = uuid_of(request.POST.get("account", ""))
    if account is None:
        raise Invalid("there is no such account", next_step="Choose it in the list.")
    revoke(actor, place, account, role, key=key, at=now())
    # One who gives up their own role may no longer see this page.
    own = account == presence(request).account
    return done(office_url(language) if own else base, "revoked")


def _role(request: HttpRequest) -> Role:
    try:
        return Role(request.POST.get("role", ""))
    except ValueError:
        raise Invalid(
            "there is no such role",
            next_step="Choose one of the list.",
            fields={"role": "not in the list"},
        ) from None


def _offered(request: HttpRequest, place: Consultation | None) -> tuple[Role, ...]:
    return OFFICES if actor_of(request).may(ANY, where_of(place)) else WITHIN


def _lines(s: Speech, request: HttpRequest, place: Consultation | None) -> list[Line]:
    where = where_of(place)
    listed = holders(where, everywhere=True)
    known = reading.names(holder.given_by for holder in listed)
    offered, zone = _offered(request, place), zone_of(place)
    return [
        Line(
            holder,
            wording.role_name(s, holder.role),
            s.day(holder.given_at.astimezone(zone).date()),
            known.get(holder.given_by) or _unnamed(s, holder.given_by),
            holder.account == presence(request).account,
            holder.consultation == where and holder.role in offered,
        )
        for holder in listed
    ]


def _unnamed(s: Speech, pseudonym: str) -> str:
    return s.say("the software") if pseudonym.startswith("system:") else s.say("a former colleague")


def _fields(
    s: Speech, request: HttpRequest, place: Consultation | None, faults: Faults
) -> list[Field]:
    again = bool(faults) and request.POST.get("do") != "revoke"
    offered = _offered(request, place)
    first = Role.REGULATOR if place is None else Role.RAPPORTEUR
    fields = [
        Field(
            "email",
            s.say("E-mail address"),
            "email",
            request.POST.get("email", "")[:254] if again else "",
            s.say("They receive a letter, enter with this address and set up a second factor."),
            required=True,
            attributes={"autocomplete": "off", "dir": "ltr"},
        ),
        Field(
            "role",
            s.say("Role"),
            "select",
            request.POST.get("role", "") if again else first.value,
            choices=[(role.value, wording.role_name(s, role)) for role in offered],
        ),
    ]
    return [replace(field, error=faults.of(field.name)) for field in fields]
