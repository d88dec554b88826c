"""The consultations that someone keeps, and the making of a new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from assises.countries import ma
from assises.countries.wording import Wording
from assises.fronts.office import cells, wording
from assises.fronts.office.faults import faults_of, reason
from assises.fronts.office.forms import Faults, choice, day_of, typed_in
from assises.fronts.office.pages import (
    HOUSE,
    actor_of,
    base_of,
    done,
    office_page,
    office_url,
    screen,
)
from assises.fronts.office.reading import Held, held
from assises.lib.clock import now
from assises.lib.errors import ActError, Invalid, NotAllowed
from assises.look.pages.shapes import Field
from assises.look.speech import LANGUAGES, NAMES, Speech
from assises.rooms.consultations.acts.create import (
    LONGEST,
    Languages,
    NewConsultation,
    NewVertical,
    create,
)
from assises.rooms.consultations.models import Consultation
from assises.rooms.consultations.queries import Edition, editions
from assises.rooms.journal.permissions import Actor
from assises.rooms.people.queries import holds_office
from assises.web.accounts import entered_as, proven
from assises.web.forms import key_of
from assises.web.identity import presence
from assises.web.pages import words_in
from assises.web.routes import KEEP, route

THIRTEEN: Final = "thirteen"
NONE: Final = "none"


@dataclass(frozen=True)
class Line:
    """A consultation in the list."""

    edition: Edition
    url: str
    state: str
    tone: str
    kind: str
    phase: str
    held: Held


@route("consultations.read")
def shelf(request: HttpRequest, language: str) -> HttpResponse:
    """Every consultation that the actor keeps, drafts among them; and those whose log they read."""
    s, actor = words_in(language), actor_of(request)
    listed = editions(language, drafts=True)
    kept = [e for e in listed if actor.may(KEEP, e.id)]
    read = [e for e in listed if _only_reads(actor, e)]
    may_create = actor.may("consultations.create")
    keeps_the_site = any(actor.may(act) for name, act in HOUSE.items() if name)
    if not (kept or read or may_create or keeps_the_site):
        return _nobody(request, language)
    counts = held([e.id for e in kept])
    at = now()
    return screen(
        request,
        "",
        language,
        None,
        lines=[_line(s, e, counts[e.id], at) for e in kept],
        logs=[_line(s, e, Held(), at) for e in read],
        new=f"{office_url(language)}new" if may_create else "",
    )


@route("consultations.create", methods="GET POST")
def new(request: HttpRequest, language: str) -> HttpResponse:
    """Make a draft: only a title is needed. The role bar of a demonstration makes simulations."""
    s = words_in(language)
    posted = typed_in(request) if request.method == "POST" else None
    colleges = request.POST.getlist("colleges") if posted is not None else _all_colleges()
    faults = Faults()
    # Whoever came by the bar has proved nothing, and may found nothing that counts.
    simulated = entered_as(request)
    if posted is not None:
        draft = _draft(s, posted, colleges, faults, kind="simulated" if simulated else "own")
        made = None if faults else _make(request, s, draft, faults)
        if made is not None:
            return made
    return office_page(
        request,
        "new",
        language,
        faults=faults,
        rows=_rows(s, posted, faults),
        fields=_fields(s, posted or {}, colleges, faults),
        simulated=simulated,
    )


def _only_reads(actor: Actor, edition: Edition) -> bool:
    """Whether the log is all that the actor sees of it; a draft is seen by its keepers alone."""
    if edition.row.state == "draft" or actor.may(KEEP, edition.id):
        return False
    return actor.may("journal.read", edition.id)


def _nobody(request: HttpRequest, language: str) -> HttpResponse:
    account = presence(request).account
    if account is None:
        return HttpResponseRedirect(f"/{language}/enter?{urlencode({'next': request.path})}")
    if holds_office(account) and not proven(request):
        raise NotAllowed(
            "an office wants its second factor", next_step="Give it, then open this page again."
        )
    return office_page(request, "nobody", language)


def _line(s: Speech, edition: Edition, counts: Held, at: datetime) -> Line:
    running = edition.phase(at)
    return Line(
        edition,
        base_of(edition.row, s.language),
        wording.state_name(s, edition.row.state),
        wording.STATE_TONES[edition.row.state],
        wording.kind_name(s, edition.row.kind),
        wording.phase_names(s)[running.kind] if running else "",
        counts,
    )


def _make(
    request: HttpRequest, s: Speech, draft: NewConsultation, faults: Faults
) -> HttpResponse | None:
    at = now()
    try:
        made = create(actor_of(request), draft, key=key_of(request), at=at)
    except ActError as error:
        known = [f"{name}_{code}" for name in wording.TEXTS for code in LANGUAGES]
        faults.take(faults_of(s, error, [*known, "ends_on"]))
        return None
    place = Consultation.objects.get(id=made)
    # Sent a second time, perhaps with other words after a step back: what was made first stands.
    return done(base_of(place, s.language), "created" if place.made_at == at else "already")


def _draft(
    s: Speech, posted: Mapping[str, str], colleges: list[str], faults: Faults, *, kind: str
) -> NewConsultation:
    def day(name: str) -> date | None:
        try:
            return day_of(posted.get(name, ""))
        except Invalid as error:
            faults.fields[name] = reason(s, error.problem)
            return None

    def chosen(name: str, allowed: set[str], otherwise: str) -> str:
        try:
            return choice(posted, name, allowed)
        except Invalid as error:
            faults.fields[name] = reason(s, error.fields[name])
            return otherwise

    first = chosen("original", set(LANGUAGES), s.language)
    if not set(colleges) <= set(_all_colleges()):
        faults.fields["colleges"] = reason(s, "not in the list")
    verticals = chosen("verticals", {THIRTEEN, NONE}, NONE)
    return NewConsultation(
        **{name: _said(posted, name, first) for name in wording.TEXTS},  # type: ignore[arg-type]
        kind=kind,
        starts_on=day("starts_on"),
        ends_on=day("ends_on"),
        zone=ma.MA.time_zone,
        country=ma.MA.code,
        taxonomy=ma.verticals()[0].taxonomy if verticals == THIRTEEN else "",
        verticals=_thirteen() if verticals == THIRTEEN else (),
        colleges=colleges,
        moderated=posted.get("moderated") == "on",
    )


def _said(posted: Mapping[str, str], name: str, first: str) -> Languages:
    order = [first, *(code for code in LANGUAGES if code != first)]
    return {code: cells.tidy(posted.get(f"{name}_{code}", "")) for code in order}


def _thirteen() -> tuple[NewVertical, ...]:
    return tuple(
        NewVertical(v.code, v.number, _languages(v.name), _languages(v.question))
        for v in ma.verticals()
    )


def _languages(words: Wording) -> Languages:
    found = {"fr": words.fr, "ar": words.ar, "zgh": words.zgh, "en": words.en}
    return {code: text for code, text in found.items() if text}


def _all_colleges() -> list[str]:
    return [college.code for college in ma.colleges()]


def _rows(s: Speech, posted: Mapping[str, str] | None, faults: Faults) -> dict[str, cells.Row]:
    names, helps = wording.text_names(s), wording.text_helps(s)
    texts = [(name, names[name], helps[name], LONGEST[name]) for name in wording.TEXTS]
    return {row.name: row for row in cells.rows_of(s, texts, {}, posted=posted, faults=faults)}


def _fields(
    s: Speech, posted: Mapping[str, str], colleges: list[str], faults: Faults
) -> dict[str, Field]:
    thirteen = s.count(
        "The {n} vertical of the Assises of 2025, with its question",
        "The {n} verticals of the Assises of 2025, each with its question",
        len(ma.verticals()),
    )
    fields = [
        Field(
            "original",
            s.say("Language in which you write the original"),
            "select",
            posted.get("original", s.language),
            s.say("The others count as its translations."),
            choices=list(NAMES.items()),
        ),
        Field("starts_on", s.say("First day"), "date", posted.get("starts_on", "")),
        Field("ends_on", s.say("Last day"), "date", posted.get("ends_on", "")),
        Field(
            "verticals",
            s.say("Verticals"),
            "radio",
            posted.get("verticals", NONE),
            choices=[(THIRTEEN, thirteen), (NONE, s.say("None: everything together"))],
        ),
        Field(
            "colleges",
            s.say("Colleges"),
            "checks",
            colleges,
            s.say("The kinds of stakeholders that a participant may choose from."),
            choices=[(c.code, c.name.best(s.language)[0]) for c in ma.colleges()],
        ),
        Field(
            "moderated",
            s.say("Someone reads each new statement before it is shown"),
            "checkbox",
            posted.get("moderated") == "on" if posted else True,
            s.say("This can be changed at any time."),
        ),
    ]
    return {field.name: _with_fault(field, faults) for field in fields}


def _with_fault(field: Field, faults: Faults) -> Field:
    wrong = faults.of(field.name)
    return field if wrong is None else replace(field, error=wrong)
