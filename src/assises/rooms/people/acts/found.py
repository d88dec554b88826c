"""A body takes its place: ministry, company, school, association, regulator."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from assises.lib.errors import Invalid
from assises.lib.ids import short_id, uuid7
from assises.rooms.journal.acting import SIMULATION, Place, acting
from assises.rooms.journal.permissions import Actor
from assises.rooms.people.models import Organisation
from assises.rooms.texts.writing import write_in

_LONGEST_NAME: Final = 160
_COLLEGE: Final = re.compile(r"[a-z][a-z-]{0,23}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """A body: its name by page language, the original first; its college; ISO 3166-1 country."""

    name: Mapping[str, str]
    college: str
    country: str = "MA"


def found(
    actor: Actor, place: Place | None, new: NewOrganisation, *, key: str, at: datetime
) -> UUID:
    """The organisation's id.

    In a simulation a body is always fictional, and elsewhere never: no real body acts there.

    Raises:
        Invalid: no name, or something that is not the code of a college or country.
    """
    _check(new)
    uid = uuid7(at)
    payload = {"college": new.college, "country": new.country, "name": dict(new.name)}
    with acting(
        "people.found",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=[f"organisation:{uid}"],
        payload=payload,
    ) as writing:
        if writing.repeated:
            return UUID(writing.outcome["organisation"])
        Organisation.objects.create(
            id=uid,
            short=short_id(uid),
            name=write_in(
                new.name, author=actor.pseudonym, at=at, longest=_LONGEST_NAME, field="name"
            ),
            college=new.college,
            country=new.country,
            fictional=place is not None and place.log == SIMULATION,
            consultation=None if place is None else place.id,
        )
        writing.outcome = {"organisation": str(uid)}
    return uid


def _check(new: NewOrganisation) -> None:
    wrong = {
        field: "not a code"
        for field, pattern, value in (
            ("college", _COLLEGE, new.college),
            ("country", _COUNTRY, new.country),
        )
        if not pattern.fullmatch(value)
    }
    if wrong:
        raise Invalid(
            "there is no such college or country", next_step="Choose from the list.", fields=wrong
        )
