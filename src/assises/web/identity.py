"""Who is asking: an account that may hold roles, a voice that may speak, or a visitor."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from assises.lib.ids import heard_code, spoken_code
from assises.rooms.consultations.models import Consultation
from assises.rooms.journal.permissions import VISITOR, Actor, Grant, Role
from assises.rooms.people import queries
from assises.rooms.people.acts.enter import enter, find
from assises.rooms.people.handles import (
    pseudonym_of_account,
    pseudonym_of_voice,
    secret_of_account,
)
from assises.web.accounts import proven
from assises.web.limits import demand_few_voices

COOKIE: Final = "voice"
_LENGTH: Final = 24
"""Of a code: twenty letters in groups of four. Anything shorter could be guessed."""
_YEAR: Final = 365 * 24 * 3600
_ATTRIBUTE: Final = "_presence"


@dataclass
class Presence:
    """Who asks, for one request. ``code`` is the browser's secret, empty where it has none."""

    account: UUID | None
    actor: Actor
    code: str
    new_code: str = ""
    voices: dict[UUID, UUID | None] = field(default_factory=dict)

    @property
    def secret(self) -> str:
        """What finds this person's voices: the browser's code, else the account's own secret."""
        if self.code or self.account is None:
            return self.code
        return secret_of_account(self.account)


def presence(request: HttpRequest) -> Presence:
    """Who asks; worked out once a request."""
    known = getattr(request, _ATTRIBUTE, None)
    if isinstance(known, Presence):
        return known
    found = _presence(request)
    setattr(request, _ATTRIBUTE, found)
    return found


def voice_in(request: HttpRequest, place: Consultation) -> tuple[Actor, UUID] | None:
    """This person's voice in one consultation, if it has spoken there."""
    here = presence(request)
    if place.id not in here.voices:
        here.voices[place.id] = find(place.id, here.secret) if here.secret else None
    voice = here.voices[place.id]
    return None if voice is None else (_speaking(place, voice), voice)


def speak_in(request: HttpRequest, place: Consultation, *, at: datetime) -> tuple[Actor, UUID]:
    """This person's voice in one consultation, made now if need be; the browser keeps its code.

    Raises:
        TooMany: too many voices were made from where this comes from.
    """
    known = voice_in(request, place)
    if known is not None:
        return known
    here = presence(request)
    demand_few_voices(request)
    if not here.secret:
        here.code = here.new_code = spoken_code()
    voice = enter(place, here.secret, at=at, assurance=1 if here.account else 0)
    here.voices[place.id] = voice
    return _speaking(place, voice), voice


def reader_in(request: HttpRequest, place: Consultation) -> Actor:
    """Everything this person may be in one consultation: their roles, and their voice there."""
    here = presence(request).actor
    voice = voice_in(request, place)
    return here if voice is None else Actor(here.pseudonym, here.grants | voice[0].grants)


def take_code(request: HttpRequest, typed: str) -> str:
    """From now on this browser speaks with the code that was typed; returns it as it is kept."""
    code = heard_code(typed[:200])
    here = presence(request)
    here.code = here.new_code = code
    here.voices.clear()
    return code


def speak_with(request: HttpRequest, code: str) -> str:
    """This request speaks with the code that it brought, and with nothing that a browser keeps.

    For programs: no account counts, and the answer sets no cookie. Returns the code as it is kept.
    """
    kept = heard_code(code[:200])
    setattr(request, _ATTRIBUTE, Presence(None, VISITOR, kept))
    return kept


def keep_code(request: HttpRequest, response: HttpResponse) -> None:
    """Give the browser its new code, if this request made one."""
    here = getattr(request, _ATTRIBUTE, None)
    if isinstance(here, Presence) and here.new_code:
        response.set_cookie(
            COOKIE,
            here.new_code,
            max_age=_YEAR,
            httponly=True,
            samesite="Lax",
            secure=settings.SECURE_TLS,
        )


def _presence(request: HttpRequest) -> Presence:
    code = heard_code(request.COOKIES.get(COOKIE, "")[:200])
    code = code if len(code) == _LENGTH else ""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return Presence(None, VISITOR, code)
    # An office is held only in a session that has given a second factor for it.
    held = queries.grants_of(user.id) if proven(request) else frozenset()
    return Presence(user.id, Actor(pseudonym_of_account(user.id), held | VISITOR.grants), code)


def _speaking(place: Consultation, voice: UUID) -> Actor:
    return Actor(pseudonym_of_voice(voice), frozenset({Grant(Role.VOICE, place.id)}))
