"""The page of one thing: a vertical, a statement, a contribution; each with its thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from assises.fronts.portal.lately import counts_lately
from assises.fronts.portal.opinion import placed
from assises.fronts.portal.themes import placed_of
from assises.fronts.portal.unheard import unheard_on
from assises.fronts.portal.wording import (
    FEWEST,
    contribution_of,
    contribution_url,
    edition_url,
    put_nodes,
    spoken_nodes,
    statement_of,
    threads_of,
    vertical_url,
    whole_thread,
)
from assises.lib.clock import now
from assises.rooms.chain.linking import Node
from assises.rooms.chain.queries import Neighbour, neighbours
from assises.rooms.consultations.queries import (
    Sector,
    edition_of,
    elsewhere,
    sector,
    sectors,
)
from assises.rooms.contributions import queries
from assises.rooms.contributions.models import Statement
from assises.rooms.insights.queries import by_group, public_tallies, published, results
from assises.rooms.insights.themes.queries import where
from assises.rooms.texts.queries import in_every_language, original
from assises.rooms.votes.queries import mine
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
    base, at = edition_url(edition, language), now()
    return page(
        request,
        "vertical.html.j2",
        language,
        place=edition.row,
        base=base,
        edition=edition,
        vertical=found,
        opening={kind: edition.opening(kind, at).is_open for kind in ("listen", "vote")},
        contributions=[
            contribution_of(s, r, original=first.get(r.row.words), steps=steps)
            for r, steps in zip(
                said, threads_of(s, "contribution", spoken_nodes(said)).values(), strict=True
            )
        ],
        said=number_said,
        statements=[
            statement_of(
                p,
                language,
                tally=counted[p.row.id],
                original=first.get(p.row.words),
                steps=steps,
            )
            for p, steps in zip(
                put, threads_of(s, "statement", put_nodes(put)).values(), strict=True
            )
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
    gone = queries.stone(statement)
    if gone is not None:
        return _stone(request, language, gone)
    put = queries.statement(statement, language)
    place = put.row.consultation
    edition = edition_of(place.id, language)
    tally = public_tallies(place.id, [put.row.id])[put.row.id]
    own = voice_in(request, place)
    answers = mine(place.id, own[1]) if own else {}
    snapshot = published(place.id)
    result = results(snapshot).get(put.row.id) if snapshot else None
    parts = by_group(result)
    node = Node("statement", put.row.uid)
    near = neighbours(node, language)
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
        by_group=parts,
        placed=placed(s, tally.answered, sum(p.answered for p in parts.values())),
        snapshot=snapshot,
        languages=in_every_language(put.row.words),
        vertical=None if sector_of is None else (sector_of, vertical_url(sector_of, language)),
        may_vote=edition.opening("vote", now()).is_open,
        **_sources(near.get("contribution", []), language),
        unheard=unheard_on(s, place, snapshot, result),
        thread=threads_of(
            s, "statement", [node], urls={"contribution": "#sources", "vote": "#answers"}
        )[node],
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
    first = original([spoken.row.words, *(p.row.words for p in grown.values())])
    sector_of = _sector(place.id, spoken.row.vertical_id, language)
    own = voice_in(request, place)
    placed = placed_of(s, where(spoken.row, language))
    stands = placed["theme"].url if placed and placed["theme"] else "#theme"
    return page(
        request,
        "contribution.html.j2",
        language,
        place=place,
        edition=edition,
        base=edition_url(edition, language),
        contribution=contribution_of(s, spoken, original=first.get(spoken.row.words)),
        url=contribution_url(spoken, language),
        vertical=None if sector_of is None else (sector_of, vertical_url(sector_of, language)),
        grown=[
            statement_of(
                p,
                language,
                tally=counted[p.row.id],
                steps=steps,
                original=first.get(p.row.words),
            )
            for p, steps in zip(
                grown.values(),
                threads_of(s, "statement", put_nodes(grown.values())).values(),
                strict=True,
            )
        ],
        gone=[n.card.gone_on for n in near.get("statement", []) if n.card.state == "withdrawn"],
        mine=own is not None and own[1] == spoken.row.voice,
        placed=placed,
        thread=threads_of(s, "contribution", [node], urls={"theme": stands, "statement": "#grown"})[
            node
        ],
    )


def _stone(request: HttpRequest, language: str, gone: Statement) -> HttpResponse:
    """Where a statement stood that its author took back."""
    edition = edition_of(gone.consultation_id, language)
    node = Node("statement", gone.uid)
    return page(
        request,
        "statement_gone.html.j2",
        language,
        place=edition.row,
        edition=edition,
        base=edition_url(edition, language),
        row=gone,
        thread=threads_of(words_in(language), "statement", [node])[node],
    )


def _sources(near: Sequence[Neighbour], language: str) -> dict[str, Any]:
    """The contributions that led to a statement: those that stand, and those that are gone."""
    return {
        "sources": [
            (n.card, f"/{language}/contributions/{n.card.short}")
            for n in near
            if n.card.state == "current"
        ],
        "withdrawn": [
            (n.card, f"/{language}/contributions/{n.card.short}")
            for n in near
            if n.card.state == "withdrawn"
        ],
        "hidden": sum(n.card.state == "hidden" for n in near),
    }


def _sector(consultation: UUID, uid: UUID | None, language: str) -> Sector | None:
    return next((s for s in sectors(consultation, language) if s.id == uid), None)
