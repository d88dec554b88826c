"""What stands around every screen of the office: where one is, where one may go, what was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from assises.fronts.office import wording
from assises.fronts.office.forms import Faults, new_key
from assises.lib.errors import NotAllowed
from assises.look.speech import Speech
from assises.rooms.consultations.models import Consultation
from assises.rooms.consultations.queries import Edition, edition_of
from assises.rooms.journal.permissions import Actor
from assises.web.accounts import entered_as
from assises.web.identity import presence
from assises.web.pages import page, words_in
from assises.web.routes import KEEP

# Each screen of one consultation, and the line of the permission table that opens it.
SCREENS: Final = {
    "": KEEP,
    "texts": "texts.translate",
    "verticals": "consultations.map",
    "organisations": "people.found",
    "phases": "consultations.schedule",
    "statements": "texts.translate",
    "moderation": "contributions.moderate",
    "themes": "insights.rename",
    "roles": "people.roles",
    "log": "journal.read",
}
# The same of the whole site; what is decided here holds in every consultation.
HOUSE: Final = {
    "": "consultations.read",
    "organisations": "people.found",
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


def base_of(edition: Consultation | None, language: str) -> str:
    """Where the screens of one consultation begin, or those of the whole site."""
    return office_url(language) if edition is None else f"{office_url(language)}{edition.short}/"


def where_of(place: Consultation | None) -> UUID | None:
    """Where a right is asked for: one consultation, or the whole site."""
    return None if place is None else place.id


def proves_nothing(request: HttpRequest, place: Consultation | None) -> bool:
    """Whether the role bar let this person in, and what happens there counts outside of it.

    In a demonstration anyone enters as an administrator. What they do stays in the simulations: a
    role that they gave for the whole site would outlive the demonstration.
    """
    return entered_as(request) and (place is None or not place.simulated)


def demand_proof(request: HttpRequest, place: Consultation | None) -> None:
    """Refuse to whoever came by the role bar what would count outside of the simulations.

    Raises:
        NotAllowed: see :func:`proves_nothing`.
    """
    if proves_nothing(request, place):
        raise NotAllowed(
            "the role bar reaches no further than the simulations",
            next_step="Enter by a letter, with an account that holds the role.",
        )


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
    edition: Consultation | None,
    *,
    faults: Faults | None = None,
    template: str = "",
    **given: Any,
) -> HttpResponse:
    """A screen of one consultation, or (None) of the whole site.

    Args:
        name: the screen's name in its address and, if ``template`` says nothing else, that of its
            template in ``templates/office``.
        faults: what is wrong with the form that was sent; decides the status.
    """
    s = words_in(language)
    actor = actor_of(request)
    base = base_of(edition, language)
    return office_page(
        request,
        template or name or ("shelf" if edition is None else "desk"),
        language,
        faults=faults,
        base=base,
        tabs=_tabs(s, edition, actor, base, name),
        may=lambda act: actor.may(act, where_of(edition)),
        unproven=proves_nothing(request, edition),
        **(_around(s, edition, actor) if edition is not None else _house(s, name)),
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
        f"office/{name}.html.j2",
        language,
        status=wrong.status if wrong else status,
        new_key=new_key,
        faults=wrong,
        done=wording.done_sentence(words_in(language), code),
        **given,
    )
    response["Cache-Control"] = "no-store"
    return response


def _around(s: Speech, edition: Consultation, actor: Actor) -> dict[str, Any]:
    """What the screens of one consultation know of it."""
    found = edition_of(edition.id, s.language)
    return {
        "place": edition,
        "found": found,
        "trail": _trail(s, found, actor),
        "state": (wording.state_name(s, edition.state), wording.STATE_TONES[edition.state]),
    }


def _house(s: Speech, name: str) -> dict[str, Any]:
    if not name:
        return {}
    return {"trail": [(s.say("Office"), office_url(s.language)), (s.say("The whole site"), None)]}


def _trail(s: Speech, found: Edition, actor: Actor) -> list[tuple[str, str | None]]:
    if not actor.may(KEEP, found.id):
        return [(found.title.words, None)]
    return [(s.say("Office"), office_url(s.language)), (found.title.words, None)]


def _tabs(
    s: Speech, edition: Consultation | None, actor: Actor, base: str, here: str
) -> list[tuple[str, str, bool]]:
    titles = {
        "": s.say("Editions") if edition is None else s.say("Desk"),
        "texts": s.say("Texts"),
        "verticals": s.say("Verticals"),
        "organisations": s.say("Organisations"),
        "phases": s.say("Phases"),
        "statements": s.say("Statements"),
        "moderation": s.say("Moderation"),
        "themes": s.say("Themes"),
        "roles": s.say("Roles"),
        "log": s.say("Log"),
    }
    screens = HOUSE if edition is None else SCREENS
    open_ = [
        (titles[name], f"{base}{name}", name == here)
        for name, act in screens.items()
        if actor.may(act, where_of(edition))
    ]
    # One way alone is none.
    return open_ if edition is not None or len(open_) > 1 else []
