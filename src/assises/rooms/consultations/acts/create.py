"""Make a consultation, as a draft."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from assises.lib.errors import Invalid
from assises.lib.ids import short_id, uuid7
from assises.rooms.consultations.models import KINDS, Consultation, Vertical
from assises.rooms.journal.acting import OFFICIAL, SIMULATION, acting
from assises.rooms.journal.permissions import Actor
from assises.rooms.people.own import builds
from assises.rooms.texts.writing import clean, write_in

Languages = Mapping[str, str]
LONGEST: Final = {
    "title": 160,
    "theme": 300,
    "summary": 2_000,
    "host": 160,
    "patronage": 200,
    "place": 160,
    "charter": 20_000,
    "name": 120,
    "question": 300,
}
_CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
TEXTS: Final = ("title", "theme", "summary", "host", "patronage", "place", "charter")


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
    theme: Languages = field(default_factory=dict)
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
        Invalid: no title, an unknown kind, zone or country, dates that run backwards, a code that
            is none, a vertical given twice; or single votes published, which only an import whose
            votes are public already begins with: see ``publish_votes``.
    """
    _check(new)
    if new.votes_published and (new.kind == "own" or not builds(actor)):
        raise Invalid(
            "single votes are not published from the start",
            next_step="Confirm the authority's reference, then publish them by an act of its own.",
            fields={"votes_published": "needs the authority's reference"},
        )
    uid = uuid7(at)
    log = SIMULATION if new.kind == "simulated" else OFFICIAL
    payload = {
        "kind": new.kind,
        "title": clean_all("title", new.title),
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
    _check_codes(new)
    codes = [v.code for v in new.verticals]
    if len(set(codes)) != len(codes):
        raise Invalid("a vertical is given twice", next_step="Keep one of each code.")


def _check_codes(new: NewConsultation) -> None:
    codes = [*(v.code for v in new.verticals), *new.colleges]
    if new.taxonomy or new.verticals:
        codes.append(new.taxonomy)
    for name, wrong in (
        ("country", not _COUNTRY.fullmatch(new.country)),
        ("zone", not _is_zone(new.zone)),
        ("code", not all(_CODE.fullmatch(code) for code in codes)),
    ):
        if wrong:
            raise Invalid(
                f"there is no such {name}",
                next_step="Choose it from the list.",
                fields={name: "not in the list"},
            )


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name).key)
    except (KeyError, ValueError, OSError):
        return False


def clean_all(name: str, languages: Languages) -> dict[str, str]:
    """The words of one text by page language, as they are kept.

    Raises:
        Invalid: too long, or not text at all; the field is ``{name}_{language}``.
    """
    return {
        code: clean(words, longest=LONGEST[name], field=f"{name}_{code}", required=False)
        for code, words in languages.items()
    }


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
