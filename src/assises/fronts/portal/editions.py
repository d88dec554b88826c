"""One edition: what it is, what was said, what is put to everyone, what was done."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from assises.countries import ma
from assises.fronts.portal.home import cards
from assises.fronts.portal.lately import counts_lately
from assises.fronts.portal.press import press_note, press_sections
from assises.fronts.portal.themes import shown as shown_theme
from assises.fronts.portal.unheard import unheard
from assises.fronts.portal.wording import (
    FEWEST,
    contribution_of,
    edition_url,
    phases_of,
    put_nodes,
    spoken_nodes,
    statement_of,
    threads_of,
    whole_thread,
)
from assises.lib.clock import now
from assises.look.pages.shapes import Step
from assises.rooms.consultations.models import Consultation
from assises.rooms.consultations.queries import edition_of
from assises.rooms.contributions import queries
from assises.rooms.insights.models import Snapshot
from assises.rooms.insights.queries import heard_by_everyone, public_tallies, published
from assises.rooms.insights.themes.queries import tree
from assises.rooms.texts.queries import original
from assises.rooms.votes.queries import mine
from assises.web.forms import uuid_of, whole_number
from assises.web.identity import voice_in
from assises.web.pages import page, words_in
from assises.web.routes import route_in

PAGE = 20
THEMES = 8


@route_in("consultations.read")
def edition(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """The edition's first page."""
    s = words_in(language)
    found = edition_of(edition.id, language)
    counts = counts_lately(edition.id)
    said = sum(n for n, _ in counts.values())
    put = sum(n for _, n in counts.values())
    at, snapshot = now(), published(edition.id)
    themes = tree(edition.id, language)
    return page(
        request,
        "edition.html.j2",
        language,
        place=edition,
        edition=found,
        base=edition_url(found, language),
        phases=phases_of(s, found, at),
        opening={kind: found.opening(kind, at).is_open for kind in ("listen", "vote")},
        verticals=cards(found, language),
        said=said,
        put=put,
        snapshot=snapshot,
        unheard=None
        if edition.kind == "press"
        else unheard(s, edition, heard_by_everyone(edition.id)),
        press=press_sections(s) if edition.kind == "press" else [],
        note=press_note(s) if edition.kind == "press" else None,
        themes=[shown_theme(s, one) for one in themes[:THEMES]],
        thread=_thread(
            edition_url(found, language), said=said, themes=len(themes), put=put, snapshot=snapshot
        ),
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
        contributions=[
            contribution_of(s, r, original=first.get(r.row.words), steps=steps)
            for r, steps in zip(
                shown, threads_of(s, "contribution", spoken_nodes(shown)).values(), strict=True
            )
        ],
        after=f"{base}contributions?after={shown[-1].row.id}" if len(rows) > PAGE else None,
    )


@route_in("consultations.read")
def statements(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """What is put to everyone, with how it was answered."""
    s = words_in(language)
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
                steps=steps,
            )
            for r, steps in zip(
                shown, threads_of(s, "statement", put_nodes(shown)).values(), strict=True
            )
        ],
        after=f"{base}statements?after={shown[-1].row.number}" if len(rows) > PAGE else None,
    )


def _thread(
    found_url: str, *, said: int, themes: int, put: int, snapshot: Snapshot | None
) -> list[Step]:
    # Of fewer than ten voices, not even how many answers they gave.
    votes = 0 if snapshot is None or snapshot.people < FEWEST else snapshot.votes
    counts = {
        "contribution": (said, f"{found_url}contributions"),
        "theme": (themes, f"{found_url}themes"),
        "statement": (put, f"{found_url}statements"),
        "vote": (votes, f"{found_url}opinion"),
    }
    return whole_thread(counts)
