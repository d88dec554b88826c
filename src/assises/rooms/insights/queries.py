"""What the fronts read of results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from assises.rooms.insights.limits import FEWEST, TOLD
from assises.rooms.insights.models import Attendance, Position, Snapshot, StatementResult
from assises.rooms.people.queries import Heard
from assises.rooms.votes.models import Current
from assises.rooms.votes.queries import Tally


def newest(consultation: UUID) -> Snapshot | None:
    """The latest results of a consultation."""
    return (
        Snapshot.objects.filter(consultation=consultation)
        .order_by("-last_cast", "-computed_at")
        .first()
    )


def published(consultation: UUID) -> Snapshot | None:
    """The latest results whose counts everyone may see."""
    return (
        Snapshot.objects.filter(consultation=consultation, published=True)
        .order_by("-last_cast", "-computed_at")
        .first()
    )


def public_tallies(consultation: UUID, statements: Sequence[int]) -> dict[int, Tally]:
    """The counts that everyone may see, by the statements' row ids; nothing before there are any.

    They are those of the published results, never of this moment: two looks a second apart must
    not tell what one person answered in between.
    """
    shown = published(consultation)
    rows = StatementResult.objects.filter(snapshot=shown, statement__in=list(statements))
    found = {r.statement: Tally(r.agrees, r.disagrees, r.passes) for r in rows} if shown else {}
    return {uid: found.get(uid, Tally(0, 0, 0)) for uid in statements}


def results(snapshot: Snapshot) -> dict[int, StatementResult]:
    """Results by the statement's row id."""
    return {r.statement: r for r in StatementResult.objects.filter(snapshot=snapshot)}


def position(snapshot: Snapshot, voice: UUID) -> Position | None:
    """Where one voice stands: for itself alone."""
    return Position.objects.filter(snapshot=snapshot, voice=voice).first()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a voice stands in the newest results, of ``bundle``.

    ``letter`` is None where it is in no group, and where its group is not on the map that everyone
    sees yet; ``grouped`` tells the two apart.
    """

    x: float
    y: float
    letter: str | None
    grouped: bool
    bundle: str


def place_of(consultation: UUID, voice: UUID) -> Place | None:
    """Where one voice stands now, for itself alone: its own answers count at once."""
    found, shown = newest(consultation), published(consultation)
    here = None if found is None else position(found, voice)
    if found is None or here is None:
        return None
    letter = None if here.group is None else found.groups[here.group]["letter"]
    known = set() if shown is None else {g["letter"] for g in shown.groups}
    return Place(here.x, here.y, letter if letter in known else None, letter is not None, found.id)


def by_group(result: StatementResult | None) -> dict[str, Tally]:
    """How each group answered a statement, by its letter; empty where that may not be told.

    A group that is left out is what the others leave: where one is small, or what all of them leave
    of the whole, none is told.
    """
    rows = [] if result is None else result.by_group
    parts = {g["letter"]: Tally(g["agrees"], g["disagrees"], g["passes"]) for g in rows}
    if result is None or len(parts) < 2:
        return {}
    whole = result.agrees + result.disagrees + result.passes
    outside = whole - sum(part.answered for part in parts.values())
    small = any(part.answered < TOLD for part in parts.values())
    return {} if small or outside < 0 or 0 < outside < TOLD else parts


def in_groups(snapshot: Snapshot) -> int | None:
    """How many of the voices are in a group; None where that would tell how small one is."""
    small = any(group["people"] < TOLD for group in snapshot.groups)
    return None if small or 0 < snapshot.people - snapshot.grouped < TOLD else snapshot.grouped


def heard_by_everyone(consultation: UUID) -> Heard | None:
    """Who has spoken, as everyone may see it; None before ten have."""
    row = Attendance.objects.filter(consultation=consultation).first()
    if row is None:
        return None
    return Heard(row.voices, Counter(row.colleges), Counter(row.regions), Counter())


def enough(consultation: UUID) -> bool:
    """Whether there are people and statements enough for something to be computed."""
    votes = Current.objects.filter(consultation=consultation)
    return all(
        votes.values(of).distinct()[:FEWEST].count() >= FEWEST for of in ("voice", "statement")
    )
