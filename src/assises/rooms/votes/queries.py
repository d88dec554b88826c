"""What the fronts and the insights read of votes."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from assises.rooms.contributions.models import WITHDRAWN, Contribution, Statement
from assises.rooms.people.models import Voice
from assises.rooms.people.queries import Heard, portraits
from assises.rooms.votes.models import Cast, Current


@dataclass(frozen=True, slots=True)
class Tally:
    """How a statement was answered, by everyone who did."""

    agrees: int
    disagrees: int
    passes: int

    @property
    def answered(self) -> int:
        """Everyone who answered."""
        return self.agrees + self.disagrees + self.passes


def mine(consultation: UUID, voice: UUID) -> dict[int, int]:
    """A voice's current votes: statement number -> 1, 0, -1."""
    rows = Current.objects.filter(consultation=consultation, voice=voice)
    numbers = dict(Statement.objects.filter(consultation=consultation).values_list("id", "number"))
    return {numbers[statement]: vote for statement, vote in rows.values_list("statement", "vote")}


def answered(consultation: UUID, voice: UUID) -> tuple[dict[int, int], datetime | None]:
    """A voice's current votes by the statements' numbers, and when it gave the last of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.number, v.vote, v.at FROM votes_current v"
            " JOIN contributions_statement s ON s.id = v.statement"
            " WHERE v.consultation = %s AND v.voice = %s",
            (consultation, voice),
        )
        rows = cursor.fetchall()
    last = max((at for *_, at in rows), default=None)
    return {number: vote for number, vote, _ in rows}, last


def tallies(consultation: UUID, statements: Sequence[int]) -> dict[int, Tally]:
    """The current counts of some statements, by their row ids; one indexed query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT statement, count(*) FILTER (WHERE vote = 1),"
            " count(*) FILTER (WHERE vote = -1), count(*) FILTER (WHERE vote = 0)"
            " FROM votes_current WHERE consultation = %s AND statement = ANY(%s)"
            " GROUP BY statement",
            (consultation, list(statements)),
        )
        found = {row[0]: Tally(*row[1:]) for row in cursor.fetchall()}
    return {uid: found.get(uid, Tally(0, 0, 0)) for uid in statements}


def counted(consultation: UUID) -> int:
    """How many votes count now."""
    return _counting(consultation).count()


def people(consultation: UUID) -> int:
    """How many voices have a vote that counts."""
    return _counting(consultation).values("voice").distinct().count()


def heard(consultation: UUID) -> Heard:
    """Who has spoken: voices with a vote that counts, a contribution or a statement of theirs."""
    votes = _counting(consultation).filter(voice=OuterRef("id"))
    said = Contribution.objects.filter(consultation=consultation, voice=OuterRef("id"))
    put = Statement.objects.filter(consultation=consultation, voice=OuterRef("id"))
    return portraits(
        Voice.objects.filter(consultation=consultation).filter(
            Exists(votes)
            | Exists(said.exclude(state=WITHDRAWN))
            | Exists(put.exclude(moderation=WITHDRAWN))
        )
    )


def _counting(consultation: UUID) -> QuerySet[Current]:
    # A vote that was on its way while its statement was taken back may have come after.
    gone = Statement.objects.filter(consultation=consultation, moderation=WITHDRAWN)
    return Current.objects.filter(consultation=consultation).exclude(
        statement__in=gone.values("id")
    )


def last_cast(consultation: UUID) -> int:
    """The id of the newest cast, 0 before the first."""
    newest = Cast.objects.filter(consultation=consultation).order_by("-id").values_list("id")
    row = newest.first()
    return row[0] if row else 0


def voices_since(consultation: UUID, cast: int) -> int:
    """How many voices have answered or taken back since that cast."""
    rows = Cast.objects.filter(consultation=consultation, id__gt=cast)
    return rows.values("voice").distinct().count()


@dataclass(frozen=True)
class CurrentVotes:
    """All current votes: parallel arrays of shape (n,), ordered by voice, then statement.

    ``voice`` holds positions in ``voices``; ``number`` the statements' numbers (int64); ``vote``
    1, 0, -1 (int8); ``at`` milliseconds since 1970, UTC (int64).
    """

    voices: list[UUID]
    voice: npt.NDArray[np.int64]
    number: npt.NDArray[np.int64]
    vote: npt.NDArray[np.int8]
    at: npt.NDArray[np.int64]


def current_votes(consultation: UUID) -> CurrentVotes:
    """Everything that the engine needs, streamed out of the database by COPY."""
    voices: dict[str, int] = {}
    cells = array("q")  # eight bytes a number: a million votes as tuples would take 150 MB
    query = (
        "COPY (SELECT v.voice, s.number, v.vote, (extract(epoch FROM v.at) * 1000)::bigint"
        " FROM votes_current v JOIN contributions_statement s ON s.id = v.statement"
        " WHERE v.consultation = %s AND s.moderation <> %s ORDER BY v.voice, s.number) TO STDOUT"
    )
    with connection.cursor() as cursor, cursor.copy(query, (consultation, WITHDRAWN)) as copy:
        copy.set_types(["text", "int4", "int2", "int8"])
        for voice, number, vote, at in copy.rows():
            cells.extend((voices.setdefault(voice, len(voices)), number, vote, at))
    table = np.array(cells, dtype=np.int64).reshape(-1, 4)
    return CurrentVotes(
        [UUID(v) for v in voices],
        table[:, 0],
        table[:, 1],
        table[:, 2].astype(np.int8),
        table[:, 3],
    )


@dataclass(frozen=True)
class Drawn:
    """The current votes on statements that were drawn for their voice: arrays of shape (n,).

    ``draw`` counts the draws of each voice from 0, and ``draws`` is how many it had (int64);
    ``number`` the statements' numbers (int64); ``vote`` 1, 0, -1 (int8); ``chance`` what each
    statement had of being drawn (float64).
    """

    number: npt.NDArray[np.int64]
    vote: npt.NDArray[np.int8]
    draw: npt.NDArray[np.int64]
    draws: npt.NDArray[np.int64]
    chance: npt.NDArray[np.float64]


def drawn_votes(consultation: UUID) -> Drawn:
    """What undoes the drawing; what a voice found another way is no draw."""
    whole, chance = array("q"), array("d")
    query = (
        "COPY (SELECT s.number, v.vote, row_number() OVER w - 1,"
        " count(*) OVER (PARTITION BY v.voice), v.offered_chance"
        " FROM votes_current v JOIN contributions_statement s ON s.id = v.statement"
        " WHERE v.consultation = %s AND s.moderation <> %s AND v.offered_chance IS NOT NULL"
        " WINDOW w AS (PARTITION BY v.voice ORDER BY v.offered_step, v.statement)"
        " ORDER BY v.voice, v.offered_step, v.statement) TO STDOUT"
    )
    with connection.cursor() as cursor, cursor.copy(query, (consultation, WITHDRAWN)) as copy:
        copy.set_types(["int4", "int2", "int8", "int8", "float8"])
        for number, vote, draw, draws, odds in copy.rows():
            whole.extend((number, vote, draw, draws))
            chance.append(odds)
    table = np.array(whole, dtype=np.int64).reshape(-1, 4)
    return Drawn(
        table[:, 0], table[:, 1].astype(np.int8), table[:, 2], table[:, 3], np.array(chance)
    )
