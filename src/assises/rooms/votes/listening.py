"""What this room learns from the acts of the contributions, which do not know it."""

from __future__ import annotations

from typing import Final

from django.db import connection

from assises.rooms.journal.acting import Writing, on

_LEAVE: Final = """
WITH gone AS (
    DELETE FROM votes_current WHERE consultation = %(consultation)s AND statement = %(statement)s
    RETURNING voice
)
INSERT INTO votes_cast (consultation, voice, statement, vote, at, event)
SELECT %(consultation)s, voice, %(statement)s, NULL, %(at)s, %(event)s FROM gone ORDER BY voice"""


@on("contributions.retract")
def leave_the_counts(writing: Writing) -> None:
    """What was answered to a statement that its author took back leaves every count.

    Casts are only ever added to: each of these votes becomes a cast of nothing, under the event of
    the author's act and not of the voter's.
    """
    if writing.place is None or "statement" not in writing.notes:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _LEAVE,
            {
                "consultation": writing.place.id,
                "statement": writing.notes["statement"],
                "at": writing.at,
                "event": writing.event,
            },
        )
