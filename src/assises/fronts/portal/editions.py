"""One edition: what it is, what was said, what is put to everyone, what was done."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse

from assises.countries import ma
from assises.fronts.portal.home import cards
from assises.fronts.portal.lately import counts_lately, heard_lately, votes_lately
from assises.fronts.portal.press import press_note, press_sections
from assises.fronts.portal.unheard import unheard
from assises.fronts.portal.wording import (
    contribution_of,
    edition_url,
    phases_of,
    statement_of,
    whole_thread,
)
from assises.lib.clock import now
from assises.look.pages.shapes import Entry, Step
from assises.rooms.consultations.models import Consultation
from assises.rooms.consultations.queries import edition_of
from assises.rooms.contributions import queries
from assises.rooms.insights.queries import newest, public_tallies
from assises.rooms.journal.queries import by_participants, latest
from assises.rooms.texts.queries import original
from assises.rooms.votes.queries import mine
from assises.web.acts import kind_of_actor, names_of_acts
from assises.web.cursors import hide, show
from assises.web.forms import uuid_of, whole_number
from assises.web.identity import voice_in
from assises.web.pages import page, words_in
from assises.web.routes import route_in

PAGE = 20


@route_in("consultations.read")
def edition(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """The edition's first page."""
    s = words_in(language)
    found = edition_of(edition.id, language)
    counts = counts_lately(edition.id)
    said = sum(n for n, _ in counts.values())
    put = sum(n for _, n in counts.values())
    return page(
        request,
        "edition.html.j2",
        language,
        place=edition,
        edition=found,
        base=edition_url(found, language),
        phases=phases_of(s, found, now()),
        verticals=cards(found, language),
        said=said,
        put=put,
        snapshot=newest(edition.id),
        unheard=unheard(s, edition, heard_lately(edition.id)) if edition.kind != "press" else None,
        press=press_sections(s) if edition.kind == "press" else [],
        note=press_note(s) if edition.kind == "press" else None,
        thread=_thread(found_url=edition_url(found, language), said=said, put=put, place=edition),
        colleges=[c.name.best(language) for c in ma.MA.colleges() if c.code in edition.colleges],
    )


@route_in("consultations.read")
def contributions(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """What was said, a page at a time."""
    s = words_in(language)
    after = uuid_of(request.GET.get("after", ""))
    rows = queries.contributions(edition.id, language, after=after, limit=PAGE + 1)
    shown = rows[:PAGE]
    first = original(r.row.words for r in shown)
    base = edition_url(edition_of(edition.id, language), language)
    return page(
        request,
        "contributions.html.j2",
        language,
        place=edition,
        base=base,
        contributions=[contribution_of(s, r, original=first.get(r.row.words)) for r in shown],
        after=f"{base}contributions?after={shown[-1].row.id}" if len(rows) > PAGE else None,
    )


@route_in("consultations.read")
def statements(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """What is put to everyone, with how it was answered."""
    after = whole_number(request.GET.get("after", ""))
    rows = queries.statements(
        edition.id, language, after=-1 if after is None else after, limit=PAGE + 1
    )
    shown = rows[:PAGE]
    answered = public_tallies(edition.id, [r.row.id for r in shown])
    own = voice_in(request, edition)
    answers = mine(edition.id, own[1]) if own else {}
    first = original(r.row.words for r in shown)
    base = edition_url(edition_of(edition.id, language), language)
    return page(
        request,
        "statements.html.j2",
        language,
        place=edition,
        base=base,
        statements=[
            statement_of(
                r,
                language,
                tally=answered[r.row.id],
                mine=answers.get(r.row.number),
                original=first.get(r.row.words),
            )
            for r in shown
        ],
        after=f"{base}statements?after={shown[-1].row.number}" if len(rows) > PAGE else None,
    )


@route_in("consultations.read")
def journal(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """Every act of this edition, by its name and its seal; nobody's words, nobody's name."""
    s = words_in(language)
    names = names_of_acts(s)
    before = show(request.GET.get("before"))
    rows = latest(consultation=edition.id, participants=False, before=before, limit=51)
    hour = now().replace(minute=0, second=0, microsecond=0)
    zone = ZoneInfo(edition.zone)
    base = edition_url(edition_of(edition.id, language), language)
    return page(
        request,
        "journal.html.j2",
        language,
        place=edition,
        current="check",
        base=base,
        entries=[
            Entry(
                # To the hour: the second of a vote is nobody's business.
                row.at.astimezone(zone).replace(minute=0, second=0, microsecond=0),
                names.get(row.act, row.act),
                kind_of_actor(s, row.actor),
                leaf=row.leaf,
                proof=None if row.leaf is None else f"/log/{edition.log}/proof/{row.leaf}",
            )
            for row in rows[:50]
        ],
        zone=edition.zone,
        participants=[
            (names.get(act, act), n) for act, n in by_participants(edition.id, hour).items()
        ],
        after=f"{base}journal?before={hide(rows[49].id)}" if len(rows) > 50 else None,
    )


def _thread(*, found_url: str, said: int, put: int, place: Consultation) -> list[Step]:
    counts = {
        "contribution": (said, f"{found_url}contributions"),
        "statement": (put, f"{found_url}statements"),
        "vote": (votes_lately(place.id), f"{found_url}opinion"),
    }
    return whole_thread(counts)
