"""Put a short statement to everyone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Max

from assises.lib.errors import Invalid, NotAllowed, NotFound
from assises.lib.ids import short_id, uuid7
from assises.rooms.chain.linking import Node, link
from assises.rooms.consultations.models import Consultation
from assises.rooms.consultations.opening import demand_open
from assises.rooms.contributions.checking import check_languages, check_verticals
from assises.rooms.contributions.models import MODERATION, Contribution, Statement
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import Actor, demand
from assises.rooms.people.own import builds, demand_own, is_voice
from assises.rooms.search.indexing import Found, index
from assises.rooms.texts.writing import Words, clean, write_many

LONGEST: Final = 280
LONGEST_IMPORTED: Final = 5_000
_HIGHEST: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement in its own language, with translations by tag, and what inspired it.

    A participant's (``voice``) says its words, their language and vertical; the rest is the
    house's. ``moderation`` is only for those whose role decides it; a participant's waits where the
    consultation is moderated. ``number`` keeps the number that an import gives, and ``imported``
    words longer than a new statement may be, or without a letter: votes were cast on them.
    ``shown`` is the masked edition of the words, where they hold personal data.
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
    shown: str | None = None


@dataclass(frozen=True, slots=True)
class _Cleaned:
    """A statement's words and its translations by tag, as they are kept."""

    words: str
    others: dict[str, str]


def state(
    actor: Actor, place: Consultation, stated: Sequence[Stated], *, key: str, at: datetime
) -> list[UUID]:
    """The ids of the new statements, in order: one act, one journal entry.

    Raises:
        NotAllowed: in the name of another voice; or what is not a voice's, or not this role's.
        Invalid: words missing or too long, an unknown language or vertical, a number that is taken.
        NotFound: a contribution that is said to have inspired it is not here.
        NotNow: a participant's, where the consultation is not open or does not listen.
    """
    _check_right(actor, place, stated)
    if any(s.moderation not in (None, *MODERATION) for s in stated):
        raise Invalid("there is no such decision", next_step=f"One of {', '.join(MODERATION)}.")
    if not builds(actor) and any(s.voice is not None for s in stated):
        demand_open(place, "listen", at)
    cleaned = [_cleaned(s) for s in stated]
    check_languages(tag for s in stated for tag in (s.language, *s.translations))
    check_verticals(place, (s.vertical for s in stated))
    ids = [uuid7(at) for _ in stated]
    with acting(
        "contributions.state",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=[f"statement:{uid}" for uid in ids] if len(ids) == 1 else [],
        payload=[_payload(s, c) for s, c in zip(stated, cleaned, strict=True)],
        # Of a participant's words nothing is kept that taking them back would not erase.
        keep=len(stated) == 1 and stated[0].voice is None,
    ) as writing:
        if writing.repeated:
            return [UUID(uid) for uid in writing.outcome]
        _check_sources(place, stated)
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


def _check_right(actor: Actor, place: Consultation, stated: Sequence[Stated]) -> None:
    if builds(actor):
        return
    demand(actor, "contributions.state", place.id)
    if any(s.moderation is not None for s in stated):
        demand(actor, "contributions.moderate", place.id)
    if any(s.imported or s.number is not None or s.made_at is not None for s in stated):
        raise NotAllowed("only an import brings numbers and days", next_step="Leave them out.")
    for one in stated:
        if one.voice is not None:
            _check_own(actor, one, one.voice)
        elif is_voice(actor):
            raise NotAllowed("a voice speaks for itself", next_step="Say whose statement it is.")


def _check_own(actor: Actor, stated: Stated, voice: UUID) -> None:
    demand_own(actor, voice)
    if stated.seed or stated.meta or stated.translations or stated.inspired_by:
        raise NotAllowed("this is for the house to say", next_step="Say the words alone.")


def _check_sources(place: Consultation, stated: Sequence[Stated]) -> None:
    asked = {uid for s in stated for uid in s.inspired_by}
    here = Contribution.objects.filter(consultation=place, id__in=asked).exclude(state="withdrawn")
    if asked and here.count() != len(asked):
        raise NotFound(
            "a contribution that inspired it is not here, or was withdrawn",
            next_step="Choose among those of this edition.",
        )


def _cleaned(stated: Stated) -> _Cleaned:
    longest = LONGEST_IMPORTED if stated.imported else LONGEST
    return _Cleaned(
        clean(stated.words, longest=longest, field="words", required=not stated.imported),
        {
            tag: clean(words, longest=longest, field=tag)
            for tag, words in stated.translations.items()
            if tag != stated.language and words.strip()
        },
    )


def _payload(stated: Stated, cleaned: _Cleaned) -> dict[str, Any]:
    """What was asked: whatever else comes under the same key is a conflict."""
    return {
        "inspired_by": [str(uid) for uid in stated.inspired_by],
        "language": stated.language,
        "meta": stated.meta,
        "moderation": stated.moderation,
        "number": stated.number,
        "seed": stated.seed,
        "translations": cleaned.others,
        "vertical": stated.vertical and str(stated.vertical),
        "words": cleaned.words,
    }


def _write(
    place: Consultation,
    stated: Sequence[Stated],
    cleaned: Sequence[_Cleaned],
    ids: Sequence[UUID],
    author: str,
    at: datetime,
) -> list[Statement]:
    numbers = _numbers(place, stated)
    texts = write_many(
        (
            (
                Words(s.language, c.words, "speaker" if s.voice else author, s.shown),
                [Words(tag, words, author) for tag, words in c.others.items()],
            )
            for s, c in zip(stated, cleaned, strict=True)
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
        for row, s, c in zip(rows, stated, cleaned, strict=True)
        if row.moderation == "accepted"
        for tag, words in (
            (s.language, c.words if s.shown is None else s.shown),
            *c.others.items(),
        )
    )
    return rows


def _numbers(place: Consultation, stated: Sequence[Stated]) -> list[int]:
    # Under lock, so that two statements never get one number.
    Consultation.objects.select_for_update(no_key=True).get(id=place.id)
    highest = Statement.objects.filter(consultation=place).aggregate(n=Max("number"))["n"]
    following = 1 if highest is None else highest + 1
    if all(s.number is None for s in stated):
        numbers = list(range(following, following + len(stated)))
        taken = False
    else:
        numbers = [-1 if s.number is None else s.number for s in stated]
        taken = Statement.objects.filter(consultation=place, number__in=numbers).exists()
    out = any(not 0 <= number <= _HIGHEST for number in numbers)
    if taken or out or len(set(numbers)) != len(numbers):
        raise Invalid(
            "a statement's number is missing or taken", next_step="Give each its own number."
        )
    return numbers
