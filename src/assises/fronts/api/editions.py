"""Editions, their phases, their verticals and their journal."""

from __future__ import annotations

from django.http import HttpRequest

from assises import __version__
from assises.fronts.api import reading, shapes
from assises.fronts.api.doors import operation
from assises.fronts.api.paging import USUAL, Hidden, Limit, Offset, following, hide, show
from assises.fronts.api.wording import ORIGINAL, label, to_the_hour
from assises.lib.clock import now
from assises.rooms.consultations.acts.create import TEXTS
from assises.rooms.consultations.models import Consultation
from assises.rooms.consultations.queries import Edition, edition_of, editions
from assises.rooms.contributions.queries import counts_by_vertical
from assises.rooms.journal.queries import latest

_TAG = "editions"
_FACTS = (
    "simulated",
    "kind",
    "state",
    "starts_on",
    "ends_on",
    "zone",
    "country",
    "colleges",
    "moderated",
)


@operation("GET", "/", "consultations.read", shapes.Root, tag=_TAG)
def begin(request: HttpRequest) -> shapes.Root:
    """Where to begin."""
    here = request.path
    return shapes.Root(
        version=__version__,
        editions=f"{here}editions",
        search=f"{here}search",
        openapi=f"{here}openapi.json",
    )


@operation("GET", "/editions", "consultations.read", shapes.Editions, tag=_TAG)
def list_editions(
    request: HttpRequest, *, limit: Limit = USUAL, cursor: Offset = None
) -> shapes.Editions:
    """Editions that are or were open, newest first."""
    start = int(cursor or 0)
    found = editions(ORIGINAL)[start : start + limit + 1]
    return shapes.Editions(
        items=_told(found[:limit]),
        next=following(request, str(start + limit), limit=limit) if len(found) > limit else None,
    )


@operation("GET", "/editions/{edition}", "consultations.read", shapes.Edition, tag=_TAG)
def get_edition(request: HttpRequest, *, place: Consultation) -> shapes.Edition:  # noqa: ARG001
    """One edition."""
    return _told([edition_of(place.id, ORIGINAL)])[0]


@operation("GET", "/editions/{edition}/phases", "consultations.read", shapes.Phases, tag=_TAG)
def list_phases(
    request: HttpRequest,  # noqa: ARG001
    *,
    place: Consultation,
) -> shapes.Phases:
    """Its phases, in the order they begin."""
    found = edition_of(place.id, ORIGINAL)
    running = found.running(now())
    items = [
        shapes.Phase.model_validate(
            {
                **label(place),
                "kind": phase.kind,
                "opens_at": phase.opens_at,
                "closes_at": phase.closes_at,
                "under_way": phase.kind in running,
            }
        )
        for phase in found.phases
    ]
    return shapes.Phases(items=items, next=None)


@operation("GET", "/editions/{edition}/verticals", "consultations.read", shapes.Verticals, tag=_TAG)
def list_verticals(
    request: HttpRequest,  # noqa: ARG001
    *,
    place: Consultation,
) -> shapes.Verticals:
    """Its sectors, with how much was said in each."""
    rows, counted = reading.verticals(place), counts_by_vertical(place.id)
    words = reading.texts(text for row in rows for text in (row.name, row.question))
    items = [
        shapes.Vertical(
            **label(place),
            id=row.short,
            number=row.number,
            code=row.code,
            name=words[row.name],
            question=None if row.question is None else words.get(row.question),
            contributions=counted.get(row.id, (0, 0))[0],
            statements=counted.get(row.id, (0, 0))[1],
        )
        for row in rows
    ]
    return shapes.Verticals(items=items, next=None)


@operation("GET", "/editions/{edition}/journal", "journal.log", shapes.Acts, tag=_TAG)
def list_acts(
    request: HttpRequest,
    *,
    place: Consultation,
    limit: Limit = USUAL,
    cursor: Hidden = None,
) -> shapes.Acts:
    """What offices and the software did, newest first: to the hour, with its seal.

    No words, no names. What participants do is sealed in the same log and is not listed one by one:
    the order of a few acts would join what one person said to what they voted.
    """
    rows = latest(
        consultation=place.id,
        participants=False,
        demonstration=False,
        before=show(cursor),
        limit=limit + 1,
    )
    items = [
        shapes.Act(
            **label(place),
            act=row.act,
            by=row.actor.split(":")[0],
            at=to_the_hour(row.at),
            sequence=row.sequence,
            leaf=row.leaf,
            proof=None if row.leaf is None else f"/log/{place.log}/proof/{row.leaf}",
        )
        for row in rows[:limit]
    ]
    more = len(rows) > limit
    return shapes.Acts(
        items=items,
        next=following(request, hide(rows[limit - 1].id), limit=limit) if more else None,
    )


def _told(found: list[Edition]) -> list[shapes.Edition]:
    words = reading.texts(getattr(e.row, name) for e in found for name in TEXTS)
    return [
        shapes.Edition.model_validate(
            {name: getattr(e.row, name) for name in _FACTS}
            | {name: words.get(getattr(e.row, name)) for name in TEXTS}
            | {"id": e.row.short, "single_votes_published": e.row.votes_published}
        )
        for e in found
    ]
