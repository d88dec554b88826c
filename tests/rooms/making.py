"""Small worlds for the tests of the rooms, made through acts as a person would."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from uuid import UUID

from assises.rooms.consultations.acts.create import NewConsultation, NewVertical, create
from assises.rooms.consultations.acts.open import open_to_all
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.acts.state import Stated, state
from assises.rooms.contributions.models import Statement
from assises.rooms.journal.permissions import Actor, Grant, Role, system
from assises.rooms.people.acts.enter import enter
from assises.rooms.people.handles import pseudonym_of_voice
from assises.rooms.votes.acts.cast import Answer, cast

AT = datetime(2026, 3, 2, 10, 30, 15, 123456, tzinfo=UTC)
BUILDER = system("test")
_keys = itertools.count()


def key() -> str:
    return f"key-{next(_keys)}"


def an_edition(
    kind: str = "simulated", *, opened: bool = True, moderated: bool = True
) -> Consultation:
    uid = create(
        BUILDER,
        NewConsultation(
            title={"fr": "Assises d’essai", "ar": "مناظرة تجريبية"},
            summary={"fr": "Pour voir."},
            kind=kind,
            taxonomy="test",
            verticals=[
                NewVertical("health", 1, {"fr": "Santé", "ar": "الصحة"}, {"fr": "Et vous ?"}),
                NewVertical("school", 2, {"fr": "École"}),
            ],
            colleges=["citizen", "academia"],
            moderated=moderated,
        ),
        key=key(),
        at=AT,
    )
    place = Consultation.objects.get(id=uid)
    if opened:
        open_to_all(BUILDER, place, key=key(), at=AT)
        place.refresh_from_db()
    return place


def some_statements(place: Consultation, count: int = 5) -> list[Statement]:
    stated = [
        Stated(
            f"Énoncé numéro {i} sur la santé",
            "fr",
            {"ar": f"عبارة {i}"},
            moderation="accepted",
            number=i,
        )
        for i in range(count)
    ]
    state(BUILDER, place, stated, key=key(), at=AT)
    return list(Statement.objects.filter(consultation=place).order_by("number"))


def a_voice(place: Consultation, secret: str = "") -> tuple[Actor, UUID]:
    voice = enter(place, secret or key(), at=AT)
    return speaking(place, voice), voice


def speaking(place: Consultation, voice: UUID) -> Actor:
    return Actor(pseudonym_of_voice(voice), frozenset({Grant(Role.VOICE, place.id)}))


def staff(role: Role, place: Consultation | None = None) -> Actor:
    return Actor(f"account:{role}", frozenset({Grant(role, place.id if place else None)}))


def vote(place: Consultation, who: tuple[Actor, UUID], answers: dict[int, int]) -> int:
    given = [Answer(number, value) for number, value in answers.items()]
    return cast(who[0], place, who[1], given, key=key(), at=AT)
