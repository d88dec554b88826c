"""Someone begins to speak in a consultation."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from assises.lib.errors import Invalid
from assises.rooms.journal.acting import Place, acting
from assises.rooms.journal.permissions import VISITOR, Actor
from assises.rooms.people.handles import handle_of
from assises.rooms.people.models import Voice

CHANNELS: Final = ("web", "paper", "workshop", "hearing", "voice", "floor", "import")
AREAS: Final = ("", "urban", "rural")


@dataclass(frozen=True, slots=True)
class Portrait:
    """The little that someone chooses to say of themselves; each part may be left empty."""

    college: str = ""
    region: str = ""
    area: str = ""


def enter(
    place: Place,
    secret: str,
    portrait: Portrait | None = None,
    *,
    at: datetime,
    assurance: int = 0,
    channel: str = "web",
    actor: Actor = VISITOR,
) -> UUID:
    """The voice that holds ``secret`` here, made if this is its first word. Returns its id.

    The secret is its own idempotency key: entering twice is entering once.
    """
    found = find(place.id, secret)
    if found is not None:
        return found
    said = portrait or Portrait()
    if channel not in CHANNELS or said.area not in AREAS:
        raise Invalid("there is no such channel or area", next_step="Choose one of the list.")
    voice, handle = uuid4(), handle_of(place.id, secret)
    # Hashed once more: the journal is read by roles that must not find the voice.
    key = hashlib.sha256(b"enter" + handle).hexdigest()
    with acting("people.enter", actor, place=place, key=key, at=at) as writing:
        if not writing.repeated:
            Voice.objects.create(
                id=voice,
                consultation=place.id,
                handle=handle,
                assurance=assurance,
                college=said.college,
                region=said.region,
                area=said.area,
                channel=channel,
                entered_on=at.date(),
            )
    return voice if not writing.repeated else _must_find(place.id, secret)


def find(consultation: UUID, secret: str) -> UUID | None:
    """The voice that holds ``secret`` there, if it has spoken."""
    return (
        Voice.objects.filter(consultation=consultation, handle=handle_of(consultation, secret))
        .values_list("id", flat=True)
        .first()
    )


def _must_find(consultation: UUID, secret: str) -> UUID:
    found = find(consultation, secret)
    if found is None:
        raise Invalid("this voice was withdrawn", next_step="Begin again with a new code.")
    return found
