"""What the page of votes puts before someone: the statement asked for, else the one drawn."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.middleware.csrf import get_token

from assises.lib.errors import NotFound
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.queries import Put, statements_by_number
from assises.rooms.insights.routing import Asking, next_for, signed
from assises.rooms.votes.queries import mine
from assises.web.identity import voice_in


@dataclass(frozen=True, slots=True)
class Before:
    """What is put before someone: the statement, their answer so far, the offer if it was drawn."""

    asking: Asking
    statement: Put | None
    mine: str | None = None
    offer: str = ""


def put_before(
    request: HttpRequest, edition: Consultation, language: str, only: int | None
) -> Before:
    """The statement that was asked for, else the one that is drawn."""
    own = voice_in(request, edition)
    holder = holders(request, edition)[0]
    asking = next_for(edition.id, None if own is None else own[1], holder)
    number = asking.number if only is None or request.method == "POST" else only
    if number is None:
        return Before(asking, None)
    put = statements_by_number(edition.id, [number], language).get(number)
    if put is None:
        raise NotFound("there is no such statement", next_step="Begin with the next one.")
    if number == only and request.method != "POST":
        current = mine(edition.id, own[1]).get(only) if own else None
        names = {1: "agree", 0: "pass", -1: "disagree"}
        return Before(asking, put, None if current is None else names[current])
    offer = "" if asking.offer is None else signed(edition.id, holder, number, asking.offer)
    return Before(asking, put, offer=offer)


def holders(request: HttpRequest, edition: Consultation) -> list[str]:
    """Whom a statement may have been drawn for: the voice, and before it spoke the browser.

    Who has not spoken yet is known by the value that guards their forms: it stays when a page is
    loaded again, and is kept nowhere else.
    """
    get_token(request)  # makes one for a browser that has none
    browser = "browser:" + str(request.META["CSRF_COOKIE"])
    own = voice_in(request, edition)
    return [browser] if own is None else [f"voice:{own[1]}", browser]
