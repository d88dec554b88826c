"""Someone begins to speak in a consultation."""

from __future__ import annotations

import hashlib
import re
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
_COLLEGE: Final = re.compile(r"[a-z-]{0,24}")
_REGION: Final = re.compile(r"[A-Za-z0-9-]{0,8}")


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

    Raises:
        Invalid: no secret, an unknown channel, a part of the portrait that is not a code.
    """
    if not secret:
        raise Invalid("a voice needs a secret", next_step="Begin with a new code.")
    found = find(place.id, secret)
    if found is not None:
        return found
    said = portrait or Portrait()
    if channel not in CHANNELS:
        raise Invalid("there is no such channel", next_step="Choose one of the list.")
    check_portrait(said)
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


def check_portrait(portrait: Portrait) -> None:
    """Refuse what is not the code of a college, region and area; which there are, a country says.

    Raises:
        Invalid: naming the fields.
    """
    wrong = {
        name: "not in the list"
        for name, fits in (
            ("college", _COLLEGE.fullmatch(portrait.college)),
            ("region", _REGION.fullmatch(portrait.region)),
            ("area", portrait.area in AREAS),
        )
        if not fits
    }
    if wrong:
        raise Invalid(
            "there is no such college, region or area",
            next_step="Choose from the lists.",
            fields=wrong,
        )


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
