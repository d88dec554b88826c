"""A voice says, or takes back, what kind of person speaks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from assises.lib.errors import Invalid
from assises.rooms.journal.acting import Place, acting
from assises.rooms.journal.permissions import Actor
from assises.rooms.people.acts.enter import AREAS, Portrait
from assises.rooms.people.models import Voice


def describe(
    actor: Actor, place: Place, voice: UUID, portrait: Portrait, *, key: str, at: datetime
) -> None:
    """Replace a voice's portrait. The journal keeps that it changed, not what it says."""
    if portrait.area not in AREAS:
        raise Invalid("there is no such area", next_step="Choose one of the list.")
    payload = {"area": portrait.area, "college": portrait.college, "region": portrait.region}
    with acting(
        "people.describe", actor, place=place, key=key, at=at, payload=payload, keep=False
    ) as writing:
        if not writing.repeated:
            Voice.objects.filter(id=voice, consultation=place.id).update(**payload)
