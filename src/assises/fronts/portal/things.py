"""The page of one thing: a vertical, a statement, a contribution; each with its thread."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from assises.fronts.portal.lately import counts_lately, heard_lately
from assises.fronts.portal.unheard import unheard
from assises.fronts.portal.wording import (
    FEWEST,
    contribution_of,
    contribution_url,
    edition_url,
    statement_of,
    statement_url,
    thread_of,
    vertical_url,
    whole_thread,
)
from assises.rooms.chain.linking import Node
from assises.rooms.chain.queries import neighbours
from assises.rooms.consultations.queries import (
    Sector,
    edition_of,
    elsewhere,
    sector,
    sectors,
)
from assises.rooms.contributions import queries
from assises.rooms.insights.models import StatementResult
from assises.rooms.insights.queries import public_tallies, published, results
from assises.rooms.texts.queries import in_every_language, original
from assises.rooms.votes.queries import Tally, mine
from assises.web.identity import voice_in
from assises.web.pages import page, words_in
from assises.web.routes import route

SHOWN = 6


@route("consultations.read")
def vertical(request: HttpRequest, language: str, vertical: str) -> HttpResponse:
    """A sector: its question, what was said in it, what is put to everyone."""
    s = words_in(language)
    found, uid = sector(vertical, language)
    edition = edition_of(uid, language)
    said = queries.contributions(uid, language, vertical=found.id, limit=SHOWN)
    put = queries.statements(uid, language, vertical=found.id)
    counted = public_tallies(uid, [p.row.id for p in put])
    first = original([*(r.row.words for r in said), *(p.row.words for p in put)])
    number_said, number_put = counts_lately(uid).get(found.id, (0, 0))
    base = edition_url(edition, language)
    return page(
        request,
        "vertical.html.j2",
        language,
        place=edition.row,
        base=base,
        edition=edition,
        vertical=found,
        contributions=[contribution_of(s, r, original=first.get(r.row.words)) for r in said],
        said=number_said,
        statements=[
            statement_of(p, language, tally=counted[p.row.id], original=first.get(p.row.words))
            for p in put
        ],
        others=[
            (other, vertical_url(other, language), edition_of(owner, language), source)
            for other, owner, source in elsewhere(found.id, language)
        ],
        thread=whole_thread(
            {
                "contribution": (number_said, "#said"),
                "statement": (number_put, "#put"),
                "vote": (sum(t.answered for t in counted.values()), f"{base}opinion"),
            }
        ),
    )


@route("consultations.read")
def statement(request: HttpRequest, language: str, statement: str) -> HttpResponse:
    """A statement: who says so, how many, who was not heard, what became of it."""
    s = words_in(language)
    put = queries.statement(statement, language)
    place = put.row.consultation
    edition = edition_of(place.id, language)
    tally = public_tallies(place.id, [put.row.id])[put.row.id]
    own = voice_in(request, place)
    answers = mine(place.id, own[1]) if own else {}
    snapshot = published(place.id)
    result = results(snapshot).get(put.row.id) if snapshot else None
    near = neighbours(Node("statement", put.row.uid), language)
    sector_of = _sector(place.id, put.row.vertical_id, language)
    return page(
        request,
        "statement.html.j2",
        language,
        place=place,
        edition=edition,
        base=edition_url(edition, language),
        statement=statement_of(
            put,
            language,
            tally=tally,
            mine=answers.get(put.row.number),
            original=original([put.row.words]).get(put.row.words),
        ),
        tally=tally,
        enough=tally.answered >= FEWEST,
        fewest=FEWEST,
        by_group=_by_group(result, tally),
        snapshot=snapshot,
        languages=in_every_language(put.row.words),
        vertical=None if sector_of is None else (sector_of, vertical_url(sector_of, language)),
        sources=[
            (n.card, f"/{language}/contributions/{n.card.short}")
            for n in near.get("contribution", [])
        ],
        unheard=unheard(s, place, heard_lately(place.id)),
        thread=thread_of(
            "statement",
            [Node("statement", put.row.uid)],
            votes=tally.answered,
            urls={"contribution": "#sources", "vote": "#answers"},
        ),
        row=put.row,
    )


@route("consultations.read")
def contribution(request: HttpRequest, language: str, contribution: str) -> HttpResponse:
    """What someone said, and where it went."""
    s = words_in(language)
    spoken = queries.contribution(contribution, language)
    place = spoken.row.consultation
    edition = edition_of(place.id, language)
    node = Node("contribution", spoken.row.id)
    near = neighbours(node, language)
    grown = queries.statements_by_uid([n.card.node.id for n in near.get("statement", [])], language)
    counted = public_tallies(place.id, [p.row.id for p in grown.values()])
    sector_of = _sector(place.id, spoken.row.vertical_id, language)
    own = voice_in(request, place)
    return page(
        request,
        "contribution.html.j2",
        language,
        place=place,
        edition=edition,
        base=edition_url(edition, language),
        contribution=contribution_of(
            s, spoken, original=original([spoken.row.words]).get(spoken.row.words)
        ),
        url=contribution_url(spoken, language),
        vertical=None if sector_of is None else (sector_of, vertical_url(sector_of, language)),
        grown=[
            (statement_of(p, language, tally=counted[p.row.id]), statement_url(p, language))
            for p in grown.values()
        ],
        mine=own is not None and own[1] == spoken.row.voice,
        thread=thread_of(
            "contribution",
            [node],
            votes=sum(t.answered for t in counted.values()),
            urls={"statement": "#grown"},
        ),
    )


def _by_group(result: StatementResult | None, whole: Tally) -> list[dict[str, Any]]:
    """How each group answered; nothing where a group is small, or what they leave of the whole.

    A group that is left out is what the others leave: then none is shown.
    """
    groups = [] if result is None else result.by_group
    sizes = [g["agrees"] + g["disagrees"] + g["passes"] for g in groups]
    outside = whole.answered - sum(sizes)
    small = any(size < FEWEST for size in sizes) or 0 < outside < FEWEST or outside < 0
    return [] if small or len(groups) < 2 else groups


def _sector(consultation: UUID, uid: UUID | None, language: str) -> Sector | None:
    return next((s for s in sectors(consultation, language) if s.id == uid), None)
