"""Make a consultation, as a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from assises.lib.errors import Invalid
from assises.lib.ids import short_id, uuid7
from assises.rooms.consultations.models import KINDS, Consultation, Vertical
from assises.rooms.journal.acting import OFFICIAL, SIMULATION, acting
from assises.rooms.journal.permissions import Actor
from assises.rooms.texts.writing import write_in

Languages = Mapping[str, str]
LONGEST: Final = {
    "title": 160,
    "summary": 2_000,
    "host": 160,
    "patronage": 200,
    "place": 160,
    "charter": 20_000,
    "name": 120,
    "question": 300,
}
TEXTS: Final = ("title", "summary", "host", "patronage", "place", "charter")


@dataclass(frozen=True, slots=True)
class NewVertical:
    """A sector: its code in a taxonomy, its name and its question for ordinary people."""

    code: str
    number: int
    name: Languages
    question: Languages = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewConsultation:
    """What a consultation begins with. Each text is given by page language, the original first."""

    title: Languages
    kind: str = "own"
    summary: Languages = field(default_factory=dict)
    host: Languages = field(default_factory=dict)
    patronage: Languages = field(default_factory=dict)
    place: Languages = field(default_factory=dict)
    charter: Languages = field(default_factory=dict)
    starts_on: date | None = None
    ends_on: date | None = None
    zone: str = "Africa/Casablanca"
    country: str = "MA"
    taxonomy: str = ""
    verticals: Sequence[NewVertical] = ()
    colleges: Sequence[str] = ()
    moderated: bool = True
    votes_published: bool = False


@dataclass(frozen=True, slots=True)
class _Draft:
    """The place of an act that makes its own place."""

    id: UUID
    log: str


def create(actor: Actor, new: NewConsultation, *, key: str, at: datetime) -> UUID:
    """The draft's id.

    Raises:
        Invalid: no title, an unknown kind, dates that run backwards, a vertical given twice.
    """
    _check(new)
    uid = uuid7(at)
    log = SIMULATION if new.kind == "simulated" else OFFICIAL
    payload = {
        "kind": new.kind,
        "title": dict(new.title),
        "verticals": [v.code for v in new.verticals],
    }
    with acting(
        "consultations.create",
        actor,
        place=_Draft(uid, log),
        key=key,
        at=at,
        subjects=[f"consultation:{uid}"],
        payload=payload,
    ) as writing:
        if writing.repeated:
            return UUID(writing.outcome["consultation"])
        _write(uid, new, actor.pseudonym, at)
        writing.outcome = {"consultation": str(uid)}
    return uid


def _check(new: NewConsultation) -> None:
    if new.kind not in KINDS:
        raise Invalid(
            "there is no such kind of consultation", next_step=f"One of {', '.join(KINDS)}."
        )
    if new.starts_on and new.ends_on and new.ends_on < new.starts_on:
        raise Invalid(
            "it would end before it begins",
            next_step="Correct one of the two days.",
            fields={"ends_on": "before the first day"},
        )
    codes = [v.code for v in new.verticals]
    if len(set(codes)) != len(codes):
        raise Invalid("a vertical is given twice", next_step="Keep one of each code.")


def _write(uid: UUID, new: NewConsultation, author: str, at: datetime) -> None:
    def text(name: str, languages: Languages) -> UUID | None:
        if not any(words.strip() for words in languages.values()) and name != "title":
            return None
        return write_in(languages, author=author, at=at, longest=LONGEST[name], field=name)

    consultation = Consultation.objects.create(
        id=uid,
        short=short_id(uid),
        kind=new.kind,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        zone=new.zone,
        country=new.country,
        colleges=list(new.colleges),
        moderated=new.moderated,
        votes_published=new.votes_published,
        made_at=at,
        **{name: text(name, getattr(new, name)) for name in TEXTS},
    )
    ids = [uuid7(at) for _ in new.verticals]
    Vertical.objects.bulk_create(
        [
            Vertical(
                id=vertical,
                short=short_id(vertical),
                consultation=consultation,
                taxonomy=new.taxonomy,
                code=given.code,
                number=given.number,
                name=_named(text("name", given.name)),
                question=text("question", given.question),
            )
            for vertical, given in zip(ids, new.verticals, strict=True)
        ]
    )


def _named(name: UUID | None) -> UUID:
    if name is None:
        raise Invalid("a vertical has no name", next_step="Name it in one language at least.")
    return name
