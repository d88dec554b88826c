"""The first shelf: a real edition, as far as published facts go. Nothing here is invented.

It has no statement and no contribution, because none was published; it is closed, so that it is
read and nobody votes in it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from assises.countries import PressFact, pick
from assises.countries.ma import MA, authorities, edition_2025
from assises.demo.edition.build import languages, new_verticals
from assises.lib.errors import InputError
from assises.rooms.consultations.acts.create import NewConsultation, create
from assises.rooms.consultations.acts.map_verticals import map_verticals
from assises.rooms.consultations.acts.open import close, open_to_all
from assises.rooms.consultations.models import Vertical, place_of
from assises.rooms.journal.permissions import system

ACTOR: Final = system("demo")
ORGANISER: Final = "mtnra"
"""The ministry that the fact ``event-organiser`` names, by its code among the authorities."""
DAYS: Final = 2
"""``event-dates`` begins on its ``when`` and says that there were two."""


def build_press(at: datetime) -> UUID:
    """The edition of 2025 from the press, made if it is not there yet. Returns its id."""
    edition = edition_2025()
    key = f"press:{edition.code}"
    with transaction.atomic():
        place = place_of(create(ACTOR, _described(), key=f"{key}:create", at=at))
        if place.state == "draft":
            open_to_all(ACTOR, place, key=f"{key}:open", at=at)
            close(ACTOR, place, key=f"{key}:close", at=at)
    return place.id


def join(press: UUID, simulated: UUID, at: datetime) -> int:
    """Say which vertical of the one stands for which of the other: the same codes of one list.

    Returns how many pairs were made.
    """
    others = dict(Vertical.objects.filter(consultation=simulated).values_list("code", "id"))
    mine = Vertical.objects.filter(consultation=press).order_by("number")
    pairs = [(vertical.id, others[vertical.code]) for vertical in mine if vertical.code in others]
    return map_verticals(ACTOR, place_of(press), pairs, _source(), key=f"map:{simulated}", at=at)


def _described() -> NewConsultation:
    edition = edition_2025()
    begins = _begins(_fact("event-dates"))
    return NewConsultation(
        title=languages(edition.title),
        kind="press",
        theme=languages(_fact("event-theme").text),
        summary=languages(edition.note),
        host=languages(pick(authorities(), ORGANISER).name),
        patronage=languages(_fact("event-patronage").text),
        place=languages(_fact("event-place").text),
        starts_on=begins,
        ends_on=begins + timedelta(days=DAYS - 1),
        zone=MA.time_zone,
        country=MA.code,
        taxonomy=edition.taxonomy,
        verticals=new_verticals(),
        colleges=[college.code for college in MA.colleges()],
    )


def _fact(uid: str) -> PressFact:
    return next(fact for fact in edition_2025().facts if fact.id == uid)


def _begins(dates: PressFact) -> date:
    if dates.when is None:
        raise InputError(
            "the edition has no date", value=dates.id, next_step="Add it from a source."
        )
    return date.fromisoformat(dates.when)


def _source() -> str:
    taxonomy = pick(MA.taxonomies(), edition_2025().taxonomy)
    names = ", ".join(source.name for source in taxonomy.sources)
    return f"{taxonomy.title.fr} ({names})"[:200]
