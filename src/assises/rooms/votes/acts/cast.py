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
class Answer:
    """What a voice thinks of one statement, by its number in the consultation."""

    number: int
    vote: int


# One statement, one round trip: which of the numbers may be voted on, the casts that are added,
# and the current votes that they replace. Arrays carry the batch.
_CAST: Final = """
WITH answer AS (
    SELECT number, vote FROM unnest(%(numbers)s::int[], %(votes)s::smallint[]) AS a(number, vote)
), open AS (
    SELECT s.id, a.vote FROM answer a
    JOIN contributions_statement s
      ON s.consultation_id = %(consultation)s AND s.number = a.number AND s.moderation = 'accepted'
), added AS (
    INSERT INTO votes_cast (consultation, voice, statement, vote, at, event)
    SELECT %(consultation)s, %(voice)s, id, vote, %(at)s, %(event)s FROM open ORDER BY id
), kept AS (
    INSERT INTO votes_current (consultation, voice, statement, vote, at)
    SELECT %(consultation)s, %(voice)s, id, vote, %(at)s FROM open ORDER BY id
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
    payload = [[number, last[number]] for number in sorted(last)]
    with acting(
        "votes.cast", actor, place=place, key=key, at=at, payload=payload, keep=False
    ) as writing:
        if not writing.repeated:
            _write(place, voice, last, writing, at)
    return len(last)


def _checked(answers: Sequence[Answer]) -> dict[int, int]:
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
    return {answer.number: answer.vote for answer in answers}


def _write(
    place: Consultation, voice: UUID, last: dict[int, int], writing: Writing, at: datetime
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _CAST,
            {
                "numbers": list(last),
                "votes": list(last.values()),
                "consultation": place.id,
                "voice": voice,
                "at": at,
                "event": writing.event,
            },
        )
        (taken,) = cursor.fetchone()
    if taken != len(last):
        raise _unknown(place, last)


def _unknown(place: Consultation, last: dict[int, int]) -> NotFound:
    known = Statement.objects.filter(
        consultation=place, number__in=last, moderation="accepted"
    ).values_list("number", flat=True)
    unknown = sorted(set(last) - set(known))
    shown = ", ".join(map(str, unknown[:10])) + (" …" if len(unknown) > 10 else "")
    return NotFound(
        f"there is no statement to vote on under these numbers: {shown}",
        next_step="Take the numbers from the list of statements; none of the batch was taken.",
    )
