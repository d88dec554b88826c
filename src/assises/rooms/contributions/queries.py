"""What the fronts read of contributions and statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Count, QuerySet

from assises.lib.errors import NotFound
from assises.rooms.chain.linking import Node
from assises.rooms.chain.queries import Card, describes, stone_of
from assises.rooms.contributions.models import WITHDRAWN, Contribution, Statement
from assises.rooms.texts.queries import Said, said


@dataclass(frozen=True, slots=True)
class Spoken:
    """A contribution in the words of a page; ``words`` is None where it was withdrawn."""

    row: Contribution
    words: Said | None


@dataclass(frozen=True, slots=True)
class Put:
    """A statement in the words of a page."""

    row: Statement
    words: Said


def contributions(
    consultation: UUID,
    language: str,
    *,
    vertical: UUID | None = None,
    after: UUID | None = None,
    limit: int = 20,
) -> list[Spoken]:
    """Public contributions in the order of their ids, which is chance: nobody is first."""
    rows = Contribution.objects.filter(consultation=consultation, state="public")
    if vertical is not None:
        rows = rows.filter(vertical=vertical)
    if after is not None:
        rows = rows.filter(id__gt=after)
    return _spoken(rows.order_by("id")[:limit], language)


def contribution(short: str, language: str) -> Spoken:
    """One contribution by the id of its address; a withdrawn one as a stone.

    Raises:
        NotFound: also for one that moderation hides.
    """
    rows = Contribution.objects.filter(short=short).exclude(state="hidden")
    found = _spoken(rows.exclude(consultation__state="draft"), language)
    if not found:
        raise NotFound("there is no such contribution", next_step="Look for it by its words.")
    return found[0]


def contributions_of(voice: UUID, language: str) -> list[Spoken]:
    """Everything that a voice said, hidden or not: for itself."""
    return _spoken(Contribution.objects.filter(voice=voice).order_by("-said_on", "id"), language)


def proposed_by(voice: UUID, language: str) -> list[Put]:
    """The statements that a voice proposed and left, whatever was decided of them: for itself."""
    rows = Statement.objects.filter(voice=voice).exclude(moderation=WITHDRAWN)
    return _put(rows.order_by("number"), language)


def counts_by_vertical(consultation: UUID) -> dict[UUID | None, tuple[int, int]]:
    """Public contributions and accepted statements of each vertical; None for those without."""
    said_ = _count(Contribution.objects.filter(consultation=consultation, state="public"))
    put = _count(Statement.objects.filter(consultation=consultation, moderation="accepted"))
    return {v: (said_.get(v, 0), put.get(v, 0)) for v in said_.keys() | put.keys()}


def statements(
    consultation: UUID,
    language: str,
    *,
    vertical: UUID | None = None,
    moderation: str = "accepted",
    after: int = -1,
    limit: int | None = None,
) -> list[Put]:
    """Statements in the order of their numbers."""
    rows = Statement.objects.filter(
        consultation=consultation, moderation=moderation, number__gt=after
    ).order_by("number")
    if vertical is not None:
        rows = rows.filter(vertical=vertical)
    return _put(rows if limit is None else rows[:limit], language)


def statement(short: str, language: str) -> Put:
    """One accepted statement by the id of its address.

    Raises:
        NotFound: also for one that waits or was refused.
    """
    rows = Statement.objects.filter(short=short, moderation="accepted")
    found = _put(rows.exclude(consultation__state="draft"), language)
    if not found:
        raise NotFound("there is no such statement", next_step="Look for it by its words.")
    return found[0]


def stone(short: str) -> Statement | None:
    """A statement that its author took back, by the id of its address; it has no words any more."""
    rows = Statement.objects.filter(short=short, moderation=WITHDRAWN)
    return rows.exclude(consultation__state="draft").first()


def statements_by_number(
    consultation: UUID, numbers: Iterable[int], language: str
) -> dict[int, Put]:
    """Accepted statements by their numbers."""
    rows = Statement.objects.filter(
        consultation=consultation, number__in=list(numbers), moderation="accepted"
    )
    return {put.row.number: put for put in _put(rows, language)}


def statements_by_row(consultation: UUID, ids: Iterable[int], language: str) -> dict[int, Put]:
    """Accepted statements by their row ids."""
    rows = Statement.objects.filter(
        consultation=consultation, id__in=list(ids), moderation="accepted"
    )
    return {put.row.id: put for put in _put(rows, language)}


def accepted_numbers(consultation: UUID) -> list[int]:
    """The numbers of the statements that may be answered, ascending."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(array_agg(number ORDER BY number), '{}') FROM contributions_statement"
            " WHERE consultation_id = %s AND moderation = 'accepted'",
            (consultation,),
        )
        (numbers,) = cursor.fetchone()
    return list(numbers)


def statements_by_uid(uids: Iterable[UUID], language: str) -> dict[UUID, Put]:
    """Accepted statements by their ids; none of a draft."""
    rows = Statement.objects.filter(uid__in=list(uids), moderation="accepted")
    rows = rows.exclude(consultation__state="draft")
    return {put.row.uid: put for put in _put(rows, language)}


def contributions_by_id(ids: Iterable[UUID], language: str) -> dict[UUID, Spoken]:
    """Public contributions by their ids; none of a draft."""
    rows = Contribution.objects.filter(id__in=list(ids), state="public")
    rows = rows.exclude(consultation__state="draft")
    return {spoken.row.id: spoken for spoken in _spoken(rows, language)}


@describes("statement")
def _statement_cards(ids: Sequence[UUID], language: str) -> Iterable[Card]:
    for uid, put in statements_by_uid(ids, language).items():
        words = put.words
        yield Card(Node("statement", uid), words.words, words.tag, words.direction, put.row.short)
    rows = Statement.objects.filter(uid__in=ids, moderation=WITHDRAWN)
    for row in rows.exclude(consultation__state="draft"):
        yield stone_of(Node("statement", row.uid), row.short, "withdrawn", row.withdrawn_on)


@describes("contribution")
def _contribution_cards(ids: Sequence[UUID], language: str) -> Iterable[Card]:
    rows = Contribution.objects.filter(id__in=ids).exclude(consultation__state="draft")
    for spoken in _spoken(rows, language):
        row, words = spoken.row, spoken.words
        node = Node("contribution", row.id)
        if row.state == WITHDRAWN or words is None:
            yield stone_of(node, row.short, "withdrawn", row.withdrawn_on)
        elif row.state == "hidden":
            yield stone_of(node, "", "hidden")  # its page is nobody's
        else:
            yield Card(node, words.words, words.tag, words.direction, row.short)


def _count(rows: QuerySet[Contribution] | QuerySet[Statement]) -> dict[UUID | None, int]:
    counted = rows.order_by().values("vertical").annotate(n=Count("pk"))
    return {row["vertical"]: row["n"] for row in counted}


def _spoken(rows: QuerySet[Contribution], language: str) -> list[Spoken]:
    listed = list(rows)
    words = said((row.words for row in listed), language)
    return [Spoken(row, words.get(row.words)) for row in listed]


def _put(rows: QuerySet[Statement], language: str) -> list[Put]:
    listed = list(rows.select_related("consultation"))
    words = said((row.words for row in listed), language)
    return [Put(row, words[row.words]) for row in listed]
