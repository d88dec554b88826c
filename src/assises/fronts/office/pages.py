"""What stands around every screen of the office: where one is, where one may go, what was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from assises.fronts.office import wording
from assises.fronts.office.forms import Faults, new_key
from assises.look.speech import Speech
from assises.rooms.consultations.models import Consultation
from assises.rooms.consultations.queries import Edition, edition_of
from assises.rooms.journal.permissions import Actor
from assises.web.identity import presence
from assises.web.pages import page, words_in
from assises.web.routes import KEEP

# Each screen, and the line of the permission table that opens it.
SCREENS: Final = {
    "": KEEP,
    "texts": "texts.translate",
    "phases": "consultations.schedule",
    "statements": "texts.translate",
    "moderation": "contributions.moderate",
    "roles": "people.roles",
    "log": "journal.read",
}


@dataclass(frozen=True)
class Shelf:
    """One of several lists on a screen, with how much stands in it."""

    code: str
    name: str
    count: int
    url: str


def actor_of(request: HttpRequest) -> Actor:
    """Who acts in an office: the account, never its voice."""
    return presence(request).actor


def office_url(language: str) -> str:
    """The list of consultations."""
    return f"/{language}/office/"


def base_of(edition: Consultation, language: str) -> str:
    """Where the screens of one consultation begin."""
    return f"{office_url(language)}{edition.short}/"


def done(address: str, code: str) -> HttpResponse:
    """After a form was taken: on to a page that says so, and that can be reloaded."""
    separator = "&" if "?" in address else "?"
    response = HttpResponseRedirect(f"{address}{separator}done={code}")
    response.status_code = 303
    return response


def screen(
    request: HttpRequest,
    name: str,
    language: str,
    edition: Consultation,
    *,
    faults: Faults | None = None,
    **given: Any,
) -> HttpResponse:
    """A screen of one consultation.

    Args:
        name: the template in ``templates/office``, and the screen's name in its address.
        faults: what is wrong with the form that was sent; decides the status.
    """
    s = words_in(language)
    found = edition_of(edition.id, language)
    actor = actor_of(request)
    base = base_of(edition, language)
    return office_page(
        request,
        name,
        language,
        place=edition,
        faults=faults,
        found=found,
        base=base,
        trail=_trail(s, found, actor),
        tabs=_tabs(s, edition, actor, base, name),
        may=lambda act: actor.may(act, edition.id),
        state=(wording.state_name(s, edition.state), wording.STATE_TONES[edition.state]),
        **given,
    )


def office_page(
    request: HttpRequest,
    name: str,
    language: str,
    *,
    faults: Faults | None = None,
    status: int = 200,
    **given: Any,
) -> HttpResponse:
    """A page of the office; never kept by a browser, since drafts and addresses stand on it."""
    wrong = faults or Faults()
    code = request.GET.get("done", "") if request.method == "GET" else ""
    given.setdefault("trail", ())
    given.setdefault("tabs", ())
    response = page(
        request,
        f"office/{name or 'desk'}.html.j2",
        language,
        status=wrong.status if wrong else status,
        new_key=new_key,
        faults=wrong,
        done=wording.done_sentence(words_in(language), code),
        **given,
    )
    response["Cache-Control"] = "no-store"
    return response


def _trail(s: Speech, found: Edition, actor: Actor) -> list[tuple[str, str | None]]:
    if not actor.may(KEEP, found.id):
        return [(found.title.words, None)]
    return [(s.say("Office"), office_url(s.language)), (found.title.words, None)]


def _tabs(
    s: Speech, edition: Consultation, actor: Actor, base: str, here: str
) -> list[tuple[str, str, bool]]:
    titles = {
        "": s.say("Desk"),
        "texts": s.say("Texts"),
        "phases": s.say("Phases"),
        "statements": s.say("Statements"),
        "moderation": s.say("Moderation"),
        "roles": s.say("Roles"),
        "log": s.say("Log"),
    }
    return [
        (titles[name], f"{base}{name}", name == here)
        for name, act in SCREENS.items()
        if actor.may(act, edition.id)
    ]
