"""Someone says something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

from assises.lib.errors import Invalid
from assises.lib.ids import short_id
from assises.rooms.consultations.models import Consultation
from assises.rooms.consultations.opening import demand_open
from assises.rooms.contributions.checking import check_languages, check_verticals
from assises.rooms.contributions.masked import show_masked
from assises.rooms.contributions.models import CHANNELS, Contribution
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import Actor
from assises.rooms.people.own import demand_own
from assises.rooms.search.indexing import Found, index
from assises.rooms.texts.writing import Words, clean, write_many

LONGEST: Final = 5_000


@dataclass(frozen=True, slots=True)
class Saying:
    """What is said, in which language (``und`` where nobody knows), and in which sector."""

    voice: UUID
    words: str
    language: str = "und"
    vertical: UUID | None = None
    channel: str = "web"
    said_on: date | None = None
    shown: str | None = None
    """The masked edition of the words, where they hold personal data."""


def say(actor: Actor, place: Consultation, saying: Saying, *, key: str, at: datetime) -> UUID:
    """The contribution's id. It is public at once; moderation may hide it, with a reason.

    Raises:
        NotAllowed: in the name of another voice.
        Invalid: nothing to read in it, too long, an unknown language, channel or vertical.
        NotNow: the consultation is not open, or its time of listening is over or to come.
    """
    return say_many(actor, place, [saying], key=key, at=at)[0]


def say_many(
    actor: Actor, place: Consultation, sayings: Sequence[Saying], *, key: str, at: datetime
) -> list[UUID]:
    """Many contributions as one act: a workshop's, or a file's."""
    demand_open(place, "listen", at)
    cleaned = [clean(s.words, longest=LONGEST, field="words") for s in sayings]
    _check(actor, place, sayings)
    ids = [uuid4() for _ in sayings]
    payload = [
        {"language": s.language, "vertical": s.vertical and str(s.vertical), "words": words}
        for s, words in zip(sayings, cleaned, strict=True)
    ]
    with acting(
        "contributions.say",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=[f"contribution:{uid}" for uid in ids] if len(ids) == 1 else [],
        payload=payload,
        keep=False,
    ) as writing:
        if writing.repeated:
            return [UUID(uid) for uid in writing.outcome]
        _write(place, sayings, cleaned, ids, at)
        writing.outcome = [str(uid) for uid in ids]
    return ids


def _write(
    place: Consultation,
    sayings: Sequence[Saying],
    cleaned: Sequence[str],
    ids: Sequence[UUID],
    at: datetime,
) -> None:
    texts = write_many(
        (
            # The journal names a voice; the words do not repeat it.
            (Words(s.language, words, "speaker"), ())
            for s, words in zip(sayings, cleaned, strict=True)
        ),
        at=at,
    )
    rows = [
        Contribution(
            id=uid,
            short=short_id(uid),
            consultation=place,
            vertical_id=s.vertical,
            voice=s.voice,
            words=text,
            channel=s.channel,
            said_on=s.said_on or place.day_of(at),
        )
        for s, uid, text in zip(sayings, ids, texts, strict=True)
    ]
    Contribution.objects.bulk_create(rows)
    index(
        Found("contribution", row.id, place.id, s.language, words)
        for row, s, words in zip(rows, sayings, cleaned, strict=True)
    )
    masked = {r.id: s.shown for r, s in zip(rows, sayings, strict=True) if s.shown is not None}
    if masked:
        show_masked(masked)


def _check(actor: Actor, place: Consultation, sayings: Sequence[Saying]) -> None:
    for saying in sayings:
        demand_own(actor, saying.voice)
        if saying.channel not in CHANNELS:
            raise Invalid("there is no such channel", next_step=f"One of {', '.join(CHANNELS)}.")
    check_languages(s.language for s in sayings)
    check_verticals(place, (s.vertical for s in sayings))
