"""Which vertical of this edition stands for which of an earlier one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from assises.fronts.office import reading
from assises.fronts.office.faults import faults_of
from assises.fronts.office.forms import Faults, key_with_words, one_at_a_time, typed_in
from assises.fronts.office.pages import actor_of, base_of, demand_proof, done, screen
from assises.lib.clock import now
from assises.lib.errors import ActError
from assises.look.pages.shapes import Field
from assises.look.speech import Speech
from assises.rooms.consultations.acts.map_verticals import map_verticals
from assises.rooms.consultations.models import Consultation, VerticalMapping
from assises.rooms.consultations.queries import Edition, Sector, editions, sectors
from assises.web.forms import uuid_of
from assises.web.pages import words_in
from assises.web.routes import KEEP, route_in

LONGEST_SOURCE = 200


@dataclass(frozen=True)
class Line:
    """A vertical of this edition, what it is tied to already, and the field that ties it."""

    sector: Sector
    tied: Sequence[tuple[Sector, str]]
    field: Field


@route_in("consultations.map", methods="GET POST", kept=True)
def verticals(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """The verticals, one below the other, each beside those of another edition."""
    s = words_in(language)
    posted = typed_in(request) if request.method == "POST" else None
    others = _others(request, edition, language)
    other = _chosen(request, others)
    faults = Faults()
    address = f"{base_of(edition, language)}verticals"
    if posted is not None and other is not None:
        address = f"{address}?with={other.row.short}"
        with one_at_a_time(edition, actor_of(request), key_with_words(request)) as repeated:
            code = "tied" if repeated else _tie(s, request, edition, other.row, posted, faults)
        if code:
            return done(address, code)
    return screen(
        request,
        "verticals",
        language,
        edition,
        faults=faults,
        other=other,
        which=_which(s, others, other),
        lines=_lines(s, edition, other, posted, faults),
        source=_source(s, posted or {}, faults),
    )


def _others(request: HttpRequest, edition: Consultation, language: str) -> list[Edition]:
    """The other editions that have verticals, newest first; drafts for those who keep them."""
    actor = actor_of(request)
    return [
        found
        for found in editions(language, drafts=True)
        if found.id != edition.id
        and (found.row.state != "draft" or actor.may(KEEP, found.id))
        and found.row.verticals.exists()
    ]


def _chosen(request: HttpRequest, others: Sequence[Edition]) -> Edition | None:
    short = request.POST.get("with") or request.GET.get("with", "")
    return next((other for other in others if other.row.short == short), next(iter(others), None))


def _tie(
    s: Speech,
    request: HttpRequest,
    edition: Consultation,
    other: Consultation,
    posted: Mapping[str, str],
    faults: Faults,
) -> str:
    known = reading.ties(edition, other)
    mine = sectors(edition.id, s.language)
    pairs = [
        (sector.id, chosen)
        for sector in mine
        if (chosen := uuid_of(posted.get(_name(sector), "")))
        and chosen not in _across(sector.id, known)
    ]
    allowed = {sector.id for sector in sectors(other.id, s.language)}
    for sector in mine:
        typed = posted.get(_name(sector), "")
        if typed and uuid_of(typed) not in allowed:
            faults.fields[_name(sector)] = s.say("Choose one of the list.")
    if faults:
        return ""
    if not pairs:
        return "same"
    try:
        demand_proof(request, edition)
        map_verticals(
            actor_of(request),
            edition,
            pairs,
            posted.get("source", ""),
            key=key_with_words(request),
            at=now(),
        )
    except ActError as error:
        faults.take(faults_of(s, error, ["source"]))
        return ""
    return "tied"


def _across(mine: UUID, known: Mapping[UUID, Sequence[VerticalMapping]]) -> dict[UUID, str]:
    """What a vertical is tied to already, and who says so."""
    return {
        row.other_id if row.one_id == mine else row.one_id: row.source
        for row in known.get(mine, ())
    }


def _name(sector: Sector) -> str:
    return f"for_{sector.short}"


def _which(s: Speech, others: Sequence[Edition], other: Edition | None) -> Field:
    return Field(
        "with",
        s.say("The other edition"),
        "select",
        "" if other is None else other.row.short,
        choices=[(each.row.short, each.title.words) for each in others],
    )


def _lines(
    s: Speech,
    edition: Consultation,
    other: Edition | None,
    posted: Mapping[str, str] | None,
    faults: Faults,
) -> list[Line]:
    mine = sectors(edition.id, s.language)
    if other is None:
        return [Line(sector, (), _field(s, sector, [], "", faults)) for sector in mine]
    theirs = sectors(other.id, s.language)
    known = reading.ties(edition, other.row)
    lines = []
    for sector in mine:
        tied = _across(sector.id, known)
        open_ = [each for each in theirs if each.id not in tied]
        # The same code of one list is proposed; what is sent is still read by whoever sends it.
        same = [str(each.id) for each in open_ if each.code == sector.code and not tied]
        typed = (same or [""])[0] if posted is None else posted.get(_name(sector), "")
        lines.append(
            Line(
                sector,
                [(each, tied[each.id]) for each in theirs if each.id in tied],
                _field(s, sector, open_, typed, faults),
            )
        )
    return lines


def _field(s: Speech, sector: Sector, open_: Sequence[Sector], typed: str, faults: Faults) -> Field:
    name = _name(sector)
    return Field(
        name,
        s.say("Stands for"),
        "select",
        typed,
        error=faults.of(name),
        choices=[
            ("", s.say("Nothing more")),
            *((str(each.id), f"{s.number(each.number)}. {each.name.words}") for each in open_),
        ],
    )


def _source(s: Speech, posted: Mapping[str, str], faults: Faults) -> Field:
    shown = Field(
        "source",
        s.say("Who says so, and where?"),
        value=posted.get("source", ""),
        help=s.say("A decision, a report, a page: everyone can read it beside the verticals."),
        required=True,
        attributes={"maxlength": LONGEST_SOURCE, "autocomplete": "off"},
    )
    return replace(shown, error=faults.of("source"))
