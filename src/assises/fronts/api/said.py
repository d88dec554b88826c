"""What was said and what is put to everyone: lists, single things, and finding them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Query

from assises.fronts.api import reading, shapes, wording
from assises.fronts.api.doors import Short, operation
from assises.fronts.api.paging import USUAL, Hidden, Limit, Offset, following, hide, show
from assises.fronts.api.refusing import invalid
from assises.lib.errors import NotFound
from assises.rooms.consultations.models import Consultation
from assises.rooms.consultations.queries import editions
from assises.rooms.contributions import queries
from assises.rooms.search.queries import LONGEST, Match, find

_TAG = "statements and contributions"
Sector = Annotated[str | None, Query(None, description="Short id of a vertical of this edition.")]
_FARTHEST = 10_000


@operation(
    "GET", "/editions/{edition}/statements", "contributions.read", shapes.Statements, tag=_TAG
)
def list_statements(
    request: HttpRequest,
    *,
    place: Consultation,
    vertical: Sector = None,
    limit: Limit = USUAL,
    cursor: Offset = None,
) -> shapes.Statements:
    """Accepted statements in the order of their numbers."""
    rows = queries.statements(
        place.id,
        wording.ORIGINAL,
        vertical=sector_of(place, vertical, "query"),
        after=-1 if cursor is None else int(cursor),
        limit=limit + 1,
    )
    shown = rows[:limit]
    return shapes.Statements(
        items=wording.statements(place, shown),
        next=following(request, str(shown[-1].row.number), vertical=vertical, limit=limit)
        if len(rows) > limit
        else None,
    )


@operation(
    "GET", "/editions/{edition}/refused", "contributions.read", shapes.RefusedStatements, tag=_TAG
)
def list_refused(
    request: HttpRequest, *, place: Consultation, limit: Limit = USUAL, cursor: Offset = None
) -> shapes.RefusedStatements:
    """Statements that a person refused, each with the reason."""
    rows = queries.statements(
        place.id,
        wording.ORIGINAL,
        moderation="refused",
        after=-1 if cursor is None else int(cursor),
        limit=limit + 1,
    )
    shown = rows[:limit]
    return shapes.RefusedStatements(
        items=wording.refused(place, shown),
        next=following(request, str(shown[-1].row.number), limit=limit)
        if len(rows) > limit
        else None,
    )


@operation(
    "GET",
    "/editions/{edition}/statements/{number}",
    "contributions.read",
    shapes.Statement,
    tag=_TAG,
)
def get_statement(
    request: HttpRequest,  # noqa: ARG001
    *,
    place: Consultation,
    number: Annotated[int, Path(..., ge=0, lt=2**31)],
) -> shapes.Statement:
    """One accepted statement by its number."""
    found = queries.statements_by_number(place.id, [number], wording.ORIGINAL)
    if number not in found:
        raise NotFound(
            "there is no such statement in this edition", next_step="Choose one of the list."
        )
    return wording.statements(place, [found[number]])[0]


@operation(
    "GET", "/editions/{edition}/contributions", "contributions.read", shapes.Contributions, tag=_TAG
)
def list_contributions(
    request: HttpRequest,
    *,
    place: Consultation,
    vertical: Sector = None,
    limit: Limit = USUAL,
    cursor: Hidden = None,
) -> shapes.Contributions:
    """Public contributions in the order of their ids, which is chance: nobody is first."""
    rows = queries.contributions(
        place.id,
        wording.ORIGINAL,
        vertical=sector_of(place, vertical, "query"),
        after=show(cursor),
        limit=limit + 1,
    )
    shown = rows[:limit]
    return shapes.Contributions(
        items=wording.contributions(place, shown),
        next=following(request, hide(shown[-1].row.id), vertical=vertical, limit=limit)
        if len(rows) > limit
        else None,
    )


@operation(
    "GET",
    "/editions/{edition}/contributions/{contribution}",
    "contributions.read",
    shapes.Contribution,
    tag=_TAG,
)
def get_contribution(
    request: HttpRequest,  # noqa: ARG001
    *,
    place: Consultation,
    contribution: Short,
) -> shapes.Contribution:
    """One public contribution."""
    found = queries.contribution(contribution, wording.ORIGINAL)
    told = wording.contributions(place, [found] if found.row.consultation_id == place.id else [])
    if not told:
        raise NotFound(
            "there is no such contribution in this edition, or it was withdrawn",
            next_step="Choose one of the list.",
        )
    return told[0]


@operation("GET", "/search", "search.find", shapes.Hits, tag=_TAG)
def search(
    request: HttpRequest,
    *,
    q: Annotated[
        str, Query(..., min_length=1, max_length=LONGEST, description="Words to look for.")
    ],
    edition: Annotated[str | None, Query(None, description="Only in this edition.")] = None,
    limit: Limit = USUAL,
    cursor: Offset = None,
) -> shapes.Hits:
    """Statements and contributions by their words in any language, or nearly their spelling.

    A page may hold fewer than asked: what is not public any more is left out.
    """
    places = {e.id: e.row for e in editions(wording.ORIGINAL)}
    within = next((p.id for p in places.values() if p.short == edition), None)
    if edition is not None and within is None:
        raise invalid("query", "edition", "there is no such edition")
    start = min(int(cursor or 0), _FARTHEST)
    found = find(q, consultation=within, limit=limit + 1, offset=start)
    more = len(found) > limit and start + limit <= _FARTHEST
    return shapes.Hits(
        items=_hits(found[:limit], places),
        next=following(request, str(start + limit), q=q, edition=edition, limit=limit)
        if more
        else None,
    )


def sector_of(place: Consultation, short: str | None, part: str) -> UUID | None:
    """The vertical that a request names.

    Raises:
        Refusal: it names one that this edition does not have.
    """
    if short is None:
        return None
    for uid, known in reading.shorts(place).items():
        if known == short:
            return uid
    raise invalid(part, "vertical", "this edition has no such vertical")


def _hits(matches: list[Match], places: dict[UUID, Consultation]) -> list[shapes.Hit]:
    """What was found, in its order; what belongs to a draft is not there."""
    uids = [m.id for m in matches]
    put = queries.statements_by_uid(uids, wording.ORIGINAL)
    said = queries.contributions_by_id(uids, wording.ORIGINAL)
    told: dict[UUID, shapes.Hit] = {}
    for place in places.values():
        some = [p for p in put.values() if p.row.consultation_id == place.id]
        told |= zip((p.row.uid for p in some), wording.statements(place, some), strict=True)
        words = [s for s in said.values() if s.row.consultation_id == place.id]
        by_short = {c.id: c for c in wording.contributions(place, words)}
        told |= {s.row.id: by_short[s.row.short] for s in words if s.row.short in by_short}
    return [told[m.id] for m in matches if m.id in told]
