"""A voice says, or takes back, what kind of person speaks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from assises.rooms.journal.acting import Place, acting
from assises.rooms.journal.permissions import Actor
from assises.rooms.people.acts.enter import Portrait, check_portrait
from assises.rooms.people.models import Voice
from assises.rooms.people.own import demand_own


def describe(
    actor: Actor, place: Place, voice: UUID, portrait: Portrait, *, key: str, at: datetime
) -> None:
    """Replace a voice's portrait. The journal keeps that it changed, not what it says.

    Raises:
        NotAllowed: it is another voice's.
        Invalid: a part of it is not a code.
    """
    demand_own(actor, voice)
    check_portrait(portrait)
    payload = {"area": portrait.area, "college": portrait.college, "region": portrait.region}
    with acting(
        "people.describe", actor, place=place, key=key, at=at, payload=payload, keep=False
    ) as writing:
        if not writing.repeated:
            Voice.objects.filter(id=voice, consultation=place.id).update(**payload)
