"""From what the rooms know to what the API answers with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from assises.fronts.api import reading, shapes
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.models import Contribution, Statement
from assises.rooms.contributions.queries import Put, Spoken
from assises.rooms.insights.queries import public_tallies
from assises.rooms.journal.queries import last_about
from assises.rooms.votes.queries import Tally
from assises.web.told import DECIDED, public_reason, words_are_told

FEWEST: Final = 10
"""People below whom no count of what they think is published."""
ORIGINAL: Final = "und"
"""The queries want a language; ours read every one of them beside."""


def label(place: Consultation) -> dict[str, Any]:
    """What everything of an edition carries."""
    return {"simulated": place.simulated, "edition": place.short}


def to_the_hour(at: datetime) -> datetime:
    """The second of an act could be laid beside the second of a login."""
    return at.replace(minute=0, second=0, microsecond=0)


def statements(place: Consultation, put: Sequence[Put]) -> list[shapes.Statement]:
    """Statements of one edition with how they are answered, as last published."""
    words = reading.texts(p.row.words for p in put)
    sectors = reading.shorts(place)
    counted = public_tallies(place.id, [p.row.id for p in put])
    return [_statement(place, p.row, words, sectors, counted[p.row.id]) for p in put]


def refused(place: Consultation, put: Sequence[Put]) -> list[shapes.Refused]:
    """Refused statements of one edition with the reason; the words only where they may be told."""
    words = reading.texts(p.row.words for p in put if words_are_told(p.row))
    decided = last_about("statement", [p.row.uid for p in put], DECIDED)
    events = [decided.get(str(p.row.uid)) for p in put]
    leaves = [None if event is None else event.leaf for event in events]
    return [
        shapes.Refused(
            **label(place),
            id=p.row.short,
            number=p.row.number,
            reason=public_reason(p.row.reason),
            words=words.get(p.row.words),
            decided_on=None if event is None else place.day_of(event.at),
            leaf=leaf,
            proof=None if leaf is None else f"/log/{place.log}/proof/{leaf}",
        )
        for p, event, leaf in zip(put, events, leaves, strict=True)
    ]


def contributions(place: Consultation, spoken: Sequence[Spoken]) -> list[shapes.Contribution]:
    """Public contributions of one edition."""
    words = reading.texts(s.row.words for s in spoken)
    sectors = reading.shorts(place)
    return [
        _contribution(place, s.row, words[s.row.words], sectors)
        for s in spoken
        if s.row.words in words
    ]


def own_contributions(
    place: Consultation, spoken: Sequence[Spoken]
) -> list[shapes.OwnContribution]:
    """Everything a voice said, for itself."""
    words = reading.texts(s.row.words for s in spoken)
    sectors = reading.shorts(place)
    return [
        shapes.OwnContribution.model_validate(
            {
                **label(place),
                "id": s.row.short,
                "state": s.row.state,
                "vertical": sectors.get(s.row.vertical_id),
                "said_on": s.row.said_on,
                "withdrawn_on": s.row.withdrawn_on,
                "words": words.get(s.row.words),
            }
        )
        for s in spoken
    ]


def counts(tally: Tally) -> tuple[shapes.Counts | None, shapes.Withheld | None]:
    """The counts of a statement, or why they are not told."""
    if tally.answered < FEWEST:
        return None, "fewer-than-10"
    return shapes.Counts(
        answered=tally.answered,
        agrees=tally.agrees,
        disagrees=tally.disagrees,
        passes=tally.passes,
    ), None


def _statement(
    place: Consultation,
    row: Statement,
    words: Mapping[UUID, shapes.Text],
    sectors: Mapping[UUID | None, str],
    tally: Tally,
) -> shapes.Statement:
    told, withheld = counts(tally)
    return shapes.Statement(
        **label(place),
        id=row.short,
        number=row.number,
        vertical=sectors.get(row.vertical_id),
        words=words[row.words],
        seed=row.seed,
        meta=row.meta,
        counts=told,
        counts_withheld=withheld,
    )


def _contribution(
    place: Consultation,
    row: Contribution,
    words: shapes.Text,
    sectors: Mapping[UUID | None, str],
) -> shapes.Contribution:
    return shapes.Contribution.model_validate(
        {
            **label(place),
            "id": row.short,
            "vertical": sectors.get(row.vertical_id),
            "channel": row.channel,
            "said_on": row.said_on,
            "words": words,
        }
    )
