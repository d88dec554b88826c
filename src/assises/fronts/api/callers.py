"""Who calls: a voice by its code, a browser by its cookie, or someone who says nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from ninja.utils import check_csrf

from assises.fronts.api.refusing import Refusal
from assises.lib.ids import spoken_code
from assises.rooms.consultations.models import Consultation
from assises.rooms.journal.permissions import Actor, Grant, Role
from assises.rooms.people.acts.enter import find
from assises.web.identity import presence, speak_in, speak_with, voice_in

SCHEME: Final = "voice"
_LETTERS: Final = len(spoken_code())
_SAFE: Final = ("GET", "HEAD")
_OWNER: Final = "_api_owner"


@dataclass(frozen=True, slots=True)
class Caller:
    """A voice for the length of one request. ``new_code`` is its secret, if it was made now."""

    actor: Actor
    voice: UUID
    new_code: str | None = None


def recognise(request: HttpRequest) -> str:
    """How the caller is known: ``code``, ``browser`` or, where nothing tells, ``nobody``.

    A code in the header stands alone: cookies that came with it do not count. A browser's cookie
    comes along with every request, so what writes must show the token of our own pages too.

    Raises:
        Refusal: a header that holds no code, or a cookie without the token.
    """
    header = request.headers.get("Authorization", "").strip()
    if header:
        scheme, _, code = header.partition(" ")
        if scheme.casefold() != SCHEME or len(speak_with(request, code)) != _LETTERS:
            raise _needed("the header Authorization holds no voice's code")
        return "code"
    if not presence(request).secret:
        return "nobody"
    if request.method not in _SAFE and check_csrf(request) is not None:
        raise Refusal(
            "csrf-failed",
            "a browser's cookie came without the token of its page",
            "Send the page's token as X-CSRFToken, or the voice's code in Authorization.",
        )
    return "browser"


def owner(request: HttpRequest, place: Consultation) -> Caller:
    """The voice that has spoken here and asks for, or takes back, what is its own.

    Raises:
        Refusal: nobody says who asks, or nobody has spoken here with this code.
    """
    if recognise(request) == "nobody":
        raise _needed("this is for a voice, and the request does not say which")
    found = voice_in(request, place)
    if found is None:
        raise _unknown("nobody has spoken in this edition with this code")
    caller = Caller(*found)
    setattr(request, _OWNER, caller)
    return caller


def owning(request: HttpRequest) -> Caller:
    """The owner that was let in, for the operation behind the guard."""
    return cast("Caller", getattr(request, _OWNER))


def speaker(request: HttpRequest, place: Consultation) -> Actor:
    """What the caller may be in this edition if it speaks now; nothing is made yet.

    Raises:
        Refusal: a code that was never given out: a slip of the pen must not begin a second voice.
    """
    how = recognise(request)
    known = None if how == "nobody" else voice_in(request, place)
    if known is not None:
        return known[0]
    if how == "code" and not _was_given(request):
        raise _unknown("nobody has spoken with this code")
    return Actor("voice", frozenset({Grant(Role.VOICE, place.id)}))


@contextmanager
def speaking(request: HttpRequest, place: Consultation, *, at: datetime) -> Iterator[Caller]:
    """The caller's voice in this edition, made now if need be.

    One transaction: where what is said is refused, no voice was made for it.
    """
    code = None
    with transaction.atomic():
        if not presence(request).secret:
            code = speak_with(request, spoken_code())
        actor, voice = speak_in(request, place, at=at)
        yield Caller(actor, voice, code)


def _was_given(request: HttpRequest) -> bool:
    secret = presence(request).secret
    editions = Consultation.objects.exclude(state="draft").values_list("id", flat=True)
    return any(find(uid, secret) is not None for uid in editions)


def _needed(detail: str) -> Refusal:
    return Refusal("voice-needed", detail, "Send the header Authorization: Voice CODE.")


def _unknown(detail: str) -> Refusal:
    return Refusal(
        "voice-unknown", detail, "Look at the code again; without any, a new voice is made."
    )
