"""Many votes of many voices in one act: an import, or the simulation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from assises.lib.errors import Invalid
from assises.rooms.consultations.models import Consultation
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import Actor


@dataclass(frozen=True, slots=True)
class Loaded:
    """One vote of a file: by whom, on which statement's number, what, when."""

    voice: UUID
    number: int
    vote: int
    at: datetime


_INTO: Final = "COPY loaded (ord, voice, number, vote, at) FROM STDIN"
_CASTS: Final = """
INSERT INTO votes_cast (consultation, voice, statement, vote, at, event)
SELECT s.consultation_id, l.voice, s.id, l.vote, l.at, %(event)s
FROM loaded l JOIN contributions_statement s
  ON s.consultation_id = %(consultation)s AND s.number = l.number ORDER BY l.ord"""
_CURRENT: Final = """
INSERT INTO votes_current (consultation, voice, statement, vote, at)
SELECT DISTINCT ON (l.voice, s.id) s.consultation_id, l.voice, s.id, l.vote, l.at
FROM loaded l JOIN contributions_statement s
  ON s.consultation_id = %(consultation)s AND s.number = l.number
ORDER BY l.voice, s.id, l.at DESC, l.ord DESC
ON CONFLICT (consultation, voice, statement) DO UPDATE SET vote = excluded.vote, at = excluded.at
WHERE excluded.at >= votes_current.at"""


def load(
    actor: Actor, place: Consultation, votes: Iterable[Loaded], *, key: str, at: datetime
) -> int:
    """How many casts were taken. Of equal times the later row counts, as everywhere.

    Args:
        votes: read twice, first to say what is loaded and then to load it: something that makes
            its votes anew each time keeps a million of them out of memory.

    Raises:
        Invalid: a vote on a number that this consultation does not have, or another than 1, 0,
            -1; nothing is taken.
    """
    again = list(votes) if isinstance(votes, Iterator) else votes
    rows, digest = 0, hashlib.sha256()
    for v in again:
        if v.vote not in (1, 0, -1):
            raise Invalid(
                "a vote is 1 (agree), 0 (pass) or -1 (disagree)",
                next_step="Correct it and load the file again; none of it was taken.",
                fields={"vote": str(v.vote)[:20]},
            )
        rows += 1
        digest.update(f"{v.voice},{v.number},{v.vote},{v.at.isoformat()}\n".encode())
    payload = {"rows": rows, "sha256": digest.hexdigest()}
    with acting("votes.load", actor, place=place, key=key, at=at, payload=payload) as writing:
        if writing.repeated:
            return int(writing.outcome["casts"])
        values = {"consultation": place.id, "event": writing.event}
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMP TABLE loaded (ord bigint, voice uuid, number int, vote smallint,"
                " at timestamptz) ON COMMIT DROP"
            )
            with cursor.copy(_INTO) as copy:
                for i, v in enumerate(again):
                    copy.write_row((i, v.voice, v.number, v.vote, v.at))
            cursor.execute(_CASTS, values)
            casts = cursor.rowcount
            if casts != rows:
                raise Invalid(
                    f"{rows - casts} votes are on statements that are not here",
                    next_step="Load the statements first.",
                )
            cursor.execute(_CURRENT, values)
        writing.outcome = {"casts": casts}
    return int(casts)
