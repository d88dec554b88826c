"""Who takes part as a body: founding organisations, and who may speak for each, until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from django.http import HttpRequest, HttpResponse

from assises.countries import ma
from assises.fronts.office import cells, reading
from assises.fronts.office.faults import faults_of
from assises.fronts.office.forms import Faults, choice, day_of, key_with_words, typed_in, zone_of
from assises.fronts.office.pages import actor_of, base_of, demand_proof, done, screen, where_of
from assises.lib.clock import now
from assises.lib.errors import ActError, Invalid, NotFound
from assises.look.pages.shapes import Field
from assises.look.speech import LANGUAGES, NAMES, Speech
from assises.rooms.consultations.models import Consultation
from assises.rooms.people.acts import mandate
from assises.rooms.people.acts.found import NewOrganisation, found
from assises.rooms.people.models import Mandate, Organisation
from assises.rooms.people.queries import holders, organisations
from assises.rooms.texts.queries import Said, said
from assises.rooms.texts.writing import clean
from assises.web.forms import uuid_of, whole_number
from assises.web.pages import words_in
from assises.web.routes import route, route_in

LONGEST_NAME: Final = 160
LONGEST_REFERENCE: Final = 200
ALONE: Final = "citizen"
"""The college of those who speak for nobody but themselves."""


@dataclass(frozen=True)
class Line:
    """An organisation in the list. ``speaking``: how many may speak for it today."""

    row: Organisation
    name: Said
    college: str
    speaking: int
    url: str


@dataclass(frozen=True)
class Mandated:
    """Someone who speaks, spoke or will speak for an organisation.

    Attributes:
        state: ``now``, ``later`` or ``ended``.
        ends: the field that ends it, where nobody has said yet on which day.
    """

    row: Mandate
    who: str
    since: str
    until: str
    state: str
    ends: Field | None


@route_in("people.found", methods="GET POST", kept=True)
def listed(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """The organisations of one edition, and the form that founds one."""
    return _listed(request, language, edition)


@route("people.found", methods="GET POST")
def listed_everywhere(request: HttpRequest, language: str) -> HttpResponse:
    """The organisations of the whole site, which belong to no edition."""
    return _listed(request, language, None)


@route_in("people.mandate", methods="GET POST", kept=True)
def organisation(
    request: HttpRequest, language: str, edition: Consultation, organisation: str
) -> HttpResponse:
    """One organisation of an edition: who speaks for it."""
    return _organisation(request, language, edition, organisation)


@route("people.mandate", methods="GET POST")
def organisation_everywhere(request: HttpRequest, language: str, organisation: str) -> HttpResponse:
    """One organisation of the whole site."""
    return _organisation(request, language, None, organisation)


def _listed(request: HttpRequest, language: str, place: Consultation | None) -> HttpResponse:
    s = words_in(language)
    posted = typed_in(request) if request.method == "POST" else None
    faults = Faults()
    base = f"{base_of(place, language)}organisations"
    if posted is not None:
        try:
            _found(request, s, place, posted)
            return done(base, "founded")
        except ActError as error:
            known = ["college", "country", "original", *(f"name_{code}" for code in LANGUAGES)]
            faults = faults_of(s, error, known)
    texts = [("name", s.say("Name"), "", LONGEST_NAME)]
    return screen(
        request,
        "organisations",
        language,
        place,
        faults=faults,
        whole_site=place is None,
        home=ma.MA.code,
        lines=_lines(s, place, base),
        row=cells.rows_of(s, texts, {}, posted=posted, faults=faults)[0],
        fields=_fields(s, posted or {}, faults),
    )


def _found(
    request: HttpRequest, s: Speech, place: Consultation | None, posted: Mapping[str, str]
) -> None:
    demand_proof(request, place)
    first = choice(posted, "original", set(LANGUAGES))
    order = [first, *(code for code in LANGUAGES if code != first)]
    new = NewOrganisation(
        {code: cells.tidy(posted.get(f"name_{code}", "")) for code in order},
        choice(posted, "college", dict(_colleges(s))),
        posted.get("country", "").strip().upper(),
    )
    found(actor_of(request), place, new, key=key_with_words(request), at=now())


def _lines(s: Speech, place: Consultation | None, base: str) -> list[Line]:
    rows = organisations(where_of(place))
    words = said((row.name for row in rows), s.language)
    colleges = {college.code: college.name.best(s.language)[0] for college in ma.colleges()}
    today = _today(place)
    speaking = reading.speaking_for((row.id for row in rows), today)
    return [
        Line(
            row,
            words[row.name],
            colleges.get(row.college, row.college),
            speaking[row.id],
            f"{base}/{row.short}",
        )
        for row in rows
    ]


def _fields(s: Speech, posted: Mapping[str, str], faults: Faults) -> dict[str, Field]:
    fields = [
        Field(
            "original",
            s.say("Language in which you write the original"),
            "select",
            posted.get("original", s.language),
            s.say("The others count as its translations."),
            choices=list(NAMES.items()),
        ),
        Field(
            "college",
            s.say("College"),
            "select",
            posted.get("college", ""),
            s.say("The kind of stakeholder that it is."),
            choices=[("", s.say("Choose")), *_colleges(s)],
            required=True,
        ),
        Field(
            "country",
            s.say("Country, in two letters"),
            value=posted.get("country", ma.MA.code),
            help=s.say("MA for Morocco, FR for France: the code of ISO 3166."),
            required=True,
            attributes={"maxlength": 2, "size": 4, "autocomplete": "off", "dir": "ltr"},
        ),
    ]
    return {field.name: replace(field, error=faults.of(field.name)) for field in fields}


def _colleges(s: Speech) -> list[tuple[str, str]]:
    return [(c.code, c.name.best(s.language)[0]) for c in ma.colleges() if c.code != ALONE]


# ---- one of them ----


def _organisation(
    request: HttpRequest, language: str, place: Consultation | None, short: str
) -> HttpResponse:
    s = words_in(language)
    row = reading.organisation(where_of(place), short)
    faults = Faults()
    address = f"{base_of(place, language)}organisations/{row.short}"
    if request.method == "POST":
        try:
            return done(address, _do(request, place, row))
        except ActError as error:
            ends = f"until_{request.POST.get('mandate', '')}"
            faults = faults_of(s, error, ["person", "since", "until", "reference", ends])
    colleges = {college.code: college.name.best(language)[0] for college in ma.colleges()}
    return screen(
        request,
        "organisations",
        language,
        place,
        faults=faults,
        template="organisation",
        home=ma.MA.code,
        row=row,
        called=said([row.name], language)[row.name],
        college=colleges.get(row.college, row.college),
        people=_people(s, request, place, row, faults),
        fields=_mandate_fields(s, request, place, faults),
        here=address,
    )


def _do(request: HttpRequest, place: Consultation | None, row: Organisation) -> str:
    demand_proof(request, place)
    if request.POST.get("do") == "end":
        return _end(request, place)
    account = uuid_of(request.POST.get("person", ""))
    if account not in {holder.account for holder in holders(where_of(place), everywhere=True)}:
        raise _wrong("person", "not in the list")
    since = _day(request, "since")
    if since is None or account is None:
        raise _wrong("since", "this is not a day")
    mandate.give(
        actor_of(request),
        place,
        row.id,
        account,
        since=since,
        until=_day(request, "until"),
        reference=clean(
            request.POST.get("reference", ""),
            longest=LONGEST_REFERENCE,
            field="reference",
            required=False,
        ),
        key=key_with_words(request),
        at=now(),
    )
    return "mandated"


def _end(request: HttpRequest, place: Consultation | None) -> str:
    number = whole_number(request.POST.get("mandate", ""))
    if number is None:
        raise NotFound("there is no such mandate here", next_step="Reload the page.")
    name = f"until_{number}"
    until = _day(request, name)
    if until is None:
        raise _wrong(name, "this is not a day")
    try:
        mandate.end(
            actor_of(request), place, number, until=until, key=key_with_words(request), at=now()
        )
    except Invalid as error:
        # The act speaks of its own field; each mandate of this page has one.
        raise _wrong(name, error.fields.get("until", error.problem)) from error
    return "ended"


def _day(request: HttpRequest, name: str) -> date | None:
    try:
        return day_of(request.POST.get(name, ""))
    except Invalid as error:
        raise _wrong(name, error.problem) from None


def _wrong(field: str, problem: str) -> Invalid:
    return Invalid(problem, next_step="Correct it and send it again.", fields={field: problem})


def _today(place: Consultation | None) -> date:
    return now().astimezone(zone_of(place)).date()


def _people(
    s: Speech,
    request: HttpRequest,
    place: Consultation | None,
    row: Organisation,
    faults: Faults,
) -> list[Mandated]:
    """The running and coming mandates first, then those that have ended."""
    rows = list(row.mandates.order_by("since", "id"))
    names = reading.names(each.holder for each in rows)
    today = _today(place)
    found = [
        Mandated(
            each,
            names.get(each.holder) or s.say("a former colleague"),
            s.day(each.since),
            "" if each.until is None else s.day(each.until),
            _state(each, today),
            _ends(s, request, each, today, faults) if each.until is None else None,
        )
        for each in rows
    ]
    return sorted(found, key=lambda each: each.state == "ended")


def _state(row: Mandate, today: date) -> str:
    if row.until is not None and row.until < today:
        return "ended"
    return "later" if row.since > today else "now"


def _ends(s: Speech, request: HttpRequest, row: Mandate, today: date, faults: Faults) -> Field:
    name = f"until_{row.pk}"
    shown = max(today, row.since).isoformat()
    typed = request.POST.get(name, shown)[:40] if faults else shown
    return Field(name, s.say("Last day"), "date", typed, error=faults.of(name), required=True)


def _mandate_fields(
    s: Speech, request: HttpRequest, place: Consultation | None, faults: Faults
) -> list[Field]:
    again = bool(faults) and request.POST.get("do") != "end"

    def typed(name: str, otherwise: str = "") -> str:
        return request.POST.get(name, otherwise)[:300] if again else otherwise

    people = {
        str(holder.account): holder.email for holder in holders(where_of(place), everywhere=True)
    }
    fields = [
        Field(
            "person",
            s.say("Who"),
            "select",
            typed("person"),
            s.say("Someone who holds a role here. Give others a role first, on the page Roles."),
            required=True,
            choices=[("", s.say("Choose")), *sorted(people.items(), key=lambda item: item[1])],
        ),
        Field(
            "since",
            s.say("First day"),
            "date",
            typed("since", _today(place).isoformat()),
            required=True,
        ),
        Field("until", s.say("Last day"), "date", typed("until"), s.say("Empty while it runs.")),
        Field(
            "reference",
            s.say("Letter or decision"),
            value=typed("reference"),
            help=s.say("By which the organisation gives this mandate: its number or date."),
            attributes={"maxlength": LONGEST_REFERENCE, "autocomplete": "off"},
        ),
    ]
    return [replace(field, error=faults.of(field.name)) for field in fields]
