"""A voice answers statements: one or a batch, one act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from assises.lib.errors import Invalid, NotFound
from assises.rooms.consultations.models import Consultation
from assises.rooms.consultations.opening import demand_open
from assises.rooms.contributions.models import Statement
from assises.rooms.journal.acting import Writing, acting
from assises.rooms.journal.permissions import Actor
from assises.rooms.people.own import demand_own

AGREE: Final = 1
PASS: Final = 0
DISAGREE: Final = -1
MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Offer:
    """That a statement was drawn for a voice; made by the house, never by who votes.

    ``step``: how many statements the voice had answered before; ``chance``: the probability that it
    would be this one; ``on``: the number of the estimate that the draw rested on, if any.
    """

    step: int
    chance: float
    on: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a voice thinks of one statement, by its number in the consultation.

    ``offer`` is None where the voice found the statement another way than by a draw.
    """

    number: int
    vote: int
    offer: Offer | None = None


# One statement, one round trip: which of the numbers may be voted on, the casts that are added,
# and the current votes that they replace. Arrays carry the batch. An offer is kept with its cast;
# it counts with the current vote where the voice had answered as many as the draw was made for.
_CAST: Final = """
WITH answer AS (
    SELECT * FROM unnest(%(numbers)s::int[], %(votes)s::smallint[], %(steps)s::int[],
        %(chances)s::float8[], %(on)s::bigint[]) AS a(number, vote, step, chance, source)
), open AS (
    SELECT s.id, a.vote, a.step, a.chance, a.source, a.step IS NOT NULL AND a.step = (
        SELECT count(*) FROM votes_current
        WHERE consultation = %(consultation)s AND voice = %(voice)s) AS due
    FROM answer a
    JOIN contributions_statement s
      ON s.consultation_id = %(consultation)s AND s.number = a.number AND s.moderation = 'accepted'
), added AS (
    INSERT INTO votes_cast (consultation, voice, statement, vote, at, event, offered_step,
        offered_chance, offered_on)
    SELECT %(consultation)s, %(voice)s, id, vote, %(at)s, %(event)s, step, chance, source
    FROM open ORDER BY id
), kept AS (
    INSERT INTO votes_current (consultation, voice, statement, vote, at, offered_step,
        offered_chance)
    SELECT %(consultation)s, %(voice)s, id, vote, %(at)s, CASE WHEN due THEN step END,
        CASE WHEN due THEN chance END
    FROM open ORDER BY id
    ON CONFLICT (consultation, voice, statement)
    DO UPDATE SET vote = excluded.vote, at = excluded.at
    WHERE excluded.at >= votes_current.at
)
SELECT count(*) FROM open"""


def cast(
    actor: Actor,
    place: Consultation,
    voice: UUID,
    answers: Sequence[Answer],
    *,
    key: str,
    at: datetime,
) -> int:
    """How many answers were taken: all of them, or none.

    Of two answers to one statement in a batch, the later counts.

    Raises:
        NotAllowed: for another voice.
        Invalid: an empty batch, one of more than 500, or a vote other than 1, 0, -1.
        NotFound: a number that cannot be voted on here.
        NotNow: the edition is not open, or its vote is over or to come.
    """
    demand_own(actor, voice)
    demand_open(place, "vote", at)
    last = _checked(answers)
    payload = [_asked(last[number]) for number in sorted(last)]
    with acting(
        "votes.cast", actor, place=place, key=key, at=at, payload=payload, keep=False
    ) as writing:
        if not writing.repeated:
            _write(place, voice, last, writing, at)
    return len(last)


def _asked(answer: Answer) -> list[int | str | None]:
    """What the event commits to; a chance is written as its shortest decimal."""
    asked: list[int | str | None] = [answer.number, answer.vote]
    offer = answer.offer
    return asked if offer is None else [*asked, offer.step, repr(float(offer.chance)), offer.on]


def _checked(answers: Sequence[Answer]) -> dict[int, Answer]:
    if not 0 < len(answers) <= MOST:
        raise Invalid(
            "this is not a batch that can be taken", next_step=f"Send 1 to {MOST} answers."
        )
    for answer in answers:
        if answer.vote not in (AGREE, PASS, DISAGREE):
            raise Invalid(
                "a vote is 1 (agree), 0 (pass) or -1 (disagree)",
                next_step="Correct it and send the batch again; none of it was taken.",
                fields={"vote": str(answer.vote)[:20]},
            )
        if not 0 <= answer.number < 2**31:
            raise Invalid("there is no such number", next_step="Use the statement's number.")
    return {answer.number: answer for answer in answers}


def _write(
    place: Consultation, voice: UUID, last: dict[int, Answer], writing: Writing, at: datetime
) -> None:
    offers = [answer.offer for answer in last.values()]
    with connection.cursor() as cursor:
        cursor.execute(
            _CAST,
            {
                "numbers": list(last),
                "votes": [answer.vote for answer in last.values()],
                "steps": [None if o is None else o.step for o in offers],
                "chances": [None if o is None else o.chance for o in offers],
                "on": [None if o is None else o.on for o in offers],
                "consultation": place.id,
                "voice": voice,
                "at": at,
                "event": writing.event,
            },
        )
        (taken,) = cursor.fetchone()
    if taken != len(last):
        raise _unknown(place, last)


def _unknown(place: Consultation, last: dict[int, Answer]) -> NotFound:
    known = Statement.objects.filter(
        consultation=place, number__in=last, moderation="accepted"
    ).values_list("number", flat=True)
    unknown = sorted(set(last) - set(known))
    shown = ", ".join(map(str, unknown[:10])) + (" …" if len(unknown) > 10 else "")
    return NotFound(
        f"there is no statement to vote on under these numbers: {shown}",
        next_step="Take the numbers from the list of statements; none of the batch was taken.",
    )
