"""A voice takes back a vote, or leaves with everything it did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from assises.lib.errors import NotFound
from assises.rooms.consultations.models import Consultation
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import Actor
from assises.rooms.people.own import demand_own

_WITHDRAW: Final = """
WITH gone AS (
    DELETE FROM votes_current
    WHERE consultation = %(consultation)s AND voice = %(voice)s
      AND (%(all)s OR statement IN (
          SELECT id FROM contributions_statement
          WHERE consultation_id = %(consultation)s AND number = ANY(%(numbers)s::int[])))
    RETURNING statement
), added AS (
    INSERT INTO votes_cast (consultation, voice, statement, vote, at, event)
    SELECT %(consultation)s, %(voice)s, statement, NULL, %(at)s, %(event)s
    FROM gone ORDER BY statement
)
SELECT count(*) FROM gone"""


def withdraw(
    actor: Actor,
    place: Consultation,
    voice: UUID,
    numbers: Sequence[int] | None,
    *,
    key: str,
    at: datetime,
) -> int:
    """How many votes were taken back; ``numbers`` None for all of this voice's votes here.

    Works in any phase: leaving is always open. Every count recomputes without them.

    Raises:
        NotAllowed: another voice's.
        NotFound: there is no such vote to take back.
    """
    demand_own(actor, voice)
    payload = {"numbers": None if numbers is None else sorted(set(numbers))}
    with acting(
        "votes.withdraw", actor, place=place, key=key, at=at, payload=payload, keep=False
    ) as writing:
        if writing.repeated:
            return int(writing.outcome["withdrawn"])
        with connection.cursor() as cursor:
            cursor.execute(
                _WITHDRAW,
                {
                    "consultation": place.id,
                    "voice": voice,
                    "all": numbers is None,
                    "numbers": list(numbers or ()),
                    "at": at,
                    "event": writing.event,
                },
            )
            (gone,) = cursor.fetchone()
        if numbers is not None and not gone:
            raise NotFound("there is no such vote of yours", next_step="Reload your own page.")
        writing.outcome = {"withdrawn": gone}
    return int(gone)
