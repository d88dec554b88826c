"""Put a short statement to everyone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Max

from assises.lib.errors import Invalid
from assises.lib.ids import short_id, uuid7
from assises.rooms.chain.linking import Node, link
from assises.rooms.consultations.models import Consultation
from assises.rooms.consultations.opening import demand_open
from assises.rooms.contributions.models import Statement
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import Actor
from assises.rooms.search.indexing import Found, index
from assises.rooms.texts.models import TAGS
from assises.rooms.texts.writing import Words, clean, write_many

LONGEST: Final = 280
LONGEST_IMPORTED: Final = 5_000


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement in its own language, with translations by tag, and what inspired it.

    ``moderation`` is only for those whose role decides it; a participant's waits where the
    consultation is moderated. ``number`` keeps the number that an import gives, and ``imported``
    words longer than a new statement may be, or without a letter: votes were cast on them.
    """

    words: str
    language: str
    translations: Mapping[str, str] = field(default_factory=dict)
    vertical: UUID | None = None
    voice: UUID | None = None
    seed: bool = False
    meta: bool = False
    moderation: str | None = None
    number: int | None = None
    inspired_by: Sequence[UUID] = ()
    made_at: datetime | None = None
    imported: bool = False


def state(
    actor: Actor, place: Consultation, stated: Sequence[Stated], *, key: str, at: datetime
) -> list[UUID]:
    """The ids of the new statements, in order: one act, one journal entry.

    Raises:
        Invalid: words missing or too long, an unknown language, a number that is taken.
        NotNow: a participant's, where the consultation is not open.
    """
    if place.kind != "import" and any(s.voice is not None for s in stated):
        demand_open(place)
    cleaned = [_cleaned(s) for s in stated]
    _check_languages(stated)
    ids = [uuid7(at) for _ in stated]
    with acting(
        "contributions.state",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=[f"statement:{uid}" for uid in ids] if len(ids) == 1 else [],
        payload=[
            {"language": s.language, "words": w} for s, w in zip(stated, cleaned, strict=True)
        ],
        keep=len(stated) == 1,
    ) as writing:
        if writing.repeated:
            return [UUID(uid) for uid in writing.outcome]
        rows = _write(place, stated, cleaned, ids, actor.pseudonym, at)
        link(
            (
                (Node("contribution", source), Node("statement", row.uid))
                for row, s in zip(rows, stated, strict=True)
                for source in s.inspired_by
            ),
            "inspired",
            consultation=place.id,
            event=writing.event,
            at=at,
        )
        writing.outcome = [str(uid) for uid in ids]
    return ids


def _cleaned(stated: Stated) -> str:
    longest = LONGEST_IMPORTED if stated.imported else LONGEST
    return clean(stated.words, longest=longest, field="words", required=not stated.imported)


def _write(
    place: Consultation,
    stated: Sequence[Stated],
    cleaned: Sequence[str],
    ids: Sequence[UUID],
    author: str,
    at: datetime,
) -> list[Statement]:
    numbers = _numbers(place, stated)
    texts = write_many(
        (
            (
                Words(s.language, words, "speaker" if s.voice else author),
                [Words(tag, clean(t, longest=LONGEST, field=tag), author) for tag, t in _others(s)],
            )
            for s, words in zip(stated, cleaned, strict=True)
        ),
        at=at,
    )
    rows = [
        Statement(
            uid=uid,
            short=short_id(uid),
            consultation=place,
            vertical_id=s.vertical,
            number=number,
            words=text,
            voice=s.voice,
            seed=s.seed,
            meta=s.meta,
            moderation=s.moderation or ("waiting" if place.moderated else "accepted"),
            made_at=s.made_at or at,
        )
        for s, uid, text, number in zip(stated, ids, texts, numbers, strict=True)
    ]
    Statement.objects.bulk_create(rows)
    index(
        Found("statement", row.uid, place.id, tag, words)
        for row, s, words in zip(rows, stated, cleaned, strict=True)
        if row.moderation == "accepted"
        for tag, words in ((s.language, words), *_others(s))
    )
    return rows


def _numbers(place: Consultation, stated: Sequence[Stated]) -> list[int]:
    # Under lock, so that two statements never get one number.
    Consultation.objects.select_for_update().get(id=place.id)
    highest = Statement.objects.filter(consultation=place).aggregate(n=Max("number"))["n"]
    following = 0 if highest is None else highest + 1
    if all(s.number is None for s in stated):
        return list(range(following, following + len(stated)))
    numbers = [-1 if s.number is None else s.number for s in stated]
    taken = Statement.objects.filter(consultation=place, number__in=numbers).exists()
    if taken or min(numbers) < 0 or len(set(numbers)) != len(numbers):
        raise Invalid(
            "a statement's number is missing or taken", next_step="Give each its own number."
        )
    return numbers


def _others(stated: Stated) -> Iterable[tuple[str, str]]:
    return (
        (tag, words)
        for tag, words in stated.translations.items()
        if tag != stated.language and words.strip()
    )


def _check_languages(stated: Sequence[Stated]) -> None:
    for one in stated:
        for tag in (one.language, *one.translations):
            if tag not in TAGS:
                raise Invalid(
                    f"there is no language {tag!r} here",
                    next_step="Choose one of the list.",
                    fields={"language": "not in the list"},
                )
